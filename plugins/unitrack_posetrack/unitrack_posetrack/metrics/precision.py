"""Average precision of joints: whose pose a pose is, and how sure it is of each joint.

Source:
    Pishchulin et al., CVPR 2016; assignment and curve as in PoseTrack's evaluation.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["average_precisions", "right_joints"]

_LEVELS = 128
_FEW = 8  # draws that are cheap however many scores there are

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]


def right_joints(near: Flags, there: Flags) -> Flags:
    """Which joints of each pose that was found are right.

    A pose belongs to the person of whom it has the largest share of annotated joints, and a person
    has the pose with the largest share among those that belong to it; the first in case of a tie.

    Args:
        near: Whether the joints of a pair are close enough, ``(J, G, K)``.
        there: Which joints are annotated, ``(J, G)``.

    Returns:
        ``(J, K)``; nothing of a pose that nobody has is right.
    """
    joints, people, poses = near.shape
    right = np.zeros((joints, poses), np.bool_)
    if not people or not poses:
        return right
    shares = near.sum(axis=0) / np.maximum(there.sum(axis=0), 1)[:, None]
    columns = np.arange(poses)
    best = shares.argmax(axis=0)
    kept = np.zeros_like(shares)
    kept[best, columns] = shares[best, columns]
    rows = np.flatnonzero(kept.max(axis=1) > 0)
    owned = kept[rows].argmax(axis=1)
    right[:, owned] = near[:, rows, owned]
    return right


def average_precisions(
    scores: Array,
    right: Flags,
    owners: NDArray[np.int64],
    times: NDArray[np.int64],
    annotated: NDArray[np.int64],
) -> Array:
    """Area under the decreasing envelope of precision over recall, in each draw of sequences.

    Joints of equal score are taken together, so that their order does not matter. Of more than a
    few draws it is exact up to 128 different scores; of more, neighbouring scores are taken
    together, and what that changes over all sequences is taken off every draw again.

    Args:
        scores: Of N joints that were found.
        right: Whether each is right.
        owners: The sequence of each.
        times: How often each sequence is in a draw, ``(B, S)``.
        annotated: Joints that are annotated in each sequence, ``(S,)``.

    Returns:
        ``(B,)``; NaN where none is annotated.
    """
    levels, level = np.unique(-scores, return_inverse=True)
    if len(times) <= _FEW or len(levels) <= _LEVELS:
        return _areas(level, len(levels), right, owners, times, annotated)
    coarse = level * _LEVELS // len(levels)
    nobody, once, total = np.zeros_like(owners), np.ones((1, 1), np.int64), annotated.sum()[None]
    exact = _areas(level, len(levels), right, nobody, once, total)
    rough = _areas(coarse, _LEVELS, right, nobody, once, total)
    return _areas(coarse, _LEVELS, right, owners, times, annotated) + (exact - rough)


def _areas(
    level: NDArray[np.int64],
    levels: int,
    right: Flags,
    owners: NDArray[np.int64],
    times: NDArray[np.int64],
    annotated: NDArray[np.int64],
) -> Array:
    """The areas, of joints whose scores are told by their places ``level``, the best first."""
    sequences = times.shape[1]
    cell = owners * levels + level
    # In floats throughout: products with integers take a hundred times as long. Levels come first
    # and draws last: running sums of sequences are cheaper than of draws, and rows than columns.
    found, hits = (
        np.bincount(which, minlength=sequences * levels).astype(np.float64)
        for which in (cell, cell[right])
    )
    draws = times.T.astype(np.float64)
    all_found, all_hits = (
        np.cumsum(one.reshape(sequences, levels), axis=1).T @ draws for one in (found, hits)
    )
    precision = all_hits / np.maximum(all_found, 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    area = np.einsum("lb,lb->b", np.diff(all_hits, axis=0, prepend=0), envelope)
    totals = times @ annotated
    shares: NDArray[np.float64] = np.full(len(times), np.nan)
    np.divide(area, totals, out=shares, where=totals > 0)
    return shares
