"""What is done with the tracks of a sequence once all of it is known."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from unitrack.types import SequenceResult

__all__ = ["without_brief"]


def without_brief(result: SequenceResult, least: int) -> SequenceResult:
    """Take out the tracks that are in fewer than ``least`` frames."""
    seen: dict[int, int] = defaultdict(int)
    for frame in result.frames:
        for one in frame:
            seen[one.id] += 1
    frames = tuple(tuple(o for o in frame if seen[o.id] >= least) for frame in result.frames)
    return replace(result, frames=frames)
