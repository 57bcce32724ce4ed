"""What is done with the tracks of a sequence once all of it is known."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import numpy as np

from unitrack.types import SequenceResult

__all__ = ["without_brief", "without_unsure"]

_LOW, _MOST = 0.25, 0.75  # share of all scores that is low; share of a track that has to be low


def without_brief(result: SequenceResult, least: int) -> SequenceResult:
    """Take out the tracks that are in fewer than ``least`` frames."""
    seen: dict[int, int] = defaultdict(int)
    for frame in result.frames:
        for one in frame:
            seen[one.id] += 1
    frames = tuple(tuple(o for o in frame if seen[o.id] >= least) for frame in result.frames)
    return replace(result, frames=frames)


def without_unsure(result: SequenceResult, least: int) -> SequenceResult:
    """Take out the long tracks of which the detector was hardly ever sure.

    One low score says little, low scores all along say much: a detector is unsure of somebody half
    hidden for a moment, and of a lamp post for good. A track goes if three quarters of its scores
    are among the lowest quarter of all in the result.

    Args:
        result: Tracks of a whole sequence.
        least: Frames a track must be in to be judged; shorter ones stay.
    """
    scores: dict[int, list[float]] = defaultdict(list)
    for frame in result.frames:
        for one in frame:
            scores[one.id].append(one.observation.score)
    if not scores:
        return result
    limit = np.quantile([score for track in scores.values() for score in track], _LOW)
    unsure = {
        number
        for number, track in scores.items()
        if len(track) >= least and np.quantile(track, _MOST) < limit
    }
    frames = tuple(tuple(o for o in frame if o.id not in unsure) for frame in result.frames)
    return replace(result, frames=frames)
