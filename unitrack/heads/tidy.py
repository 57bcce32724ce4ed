"""What is done with the tracks of a sequence once all of it is known."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import pairwise

import numpy as np

from unitrack.types import BoxObservation, SequenceResult, TrackedObject

__all__ = ["fill_gaps", "without_brief"]


def without_brief(result: SequenceResult, least: int) -> SequenceResult:
    """Take out the tracks that are in fewer than ``least`` frames."""
    seen: dict[int, int] = defaultdict(int)
    for frame in result.frames:
        for one in frame:
            seen[one.id] += 1
    frames = tuple(tuple(o for o in frame if seen[o.id] >= least) for frame in result.frames)
    return replace(result, frames=frames)


def fill_gaps(result: SequenceResult, longest: int) -> SequenceResult:
    """Put boxes on the straight way between two sightings of a track.

    Args:
        result: Boxes; of each track at most one a frame.
        longest: Frames that a gap may have.

    Returns:
        The same, with objects in the order of their identities where any were added; an added box
        has the lower score of the two sightings.
    """
    sightings: dict[int, list[tuple[int, BoxObservation]]] = defaultdict(list)
    for index, frame in enumerate(result.frames):
        for one in frame:
            assert isinstance(one.observation, BoxObservation), "gaps of boxes are filled"
            sightings[one.id].append((index, one.observation))
    frames = [list(frame) for frame in result.frames]
    for identity, track in sightings.items():
        for (first, before), (last, after) in pairwise(track):
            if 1 < last - first <= longest + 1:
                for index, box in _between(first, before, last, after):
                    frames[index].append(TrackedObject(identity, box))
    added = [
        tuple(frame if len(frame) == len(old) else sorted(frame, key=lambda one: one.id))
        for frame, old in zip(frames, result.frames, strict=True)
    ]
    return replace(result, frames=tuple(added))


def _between(
    first: int, before: BoxObservation, last: int, after: BoxObservation
) -> list[tuple[int, BoxObservation]]:
    """Boxes of the frames between two sightings."""
    indices = np.arange(first + 1, last)
    share = ((indices - first) / (last - first))[:, None]
    boxes = (1 - share) * np.array(before.box) + share * np.array(after.box)
    score = min(before.score, after.score)
    return [
        (index, BoxObservation((x1, y1, x2, y2), score, before.label))
        for index, (x1, y1, x2, y2) in zip(indices.tolist(), boxes.tolist(), strict=True)
    ]
