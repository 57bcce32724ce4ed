from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pycocotools import mask as coco

from tests.mot.vis.made import (
    LENGTH,
    SIZE,
    annotated,
    annotation,
    filled,
    rle,
    tube,
    write,
    write_images,
)
from unitrack.data.base import Dataset, Sequence, Submittable
from unitrack.errors import UniTrackError
from unitrack.testing import cases
from unitrack.types import MaskObservation, Observation, SequenceResult, Target, TrackedObject
from unitrack_mot.data.youtube_vis import youtube_vis

TRUTH = annotated(
    [
        tube(1, 2, (2, 2, 10, 10)),
        tube(1, 1, (30, 5, 12, 12), frames=(0, 2)),
        tube(2, 1, (5, 5, 20, 20)),
    ]
)
FOUND = [
    tube(1, 2, (3, 2, 10, 10), 0.9),
    tube(2, 1, (5, 5, 20, 18), 0.1),
    tube(1, 1, (30, 5, 12, 12), 0.8, frames=(1, 2)),
]
BOX = rle((2, 2, 10, 10))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path / "data" / "train" / "instances.json", annotation(entries=TRUTH))
    return tmp_path / "data"


def _open(root: Path, split: str | None = None) -> Dataset:
    return youtube_vis(root, split, None)


def _first(root: Path) -> Sequence:
    return _open(root).sequences()[0]


def _mask(seen: Observation) -> MaskObservation:
    inner = seen.observation if isinstance(seen, Target) else seen
    assert isinstance(inner, MaskObservation)
    return inner


def test_videos_are_those_of_the_annotation(root: Path) -> None:
    first, second = _open(root).sequences()
    assert [first.name, second.name] == ["first", "second"]
    assert (first.size, first.length, first.fps) == (SIZE, LENGTH, 6.0)


def test_truth_has_an_object_per_entry_and_gaps_where_it_is_null(root: Path) -> None:
    truth = _first(root).truth
    assert truth is not None
    assert [[one.id for one in frame] for frame in truth] == [[1, 2], [1], [1, 2], [1]]
    assert {one.id: one.observation.label for one in truth[0]} == {1: 2, 2: 1}
    assert all(one.counted for frame in truth for one in frame)
    assert np.array_equal(_mask(truth[2][1].observation).mask, filled((30, 5, 12, 12)))


def test_the_oracle_is_the_truth_without_identities_and_crowds(root: Path) -> None:
    crowded = [TRUTH[0] | {"iscrowd": 1}, *TRUTH[1:]]
    write(root / "train" / "instances.json", annotation(entries=crowded))
    video = _first(root)
    truth = video.truth
    assert truth is not None
    assert [one.counted for one in truth[0]] == [False, True]
    seen = video.observations("oracle")
    assert [[one.label for one in frame] for frame in seen] == [[1], [], [1], []]
    assert not any(isinstance(one, Target) for frame in seen for one in frame)


def test_frames_are_the_named_images_in_their_order(root: Path) -> None:
    write_images(root / "train" / "JPEGImages")
    frames = list(_first(root).frames())
    assert [(frame.index, frame.name) for frame in frames] == [
        (0, "00000"), (1, "00005"), (2, "00010"), (3, "00015"),
    ]  # fmt: skip
    assert [int(frame.image.mean().round(-1)) for frame in frames] == [20, 60, 100, 140]
    (root / "train" / "JPEGImages" / "first" / "00005.jpg").unlink()
    with pytest.raises(UniTrackError, match=r"00005\.jpg: is missing"):
        list(_first(root).frames())


def test_an_image_of_another_size_is_named(root: Path) -> None:
    write_images(root / "train" / "JPEGImages")
    content = annotation(entries=TRUTH)
    content["videos"][0] |= {"width": 61}
    write(root / "train" / "instances.json", content)
    with pytest.raises(UniTrackError, match=r"00000\.jpg: is 60x40, but the sequence is 61x40"):
        list(_first(root).frames())


def test_a_miniature_tree_keeps_every_promise_of_a_data_set(root: Path) -> None:
    write_images(root / "train" / "JPEGImages")
    write(root / "train" / "detections.json", FOUND)
    found = [
        case for case in cases("unitrack-mot", roots={"youtube_vis": root}) if case[1].root == root
    ]
    assert len(found) > 10
    for record, check in found:
        check(record)


