"""The tracklets of one sequence, as arrays: one row a tracklet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from unitrack.association.kalman import Array
from unitrack.association.memory import Memory

__all__ = ["Life", "Tracklets"]

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Life(IntEnum):
    """Where a tracklet stands; a removed one is simply gone."""

    UNCONFIRMED = 0
    TRACKED = 1
    LOST = 2


@dataclass(frozen=True, slots=True)
class Tracklets:
    """N tracklets. Rows are written in place; `select` and `extended` make new ones.

    Attributes:
        ids: Identities, ``(N,)``.
        life: `Life` of each, ``(N,)``.
        means: Kalman states, ``(N, 8)``.
        covariances: Their covariances, ``(N, 8, 8)``.
        boxes: Last observed boxes ``x1, y1, x2, y2``, ``(N, 4)``.
        labels: Class numbers, ``(N,)``.
        first: Frame of the first observation, ``(N,)``.
        last: Frame of the last observation, ``(N,)``.
        seen: Number of the detection matched in frame ``last``, ``(N,)``.
        doomed: Already overdue once, ``(N,)``; only the authors' late removal uses it.
        memories: What each looks like, length N.
    """

    ids: Integers
    life: Integers
    means: Array
    covariances: Array
    boxes: Array
    labels: Integers
    first: Integers
    last: Integers
    seen: Integers
    doomed: Flags
    memories: list[Memory]

    def __len__(self) -> int:
        return len(self.ids)

    @staticmethod
    def none() -> Tracklets:
        """No tracklets."""
        whole = [np.zeros(0, np.int64) for _ in range(6)]
        return Tracklets(
            ids=whole[0],
            life=whole[1],
            means=np.zeros((0, 8)),
            covariances=np.zeros((0, 8, 8)),
            boxes=np.zeros((0, 4)),
            labels=whole[2],
            first=whole[3],
            last=whole[4],
            seen=whole[5],
            doomed=np.zeros(0, bool),
            memories=[],
        )

    def select(self, kept: Flags) -> Tracklets:
        """The rows where ``kept`` ``(N,)`` is true."""
        if kept.all():
            return self
        return replace(
            self,
            **{name: getattr(self, name)[kept] for name in _ARRAYS},
            memories=[self.memories[row] for row in np.flatnonzero(kept)],
        )

    def extended(self, others: Tracklets) -> Tracklets:
        """These rows, then those of ``others``."""
        return replace(
            self,
            **{
                name: np.concatenate([getattr(self, name), getattr(others, name)])
                for name in _ARRAYS
            },
            memories=self.memories + others.memories,
        )


_ARRAYS = (
    "ids",
    "life",
    "means",
    "covariances",
    "boxes",
    "labels",
    "first",
    "last",
    "seen",
    "doomed",
)
