"""How well each frame of a result agrees with the truth, identities included.

This is no benchmark's score: it tells which frames to look at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unitrack.data.base import Truth
from unitrack.types import (
    MaskObservation,
    Observation,
    PoseObservation,
    SequenceResult,
)

__all__ = ["Agreement", "agreement"]

_NEAR = 0.2  # of the diagonal of a person's box: a joint is found

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Agreement:
    """A result against the truth.

    Attributes:
        frames: Mean over the objects of a frame of the overlap with the identity that follows
            each, ``(T,)``; NaN in frames where nothing counts.
        names: Identity of the result to that of the true object it follows.
    """

    frames: Array
    names: dict[int, int]


def agreement(truth: Truth, result: SequenceResult) -> Agreement:
    """Give each true object the one identity that overlaps it most over the whole sequence.

    Overlap is intersection over union of boxes or masks; of poses it is the share of joints within
    a fifth of the person's diagonal.

    Args:
        truth: Annotated objects per frame; those that do not count are left out.
        result: As many frames.

    Source:
        The assignment is that of Ristani et al., ECCVW 2016 (IDF1), with overlaps in place of
        matches.
    """
    from scipy.optimize import linear_sum_assignment

    true = [tuple(one for one in frame if one.counted) for frame in truth]
    true_ids = _numbers([one.id for frame in true for one in frame])
    found_ids = _numbers([one.id for frame in result.frames for one in frame])
    total = np.zeros((len(true_ids), len(found_ids)))
    frames = []
    for known, given in zip(true, result.frames, strict=True):
        rows = np.array([true_ids[one.id] for one in known], np.int64)
        columns = np.array([found_ids[one.id] for one in given], np.int64)
        shared = _overlaps([o.observation for o in known], [o.observation for o in given])
        total[rows[:, None], columns] += shared
        frames.append((rows, columns, shared))
    best = np.full(len(true_ids), -1)
    chosen, followers = linear_sum_assignment(-total)
    kept = total[chosen, followers] > 0
    best[chosen[kept]] = followers[kept]
    quality = np.array(
        [
            (shared * (columns == best[rows][:, None])).sum() / len(rows) if len(rows) else np.nan
            for rows, columns, shared in frames
        ]
    )
    true_names, found_names = list(true_ids), list(found_ids)
    pairs = zip(chosen[kept].tolist(), followers[kept].tolist(), strict=True)
    return Agreement(quality, {found_names[f]: true_names[t] for t, f in pairs})


def _numbers(ids: Sequence[int]) -> dict[int, int]:
    return {identity: number for number, identity in enumerate(sorted(set(ids)))}


def _overlaps(true: Sequence[Observation], found: Sequence[Observation]) -> Array:
    """Every pair, ``(N, M)``, 0..1."""
    if not true or not found:
        return np.zeros((len(true), len(found)))
    if all(isinstance(one, MaskObservation) for one in (*true, *found)):
        from pycocotools import mask as coco

        coded = [
            [one.rle for one in side if isinstance(one, MaskObservation)] for side in (true, found)
        ]
        return np.asarray(coco.iou(coded[1], coded[0], [False] * len(true)), np.float64).T
    if all(isinstance(one, PoseObservation) for one in (*true, *found)):
        return _poses(
            [one for one in true if isinstance(one, PoseObservation)],
            [one for one in found if isinstance(one, PoseObservation)],
        )
    one, other = (np.array([o.box for o in side], np.float64) for side in (true, found))
    low, high = (
        np.maximum(one[:, None, :2], other[:, :2]),
        np.minimum(one[:, None, 2:], other[:, 2:]),
    )
    shared = np.clip(high - low, 0, None).prod(axis=2)
    areas = [(boxes[:, 2:] - boxes[:, :2]).prod(axis=1) for boxes in (one, other)]
    union = areas[0][:, None] + areas[1] - shared
    ratio: Array = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return ratio


def _poses(true: Sequence[PoseObservation], found: Sequence[PoseObservation]) -> Array:
    places, others = (np.array([pose.xy for pose in side], np.float64) for side in (true, found))
    there, seen = (np.array([pose.visible for pose in side], np.bool_) for side in (true, found))
    boxes = np.array([pose.box for pose in true], np.float64)
    reach = _NEAR * np.hypot(*(boxes[:, 2:] - boxes[:, :2]).T)
    gaps = np.linalg.norm(places[:, None] - others, axis=3)
    hits = (gaps <= reach[:, None, None]) & there[:, None] & seen
    share: Array = hits.sum(axis=2) / np.maximum(there.sum(axis=1), 1)[:, None]
    return share
