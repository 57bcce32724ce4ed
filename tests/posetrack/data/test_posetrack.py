from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.posetrack.data.made_people import (
    NAME,
    SIZE,
    document17,
    document18,
    person17,
    person18,
    root,
    write,
)
from unitrack.data.base import Dataset, Sequence, Submittable
from unitrack.errors import UniTrackError
from unitrack.types import PoseObservation, SequenceResult, TrackedObject
from unitrack_posetrack.data.posetrack import posetrack17, posetrack18
from unitrack_posetrack.data.regions import IgnoredRegion, inside

PEOPLE = [[person18(1, 5), person18(1, 0)], [], [person18(3, 5)]]


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    return posetrack18(root(tmp_path / "set", document18(PEOPLE), images=3), None, None)


@pytest.fixture
def sequence(dataset: Dataset) -> Sequence:
    (found,) = dataset.sequences()
    return found


def _only(folder: Path) -> Sequence:
    (found,) = posetrack18(folder, None, None).sequences()
    return found


def test_a_sequence_has_the_frames_of_its_file(sequence: Sequence) -> None:
    assert (sequence.name, sequence.length, sequence.size) == (NAME, 3, SIZE)
    frames = list(sequence.frames())
    assert [frame.name for frame in frames] == ["000000", "000001", "000002"]
    assert [int(frame.image[0, 0, 0]) for frame in frames] == [0, 10, 20]


def test_the_truth_has_identities_and_nobody_where_nobody_is_labelled(sequence: Sequence) -> None:
    assert sequence.truth is not None
    assert [[one.id for one in frame] for frame in sequence.truth] == [[5, 0], [], [5]]
    assert all(one.counted for frame in sequence.truth for one in frame)


def test_benchmark_and_oracle_are_the_truth_without_identities(tmp_path: Path) -> None:
    people = [[person18(1, 5, score=0.3), person18(1, 6, keypoints=[0] * 51)], []]
    document = document18(people)
    document["images"][0] |= {"ignore_regions_x": [[1, 9, 1]], "ignore_regions_y": [[2, 2, 9]]}
    sequence = _only(root(tmp_path, document))
    assert sequence.truth is not None
    assert [one.counted for one in sequence.truth[0]] == [True, False, False]
    first, _, region = (one.observation for one in sequence.truth[0])
    assert region == IgnoredRegion(((1, 2), (9, 2), (1, 9)))
    assert region.box == (1.0, 2.0, 9.0, 9.0)
    given = sequence.observations("oracle")
    assert given == sequence.observations("benchmark")
    assert [len(frame) for frame in given] == [1, 0]
    assert (given[0][0].box, given[0][0].score) == (first.box, 1.0)


@pytest.mark.parametrize(
    "document",
    [
        document18([[person18(1, None, score=0.3)], [person18(2)], []]),
        document17([[person17(None, score=[0.3])], [person17()], []]),
    ],
)
def test_detections_come_from_a_folder_or_a_file_of_either_dialect(
    tmp_path: Path, sequence: Sequence, document: Any
) -> None:
    file = write(tmp_path / "obs" / f"{NAME}.json", document)
    given = sequence.observations(str(file.parent))
    assert given == sequence.observations(str(file))
    assert [len(frame) for frame in given] == [1, 1, 0]
    assert given[0][0].score == 0.3


def test_a_frame_that_detections_leave_out_has_none(tmp_path: Path, sequence: Sequence) -> None:
    document = document18([[person18(1)], [person18(2)], []])
    del document["images"][0], document["annotations"][0]
    file = write(tmp_path / "a.json", document)
    assert [len(frame) for frame in sequence.observations(str(file))] == [0, 1, 0]


def test_detections_of_another_sequence_are_refused(tmp_path: Path, sequence: Sequence) -> None:
    file = write(tmp_path / "a.json", document18([[]] * 4))
    with pytest.raises(UniTrackError, match=r"000003\.jpg: is no frame of the sequence"):
        sequence.observations(str(file))


def test_an_absent_source_is_named(tmp_path: Path, sequence: Sequence) -> None:
    with pytest.raises(UniTrackError, match="is neither a folder nor a file"):
        sequence.observations("openpose")
    with pytest.raises(UniTrackError, match=rf"{NAME}\.json: is missing"):
        sequence.observations(str(tmp_path))


def test_a_missing_image_is_named(tmp_path: Path, sequence: Sequence) -> None:
    (tmp_path / "set" / "images" / "train" / NAME / "000001.jpg").unlink()
    with pytest.raises(UniTrackError, match=r"000001\.jpg: is missing"):
        sequence.frames()


