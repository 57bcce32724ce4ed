"""Cross-correlation of a template with search features, by loops (algorithms 4.2)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

__all__ = ["hann", "response"]

Array = NDArray[np.float64]


def hann(size: int) -> Array:
    """The symmetric window, 0 at both ends."""
    return np.array([0.5 - 0.5 * math.cos(2 * math.pi * i / (size - 1)) for i in range(size)])


def response(template: Array, search: Array, start: int, stop: int) -> Array:
    """Of one crop: both ``(C, n, n)``; the template's block is rows and columns start..stop."""
    block = template[:, start:stop, start:stop]
    size, width = search.shape[1], stop - start
    window = hann(size)
    found = np.zeros((size - width + 1, size - width + 1))
    for row in range(len(found)):
        for column in range(len(found)):
            for i in range(width):
                for j in range(width):
                    y, x = row + i, column + j
                    weight = window[y] * window[x]
                    for channel in range(len(search)):
                        found[row, column] += weight * search[channel, y, x] * block[channel, i, j]
    return 0.1 * found
