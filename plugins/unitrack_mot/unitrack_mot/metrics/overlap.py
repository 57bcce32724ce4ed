"""Overlap of boxes for scoring: float64, continuous pixels, no +1."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from unitrack.types import XYXY

__all__ = ["EPS", "box_array", "iou", "matched_pairs", "share_inside"]

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

EPS = np.finfo(np.float64).eps


def box_array(boxes: Sequence[XYXY]) -> Array:
    """``(N, 4)``, also for no box."""
    return np.array(boxes, dtype=np.float64).reshape(-1, 4)


def iou(first: Array, second: Array) -> Array:
    """Intersection over union of ``(G, 4)`` and ``(K, 4)`` corners: ``(G, K)``; 0 without area."""
    shared = _shared(first, second)
    union = _area(first)[:, None] + _area(second)[None] - shared
    return np.divide(shared, union, out=np.zeros_like(shared), where=union > EPS)


def share_inside(boxes: Array, regions: Array) -> Array:
    """Share of each box's own area inside each region, ``(K, R)``."""
    shared, area = _shared(boxes, regions), _area(boxes)[:, None]
    return np.divide(shared, area, out=np.zeros_like(shared), where=area > EPS)


def matched_pairs(similarity: Array) -> tuple[Indices, Indices]:
    """The assignment of largest total similarity among pairs of at least 0.5: rows, columns."""
    scores = np.where(similarity < 0.5 - EPS, 0.0, similarity)
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
