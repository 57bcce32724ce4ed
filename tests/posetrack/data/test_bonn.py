from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.io import savemat

from unitrack.errors import UniTrackError
from unitrack.skeleton import SKELETONS
from unitrack.types import PoseObservation, SequenceResult, TrackedObject
from unitrack_posetrack.data.bonn import posetrack_bonn, read_bonn

NAME = "012345"
IDS = [0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15]


def _person(first: float, ids: list[int]) -> dict[str, Any]:
    points = [{"id": n, "x": first + n, "y": 2.0 * n, "is_visible": n % 2} for n in ids]
    return {"point": np.array(points, dtype=object), "head_rect": np.array([1.0, 2.0, 9.0, 8.0])}


def _matlab(folder: Path, *, people: int = 2, frames: int = 3, ids: list[int] = IDS) -> Path:
    """Person p of frame f begins at 100 p + f; the last one is not in the first frame."""
    cells = np.empty((people, frames), dtype=object)
    for p in range(people):
        for f in range(frames):
            gone = people > 1 and p == people - 1 and f == 0
            cells[p, f] = np.zeros((0, 0)) if gone else _person(100 * p + f, ids)
    stored = {"num_frames": frames, "name": NAME, "num_persons": people, "annopoints": cells}
    file = folder / "annolist" / "test" / f"annolist_{NAME}.mat"
    file.parent.mkdir(parents=True, exist_ok=True)
    savemat(file, {"annolist": stored})
    return file


def test_people_are_the_rows_and_frames_the_columns_of_the_file(tmp_path: Path) -> None:
    entries = read_bonn(_matlab(tmp_path), NAME)
    assert [entry.name for entry in entries] == [f"videos/{NAME}/0000{n}.jpg" for n in (1, 2, 3)]
    assert [[person.id for person in entry.people] for entry in entries] == [[0], [0, 1], [0, 1]]
    pose = entries[2].people[1].pose
    assert (pose.skeleton, pose.head) == ("bonn14", (1, 2, 9, 8))
    assert pose.visible == (True,) * 14
    assert pose.xy == tuple((102.0 + n, 2.0 * n) for n in IDS)


def test_the_joints_are_numbered_as_in_mpii(tmp_path: Path) -> None:
    pose = read_bonn(_matlab(tmp_path), NAME)[0].people[0].pose
    names = SKELETONS["bonn14"].joints
    known = {"r_ankle": 0, "l_hip": 3, "neck": 8, "head_top": 9, "r_wrist": 10, "l_wrist": 15}
    for name, number in known.items():
        assert pose.xy[names.index(name)] == (number, 2.0 * number)


@pytest.mark.parametrize(("people", "frames"), [(1, 3), (2, 1), (1, 1)])
def test_axes_of_length_one_are_no_trouble(tmp_path: Path, people: int, frames: int) -> None:
    assert len(read_bonn(_matlab(tmp_path, people=people, frames=frames), NAME)) == frames


def test_joints_that_are_not_listed_are_not_there(tmp_path: Path) -> None:
    pose = read_bonn(_matlab(tmp_path, ids=[9, 15]), NAME)[0].people[0].pose
    assert [n for n, there in enumerate(pose.visible) if there] == [7, 13]
    assert sum(read_bonn(_matlab(tmp_path, ids=[4]), NAME)[0].people[0].pose.visible) == 1


def test_a_joint_of_another_skeleton_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UniTrackError, match=r"frame 1: person 0: has a joint of number 7"):
        read_bonn(_matlab(tmp_path, ids=[7]), NAME)
    with pytest.raises(UniTrackError, match=r"frame 1: person 0: has a joint of number 3"):
        read_bonn(_matlab(tmp_path, ids=[3, 3]), NAME)


@pytest.mark.parametrize(
    "variables", [{"other": 1}, {"annolist": 3}, {"annolist": {"num_persons": 1, "num_frames": 2}}]
)
def test_a_file_of_another_layout_is_refused(tmp_path: Path, variables: dict[str, Any]) -> None:
    savemat(tmp_path / "a.mat", variables)
    with pytest.raises(UniTrackError, match=r"a\.mat: (holds no annolist|cannot be read)"):
        read_bonn(tmp_path / "a.mat", NAME)


