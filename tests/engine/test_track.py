"""The loop under a supervisor, and with a head that cuts its own crops."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
import pytest
import torch

from unitrack.api import backbone
from unitrack.appearance.embed import Embedder
from unitrack.data.select import select
from unitrack.engine.track import track
from unitrack.errors import UniTrackError
from unitrack.heads.base import Crops, Embed
from unitrack.testing.scenes import Scene
from unitrack.types import (
    BoxObservation,
    CropFeatures,
    FeatureMap,
    Frame,
    Observation,
    SequenceInfo,
    SequenceResult,
    Target,
    TrackedObject,
    TruthObject,
)

LOST = BoxObservation((0.0, 0.0, 1.0, 1.0))


@dataclass
class Holder:
    """Says where it was told to be, for three frames; then it is lost."""

    embed: Embed
    given: list[tuple[int, int]] = field(default_factory=list)
    since: int = 0
    place: Observation | None = None
    seen: list[CropFeatures] = field(default_factory=list)

    def step(
        self, frame: Frame, features: FeatureMap | None, observations: Sequence[Observation]
    ) -> list[TrackedObject]:
        assert features is None
        self.seen.append(self.embed(self.embed.normalise(frame.image)[None, :, :64, :64]))
        for target in observations:
            assert isinstance(target, Target)
            self.given.append((frame.index, target.id))
            self.since, self.place = frame.index, target.observation
        assert self.place is not None
        return [TrackedObject(1, self.place if frame.index - self.since < 3 else LOST)]

    def finish(self, result: SequenceResult) -> SequenceResult:
        return result


class Head:
    needs = Crops()

    def start(self, sequence: SequenceInfo, embed: Embed) -> Holder:
        del sequence
        self.tracker = Holder(embed)
        return self.tracker


@dataclass
class Restart:
    """Gives the target again two frames after it was lost."""

    truth: tuple[tuple[TruthObject, ...], ...]
    again: int = 0

    def give(self, index: int) -> tuple[Observation, ...] | None:
        if index < self.again:
            return None
        here = Target(1, self.truth[index][0].observation)
        return (here,) if index == self.again else ()

    def take(self, index: int, objects: Sequence[TrackedObject]) -> tuple[TrackedObject, ...]:
        if objects and objects[0].observation == LOST:
            self.again = index + 2
            return ()
        return tuple(objects)


class Watched(Scene):
    def supervisor(self, truth: tuple[tuple[TruthObject, ...], ...]) -> Restart:
        return Restart(truth)


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return backbone("imagenet_r18", weights="random:0", device="cpu")


class Brief(Scene):
    """States more frames than it has."""

    def frames(self) -> Iterator[Frame]:
        return islice(super().frames(), 3)


def scene(length: int) -> Watched:
    return Watched("watched", length, stage="propagation")


def test_a_supervisor_passes_frames_over_and_gives_the_target_again(embedder: Embedder) -> None:
    head, frames = Head(), []
    result = track(
        scene(9), ((),) * 9, head, embedder,
        stage="propagation", on_frame=lambda: frames.append(0),
    )  # fmt: skip
    assert head.tracker.given == [(0, 1), (5, 1)]
    assert [len(objects) for objects in result.frames] == [1, 1, 1, 0, 0, 1, 1, 1, 0]
    assert len(frames) == 9


def test_a_selection_is_supervised_by_its_own_frames(embedder: Embedder) -> None:
    head = Head()
    cut = select(scene(20), stride=2, limit=6)
    track(cut, ((),) * 6, head, embedder, stage="propagation", on_frame=lambda: None)
    assert head.tracker.given == [(0, 1), (5, 1)]
    assert cut.truth is not None
    assert head.tracker.place == cut.truth[5][0].observation


def test_crops_are_embedded_as_the_engine_embeds_frames(embedder: Embedder) -> None:
    head = Head()
    result = track(
        scene(3), ((),) * 3, head, embedder, stage="propagation", on_frame=lambda: None
    )  # fmt: skip
    image = np.ascontiguousarray(next(scene(3).frames()).image[:64, :64])
    (whole,) = embedder.embed([embedder.prepare(image)])
    crop = head.tracker.seen[0]
    torch.testing.assert_close(crop.data[0], whole.data)
    grid = whole.grid
    assert (crop.stride, crop.anchor_x, crop.anchor_y) == (8, grid.anchor_x, grid.anchor_y)
    assert result.timings["backbone"] > 0


def test_fewer_frames_than_are_stated_are_a_fault(embedder: Embedder) -> None:
    brief = Brief("brief", 5, stage="propagation")
    given = ((Target(1, brief.truth[0][0].observation),), *((),) * 4)
    with pytest.raises(UniTrackError, match="brief: has 3 frames, not 5 as it states\n  Restore"):
        track(brief, given, Head(), embedder, stage="propagation", on_frame=lambda: None)


def test_frames_beyond_those_stated_are_not_looked_at(embedder: Embedder) -> None:
    class Long(Scene):
        def frames(self) -> Iterator[Frame]:
            return Scene("longer", 9, stage="propagation").frames()

    long = Long("long", 5, stage="propagation")
    given = ((Target(1, long.truth[0][0].observation),), *((),) * 4)
    head, steps = Head(), []
    result = track(
        long, given, head, embedder, stage="propagation", on_frame=lambda: steps.append(0)
    )  # fmt: skip
    assert len(result.frames) == len(steps) == len(head.tracker.seen) == 5
