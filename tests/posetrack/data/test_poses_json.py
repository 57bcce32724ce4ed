from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from unitrack.errors import UniTrackError
from unitrack_posetrack.data.poses_json import parse_poses

JOINTS: list[Any] = [[1.5, 2], *[None] * 14]
POSE = {"id": 1, "score": 0.5, "joints": JOINTS}
HEAD = {"format": "unitrack-poses-1", "name": "a", "skeleton": "jhmdb15"}


def _parse(tmp_path: Path, frames: Any, **head: Any) -> Any:
    file = tmp_path / "a.json"
    file.write_text(json.dumps({**HEAD, **head, "frames": frames}))
    return parse_poses(file, 2, "jhmdb15")


def test_whole_numbers_and_absent_joints_are_read(tmp_path: Path) -> None:
    (first,), second = _parse(tmp_path, [[POSE], []])
    assert second == ()
    assert (first.id, first.observation.score) == (1, 0.5)
    assert first.observation.xy[0] == (1.5, 2.0)
    assert first.observation.visible == (True, *(False,) * 14)


@pytest.mark.parametrize(
    ("frames", "what"),
    [
        ({}, "holds no frames"),
        ([[]], "holds 1 frames, but the sequence has 2"),
        ([[], {}], "frame 1: is no list"),
        ([[3], []], "frame 0: pose 0: is no pose"),
        ([[{**POSE, "id": "x"}], []], "frame 0: pose 0: has no id"),
        ([[{"joints": JOINTS}], []], "has no id or no score"),
        ([[], [POSE, POSE]], "frame 1: pose 1: has the id 1 of another"),
        ([[{**POSE, "joints": JOINTS[1:]}], []], "has not 15 joints"),
        ([[{**POSE, "joints": [*JOINTS[1:], [1]]}], []], "joint 14 is neither"),
        ([[{**POSE, "joints": [["1", 2], *JOINTS[1:]]}], []], "joint 0 is neither"),
        ([[{**POSE, "joints": [[float("nan"), 2], *JOINTS[1:]]}], []], "joint 0 is neither"),
        ([[{**POSE, "joints": [[True, 2], *JOINTS[1:]]}], []], "joint 0 is neither"),
    ],
)
def test_what_is_malformed_is_named(tmp_path: Path, frames: Any, what: str) -> None:
    with pytest.raises(UniTrackError, match=what):
        _parse(tmp_path, frames)


def test_files_of_something_else_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UniTrackError, match="does not say that its format is"):
        _parse(tmp_path, [[], []], format="coco")
    with pytest.raises(UniTrackError, match="holds poses of 'coco17', not jhmdb15"):
        _parse(tmp_path, [[], []], skeleton="coco17")
    (tmp_path / "a.json").write_text("{")
    with pytest.raises(UniTrackError, match="is no JSON"):
        parse_poses(tmp_path / "a.json", 2, "jhmdb15")
    (tmp_path / "a.json").write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(UniTrackError, match="is no JSON"):
        parse_poses(tmp_path / "a.json", 2, "jhmdb15")
    with pytest.raises(UniTrackError, match="is missing"):
        parse_poses(tmp_path / "b.json", 2, "jhmdb15")
