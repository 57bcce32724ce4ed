"""One-to-one assignment with a cost limit, and the overlap that feeds it."""

from __future__ import annotations

import lap
import numpy as np
from numpy.typing import NDArray

__all__ = ["assign", "contained", "overlaps"]

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


def assign(cost: Array, limit: float) -> tuple[Indices, Indices, Indices]:
    """Match rows to columns so that the sum of ``limit - cost`` is largest.

    Only pairs that cost less than ``limit`` are ever matched; the limit is part of the problem, not
    a filter afterwards.

    Args:
        cost: ``(N, M)``; infinite where a pair is forbidden.
        limit: Cost of leaving one row and one column alone.

    Returns:
        Matches ``(K, 2)`` of row and column, unmatched rows, unmatched columns; all ascending.
    """
    rows, columns = cost.shape
    if rows == 0 or columns == 0:
        return np.empty((0, 2), np.int64), np.arange(rows), np.arange(columns)
    # The solver mistakes very large costs for its own bound; any cost from the limit on is as
    # useless as any other, so they may all be the same.
    bounded = np.where(cost < limit, cost, limit + 1.0)
    column_of = lap.lapjv(bounded, extend_cost=True, cost_limit=limit)[1]
    matched = np.flatnonzero(column_of >= 0)
    pairs = np.stack([matched, column_of[matched]], axis=1).astype(np.int64)
    pairs = pairs[cost[pairs[:, 0], pairs[:, 1]] < limit]
    free_rows, free_columns = np.ones(rows, bool), np.ones(columns, bool)
    free_rows[pairs[:, 0]] = False
    free_columns[pairs[:, 1]] = False
    return pairs, np.flatnonzero(free_rows), np.flatnonzero(free_columns)


def overlaps(first: Array, second: Array, *, plus_one: bool) -> Array:
    """Intersection over union of every pair of boxes.

    Args:
        first: ``x1, y1, x2, y2``, ``(N, 4)``.
        second: Likewise, ``(M, 4)``.
        plus_one: Take corners as inclusive pixels, so that a side is ``x2 - x1 + 1`` long.

    Returns:
        ``(N, M)`` in ``[0, 1]``; 0 where both boxes are empty.
    """
    extra = 1.0 if plus_one else 0.0
    shared = _shared(first, second, extra)
    union = _areas(first, extra)[:, None] + _areas(second, extra)[None, :] - shared
    return _ratio(shared, union)


def contained(parts: Array, wholes: Array, *, plus_one: bool) -> Array:
    """How much of each part lies in each whole: intersection over the area of the part.

    Args:
        parts: ``x1, y1, x2, y2``, ``(N, 4)``.
        wholes: Likewise, ``(M, 4)``.
        plus_one: See `overlaps`.

    Returns:
        ``(N, M)`` in ``[0, 1]``; 0 where the part is empty.
    """
    extra = 1.0 if plus_one else 0.0
    shared = _shared(parts, wholes, extra)
    return _ratio(shared, np.broadcast_to(_areas(parts, extra)[:, None], shared.shape))


def _shared(first: Array, second: Array, extra: float) -> Array:
    top_left = np.maximum(first[:, None, :2], second[None, :, :2])
    bottom_right = np.minimum(first[:, None, 2:], second[None, :, 2:])
    shared: Array = np.prod(np.maximum(bottom_right - top_left + extra, 0.0), axis=2)
    return shared


def _areas(boxes: Array, extra: float) -> Array:
    areas: Array = np.prod(boxes[:, 2:] - boxes[:, :2] + extra, axis=1)
    return areas


def _ratio(shared: Array, of: Array) -> Array:
    found: Array = np.divide(shared, of, out=np.zeros_like(shared), where=of > 0)
    return found