def test_images_are_not_needed_for_truth(tmp_path: Path) -> None:
    sequence = _only(root(tmp_path, document18(PEOPLE)))
    assert sequence.truth is not None
    assert sequence.fingerprint("oracle")


def test_the_fingerprint_follows_every_file(tmp_path: Path, sequence: Sequence) -> None:
    file = write(tmp_path / "a.json", document18([[person18(1)], [], []]))
    seen = {sequence.fingerprint("benchmark"), sequence.fingerprint(str(file))}
    write(file, document18([[], [], []]))
    seen.add(_only(tmp_path / "set").fingerprint(str(file)))
    root(tmp_path / "set", document18([[], [], [person18(3)]]), images=3)
    seen.add(_only(tmp_path / "set").fingerprint("benchmark"))
    assert len(seen) == 4


def test_sequences_come_by_split_and_name(tmp_path: Path) -> None:
    for split, name in (("val", "000002_mpii_test"), ("train", "000003_mpii_train"),
                        ("val", "000001_mpii_test")):  # fmt: skip
        root(tmp_path, document18(PEOPLE, name), name, split=split)
    (tmp_path / "annotations" / "val" / "._junk.json").write_text("junk")
    names = [one.name for one in posetrack18(tmp_path, None, None).sequences()]
    assert names == ["000003_mpii_train", "000001_mpii_test", "000002_mpii_test"]
    names = [one.name for one in posetrack18(tmp_path, "val", None).sequences()]
    assert names == ["000001_mpii_test", "000002_mpii_test"]


def test_the_parent_is_a_root_too(tmp_path: Path) -> None:
    root(tmp_path / "posetrack_data", document18(PEOPLE))
    assert [one.name for one in posetrack18(tmp_path, None, None).sequences()] == [NAME]


def test_a_test_split_has_images_alone(tmp_path: Path) -> None:
    name = "000007_mpii_test"
    root(tmp_path, document18(PEOPLE, name), name, split="test", images=2)
    (tmp_path / "annotations" / "test" / f"{name}.json").unlink()
    dataset = posetrack18(tmp_path, "test", None)
    (sequence,) = dataset.sequences()
    assert (sequence.name, sequence.length, sequence.truth) == (name, 2, None)
    for source in ("benchmark", "oracle"):
        with pytest.raises(UniTrackError, match=f"holds no poses, so there is no {source}"):
            sequence.observations(source)
    dataset.write(SequenceResult(name, ((), ())), tmp_path / "out")
    written = json.loads((tmp_path / "out" / f"{name}.json").read_text())
    assert [image["id"] for image in written["images"]] == [10000070000, 10000070001]
    assert written["images"][1]["file_name"] == f"images/test/{name}/000001.jpg"


@pytest.mark.parametrize(
    ("split", "what"),
    [("dev", "no such split"), ("val", r"annotations/val: holds no sequence")],
)
def test_a_split_that_is_not_there_is_refused(tmp_path: Path, split: str, what: str) -> None:
    with pytest.raises(UniTrackError, match=what):
        posetrack18(root(tmp_path, document18(PEOPLE)), split, None)


def test_a_root_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UniTrackError, match="holds neither annotations nor images"):
        posetrack18(tmp_path, None, None)


def _result() -> SequenceResult:
    pose = PoseObservation(
        tuple((j + 0.125, 2 * j - 0.5) for j in range(15)), (True, False) * 7 + (True,), 0.5,
        joint_scores=(0.25,) * 15,
    )  # fmt: skip
    return SequenceResult(NAME, ((TrackedObject(3, pose), TrackedObject(1, pose)), (), ()))


@pytest.mark.parametrize(("year", "key"), [(posetrack17, "annolist"), (posetrack18, "images")])
def test_results_are_written_in_the_dialect_of_the_year(
    tmp_path: Path, year: Any, key: str
) -> None:
    dataset = year(root(tmp_path / "set", document18(PEOPLE)), None, None)
    (sequence,) = dataset.sequences()
    dataset.write(_result(), tmp_path / "out")
    assert len(json.loads((tmp_path / "out" / f"{NAME}.json").read_text())[key]) == 3
    back = dataset.read(sequence, tmp_path / "out")
    assert [[one.id for one in frame] for frame in back.frames] == [[3, 1], [], []]
    seen, known = (r.frames[0][0].observation for r in (back, _result()))
    assert isinstance(seen, PoseObservation)
    assert isinstance(known, PoseObservation)
    assert (seen.visible, seen.score) == (known.visible, known.score)
    there = np.array(known.visible)
    np.testing.assert_array_equal(np.array(seen.xy)[there], np.array(known.xy)[there])
    assert seen.joint_scores is not None
    assert seen.joint_scores[0] == 0.25