def test_the_readable_file_is_as_good(tmp_path: Path) -> None:
    file = tmp_path / "annolist" / "test" / f"{NAME}_readable.json"
    file.parent.mkdir(parents=True)
    points = [{"id": n, "x": n, "y": 2 * n, "is_visible": 1} for n in IDS]
    person = {"person": 3, "head_rect": [1, 2, 9, 8], "points": points}
    frames = [{"file_name": f"videos/{NAME}/00001.jpg", "persons": [person]}]
    file.write_text(json.dumps({"name": NAME, "num_frames": 1, "frames": frames}))
    (sequence,) = posetrack_bonn(tmp_path, None, None).sequences()
    assert sequence.truth is not None
    (known,) = sequence.truth[0]
    assert (known.id, known.observation.box) == (3, (0.0, 0.0, 15.0, 30.0))
    for change, what in (
        ({"persons": [{**person, "points": [{"id": 6, "x": 1, "y": 2}]}]}, "joint of number 6"),
        ({"persons": [{**person, "head_rect": [1]}]}, "head_rect is not left, top"),
        ({"persons": [{"person": 3}]}, "has no points"),
        ({"persons": 3}, "persons is no list"),
    ):
        file.write_text(json.dumps({"frames": [{**frames[0], **change}]}))
        with pytest.raises(UniTrackError, match=what):
            read_bonn(file, NAME)


@pytest.mark.parametrize("outer", [True, False])
def test_the_outer_and_the_inner_folder_are_roots(tmp_path: Path, *, outer: bool) -> None:
    inner = tmp_path / "bonn-multiperson-posetrack"
    _matlab(inner)
    dataset = posetrack_bonn(tmp_path if outer else inner, "test", None)
    assert [one.name for one in dataset.sequences()] == [NAME]


def test_splits_and_roots_that_are_not_there_are_refused(tmp_path: Path) -> None:
    _matlab(tmp_path)
    with pytest.raises(UniTrackError, match=r"no such split\n  Splits: train, test"):
        posetrack_bonn(tmp_path, "val", None)
    with pytest.raises(
        UniTrackError, match=r"holds no annolist_<sequence>\.mat of the split train"
    ):
        posetrack_bonn(tmp_path, "train", None)
    with pytest.raises(UniTrackError, match="holds no annolist"):
        posetrack_bonn(tmp_path / "annolist", None, None)


def test_results_read_back_in_fourteen_joints(tmp_path: Path) -> None:
    _matlab(tmp_path)
    dataset = posetrack_bonn(tmp_path, None, None)
    (sequence,) = dataset.sequences()
    pose = PoseObservation(tuple((j / 8, 3.0 * j) for j in range(14)), (True,) * 14, 0.5,
                           skeleton="bonn14")  # fmt: skip
    dataset.write(SequenceResult(NAME, ((TrackedObject(2, pose),), (), ())), tmp_path / "out")
    seen = dataset.read(sequence, tmp_path / "out").frames[0][0].observation
    assert isinstance(seen, PoseObservation)
    assert (seen.xy, seen.visible, seen.skeleton) == (pose.xy, pose.visible, "bonn14")


@pytest.mark.data
def test_the_real_clip_in_both_forms(data_root: Path) -> None:
    root = data_root / "clips" / "posetrack_bonn_multiperson"
    (sequence,) = posetrack_bonn(root, None, None).sequences()
    assert (sequence.name, sequence.length, sequence.size) == ("060470979", 41, (540, 960))
    assert sequence.truth is not None
    assert [len(frame) for frame in sequence.truth] == [4] * 41
    folder = root / "bonn-multiperson-posetrack" / "annolist" / "test"
    by_form = [
        read_bonn(folder / name, "060470979")
        for name in ("annolist_060470979.mat", "060470979_readable.json")
    ]
    assert by_form[0] == by_form[1]
