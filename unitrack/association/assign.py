"""One-to-one assignment with a cost limit, and the overlap that feeds it."""

from __future__ import annotations

import lap
import numpy as np
from numpy.typing import NDArray

__all__ = ["assign", "overlaps"]

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
    top_left = np.maximum(first[:, None, :2], second[None, :, :2])
    bottom_right = np.minimum(first[:, None, 2:], second[None, :, 2:])
    shared = np.prod(np.maximum(bottom_right - top_left + extra, 0.0), axis=2)
    areas = [np.prod(boxes[:, 2:] - boxes[:, :2] + extra, axis=1) for boxes in (first, second)]
    union = areas[0][:, None] + areas[1][None, :] - shared
    found: Array = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return found
