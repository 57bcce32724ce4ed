"""Sequences of one object that exist in memory only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from unitrack.data.base import Truth
from unitrack.types import BoxObservation, Observation, SequenceResult, TrackedObject, TruthObject

Box = Sequence[float]  # left, top, width, height


@dataclass(frozen=True)
class Video:
    """What a metric looks at."""

    truth: Truth
    size: tuple[int, int] = (1000, 1000)
    name: str = "made-up"
    fps: float = 30.0

    @property
    def length(self) -> int:
        return len(self.truth)

    def frames(self) -> object:
        raise AssertionError

    def observations(self, source: str) -> object:
        raise AssertionError(source)

    def fingerprint(self, source: str) -> str:
        raise AssertionError(source)


def seen(box: Box) -> BoxObservation:
    left, top, width, height = box
    return BoxObservation((left, top, left + max(width, 0), top + max(height, 0)))


def video(boxes: Sequence[Box | None], gone: Sequence[int] = ()) -> Video:
    """Boxes per frame; None where nothing is annotated, an index in ``gone`` where it is absent."""
    return Video(
        tuple(
            ()
            if box is None
            else (TruthObject(1, seen(box), index not in gone and box[2] > 0 and box[3] > 0),)
            for index, box in enumerate(boxes)
        )
    )


def result(answers: Sequence[Box | Observation | None]) -> SequenceResult:
    """Boxes or observations per frame; None where the tracker gives nothing."""
    frames = tuple(
        () if one is None else (TrackedObject(1, seen(one) if isinstance(one, Sequence) else one),)
        for one in answers
    )
    return SequenceResult("made-up", frames)
