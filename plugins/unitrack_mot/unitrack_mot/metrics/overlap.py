"""Overlap of boxes for scoring: float64, continuous pixels, no +1."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

__all__ = ["EPS", "iou", "matched_pairs", "overlaps", "share_inside"]

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

EPS = np.finfo(np.float64).eps
_SAME_OBJECT = 0.5  # similarity from which the benchmarks take two boxes for one object


def iou(first: Array, second: Array) -> Array:
    """Intersection over union of ``(G, 4)`` and ``(K, 4)`` corners: ``(G, K)``; 0 without area."""
    shared = _shared(first, second)
    union = _area(first)[:, None] + _area(second)[None] - shared
    return np.divide(shared, union, out=np.zeros_like(shared), where=union > EPS)


def share_inside(boxes: Array, regions: Array) -> Array:
    """Share of each box's own area inside each region, ``(K, R)``."""
    shared, area = _shared(boxes, regions), _area(boxes)[:, None]
    return np.divide(shared, area, out=np.zeros_like(shared), where=area > EPS)


def overlaps(similarity: Array) -> NDArray[np.bool_]:
    """Which pairs agree well enough to be one object; any shape."""
    enough: NDArray[np.bool_] = similarity >= _SAME_OBJECT - EPS
    return enough


def matched_pairs(similarity: Array) -> tuple[Indices, Indices]:
    """The assignment of largest total similarity among pairs that overlap: rows, columns."""
    scores = np.where(overlaps(similarity), similarity, 0.0)
    rows, columns = linear_sum_assignment(-scores)
    real = scores[rows, columns] > EPS
    return rows[real], columns[real]


def _shared(first: Array, second: Array) -> Array:
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    sides = np.clip(high - low, 0, None)
    shared: Array = sides[..., 0] * sides[..., 1]
    return shared


def _area(boxes: Array) -> Array:
    area: Array = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    return area
