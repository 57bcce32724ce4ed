"""The mask step, slow and obvious: loops over pixels and cells, float64."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


def sampled(mask: Mask, down: list[int], along: list[int]) -> Mask:
    """The mask ``(H, W)`` at chosen pixels; false outside the picture: ``(h, w)``."""
    height, width = mask.shape
    cells = np.zeros((len(down), len(along)), bool)
    for row, y in enumerate(down):
        for column, x in enumerate(along):
            cells[row, column] = 0 <= y < height and 0 <= x < width and mask[y, x]
    return cells


def deviation_box(cells: Mask, factor: float = 4.0) -> tuple[float, float, float, float]:
    """Box in cells around a mask on the cells; it must have some."""
    places = [(x, y) for y in range(cells.shape[0]) for x in range(cells.shape[1]) if cells[y, x]]
    u = sum(x for x, _ in places) / len(places)
    v = sum(y for _, y in places) / len(places)
    across = max(sum(abs(x - u) for x, _ in places) / len(places), 1.0)
    down = max(sum(abs(y - v) for _, y in places) / len(places), 1.0)
    half = factor / 2
    return u - half * across, v - half * down, u + half * across, v + half * down


def kept_once(boxes: list[tuple[float, float, float, float]], limit: float) -> list[int]:
    """Numbers of the boxes that stay: each one, in order, removes those after it that lie on it."""
    left, kept = list(range(len(boxes))), []
    while left:
        first, *rest = left
        kept.append(first)
        left = [other for other in rest if _iou(boxes[first], boxes[other]) <= limit]
    return kept


def _iou(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> float:
    wide = min(one[2], other[2]) - max(one[0], other[0])
    tall = min(one[3], other[3]) - max(one[1], other[1])
    shared = max(wide, 0.0) * max(tall, 0.0)
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return shared / (sum(areas) - shared)


def points(features: Array, cells: Mask, most: int) -> Array:
    """Feature vectors of a mask, ``(s, C)``, row by row: ``features`` is ``(C, h, w)``."""
    _, height, width = features.shape
    masked = features * cells
    area = int(cells.sum())
    if area <= most:
        return np.array(
            [masked[:, y, x] for y in range(height) for x in range(width) if cells[y, x]]
        ).reshape(-1, len(features))
    factor = math.sqrt(most / area)
    found = [
        _bilinear(masked, (row + 0.5) / factor, (column + 0.5) / factor)
        for row in range(math.floor(height * factor))
        for column in range(math.floor(width * factor))
        if cells[math.floor(row / factor), math.floor(column / factor)]
    ]
    return np.array(found).reshape(-1, len(features))


def _bilinear(planes: Array, y: float, x: float) -> Array:
    """Values at a place counted from the corner of the first cell."""
    _, height, width = planes.shape
    y, x = max(y - 0.5, 0.0), max(x - 0.5, 0.0)
    top, left = int(y), int(x)
    below, right = min(top + 1, height - 1), min(left + 1, width - 1)
    upper = planes[:, top, left] * (1 - (x - left)) + planes[:, top, right] * (x - left)
    lower = planes[:, below, left] * (1 - (x - left)) + planes[:, below, right] * (x - left)
    mixed: Array = upper * (1 - (y - top)) + lower * (y - top)
    return mixed
