"""The restart protocol, with a tracker whose answers are written down beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.sot.data import made
from unitrack.data.select import select
from unitrack.engine.track import track
from unitrack.heads.base import Embed, FrameFeatures
from unitrack.types import (
    BoxObservation,
    FeatureMap,
    Frame,
    Observation,
    SequenceInfo,
    SequenceResult,
    Target,
    TrackedObject,
)
from unitrack_sot.data.polygon import PolygonObservation
from unitrack_sot.data.restart import Failure, Restarts
from unitrack_sot.data.settings import VotSettings
from unitrack_sot.data.vot import VotSequence, vot

LENGTH = 20
AWAY = BoxObservation((50.0, 40.0, 60.0, 47.0))


def on_it(index: int) -> BoxObservation:
    x = 20.0 + 2 * index
    return BoxObservation((x - 6, 12.0, x + 6, 24.0))


class Scripted:
    """A head that is on the object but in the frames of ``wrong``; keeps what it is given."""

    needs = FrameFeatures()

    def __init__(self, wrong: Sequence[int], answer: Observation | None = AWAY) -> None:
        self.wrong = wrong
        self.answer = answer
        self.given: dict[int, tuple[Observation, ...]] = {}

    def start(self, sequence: SequenceInfo, embed: Embed) -> Scripted:
        del sequence, embed
        return self

    def step(
        self, frame: Frame, features: FeatureMap | None, observations: Sequence[Observation]
    ) -> list[TrackedObject]:
        del features
        index = int(frame.name) - 1
        self.given[index] = tuple(observations)
        for seen in observations:
            assert isinstance(seen, Target)
            return [TrackedObject(seen.id, seen.observation)]
        answer = self.answer if index in self.wrong else on_it(index)
        return [] if answer is None else [TrackedObject(1, answer)]

    def finish(self, result: SequenceResult) -> SequenceResult:
        return result


class Blind:
    """No backbone is needed."""

    def prepare(self, image: object) -> object:
        return image

    def embed(self, prepared: Sequence[object]) -> list[None]:
        return [None] * len(prepared)


def video(folder: Path, protocol: str = "supervised") -> VotSequence:
    made.vot(folder, count=LENGTH)
    settings = VotSettings.model_validate({"protocol": protocol})
    (found,) = vot(folder, None, settings).sequences()
    assert isinstance(found, VotSequence)
    return found


def run(found: VotSequence, head: Scripted, **cut: int) -> list[str]:
    """One letter a frame: Started, followed, Lost, paused."""
    chosen = select(found, **cut)
    result = track(
        chosen,
        chosen.observations("benchmark"),
        head,
        Blind(),  # type: ignore[arg-type]
        stage="propagation",
        on_frame=lambda: None,
    )
    return [letter(frame[0].observation if frame else None) for frame in result.frames]


def letter(seen: Observation | None) -> str:
    if seen is None:
        return "."
    return "S" if isinstance(seen, Target) else "L" if isinstance(seen, Failure) else "f"


def test_five_frames_after_a_failure_the_object_is_given_again(tmp_path: Path) -> None:
    head = Scripted(wrong=[4])
    assert "".join(run(video(tmp_path), head)) == "SfffL....Sffffffffff"
    assert [index for index, given in head.given.items() if given] == [0, 9]
    assert sorted(set(range(LENGTH)) - head.given.keys()) == [5, 6, 7, 8]  # it did not see them


def test_it_starts_from_the_region_of_that_frame(tmp_path: Path) -> None:
    head = Scripted(wrong=[4])
    run(video(tmp_path), head)
    half = (128**0.5 + 1) / 2
    for index in (0, 9):
        (target,) = head.given[index]
        x = 20 + 2 * index
        assert target.box == pytest.approx((x - half, 18 - half, x + half, 18 + half))


def test_an_answer_of_nothing_is_a_failure_too(tmp_path: Path) -> None:
    assert run(video(tmp_path), Scripted([4], None))[3:10] == list("fL....S")


def test_a_touch_is_no_overlap_and_a_sliver_is(tmp_path: Path) -> None:
    """The diamond of frame 4 reaches from x = 20 to 36."""
    found = video(tmp_path)
    for left, wanted in ((36.0, "L"), (35.9, "f")):
        answer = BoxObservation((left, 10.0, 60.0, 26.0))
        assert run(found, Scripted([4], answer))[4] == wanted


def test_overlap_outside_the_picture_does_not_count(tmp_path: Path) -> None:
    """The diamond of frame 19 reaches from x = 50 to 66, the picture to 64."""
    answer = BoxObservation((64.0, 10.0, 80.0, 26.0))
    assert run(video(tmp_path), Scripted([19], answer))[19] == "L"


def test_failures_may_follow_each_other_and_end_the_video(tmp_path: Path) -> None:
    # In frame 6 the object is given, so that the wrong answer is never asked for.
    assert "".join(run(video(tmp_path), Scripted([1, 6, 7, 17]))) == "SL....SL....SffffL.."


def test_one_pass_goes_on_whatever_happens(tmp_path: Path) -> None:
    head = Scripted(wrong=range(1, LENGTH))
    assert run(video(tmp_path, "one_pass"), head) == ["f"] * LENGTH
    assert [index for index, given in head.given.items() if given] == [0]


def test_a_cut_video_is_supervised_in_the_frames_that_are_left(tmp_path: Path) -> None:
    assert "".join(run(video(tmp_path), Scripted([2]), stride=2, limit=8)) == "SL....Sf"


def test_each_run_has_a_supervisor_of_its_own(tmp_path: Path) -> None:
    found = video(tmp_path)
    assert run(found, Scripted([4])) == run(found, Scripted([4]))
    assert found.truth is not None
    one, other = found.supervisor(found.truth), found.supervisor(found.truth)
    assert isinstance(one, Restarts)
    assert one is not other


def test_what_is_recorded_at_a_failure_says_where_the_tracker_was(tmp_path: Path) -> None:
    found = video(tmp_path)
    assert found.truth is not None
    supervisor = Restarts(found.truth, found.size)
    start = supervisor.take(0, [])
    assert start == (TrackedObject(1, Target(1, found.truth[0][0].observation)),)
    assert isinstance(found.truth[0][0].observation, PolygonObservation)
    assert supervisor.take(1, [TrackedObject(1, AWAY)]) == (TrackedObject(1, Failure(AWAY.xyxy)),)
    assert [supervisor.give(index) for index in range(2, 6)] == [None] * 4
    assert supervisor.give(6) is not None
