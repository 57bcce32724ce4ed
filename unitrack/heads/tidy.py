"""What is done with the tracks of a sequence once all of it is known."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import numpy as np

from unitrack.types import SequenceResult

__all__ = ["without_brief", "without_doubtful"]


def without_brief(result: SequenceResult, least: int) -> SequenceResult:
    """Take out the tracks that are in fewer than ``least`` frames."""
    seen: dict[int, int] = defaultdict(int)
    for frame in result.frames:
        for one in frame:
            seen[one.id] += 1
    frames = tuple(tuple(o for o in frame if seen[o.id] >= least) for frame in result.frames)
    return replace(result, frames=frames)


def without_doubtful(result: SequenceResult, share: float, least: int) -> SequenceResult:
    """Take out tracks whose scores are low among all of the sequence's.

    One low score says little, a low median over many frames much: a detector may overlook half of
    somebody for a moment, but what it never was sure of is mostly no person. Shorter tracks stay.

    Args:
        result: Tracks.
        share: A track goes whose median is below this share of all scores reported.
        least: Frames a track must be in to be judged.
    """
    scores: dict[int, list[float]] = defaultdict(list)
    for frame in result.frames:
        for one in frame:
            scores[one.id].append(one.observation.score)
    everything = np.sort([score for track in scores.values() for score in track])
    if not len(everything):
        return result
    limit = everything[int(share * len(everything))]
    gone = {
        number
        for number, track in scores.items()
        if len(track) >= least and np.median(track) < limit
    }
    frames = tuple(tuple(o for o in frame if o.id not in gone) for frame in result.frames)
    return replace(result, frames=frames)
