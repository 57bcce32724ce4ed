"""Average precision of joints: whose pose a pose is, and how sure it is of each joint.

Source:
    Pishchulin et al., CVPR 2016; assignment and curve as in PoseTrack's evaluation.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["average_precision", "right_joints"]

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


def average_precision(scores: Array, right: Flags, total: int) -> float:
    """Area under the decreasing envelope of precision over recall.

    Joints of equal score are taken together, so that their order does not matter.

    Args:
        scores: Of N joints that were found.
        right: Whether each is right.
        total: Joints that are annotated, at least 1.
    """
    if not len(scores):
        return 0.0
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(right[order])
    last = np.flatnonzero(np.diff(scores[order], append=np.inf))
    precision, recall = hits[last] / (last + 1), hits[last] / total
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    return float((np.diff(recall, prepend=0) * envelope).sum())
