"""The guided filter, window by window and pixel by pixel (He, Sun and Tang 2013)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tests.reference.labels import bilinear

__all__ = ["follow_edges"]

Array = NDArray[np.float64]


def follow_edges(
    labels: Array, image: NDArray[np.uint8], widest: int, epsilon: float, step: int
) -> Array:
    """Labels ``(K, h, w)`` enlarged to ``(K, H, W)`` along the edges of ``image`` ``(H, W, 3)``."""
    height, width = image.shape[:2]
    found = np.stack([bilinear(one, (height, width)) for one in labels])
    total = found.sum(0)
    cell = (height / labels.shape[1]) * (width / labels.shape[2])
    for label in range(1, len(labels)):
        side = (labels[label].sum() * cell) ** 0.5
        reach = int(min(widest, side / 6) // step)
        if reach:
            found[label] = _filtered(labels[label], image, reach, epsilon, step)
    found[0] = total - found[1:].sum(0)
    return found


def _filtered(
    label: Array, image: NDArray[np.uint8], reach: int, epsilon: float, step: int
) -> Array:
    height, width = image.shape[:2]
    coarse = max(1, height // step), max(1, width // step)
    guide = image / 255.0
    small, wanted = _areas(guide, coarse), bilinear(label, coarse)
    functions = np.zeros((*coarse, 4))
    for row, column in np.ndindex(coarse):
        window = _window(row, column, reach)
        colours, values = small[window].reshape(-1, 3), wanted[window].ravel()
        mean = colours.mean(0)
        spread = (colours - mean).T @ (colours - mean) / len(colours) + epsilon * np.eye(3)
        slope = np.linalg.inv(spread) @ ((colours - mean).T @ values / len(values))
        functions[row, column] = [*slope, values.mean() - slope @ mean]
    means = np.zeros_like(functions)
    for row, column in np.ndindex(coarse):
        means[row, column] = functions[_window(row, column, reach)].reshape(-1, 4).mean(0)
    fine = np.stack([bilinear(means[..., n], (height, width)) for n in range(4)], -1)
    found: Array = (fine[..., :3] * guide).sum(-1) + fine[..., 3]
    return found


def _window(row: int, column: int, reach: int) -> tuple[slice, slice]:
    return (
        slice(max(0, row - reach), row + reach + 1),
        slice(max(0, column - reach), column + reach + 1),
    )


def _areas(image: Array, size: tuple[int, int]) -> Array:
    """Each new pixel is the mean of all old ones that it touches."""
    height, width = image.shape[:2]
    found = np.zeros((*size, image.shape[2]))
    for row, column in np.ndindex(size):
        top, left = row * height // size[0], column * width // size[1]
        bottom, right = -(-(row + 1) * height // size[0]), -(-(column + 1) * width // size[1])
        found[row, column] = image[top:bottom, left:right].mean((0, 1))
    return found
