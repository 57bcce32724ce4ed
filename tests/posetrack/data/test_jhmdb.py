from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from tests.posetrack.data.made import SIZE, clip, joints, split
from unitrack.data.base import Sequence
from unitrack.errors import UniTrackError
from unitrack.types import PoseObservation, SequenceResult, Target, TrackedObject
from unitrack_posetrack.data.jhmdb import jhmdb

NAME = "Somebody_walk_f_cm_np1_ri_med_0"


def _only(root: Path) -> Sequence:
    (sequence,) = jhmdb(root, None, None).sequences()
    return sequence


def _names(root: Path, chosen: str | None = None) -> list[str]:
    return [sequence.name for sequence in jhmdb(root, chosen, None).sequences()]


def test_joints_are_read_as_zero_based_pixels(tmp_path: Path) -> None:
    sequence = _only(clip(tmp_path))
    assert sequence.truth is not None
    for index, frame in enumerate(sequence.truth):
        (known,) = frame
        pose = known.observation
        assert isinstance(pose, PoseObservation)
        assert (known.id, known.counted, pose.skeleton) == (1, True, "jhmdb15")
        assert pose.visible == (True,) * 15
        assert pose.xy == tuple((2.0 * j + index - 1, 3.0 * j - 1) for j in range(15))


def test_the_first_pose_is_given_and_nothing_else(tmp_path: Path) -> None:
    sequence = _only(clip(tmp_path))
    assert sequence.truth is not None
    given = sequence.observations("benchmark")
    assert given == ((Target(1, sequence.truth[0][0].observation),), (), ())


@pytest.mark.parametrize("source", ["oracle", "openpose", "/nowhere/else"])
def test_other_sources_are_refused(tmp_path: Path, source: str) -> None:
    with pytest.raises(UniTrackError, match="gives the pose of the first frame and nothing else"):
        _only(clip(tmp_path)).observations(source)


@pytest.mark.parametrize(("images", "frames"), [(5, 3), (3, 5)])
def test_a_clip_is_as_long_as_images_and_joints_both_are(
    tmp_path: Path, images: int, frames: int
) -> None:
    sequence = _only(clip(tmp_path, images=images, frames=frames))
    assert sequence.length == 3
    assert sequence.truth is not None
    assert len(sequence.truth) == len(list(sequence.frames())) == 3
    assert len(sequence.observations("benchmark")) == 3


def test_images_are_not_needed_for_truth(tmp_path: Path) -> None:
    sequence = _only(clip(tmp_path, images=0))
    assert (sequence.length, sequence.size) == (3, (240, 320))
    assert sequence.truth is not None
    with pytest.raises(UniTrackError, match="holds no image"):
        sequence.frames()


def test_frames_are_decoded_in_order(tmp_path: Path) -> None:
    frames = list(_only(clip(tmp_path)).frames())
    assert [frame.name for frame in frames] == ["00001", "00002", "00003"]
    assert [int(frame.image[0, 0, 0]) for frame in frames] == [10, 20, 30]
    assert frames[0].image.shape == (*SIZE, 3)


@pytest.mark.parametrize("lost", ["00001.png", "00002.png"])
def test_a_lost_image_is_named_and_shifts_nothing(tmp_path: Path, lost: str) -> None:
    clip(tmp_path)
    (tmp_path / "Rename_Images" / "walk" / NAME / lost).unlink()
    with pytest.raises(UniTrackError, match=rf"{lost}: is missing"):
        _only(tmp_path).frames()


def test_junk_of_a_mac_is_passed_over(tmp_path: Path) -> None:
    clip(tmp_path)
    folder = tmp_path / "Rename_Images" / "walk" / NAME
    (folder / "._00001.png").write_bytes(b"junk")
    (folder / ".AppleDouble").mkdir()
    (folder.parent / ".AppleDouble").mkdir()
    (tmp_path / "Rename_Images" / ".AppleDouble" / "x").mkdir(parents=True)
    assert _names(tmp_path) == [NAME]
    assert len(list(_only(tmp_path).frames())) == 3
    split(tmp_path, f"{NAME}.avi 2\n")
    split(tmp_path, "junk\n", "._walk_test_split1.txt")
    assert _names(tmp_path) == [NAME]