LAYOUTS = {
    "2021": "train/instances.json",
    "2019": "train.json",
    "annotations": "annotations/train.json",
    "mmtracking": "annotations/instances_train.json",
    "the paper's code": "annotations/instances_train_sub.json",
    "above": "YouTube-VIS/train/instances.json",
}


@pytest.mark.parametrize("place", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_every_layout_is_found(tmp_path: Path, place: str) -> None:
    write(tmp_path / place, annotation(entries=TRUTH))
    top = tmp_path / "YouTube-VIS" if place.startswith("YouTube") else tmp_path
    write_images(top / "train" / "JPEGImages")
    assert len(list(_first(tmp_path).frames())) == LENGTH
    assert _open(tmp_path, "train").sequences()


def test_the_folder_of_a_split_can_be_the_root(root: Path) -> None:
    write_images(root / "train" / "JPEGImages")
    assert len(list(_first(root / "train").frames())) == LENGTH


def test_what_is_annotated_is_taken_unless_a_split_is_named(root: Path) -> None:
    write(root / "valid" / "instances.json", annotation(("third",), None))
    write(root / "test.json", annotation(("fourth",), []))
    assert [one.name for one in _open(root).sequences()] == ["first", "second"]
    (valid,) = _open(root, "valid").sequences()
    assert (valid.name, valid.truth) == ("third", None)
    with pytest.raises(UniTrackError, match="holds no annotation, so there is no oracle"):
        valid.observations("oracle")
    (root / "train" / "instances.json").unlink()
    assert [one.name for one in _open(root).sequences()] == ["third", "fourth"]


def test_a_video_without_entries_in_an_annotated_split_is_an_empty_one(root: Path) -> None:
    write(root / "train" / "instances.json", annotation(entries=TRUTH[:2]))
    assert _open(root).sequences()[1].truth == ((),) * LENGTH


FORMS: dict[str, Callable[[], object]] = {
    "compressed": lambda: BOX,
    "uncompressed": lambda: {
        "size": list(SIZE),
        "counts": [2 * 40 + 2, *[10, 30] * 9, 10, 40 * 48 + 28],
    },
    "polygon": lambda: [[2, 2, 12, 2, 12, 12, 2, 12]],
    "two polygons": lambda: [[2, 2, 12, 2, 12, 7, 2, 7], [2, 7, 12, 7, 12, 12, 2, 12]],
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_a_mask_may_be_written_in_every_form(root: Path, form: Callable[[], object]) -> None:
    entry = TRUTH[0] | {"segmentations": [form(), None, None, None]}
    write(root / "train" / "instances.json", annotation(entries=[entry]))
    truth = _first(root).truth
    assert truth is not None
    assert np.array_equal(_mask(truth[0][0].observation).mask, filled((2, 2, 10, 10)))


def test_tubes_come_as_targets_of_one_number(root: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "somebody.json", FOUND)
    seen = _first(root).observations(str(file))
    assert [[one.id for one in frame if isinstance(one, Target)] for frame in seen] == [
        [1], [1, 2], [1, 2], [1],
    ]  # fmt: skip
    assert [(one.label, one.score) for one in seen[1]] == [(2, 0.9), (1, 0.8)]
    assert np.array_equal(_mask(seen[1][1]).mask, filled((30, 5, 12, 12)))


def _detection(video: int, frame: int, score: float = 0.5, **other: Any) -> dict[str, Any]:
    entry = {"video_id": video, "frame_id": frame, "category_id": 1, "score": score}
    return entry | {"segmentation": BOX} | other


def test_detections_of_frames_come_as_masks(root: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "made.json", [_detection(1, 2), _detection(2, 0), _detection(1, 0)])
    seen = _first(root).observations(str(file))
    assert [len(frame) for frame in seen] == [1, 0, 1, 0]
    assert isinstance(seen[0][0], MaskObservation)
    assert (seen[0][0].score, seen[0][0].label) == (0.5, 1)


def test_a_detector_is_found_by_its_name_beside_the_annotation_or_in_obs(root: Path) -> None:
    write(root / "train" / "detections.json", FOUND)
    write(root / "obs" / "train" / "MaskTrackRCNN.json", FOUND[:1])
    video = _first(root)
    assert sum(map(len, video.observations("benchmark"))) == 6
    assert sum(map(len, video.observations("MaskTrackRCNN"))) == 4


def test_a_folder_may_hold_a_file_a_video_or_one_for_all(root: Path, tmp_path: Path) -> None:
    write(tmp_path / "split" / "first.json", [FOUND[0]])
    write(tmp_path / "whole" / "results.json", FOUND)
    video = _first(root)
    assert sum(map(len, video.observations(str(tmp_path / "split")))) == 4
    assert sum(map(len, video.observations(str(tmp_path / "whole")))) == 6


def test_a_benchmark_without_detections_names_the_way_out(root: Path) -> None:
    with pytest.raises(UniTrackError) as caught:
        _first(root).observations("benchmark")
    assert "YouTube-VIS ships no detections" in str(caught.value)
    assert "Give oracle" in caught.value.mend
    with pytest.raises(UniTrackError, match=r"nobody\.json: is missing"):
        _first(root).observations("nobody")


def test_the_fingerprint_changes_with_what_the_tracker_is_given(root: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "made.json", FOUND)
    before = [one.fingerprint(str(file)) for one in _open(root).sequences()]
    write(file, [FOUND[0] | {"score": 0.25}, *FOUND[1:]])
    after = [one.fingerprint(str(file)) for one in _open(root).sequences()]
    assert before[0] != after[0]
    assert before[1] == after[1]
    write_images(root / "train" / "JPEGImages")
    assert _first(root).fingerprint(str(file)) != after[0]
    assert _first(root).fingerprint("oracle") == _first(root).fingerprint("oracle")


def _result() -> SequenceResult:
    one = MaskObservation.of(filled((3, 3, 8, 8)), 0.1 + 0.2, 2)
    other = MaskObservation.of(filled((20, 3, 9, 8)), 1e-17, 1)
    return SequenceResult(
        "first",
        (
            (TrackedObject(7, other), TrackedObject(4, one)),
            (),
            (TrackedObject(4, one),),
            (TrackedObject(7, other),),
        ),
    )


def test_a_result_reads_back_with_identities_counted_from_one(root: Path, tmp_path: Path) -> None:
    dataset = _open(root)
    dataset.write(_result(), tmp_path / "out")
    back = dataset.read(dataset.sequences()[0], tmp_path / "out")
    numbers = {4: 1, 7: 2}
    expected = [{(numbers[one.id], one.observation) for one in frame} for frame in _result().frames]
    assert [{(one.id, one.observation) for one in frame} for frame in back.frames] == expected
    dataset.write(back, tmp_path / "again")
    names = [path.name for path in (tmp_path / "again").iterdir()]
    assert names == ["first.json"]
    first, second = (tmp_path / part / "first.json" for part in ("out", "again"))
    assert first.read_bytes() == second.read_bytes()


def test_what_is_written_is_what_the_server_takes(root: Path, tmp_path: Path) -> None:
    _open(root).write(_result(), tmp_path)
    one, other = json.loads((tmp_path / "first.json").read_text())
    assert set(one) == {"video_id", "category_id", "segmentations", "score"}
    assert (one["video_id"], one["category_id"], other["category_id"]) == (1, 2, 1)
    assert [mask is None for mask in one["segmentations"]] == [False, True, False, True]
    first = one["segmentations"][0]
    assert first["size"] == [40, 60]
    assert coco.area(first) == 64


def test_an_object_whose_class_changes_is_written_with_the_class_it_had_most_of(
    root: Path, tmp_path: Path
) -> None:
    seen = MaskObservation.of(filled((3, 3, 8, 8)), 0.5, 1)
    masks = [replace(seen, label=label) for label in (1, 2, 2, 2)]
    frames = tuple((TrackedObject(1, mask),) for mask in masks)
    _open(root).write(SequenceResult("first", frames), tmp_path)
    (entry,) = json.loads((tmp_path / "first.json").read_text())
    assert (entry["category_id"], entry["score"]) == (2, 0.375)


def test_the_merged_file_of_somebody_else_is_read(root: Path, tmp_path: Path) -> None:
    write(tmp_path / "results.json", FOUND)
    dataset = _open(root)
    first, second = (dataset.read(video, tmp_path) for video in dataset.sequences())
    assert [[one.id for one in frame] for frame in first.frames] == [[1], [1, 2], [1, 2], [1]]
    assert [one.observation.score for one in first.frames[1]] == [0.9, 0.8]
    assert [len(frame) for frame in second.frames] == [1] * LENGTH


def test_a_video_without_an_entry_in_the_merged_file_has_no_objects(
    root: Path, tmp_path: Path
) -> None:
    write(tmp_path / "results.json", FOUND[:1])
    dataset = _open(root)
    assert dataset.read(dataset.sequences()[1], tmp_path).frames == ((),) * LENGTH


def test_a_tube_without_any_mask_still_counts(root: Path, tmp_path: Path) -> None:
    write(tmp_path / "results.json", [tube(1, 1, (2, 2, 10, 10), frames=())])
    dataset = _open(root)
    frames = dataset.read(dataset.sequences()[0], tmp_path).frames
    assert [len(frame) for frame in frames] == [1, 0, 0, 0]
    assert _mask(frames[0][0].observation).area == 0


def test_the_archive_holds_all_videos_in_one_list(root: Path, tmp_path: Path) -> None:
    dataset = _open(root)
    dataset.write(_result(), tmp_path / "out")
    dataset.write(SequenceResult("second", ((),) * LENGTH), tmp_path / "out")
    assert isinstance(dataset, Submittable)
    dataset.submit(tmp_path / "out", tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.namelist() == ["results.json"]
        entries = json.loads(archive.read("results.json"))
    assert entries == json.loads((tmp_path / "out" / "first.json").read_text())
    (tmp_path / "out" / "second.json").unlink()
    with pytest.raises(UniTrackError, match=r"second\.json: is missing"):
        dataset.submit(tmp_path / "out", tmp_path / "b.zip")
    assert not (tmp_path / "b.zip").exists()


def _with(**other: Any) -> list[dict[str, Any]]:
    """A result whose third entry is at fault."""
    return [*FOUND[:2], FOUND[2] | other]


def _segmentations(first: object) -> dict[str, Any]:
    return {"segmentations": [first, None, None, None]}


_WHERE = "video first: entry 3: "
FAULTS: dict[str, tuple[object, str]] = {
    "another size": (
        _with(**_segmentations({"size": [60, 40], "counts": BOX["counts"]})),
        _WHERE + r"the mask is of size \[60, 40\], the video of \[40, 60\]",
    ),
    "counts cut off": (
        _with(**_segmentations({"size": list(SIZE), "counts": BOX["counts"][:-1]})),
        _WHERE + "the mask is broken: its run",
    ),
    "counts of a smaller picture": (
        _with(**_segmentations({"size": list(SIZE), "counts": "5220003"})),
        _WHERE + "the mask is broken: its runs fill 20 pixels, not 60 x 40",
    ),
    "counts that are no text": (
        _with(**_segmentations({"size": list(SIZE), "counts": 3})),
        _WHERE + "the counts of the mask are neither text nor a list",
    ),
    "characters out of range": (
        _with(**_segmentations({"size": list(SIZE), "counts": "~é"})),
        _WHERE + "the mask is broken: its run lengths cannot be decoded",
    ),
    "uncompressed runs too short": (
        _with(**_segmentations({"size": list(SIZE), "counts": [5, 5]})),
        _WHERE + "the runs of the mask fill 10 pixels, not 2400",
    ),
    "uncompressed runs below nought": (
        _with(**_segmentations({"size": list(SIZE), "counts": [2405, -5]})),
        _WHERE + "the runs of the mask",
    ),
    "uncompressed runs of a fraction": (
        _with(**_segmentations({"size": list(SIZE), "counts": [2399.5, 0.5]})),
        _WHERE + "a run of the mask is no whole number",
    ),
    "no mask at all": (_with(**_segmentations("mask")), _WHERE + "the mask is neither"),
    "a polygon of two corners": (
        _with(**_segmentations([[1, 1, 5, 5]])),
        _WHERE + "the mask is no list of polygons",
    ),
    "an unknown class": (
        _with(category_id=9),
        _WHERE + "category_id 9 is not among the 2 classes",
    ),
    "no class": (_with(category_id=None), _WHERE + "category_id None"),
    "too few segmentations": (
        _with(segmentations=[BOX] * 3),
        _WHERE + "has 3 segmentations, but the video has 4 frames",
    ),
    "no segmentations": (_with(segmentations=None), _WHERE + "has no list of segmentations"),
    "a score that is no number": (_with(score=float("nan")), _WHERE + "the score nan"),
    "no score": (_with(score=None), _WHERE + "the score None"),
    "an unknown video": (_with(video_id=5), "entry 3: there is no video of id 5"),
    "no video": (_with(video_id="first"), "entry 3: names no video"),
    "an entry that is none": ([*FOUND, 7], "entry 4: names no video"),
    "no list": ({"results": FOUND}, "is no list"),
}


@pytest.mark.parametrize(("content", "message"), FAULTS.values(), ids=FAULTS.keys())
def test_a_result_that_is_broken_is_named(
    root: Path, tmp_path: Path, content: object, message: str
) -> None:
    write(tmp_path / "results.json", content)
    dataset = _open(root)
    with pytest.raises(UniTrackError, match=rf"results\.json: {message}") as caught:
        dataset.read(dataset.sequences()[0], tmp_path)
    assert len(str(caught.value).splitlines()) == 2


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (_detection(1, 4), r"frame_id 4 is not in 0\.\.3"),
        (_detection(1, 0, frame_id=None), "frame_id None"),
        (_detection(1, 0, segmentation=None), "has no segmentation"),
        (_detection(1, 0, float("inf")), "the score inf"),
        (_detection(1, 0, category_id=3), "category_id 3"),
    ],
)
def test_a_detection_that_is_broken_is_named(
    root: Path, tmp_path: Path, entry: dict[str, Any], message: str
) -> None:
    file = write(tmp_path / "made.json", [_detection(1, 0), entry])
    with pytest.raises(UniTrackError, match=rf"made\.json: video first: entry 2: {message}"):
        _first(root).observations(str(file))


def test_files_that_are_no_json_or_empty_are_named(root: Path, tmp_path: Path) -> None:
    file = tmp_path / "made.json"
    for content, message in (("[{", "is no JSON"), ("[]", "holds no detection at all")):
        file.write_text(content)
        with pytest.raises(UniTrackError, match=message):
            _first(root).observations(str(file))
    with pytest.raises(UniTrackError, match="cannot be read"):
        _first(root).observations(str(tmp_path / "absent" / "made.json"))


def test_a_broken_annotation_is_named(root: Path) -> None:
    file = root / "train" / "instances.json"
    broken: list[tuple[object, str]] = [
        ([], "holds no list of videos"),
        ({"videos": [{"id": 1}]}, "has videos or categories without KeyError"),
        (annotation() | {"categories": [{"id": 1}]}, "has videos or categories without KeyError"),
        (annotation(entries=[TRUTH[0] | {"video_id": 3}]), "entry 1: there is no video of id 3"),
        (annotation(("same", "same"), TRUTH), "has 2 videos of the name 'same'"),
    ]
    for content, message in broken:
        write(file, content)
        with pytest.raises(UniTrackError, match=message):
            _open(root)
    changes: list[dict[str, object]] = [{"length": 5}, {"file_names": []}, {"height": 0}]
    for change in changes:
        content = annotation(entries=TRUTH)
        content["videos"][1] |= change
        write(file, content)
        with pytest.raises(UniTrackError, match=r"instances\.json: video 2: (has|is) "):
            _open(root)


def test_an_annotated_mask_that_is_broken_is_named_when_it_is_asked_for(root: Path) -> None:
    broken = TRUTH[1] | {"segmentations": [{"size": [1, 1], "counts": "01"}, None, None, None]}
    write(root / "train" / "instances.json", annotation(entries=[TRUTH[0], broken, TRUTH[2]]))
    video = _first(root)
    with pytest.raises(
        UniTrackError, match=r"instances\.json: video first: entry 2: the mask is of size"
    ):
        assert video.truth


def test_roots_and_splits_that_are_not_there_are_named(root: Path, tmp_path: Path) -> None:
    with pytest.raises(UniTrackError, match="holds no annotation file of YouTube-VIS"):
        _open(tmp_path / "nothing")
    with pytest.raises(UniTrackError, match="holds no annotation file"):
        _open(root, "valid")
    with pytest.raises(UniTrackError, match="has no such split"):
        _open(root, "trainval")
    for year in (2019, 2021):
        write(tmp_path / "both" / str(year) / "train.json", annotation(entries=TRUTH))
    with pytest.raises(UniTrackError, match="holds several data sets: 2019, 2021"):
        _open(tmp_path / "both")


def test_a_video_of_another_split_cannot_be_written(root: Path, tmp_path: Path) -> None:
    with pytest.raises(UniTrackError, match="third: is no video of this split"):
        _open(root).write(SequenceResult("third", ()), tmp_path)
    assert list(tmp_path.iterdir()) == [root]
