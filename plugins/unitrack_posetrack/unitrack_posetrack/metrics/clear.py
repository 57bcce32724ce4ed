"""CLEAR and Identity of every joint on its own: as many tracking problems as there are joints.

Source:
    Bernardin and Stiefelhagen 2008; Ristani et al., ECCVW 2016; correspondences and events as
    py-motmetrics has them, which PoseTrack's evaluation uses.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

__all__ = ["Tracks"]

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Integers = NDArray[np.int64]

_NOBODY = -1
_NEVER = 1e3  # outweighs any distance that can match, so that as many as possible are matched


class Tracks:
    """What is counted of J joints on one sequence, and who corresponds to whom so far.

    Attributes:
        objects: Annotated joints, ``(J,)``; so are the others.
        predictions: Joints that were found.
        matches: Annotated joints that were found under the identity they had before.
        switches: Those that were found under another one.
        misses: Those that were not found.
        false_positives: Joints that were found where none is.
        gaps: Sum of the distances of matches and switches.
        events: Sum of the distances of all events that py-motmetrics keeps.
        together: Frames in which two identities can be one, ``(J, true, found)``.
    """

    def __init__(self, joints: int, true_ids: int, found_ids: int) -> None:
        self.objects, self.predictions = (np.zeros(joints, np.int64) for _ in range(2))
        self.matches, self.switches = (np.zeros(joints, np.int64) for _ in range(2))
        self.misses, self.false_positives = (np.zeros(joints, np.int64) for _ in range(2))
        self.gaps, self.events = np.zeros(joints), np.zeros(joints)
        self.together = np.zeros((joints, true_ids, found_ids), np.int64)
        # The last partner of each, as py-motmetrics remembers it: for ever.
        self._partner = np.full((joints, true_ids), _NOBODY)
        self._owner = np.full((joints, found_ids), _NOBODY)
        self._known = np.zeros((joints, found_ids), np.bool_)

    def unmatched(self) -> None:
        """Count one joint of each kind as missed, and one as found where none is."""
        self.objects += 1
        self.predictions += 1
        self.misses += 1
        self.false_positives += 1

    def step(self, true: Integers, found: Integers, there: Flags, seen: Flags, gaps: Array) -> None:
        """Take one frame.

        Args:
            true: Identities in the annotation, from 0, ``(G,)``.
            found: Identities that were found, from 0, ``(K,)``.
            there: Which joints are annotated, ``(J, G)``.
            seen: Which were found, ``(J, K)``.
            gaps: Distances, ``(J, G, K)``; infinite for pairs that cannot match.
        """
        near = np.isfinite(gaps)
        self.together[:, true[:, None], found] += near
        self.events += np.where(near, gaps, 0).sum(axis=(1, 2))
        pairs = self._carried(true, found, near)
        self._count(pairs, gaps)
        taken = pairs.any(axis=2, keepdims=True) | pairs.any(axis=1, keepdims=True)
        free = near & ~taken
        fresh = _assigned(free, gaps)
        self._count(fresh, gaps)
        self._link(fresh, true, found, gaps)
        matched = (pairs | fresh).sum(axis=(1, 2))
        self.matches += pairs.sum(axis=(1, 2))
        self.objects += there.sum(axis=1)
        self.predictions += seen.sum(axis=1)
        self.misses += there.sum(axis=1) - matched
        self.false_positives += seen.sum(axis=1) - matched

    def identical(self) -> Integers:
        """Annotated joints under the best one-to-one naming of identities, ``(J,)``."""
        counts = np.zeros_like(self.objects)
        for joint, together in enumerate(self.together):
            counts[joint] = together[linear_sum_assignment(-together)].sum()
        return counts

    def _carried(self, true: Integers, found: Integers, near: Flags) -> Flags:
        """Pairs that belonged together before and can still, ``(J, G, K)``; the first wins."""
        pairs = near & (self._partner[:, true, None] == found)
        first: Flags = pairs & (np.cumsum(pairs, axis=1) == 1)
        self._known[:, found] |= first.any(axis=1)
        return first

    def _count(self, pairs: Flags, gaps: Array) -> None:
        distances = np.where(pairs, gaps, 0).sum(axis=(1, 2))
        self.gaps += distances
        self.events += distances

    def _link(self, fresh: Flags, true: Integers, found: Integers, gaps: Array) -> None:
        """Remember new pairs; name them as py-motmetrics does, whose events are summed up."""
        joint, row, column = np.nonzero(fresh)
        who, whom, gap = true[row], found[column], gaps[joint, row, column]
        before, owner = self._partner[joint, who], self._owner[joint, whom]
        switched = (before != _NOBODY) & (before != whom)
        ascends = switched & ~self._known[joint, whom]
        transferred = (owner != _NOBODY) & (owner != who)
        migrates = transferred & (before == _NOBODY)
        extra = ascends.astype(np.int64) + transferred + migrates
        joints = len(self.objects)
        self.events += np.bincount(joint, extra * gap, joints)
        self.switches += np.bincount(joint[switched], minlength=joints)
        self.matches += np.bincount(joint[~switched], minlength=joints)
        self._partner[joint, who], self._owner[joint, whom] = whom, who
        self._known[joint, whom] = True


def _assigned(free: Flags, gaps: Array) -> Flags:
    """As many pairs as possible per joint, and of these those of least distance, ``(J, G, K)``."""
    chosen = np.zeros_like(free)
    # Who has no rival needs no search; with followed identities that is nearly everybody.
    rivals = (free.sum(axis=1) > 1).any(axis=1) | (free.sum(axis=2) > 1).any(axis=1)
    chosen[~rivals] = free[~rivals]
    for joint in np.flatnonzero(rivals):
        rows, columns = linear_sum_assignment(np.where(free[joint], gaps[joint], _NEVER))
        chosen[joint, rows, columns] = free[joint, rows, columns]
    return chosen