def test_the_parent_of_the_folders_is_a_root_too(tmp_path: Path) -> None:
    clip(tmp_path / "JHMDB")
    assert _names(tmp_path) == [NAME]


def _three(root: Path) -> None:
    for name, action in (("c", "walk"), ("a", "walk"), ("b", "run")):
        clip(root, name, action, images=1, frames=1)


def test_without_lists_every_clip_is_taken_by_action_and_name(tmp_path: Path) -> None:
    _three(tmp_path)
    assert _names(tmp_path) == ["b", "a", "c"]


def test_splits_select_by_their_flag(tmp_path: Path) -> None:
    _three(tmp_path)
    split(tmp_path, "c.avi 2\na.avi 1\n")
    split(tmp_path, "b.avi 2\n", "run_test_split1.txt")
    split(tmp_path, "a.avi 2\nc.avi 0\n", "walk_test_split2.txt")
    split(tmp_path, "a.avi 2\n", "walk_test_split_3.txt")
    assert _names(tmp_path) == _names(tmp_path, "test1") == ["b", "c"]
    assert _names(tmp_path, "train1") == ["a"]
    assert _names(tmp_path, "test2") == ["a"]
    assert _names(tmp_path, "sub_test3") == ["a"]


def test_an_unknown_split_is_answered_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(UniTrackError, match=r"no such split\n  Splits: test1, test2"):
        jhmdb(clip(tmp_path), "val", None)


def test_a_split_without_lists_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UniTrackError, match=r"splits/\*_test_split2\.txt: are missing"):
        jhmdb(clip(tmp_path), "test2", None)


def test_absent_clips_of_a_split_are_counted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    _three(tmp_path)
    split(tmp_path, "c.avi 2\nd.avi 2\ne.avi 2\n")
    with caplog.at_level(logging.WARNING, "unitrack"):
        assert _names(tmp_path) == ["c"]
    (record,) = caplog.records
    assert "2 of 3 clips of the split test1 are absent" in record.getMessage()


def test_a_split_of_absent_clips_only_is_refused(tmp_path: Path) -> None:
    _three(tmp_path)
    split(tmp_path, "d.avi 2\n")
    with pytest.raises(UniTrackError, match="holds no clip of the split test1"):
        jhmdb(tmp_path, None, None)


def test_a_malformed_list_is_named_with_its_line(tmp_path: Path) -> None:
    _three(tmp_path)
    split(tmp_path, "c.avi 2\n\na.avi\n")
    with pytest.raises(UniTrackError, match=r"walk_test_split1\.txt:3: 'a\.avi' is not"):
        jhmdb(tmp_path, None, None)


def test_a_root_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UniTrackError, match="holds neither Rename_Images nor joint_positions"):
        jhmdb(tmp_path, None, None)


def test_without_joints_there_is_no_truth_and_nothing_to_follow(tmp_path: Path) -> None:
    sequence = _only(clip(tmp_path, frames=None))
    assert sequence.truth is None
    assert sequence.length == 3
    with pytest.raises(UniTrackError, match=r"joint_positions\.mat: is missing, so no pose"):
        sequence.observations("benchmark")


def _truth_of(root: Path) -> object:
    return _only(root).truth


def test_a_coordinate_that_is_no_number_is_named(tmp_path: Path) -> None:
    places = joints(3)
    places[1, 11, 2] = np.nan
    with pytest.raises(UniTrackError, match=r"joint_positions\.mat: frame 3: y of r_wrist is nan"):
        _truth_of(clip(tmp_path, pos_img=places))


@pytest.mark.parametrize(
    ("places", "shape"),
    [
        (joints(3)[:, :14], "2x14x3"),
        (joints(3).transpose(1, 0, 2), "15x2x3"),
        (joints(3)[:, :, :0], "2x15x0"),
        (joints(3) * 1j, "2x15x3 of complex128"),
        (np.array(["walk"]), "1 of <U4"),
    ],
)
def test_joints_of_another_shape_are_refused(
    tmp_path: Path, places: np.ndarray, shape: str
) -> None:
    with pytest.raises(UniTrackError, match=f"pos_img is {shape}.* not 2x15xT"):
        _truth_of(clip(tmp_path, pos_img=places))


