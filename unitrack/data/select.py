"""Every n-th frame, and only the first of them: a sequence cut without touching it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from unitrack.data.base import Sequence
from unitrack.types import Frame, Observation, SequenceResult, TruthObject

__all__ = ["expand", "select", "subsample"]

Value = TypeVar("Value")


def select(sequence: Sequence, *, stride: int = 1, limit: int | None = None) -> Sequence:
    """``sequence`` with every ``stride``-th frame, and of these the first ``limit``.

    Frames are counted anew from 0; the frame rate is divided by ``stride``.
    """
    if stride == 1 and limit is None:
        return sequence
    return _Selected(sequence, stride, limit)


def expand(result: SequenceResult, *, stride: int) -> SequenceResult:
    """Put the frames of a result back to where they are in the whole sequence."""
    if stride == 1:
        return result
    frames = tuple(objects for kept in result.frames for objects in (kept, *((),) * (stride - 1)))
    return SequenceResult(result.name, frames, result.timings)


def subsample(result: SequenceResult, *, stride: int, length: int) -> SequenceResult:
    """The frames of a whole result that a selection of ``length`` frames holds."""
    return SequenceResult(result.name, result.frames[::stride][:length], result.timings)


@dataclass(frozen=True, slots=True)
class _Selected:
    whole: Sequence
    stride: int
    limit: int | None

    @property
    def name(self) -> str:
        return self.whole.name

    @property
    def fps(self) -> float:
        return self.whole.fps / self.stride

    @property
    def size(self) -> tuple[int, int]:
        return self.whole.size

    @property
    def length(self) -> int:
        return len(range(self.whole.length)[:: self.stride][: self.limit])

    @property
    def truth(self) -> tuple[tuple[TruthObject, ...], ...] | None:
        truth = self.whole.truth
        return None if truth is None else self._cut(truth)

    def frames(self) -> Iterator[Frame]:
        kept = islice(self.whole.frames(), 0, None, self.stride)
        for index, frame in enumerate(islice(kept, self.limit)):
            yield Frame(index, frame.name, frame.image)

    def observations(self, source: str) -> tuple[tuple[Observation, ...], ...]:
        return self._cut(self.whole.observations(source))

    def fingerprint(self, source: str) -> str:
        return f"{self.whole.fingerprint(source)}:{self.stride}:{self.limit}"

    def _cut(self, frames: tuple[Value, ...]) -> tuple[Value, ...]:
        return frames[:: self.stride][: self.limit]
