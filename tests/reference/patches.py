"""A joint found by the features around it, place by place."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

__all__ = ["find", "patch"]

Array = NDArray[np.float64]


def patch(cells: Array, x: float, y: float, radius: int, sigma: float) -> Array:
    """Features ``(side, side, C)`` around a place of the map ``(h, w, C)``, weighed."""
    side = 2 * radius + 1
    found = np.zeros((side, side, cells.shape[2]))
    weights = np.zeros((side, side))
    for row, column in np.ndindex(side, side):
        down, across = row - radius, column - radius
        weights[row, column] = math.exp(-(down**2 + across**2) / (2 * sigma**2))
        taken = _between(cells, x + across, y + down)
        found[row, column] = taken / max(float(np.linalg.norm(taken)), 1e-12)
    return np.asarray(found * (weights / weights.sum())[:, :, None])


def find(wanted: Array, cells: Array, before: tuple[float, float], reach: float) -> Array:
    """Place x, y where the patch ``(side, side, C)`` fits the map ``(h, w, C)`` best."""
    height, width, _ = cells.shape
    radius = len(wanted) // 2
    fits = np.zeros((height, width))
    for row, column in np.ndindex(height, width):
        for down in range(-radius, radius + 1):
            for across in range(-radius, radius + 1):
                y, x = min(max(row + down, 0), height - 1), min(max(column + across, 0), width - 1)
                fits[row, column] += wanted[down + radius, across + radius] @ cells[y, x]
        apart = (column - before[0]) ** 2 + (row - before[1]) ** 2
        fits[row, column] -= 0.1 * apart / reach**2
    row, column = (int(place) for place in np.unravel_index(fits.argmax(), fits.shape))
    return np.array([column + _top(fits[row], column), row + _top(fits[:, column], row)])


def _top(line: Array, best: int) -> float:
    """Place of the largest value of the parabola through three neighbours, from the middle one."""
    if not 0 < best < len(line) - 1:
        return 0.0
    square, slope, _ = np.polyfit([-1.0, 0.0, 1.0], line[best - 1 : best + 2], 2)
    return float(-slope / (2 * square))


def _between(cells: Array, x: float, y: float) -> Array:
    """Bilinear, the border going on outside."""
    height, width, _ = cells.shape
    x, y = min(max(x, 0.0), width - 1.0), min(max(y, 0.0), height - 1.0)
    left, top = int(x), int(y)
    right, below = min(left + 1, width - 1), min(top + 1, height - 1)
    upper = cells[top, left] * (1 - x + left) + cells[top, right] * (x - left)
    lower = cells[below, left] * (1 - x + left) + cells[below, right] * (x - left)
    return np.asarray(upper * (1 - y + top) + lower * (y - top))