def test_a_clip_of_one_frame_has_lost_its_last_axis(tmp_path: Path) -> None:
    sequence = _only(clip(tmp_path, images=1, pos_img=joints(1)[:, :, 0]))
    assert sequence.truth is not None
    assert sequence.truth[0][0].observation.box == (-1.0, -1.0, 27.0, 41.0)


def test_a_file_without_joints_is_refused(tmp_path: Path) -> None:
    clip(tmp_path)
    file = tmp_path / "joint_positions" / "walk" / NAME / "joint_positions.mat"
    savemat(file, {"pos_world": joints(3)})
    with pytest.raises(UniTrackError, match="holds no pos_img"):
        _truth_of(tmp_path)


@pytest.mark.parametrize("content", [b"", b"MATLAB", b"\x00" * 400, b"MATLAB 5.0 MAT-file" * 30])
def test_a_file_that_is_no_matlab_file_is_refused(tmp_path: Path, content: bytes) -> None:
    clip(tmp_path)
    file = tmp_path / "joint_positions" / "walk" / NAME / "joint_positions.mat"
    file.write_bytes(content)
    with pytest.raises(UniTrackError, match="cannot be read"):
        _truth_of(tmp_path)


def test_a_cut_file_is_refused(tmp_path: Path) -> None:
    clip(tmp_path)
    file = tmp_path / "joint_positions" / "walk" / NAME / "joint_positions.mat"
    whole = file.read_bytes()
    for length in range(0, len(whole) - 8, 60):
        file.write_bytes(whole[:length])
        with pytest.raises(UniTrackError):
            _truth_of(tmp_path)


def test_the_fingerprint_follows_joints_and_images(tmp_path: Path) -> None:
    clip(tmp_path)
    before = _only(tmp_path).fingerprint("benchmark")
    file = tmp_path / "joint_positions" / "walk" / NAME / "joint_positions.mat"
    savemat(file, {"pos_img": joints(3) + 1})
    moved = _only(tmp_path).fingerprint("benchmark")
    (tmp_path / "Rename_Images" / "walk" / NAME / "00003.png").unlink()
    assert len({before, moved, _only(tmp_path).fingerprint("benchmark")}) == 3


def test_results_read_back(tmp_path: Path) -> None:
    dataset = jhmdb(clip(tmp_path / "set"), None, None)
    (sequence,) = dataset.sequences()
    pose = PoseObservation(
        tuple((j / 8, -j / 4) for j in range(15)), (True, False) * 7 + (True,), 0.5,
        skeleton="jhmdb15",
    )  # fmt: skip
    result = SequenceResult(NAME, ((TrackedObject(1, pose),), (), (TrackedObject(1, pose),)))
    dataset.write(result, tmp_path / "out")
    back = dataset.read(sequence, tmp_path / "out")
    seen = back.frames[0][0].observation
    assert isinstance(seen, PoseObservation)
    assert (back.frames[1], seen.visible, seen.score) == ((), pose.visible, 0.5)
    assert [p for p, v in zip(seen.xy, seen.visible, strict=True) if v] == list(pose.xy[::2])
    assert [path.name for path in (tmp_path / "out").iterdir()] == [f"{NAME}.json"]


@pytest.mark.data
def test_the_real_clip(data_root: Path) -> None:
    dataset = jhmdb(data_root / "clips" / "jhmdb", None, None)
    (sequence,) = dataset.sequences()
    assert sequence.name == "Frisbee_catch_f_cm_np1_ri_med_0"
    assert (sequence.length, sequence.size) == (37, (240, 320))
    assert sequence.truth is not None
    first = sequence.truth[0][0].observation
    assert isinstance(first, PoseObservation)
    assert first.xy[0] == pytest.approx((97.8, 91.64))
    assert first.box == pytest.approx((85.848, 70.76, 124.44, 205.112))


@pytest.mark.data
@pytest.mark.parametrize(("chosen", "count"), [("test1", 14), ("test2", 14), ("test3", 15)])
def test_the_real_lists(data_root: Path, chosen: str, count: int) -> None:
    from unitrack_posetrack.data.jhmdb_layout import SPLITS, _names

    entry = SPLITS[chosen]
    file = data_root / "clips" / "jhmdb" / entry.folder / f"catch{entry.ending}"
    assert len(_names(file, entry.flag)) == count
