"""Every n-th frame, and only the first of them: a sequence cut without touching it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from unitrack.data.base import Sequence, Supervised, Supervisor, Truth
from unitrack.types import Frame, Observation, SequenceResult, TrackedObject

__all__ = ["expand", "select", "subsample", "whole"]

Value = TypeVar("Value")


def select(sequence: Sequence, *, stride: int = 1, limit: int | None = None) -> Sequence:
    """``sequence`` with every ``stride``-th frame, and of these the first ``limit``.

    Frames are counted anew from 0; the frame rate is divided by ``stride``.
    """
    if stride == 1 and limit is None:
        return sequence
    return _Selected(sequence, stride, limit)


def whole(sequence: Sequence) -> Sequence:
    """The sequence that `select` has cut, or ``sequence`` itself: files number its frames."""
    return sequence.uncut if isinstance(sequence, _Selected) else sequence


def expand(result: SequenceResult, *, stride: int, length: int) -> SequenceResult:
    """Put the frames of a result back to where they are in a whole sequence of ``length``."""
    frames: list[tuple[TrackedObject, ...]] = [()] * length
    frames[: len(result.frames) * stride : stride] = result.frames
    return SequenceResult(result.name, tuple(frames), result.timings)


def subsample(result: SequenceResult, *, stride: int, length: int) -> SequenceResult:
    """The frames of a whole result that a selection of ``length`` frames holds."""
    return SequenceResult(result.name, result.frames[::stride][:length], result.timings)


@dataclass(frozen=True, slots=True)
class _Selected:
    uncut: Sequence
    stride: int
    limit: int | None

    @property
    def name(self) -> str:
        return self.uncut.name

    @property
    def fps(self) -> float:
        return self.uncut.fps / self.stride

    @property
    def size(self) -> tuple[int, int]:
        return self.uncut.size

    @property
    def length(self) -> int:
        return len(range(self.uncut.length)[:: self.stride][: self.limit])

    @property
    def truth(self) -> Truth | None:
        truth = self.uncut.truth
        return None if truth is None else self._cut(truth)

    def frames(self) -> Iterator[Frame]:
        kept = islice(self.uncut.frames(), 0, None, self.stride)
        for index, frame in enumerate(islice(kept, self.limit)):
            yield Frame(index, frame.name, frame.image)

    def observations(self, source: str) -> tuple[tuple[Observation, ...], ...]:
        return self._cut(self.uncut.observations(source))

    def fingerprint(self, source: str) -> str:
        parts = (self.uncut.fingerprint(source), str(self.stride), str(self.limit))
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def supervisor(self, truth: Truth) -> Supervisor | None:
        uncut = self.uncut
        return uncut.supervisor(truth) if isinstance(uncut, Supervised) else None

    def _cut(self, frames: tuple[Value, ...]) -> tuple[Value, ...]:
        return frames[:: self.stride][: self.limit]
