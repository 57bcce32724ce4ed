from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import pytest

from unitrack.engine.settings import resolve_settings
from unitrack.errors import UniTrackError
from unitrack.heads.base import TaskHead, Tracker
from unitrack.registry.manager import registry
from unitrack.registry.records import HeadRecord, load
from unitrack.testing.scenes import Scene, embed, features, observed
from unitrack.types import Observation, PoseObservation, SequenceResult, TrackedObject

SCENE = Scene("made-up", length=14, shape="pose")
POSES = observed(SCENE)
FIRST = POSES[0][0]
assert isinstance(FIRST, PoseObservation)
PLACE = FIRST.xy
EMPTY = replace(FIRST, visible=(False,) * len(FIRST.xy))


def head(protocol: str = "default", **values: object) -> TaskHead:
    record = registry().get("heads", "posetrack")
    assert isinstance(record, HeadRecord)
    settings = resolve_settings(record, protocol, {}, values)
    made: TaskHead = cast("Any", load(record.factory))(settings, registry().get)
    return made


def run(tracker: Tracker, poses: Sequence[Sequence[Observation]]) -> list[list[TrackedObject]]:
    return [
        tracker.step(frame, features(frame.image), poses[frame.index])
        for frame in SCENE.frames()
        if frame.index < len(poses)
    ]


def finished(tracker: Tracker, frames: list[list[TrackedObject]]) -> list[list[int]]:
    result = tracker.finish(SequenceResult("made-up", tuple(map(tuple, frames))))
    return [[one.id for one in frame] for frame in result.frames]


@pytest.mark.parametrize("values", [{}, {"pose_box": "mask"}, {"motion": False}])
def test_people_keep_their_identities(values: dict[str, Any]) -> None:
    tracker = head(**values).start(SCENE.info, embed)
    frames = run(tracker, POSES)
    expected = [[one.id for one in frame] for frame in SCENE.truth]
    assert finished(tracker, frames) == expected
    assert [[one.observation for one in frame] for frame in frames] == [list(p) for p in POSES]


def test_a_pose_of_nobody_is_reported_under_an_identity_of_its_own() -> None:
    unsure = cast("Any", replace)(FIRST, score=0.1)
    poses = [[FIRST, unsure], [FIRST, unsure, unsure]]
    tracker = head().start(SCENE.info, embed)
    frames = run(tracker, poses)
    assert finished(tracker, frames) == [[1, 2], [1, 3, 4]]
    assert all(len({one.id for one in frame}) == len(frame) for frame in frames)


def test_a_person_without_joints_is_left_out() -> None:
    tracker = head().start(SCENE.info, embed)
    assert [len(frame) for frame in run(tracker, [[EMPTY], [FIRST, EMPTY], [EMPTY]])] == [0, 1, 0]


def test_the_authors_give_nobody_the_identity_on_the_way_back() -> None:
    poses = [[FIRST], [], [FIRST], [FIRST]]
    for protocol, expected in (("default", [[1], [], [1], [1]]), ("authors", [[1], [], [2], [1]])):
        tracker = head(protocol).start(SCENE.info, embed)
        assert finished(tracker, run(tracker, poses)) == expected


def test_joints_outside_the_picture_and_in_one_place_do_no_harm() -> None:
    assert isinstance(FIRST, PoseObservation)
    far = replace(FIRST, xy=tuple((x - 500.0, y + 900.0) for x, y in PLACE))
    point = replace(FIRST, xy=((40.0, 40.0),) * len(PLACE))
    tracker = head().start(SCENE.info, embed)
    frames = run(tracker, [[FIRST, far, point]] * 3)
    assert [len(frame) for frame in frames] == [3, 3, 3]
    assert len({tuple(one.id for one in frame) for frame in frames}) == 1


def test_boxes_are_refused() -> None:
    boxes = observed(replace(SCENE, shape="box"))
    tracker = head().start(SCENE.info, embed)
    with pytest.raises(UniTrackError, match="not a pose"):
        run(tracker, boxes)
