"""The correlation filter without any Fourier transform: ridge regression over cyclic shifts.

One filter is trained so that a template moved by ``u`` gives ``label(u)``; it is the solution of
the normal equations of all ``n * n`` cyclic shifts (algorithms 4.4).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

__all__ = ["label", "mean_response", "ridge_response"]

Array = NDArray[np.float64]


def label(size: int) -> Array:
    """Gaussian of the cyclic distance from (0, 0), ``(size, size)``."""
    sigma = size / 4.5 * 0.1
    found = np.zeros((size, size))
    for u in range(size):
        for v in range(size):
            down, across = min(u, size - u), min(v, size - v)
            found[u, v] = math.exp(-(down**2 + across**2) / (2 * sigma**2))
    return found


def ridge_response(template: Array, search: Array, ridge: float) -> Array:
    """Train on a template, look at search features: both ``(C, n, n)``, gives ``(n, n)``."""
    rows = _shifts(template)
    normal = rows.T @ rows + ridge * np.eye(rows.shape[1])
    weights = np.linalg.solve(normal, rows.T @ label(template.shape[1]).ravel())
    found: Array = (_shifts(search) @ weights).reshape(template.shape[1:])
    return found


def _shifts(features: Array) -> Array:
    """Row ``u * n + v``: the features seen from a place moved by ``(u, v)``, flat."""
    size = features.shape[1]
    rows = []
    for u in range(size):
        for v in range(size):
            moved = np.empty_like(features)
            for i in range(size):
                for j in range(size):
                    moved[:, i, j] = features[:, (i + u) % size, (j + v) % size]
            rows.append(moved.ravel())
    return np.stack(rows)


def mean_response(
    templates: list[Array], search: Array, ridge: float, rate: float, *, num_den: bool
) -> Array:
    """After several templates, by the formulae in the frequency domain, double precision."""
    spectra = np.stack([np.fft.fft2(template) for template in templates])
    powers = (np.abs(spectra) ** 2).sum(1)
    wanted = np.fft.fft2(label(search.shape[1]))
    shares = np.array([rate * (1 - rate) ** age for age in range(len(templates))])[::-1]
    shares[0] /= rate  # the first is taken whole
    spectrum = np.tensordot(shares, spectra, 1)
    if num_den:
        weight = wanted / (np.tensordot(shares, powers, 1) + ridge)
    else:
        weight = np.tensordot(shares, wanted / (powers + ridge), 1)
    shared = (np.fft.fft2(search) * spectrum.conj()).sum(0)
    found: Array = np.fft.ifft2(weight * shared).real
    return found
