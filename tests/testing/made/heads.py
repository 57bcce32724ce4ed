"""Heads: a sound one, and flawed ones."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from torch import Tensor

from unitrack.heads.base import Embed, FrameFeatures
from unitrack.types import (
    FeatureMap,
    Frame,
    Observation,
    SequenceInfo,
    SequenceResult,
    TrackedObject,
)


class Lanes:
    """Identity by the height at which a box lies: sound as long as nothing moves up or down."""

    def __init__(self) -> None:
        self.known: dict[float, int] = {}

    def step(
        self, frame: Frame, features: FeatureMap | None, observations: Sequence[Observation]
    ) -> list[Any]:
        del frame, features
        return [
            TrackedObject(self.known.setdefault(seen.box[1], len(self.known) + 1), seen)
            for seen in observations
        ]

    def finish(self, result: SequenceResult) -> SequenceResult:
        return result


class LanesHead:
    """Starts ``tracker`` anew for each video, unless it is told to keep the first."""

    needs: object = FrameFeatures()

    def __init__(self, tracker: Callable[[], Lanes] = Lanes) -> None:
        self.tracker = tracker

    def start(self, sequence: SequenceInfo, embed: Embed) -> Lanes:
        del sequence, embed
        return self.tracker()


class _Zero(Lanes):
    def step(
        self, frame: Frame, features: FeatureMap | None, observations: Sequence[Observation]
    ) -> list[Any]:
        return [replace(one, id=one.id - 1) for one in super().step(frame, features, observations)]


class _Twin(Lanes):
    def step(
        self, frame: Frame, features: FeatureMap | None, observations: Sequence[Observation]
    ) -> list[Any]:
        return super().step(frame, features, [*observations, *observations])


class _Bare(Lanes):
    def step(
        self, frame: Frame, features: FeatureMap | None, observations: Sequence[Observation]
    ) -> list[Any]:
        return [(one.id, one.observation) for one in super().step(frame, features, observations)]


class _Silent(Lanes):
    def step(
        self, frame: Frame, features: FeatureMap | None, observations: Sequence[Observation]
    ) -> list[Any]:
        del frame, features, observations
        return []


class _Hoarder(Lanes):
    def __init__(self) -> None:
        super().__init__()
        self.looks: list[Tensor] = []

    def step(
        self, frame: Frame, features: FeatureMap | None, observations: Sequence[Observation]
    ) -> list[Any]:
        assert features is not None
        self.looks.append(features.data)
        return super().step(frame, features, observations)


class _Cutting(Lanes):
    def finish(self, result: SequenceResult) -> SequenceResult:
        return replace(result, frames=result.frames[:-1])


_COUNTER = itertools.count(1)


class _Fickle(Lanes):
    """Counts on from the head before."""

    def __init__(self) -> None:
        super().__init__()
        self.offset = next(_COUNTER)

    def step(
        self, frame: Frame, features: FeatureMap | None, observations: Sequence[Observation]
    ) -> list[Any]:
        found = super().step(frame, features, observations)
        return [replace(one, id=one.id + self.offset) for one in found]


class _Shared(Lanes):
    """Videos of one head know of each other."""

    def __init__(self, known: dict[float, int]) -> None:
        super().__init__()
        self.known = known

    def step(
        self, frame: Frame, features: FeatureMap | None, observations: Sequence[Observation]
    ) -> list[Any]:
        self.known[-1.0 - len(self.known)] = 0
        return super().step(frame, features, observations)


class _Needless(LanesHead):
    needs = "frames"


def _sharing() -> LanesHead:
    known: dict[float, int] = {}
    return LanesHead(lambda: _Shared(known))


HEADS: dict[str, Callable[[], LanesHead]] = {
    "lanes": LanesHead,
    "zero": lambda: LanesHead(_Zero),
    "twin": lambda: LanesHead(_Twin),
    "bare": lambda: LanesHead(_Bare),
    "silent": lambda: LanesHead(_Silent),
    "hoarder": lambda: LanesHead(_Hoarder),
    "cutting": lambda: LanesHead(_Cutting),
    "fickle": lambda: LanesHead(_Fickle),
    "sharing": _sharing,
    "needless": _Needless,
}


def __getattr__(name: str) -> Any:
    """Factories by flaw, for records to point to: ``head_twin``."""
    kind, _, flaw = name.partition("_")
    if kind != "head":
        raise AttributeError(name)
    return lambda _settings, _resolve: HEADS[flaw]()
