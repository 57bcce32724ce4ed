"""What the scores of candidates say: who wins, where somebody loses, what is left to chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Verdict", "left_out", "verdicts"]

Array = NDArray[np.float64]

_TOLERATED = 1.0  # points that an ingredient may lose somewhere


@dataclass(frozen=True)
class Verdict:
    """A candidate against the first one.

    Attributes:
        mean: Over clips, each the mean of its cases, points.
        gain: Of that mean.
        worst: The least gain in any case.
        case: Where that is.
    """

    mean: float
    gain: float
    worst: float
    case: str

    @property
    def enters(self) -> bool:
        """Whether it wins on average, and loses nowhere by more than a point."""
        return self.gain > 0 and self.worst >= -_TOLERATED


def verdicts(scores: Array, cases: Sequence[tuple[str, str]]) -> list[Verdict]:
    """Each candidate against the first.

    Args:
        scores: Points, ``(candidates, cases)``.
        cases: Clip and name of each case.
    """
    means = _by_clip(scores, cases)
    gains = scores - scores[:1]
    worst = gains.argmin(axis=1)
    return [
        Verdict(float(mean), float(mean - means[0]), float(gains[row, at]), cases[at][1])
        for row, (mean, at) in enumerate(zip(means, worst.tolist(), strict=True))
    ]


def left_out(scores: Array, cases: Sequence[tuple[str, str]]) -> Mapping[str, tuple[int, float]]:
    """Choose by all clips but one, and look at that one.

    Args:
        scores: Points, ``(candidates, cases)``.
        cases: Clip and name of each case.

    Returns:
        Clip to the candidate that is best on the others, and its gain over the first one there.
    """
    clips = np.array([clip for clip, _ in cases])
    found = {}
    for clip in dict.fromkeys(clips.tolist()):
        others = [case for case in cases if case[0] != clip]
        if not others:
            continue
        best = int(_by_clip(scores[:, clips != clip], others).argmax())
        here = scores[:, clips == clip].mean(axis=1)
        found[clip] = best, float(here[best] - here[0])
    return found


def _by_clip(scores: Array, cases: Sequence[tuple[str, str]]) -> Array:
    """Mean over clips of the mean over the cases of each, ``(candidates,)``."""
    clips = np.array([clip for clip, _ in cases])
    means = [scores[:, clips == clip].mean(axis=1) for clip in dict.fromkeys(clips.tolist())]
    averaged: Array = np.mean(means, axis=0)
    return averaged
