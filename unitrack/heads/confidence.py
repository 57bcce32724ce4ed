"""How sure a detector is of an observation, by its own measure."""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["Confidence"]

_KEPT = 4096  # scores; from then on every second one is kept


class Confidence:
    """Which scores are low among those of the sequence so far.

    Detectors count in units of their own, so a fixed limit means something else for each. Where
    all scores are equal, none is low.

    Args:
        share: Share of the scores that count as low, 0..1.
    """

    def __init__(self, share: float) -> None:
        self._share = share
        self._scores: list[float] = []

    def sure(self, scores: Sequence[float]) -> NDArray[np.bool_]:
        """Take in the scores of a frame; whether each is not low, ``(N,)``."""
        for score in scores:
            insort(self._scores, score)
        if not self._scores:
            return np.ones(0, np.bool_)
        limit = self._scores[min(int(self._share * len(self._scores)), len(self._scores) - 1)]
        if len(self._scores) > _KEPT:
            del self._scores[::2]
        return np.array(scores) >= limit