def test_results_of_others_are_read_in_the_other_dialect(
    tmp_path: Path, dataset: Dataset, sequence: Sequence
) -> None:
    write(tmp_path / f"{NAME}.json", document17([[person17(8)], [], [person17(9)]]))
    back = dataset.read(sequence, tmp_path)
    assert [[one.id for one in frame] for frame in back.frames] == [[8], [], [9]]


def test_results_that_lack_a_frame_are_refused(
    tmp_path: Path, dataset: Dataset, sequence: Sequence
) -> None:
    write(tmp_path / f"{NAME}.json", document17([[person17(8)], []]))
    with pytest.raises(UniTrackError, match=rf"{NAME}\.json: lacks 1 frames, first .*000002\.jpg"):
        dataset.read(sequence, tmp_path)


def test_a_submission_is_a_flat_archive_of_every_sequence(tmp_path: Path, dataset: Dataset) -> None:
    assert isinstance(dataset, Submittable)
    with pytest.raises(UniTrackError, match="is missing"):
        dataset.submit(tmp_path / "out", tmp_path / "mine.zip")
    assert not (tmp_path / "mine.zip").exists()
    dataset.write(_result(), tmp_path / "out")
    dataset.submit(tmp_path / "out", tmp_path / "mine.zip")
    with zipfile.ZipFile(tmp_path / "mine.zip") as archive:
        assert archive.namelist() == [f"{NAME}.json"]
        assert "images" in json.loads(archive.read(f"{NAME}.json"))


def test_points_on_the_border_of_a_region_are_outside() -> None:
    square = ((0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0))
    points = np.array([[2, 2], [0, 2], [4, 4], [2, 0], [5, 2], [-1, 4], [3.999, 0.001]])
    assert inside(points, square).tolist() == [True, False, False, False, False, False, True]
    assert inside(points, square[::-1]).tolist() == inside(points, square).tolist()
    notched = ((0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (2.0, 1.0), (0.0, 4.0))
    assert inside(np.array([[2, 2], [1, 2], [2, 0.5]]), notched).tolist() == [False, True, True]
    assert inside(points, ()).tolist() == [False] * 7


@pytest.mark.data
def test_the_real_clip(data_root: Path) -> None:
    sequence = _only(data_root / "clips" / "posetrack18")
    assert (sequence.name, sequence.length) == ("000001_bonn_train", 76)
    assert sequence.size == (360, 640)
    assert sequence.truth is not None
    assert [i for i, frame in enumerate(sequence.truth) if frame] == list(range(23, 54))
    pose = sequence.truth[23][0].observation
    assert isinstance(pose, PoseObservation)
    assert pose.xy[13] == (304.0, 113.0)  # the nose
    assert pose.xy[12] == (274.1997681, 137.6983643)  # head_bottom
    assert pose.head == (253.0, 77.0, 310.0, 135.0)
    assert list(pose.visible[:6]) == [False, True, True, True, True, False]  # the ankles


@pytest.mark.data
def test_the_real_file_is_written_again_as_it_is(data_root: Path) -> None:
    """Every field that the evaluation reads."""
    from unitrack_posetrack.data.dialect18 import text18
    from unitrack_posetrack.data.posetrack_json import read_entries

    folder = data_root / "clips" / "posetrack18" / "annotations" / "train"
    file = folder / "000001_bonn_train.json"
    given = json.loads(file.read_text())
    written = json.loads(text18("000001_bonn_train", read_entries(file, "truth")))
    assert written["categories"][0]["keypoints"] == given["categories"][0]["keypoints"]
    for name in ("file_name", "id", "frame_id", "vid_id", "nframes", "is_labeled"):
        assert [i[name] for i in written["images"]] == [i[name] for i in given["images"]]
    assert len(written["annotations"]) == len(given["annotations"])
    for one, other in zip(written["annotations"], given["annotations"], strict=True):
        for name in ("image_id", "id", "track_id", "category_id", "bbox_head"):
            assert one[name] == other[name]
        np.testing.assert_allclose(one["keypoints"], other["keypoints"], atol=6e-4)
