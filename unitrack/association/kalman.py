"""Constant-velocity Kalman filter over all tracklets at once.

The state is ``(cx, cy, a, h)`` and its velocity per frame: centre, aspect and height of a box, in
the unit of the boxes (``a`` has none). All arrays are float64.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "GATE",
    "Array",
    "Aspect",
    "gating_distance",
    "initiate",
    "measure",
    "predict",
    "project",
    "to_boxes",
    "update",
]

Array = NDArray[np.float64]
Aspect = Literal["w/h", "h/w"]

GATE = {2: 5.9915, 4: 9.4877}
"""95 % quantile of the chi-square distribution per number of dimensions."""

_POSITION = 1 / 20  # standard deviation per height
_VELOCITY = 1 / 160
_TINY = 1e-6  # keeps an aspect finite; part of the authors' definition
_LEAST_HEIGHT = 1e-3  # keeps the innovation invertible when a predicted height crosses zero

_MOVE = np.eye(8) + np.eye(8, k=4)


def measure(boxes: Array, aspect: Aspect = "w/h") -> Array:
    """Boxes ``x1, y1, x2, y2`` ``(N, 4)`` to measurements ``cx, cy, a, h`` ``(N, 4)``."""
    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    ratio = width / (height + _TINY) if aspect == "w/h" else height / (width + _TINY)
    return np.stack([boxes[:, 0] + width / 2, boxes[:, 1] + height / 2, ratio, height], axis=1)


def to_boxes(means: Array, aspect: Aspect = "w/h") -> Array:
    """States ``(N, 8)`` (or measurements) to boxes ``x1, y1, x2, y2`` ``(N, 4)``."""
    x, y, ratio, height = means[:, :4].T
    width = height * ratio if aspect == "w/h" else height / (ratio + _TINY)
    return np.stack([x - width / 2, y - height / 2, x + width / 2, y + height / 2], axis=1)


def initiate(measurements: Array, noise_scale: float = 1.0) -> tuple[Array, Array]:
    """States that begin at ``measurements`` ``(N, 4)``, at rest.

    Args:
        measurements: ``(N, 4)``.
        noise_scale: Factor of the standard deviations of the velocity.

    Returns:
        Means ``(N, 8)`` and covariances ``(N, 8, 8)``.

    Source:
        Wojke et al., ICIP 2017; the authors' weights.
    """
    means = np.concatenate([measurements, np.zeros_like(measurements)], axis=1)
    deviations = _deviations(means[:, 3], 2 * _POSITION, 10 * _VELOCITY * noise_scale)
    return means, _diagonal(deviations)


def predict(means: Array, covariances: Array, noise_scale: float = 1.0) -> tuple[Array, Array]:
    """Move ``(N, 8)`` states and ``(N, 8, 8)`` covariances on by one frame.

    Args:
        means: ``(N, 8)``.
        covariances: ``(N, 8, 8)``.
        noise_scale: Factor of the standard deviations of what may have changed meanwhile.
    """
    deviations = noise_scale * _deviations(means[:, 3], _POSITION, _VELOCITY)
    noise = _diagonal(deviations)
    return means @ _MOVE.T, _MOVE @ covariances @ _MOVE.T + noise


def project(means: Array, covariances: Array) -> tuple[Array, Array]:
    """The expected measurement ``(N, 4)`` and its covariance ``(N, 4, 4)``, with its noise."""
    deviations = _deviations(means[:, 3], _POSITION, _VELOCITY)[:, :4]
    deviations[:, 2] = 1e-1
    return means[:, :4], covariances[:, :4, :4] + _diagonal(deviations)


def gating_distance(
    means: Array, covariances: Array, measurements: Array, *, only_position: bool = False
) -> Array:
    """Squared Mahalanobis distance of every measurement from every state.

    Args:
        means: ``(N, 8)``.
        covariances: ``(N, 8, 8)``.
        measurements: ``(M, 4)``.
        only_position: Compare the centres only.

    Returns:
        ``(N, M)``; compare with `GATE`.
    """
    size = 2 if only_position else 4
    expected, spread = project(means, covariances)
    away = measurements[None, :, :size] - expected[:, None, :size]
    solved = np.linalg.solve(spread[:, :size, :size], away.transpose(0, 2, 1))
    distances: Array = (away * solved.transpose(0, 2, 1)).sum(2)
    return distances


def update(means: Array, covariances: Array, measurements: Array) -> tuple[Array, Array]:
    """Correct N states by one measurement ``(N, 4)`` each."""
    expected, spread = project(means, covariances)
    gain = np.linalg.solve(spread, covariances[:, :4, :]).transpose(0, 2, 1)
    away = (measurements - expected)[:, :, None]
    corrected = covariances - gain @ spread @ gain.transpose(0, 2, 1)
    return means + (gain @ away)[:, :, 0], corrected


def _deviations(heights: Array, position: float, velocity: float) -> Array:
    """Standard deviations ``(N, 8)``: per height, except for the aspect."""
    heights = np.maximum(np.abs(heights), _LEAST_HEIGHT)
    scale = np.array([position, position, 0, position, velocity, velocity, 0, velocity])
    fixed = np.array([0, 0, 1e-2, 0, 0, 0, 1e-5, 0])
    deviations: Array = heights[:, None] * scale + fixed
    return deviations


def _diagonal(deviations: Array) -> Array:
    matrices: Array = np.square(deviations)[:, :, None] * np.eye(deviations.shape[1])
    return matrices
