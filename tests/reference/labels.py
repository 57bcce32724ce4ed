"""Masks and poses on the way to the cells and back, pixel by pixel (algorithms 2.1, 2.4, 3)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

__all__ = ["authors_belief", "bilinear", "exact_belief", "masks", "top_three"]

Array = NDArray[np.float64]


def bilinear(image: Array, size: tuple[int, int]) -> Array:
    """Plain bilinear resampling of ``(H, W)``, half-pixel centres, no anti-alias."""
    found = np.zeros(size)
    height, width = image.shape
    for row in range(size[0]):
        for column in range(size[1]):
            y = max((row + 0.5) * height / size[0] - 0.5, 0.0)
            x = max((column + 0.5) * width / size[1] - 0.5, 0.0)
            top, left = int(y), int(x)
            below, right = min(top + 1, height - 1), min(left + 1, width - 1)
            down, across = y - top, x - left
            upper = image[top, left] * (1 - across) + image[top, right] * across
            lower = image[below, left] * (1 - across) + image[below, right] * across
            found[row, column] = upper * (1 - down) + lower * down
    return found


def masks(labels: Array, cells: tuple[int, int], size: tuple[int, int]) -> NDArray[np.int64]:
    """Channel of each pixel: labels ``(h * w, K)`` enlarged to ``size``, the largest taken."""
    fine = [bilinear(labels[:, k].reshape(cells), size) for k in range(labels.shape[1])]
    found: NDArray[np.int64] = np.stack(fine).argmax(0)
    return found


def exact_belief(x: float, y: float, cells: tuple[int, int], sigma: float) -> Array:
    """Gaussian around the rounded cell, three deviations wide, ``(h, w)``."""
    found = np.zeros(cells)
    centre_x, centre_y = math.floor(x + 0.5), math.floor(y + 0.5)
    for row in range(cells[0]):
        for column in range(cells[1]):
            across, down = column - centre_x, row - centre_y
            if abs(across) <= 3 * sigma and abs(down) <= 3 * sigma:
                found[row, column] = math.exp(-(across**2 + down**2) / (2 * sigma**2))
    return found


def authors_belief(x: float, y: float, cells: tuple[int, int], sigma: float) -> Array:
    """The same as a patch that is drawn once and pasted where its corner falls."""
    height, width = cells
    left, top = int(x - 3 * sigma), int(y - 3 * sigma)
    right, bottom = int(x + 3 * sigma + 1), int(y + 3 * sigma + 1)
    found = np.zeros(cells)
    if left >= width or top >= height or right < 0 or bottom < 0:
        return found
    side = 6 * sigma + 1
    samples = np.arange(0, side, 1)
    middle = side // 2
    patch = np.exp(-((samples - middle) ** 2 + (samples[:, None] - middle) ** 2) / (2 * sigma**2))
    columns = max(0, left), min(right, width)
    rows = max(0, top), min(bottom, height)
    found[rows[0] : rows[1], columns[0] : columns[1]] = patch[
        rows[0] - top : rows[1] - top, columns[0] - left : columns[1] - left
    ]
    return found


def top_three(belief: Array) -> tuple[float, float]:
    """Weighted mean of the three strongest cells of ``(h, w)``, x and y; (-1, -1) without any."""
    if not belief.any():
        return -1.0, -1.0
    places = sorted(
        ((belief[row, column], row, column) for row, column in np.ndindex(belief.shape)),
        key=lambda one: -one[0],
    )[:3]
    total = sum(value for value, _, _ in places)
    return (
        float(sum(value * column for value, _, column in places) / total),
        float(sum(value * row for value, row, _ in places) / total),
    )
