from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.vos.made import SIZE, Labels, labels, save, save_image, tracked, youtube
from unitrack.data.base import Dataset, Sequence, Submittable
from unitrack.errors import UniTrackError
from unitrack.types import MaskObservation, SequenceResult, Target
from unitrack_vos.data.meta import UNSEEN
from unitrack_vos.data.youtube import youtube_vos

NUMBERS = range(15, 45, 5)
EARLY, LATE = (2, 10, 2, 10), (14, 22, 5, 15)

# Object 2 from frame 20 on, object 7 from frame 30 on; 2 is not drawn where 7 first appears.
FULL: dict[int, Labels] = {
    15: labels(),
    20: labels(o2=EARLY),
    25: labels(o2=EARLY),
    30: labels(o2=EARLY, o7=LATE),
    35: labels(o7=LATE),
    40: labels(o2=EARLY, o7=LATE),
}
FIRSTS = {20: labels(o2=EARLY), 30: labels(o7=LATE)}
KINDS = {"0062f687f1": {2: "person", 7: "zebra"}}


def opened(root: Path, split: str | None = None) -> tuple[Dataset, Sequence]:
    dataset = youtube_vos(root, split, None)
    (sequence,) = dataset.sequences()
    return dataset, sequence


def full(root: Path) -> Path:
    return youtube(root, {"0062f687f1": FULL}, numbers=NUMBERS, objects=KINDS)


def firsts(root: Path) -> Path:
    return youtube(root, {"0062f687f1": FIRSTS}, split="valid", numbers=NUMBERS, objects=KINDS)


def given(sequence: Sequence) -> dict[int, list[int]]:
    """Frame to the identities that are given there."""
    frames = sequence.observations("benchmark")
    return {
        index: [seen.id for seen in frame if isinstance(seen, Target)]
        for index, frame in enumerate(frames)
        if frame
    }


@pytest.mark.parametrize("make", [full, firsts])
def test_each_object_is_given_where_it_first_appears(tmp_path: Path, make: object) -> None:
    assert callable(make)
    _, sequence = opened(make(tmp_path))
    assert given(sequence) == {1: [2], 3: [7]}
    seen = sequence.observations("benchmark")[3][0]
    assert isinstance(seen, Target)
    assert isinstance(seen.observation, MaskObservation)
    np.testing.assert_array_equal(seen.observation.mask, FULL[30] == 7)


def test_frames_are_called_by_their_stems(tmp_path: Path) -> None:
    _, sequence = opened(full(tmp_path))
    assert [frame.name for frame in sequence.frames()] == [f"{n:05d}" for n in NUMBERS]
    assert (sequence.size, sequence.length, sequence.fps) == (SIZE, 6, 6.0)


def test_the_truth_has_an_object_from_its_first_frame_on(tmp_path: Path) -> None:
    _, sequence = opened(full(tmp_path))
    assert sequence.truth is not None
    ids = [[true.id for true in frame] for frame in sequence.truth]
    assert ids == [[], [2], [2], [2, 7], [2, 7], [2, 7]]
    hidden = sequence.truth[4][0].observation
    assert isinstance(hidden, MaskObservation)
    assert hidden.area == 0


def test_where_only_first_appearances_are_annotated_the_truth_is_kept_back(
    tmp_path: Path,
) -> None:
    assert opened(firsts(tmp_path))[1].truth is None


def test_without_meta_json_the_objects_are_those_that_are_seen(tmp_path: Path) -> None:
    youtube(tmp_path, {"0062f687f1": FULL}, numbers=NUMBERS)
    _, sequence = opened(tmp_path)
    assert given(sequence) == {1: [2], 3: [7]}
    assert sequence.truth is not None
    assert {true.observation.label for frame in sequence.truth for true in frame} == {1}


def test_what_meta_json_does_not_list_is_no_object(tmp_path: Path) -> None:
    youtube(tmp_path, {"0062f687f1": FULL}, numbers=NUMBERS, objects={"0062f687f1": {7: "zebra"}})
    assert given(opened(tmp_path)[1]) == {3: [7]}


def test_categories_of_training_are_told_from_others(tmp_path: Path) -> None:
    youtube(
        tmp_path, {"0043f083b5": {15: labels(o1=EARLY)}}, numbers=NUMBERS,
        objects={"0043f083b5": {1: "person"}},
    )  # fmt: skip
    youtube(tmp_path, {"0062f687f1": FULL}, split="valid", numbers=NUMBERS, objects=KINDS)
    _, sequence = opened(tmp_path, "valid")
    assert sequence.truth is not None
    assert [true.observation.label for true in sequence.truth[5]] == [1, UNSEEN + 1]


def test_without_the_training_split_nobody_says_what_was_seen(tmp_path: Path) -> None:
    youtube(tmp_path, {"0062f687f1": FULL}, split="valid", numbers=NUMBERS, objects=KINDS)
    _, sequence = opened(tmp_path)
    assert sequence.truth is not None
    assert [true.observation.label for true in sequence.truth[5]] == [0, 0]


def test_all_frames_take_the_annotation_of_every_fifth(tmp_path: Path) -> None:
    full(tmp_path)
    for number in range(15, 41):
        path = tmp_path / f"train_all_frames/JPEGImages/0062f687f1/{number:05d}.jpg"
        save_image(path, number)
    _, sequence = opened(tmp_path, "train_all_frames")
    assert (sequence.length, sequence.fps) == (26, 30.0)
    assert given(sequence) == {5: [2], 15: [7]}
    assert sequence.truth is not None
    assert [index for index, frame in enumerate(sequence.truth) if frame] == [5, 10, 15, 20, 25]


@pytest.mark.parametrize(
    ("root", "split"),
    [("", None), ("", "valid"), ("valid", None), ("valid", "valid")],
)
def test_the_root_may_be_the_split(tmp_path: Path, root: str, split: str | None) -> None:
    assert opened(firsts(tmp_path) / root, split)[1].length == 6


@pytest.mark.parametrize("folder", ["YouTube-VOS", "2018", "2019"])
def test_the_root_may_be_a_folder_above(tmp_path: Path, folder: str) -> None:
    firsts(tmp_path / folder)
    assert opened(tmp_path)[1].length == 6
    assert opened(tmp_path, "valid")[1].length == 6


def test_a_split_that_is_not_there_is_named(tmp_path: Path) -> None:
    firsts(tmp_path)
    with pytest.raises(UniTrackError, match=r"no such split\n  Splits: train, train_all_frames"):
        youtube_vos(tmp_path, "val", None)
    with pytest.raises(UniTrackError, match=r"holds no split .*train/Annotations.*\n  Give --root"):
        youtube_vos(tmp_path, "train", None)


def test_videos_come_by_name(tmp_path: Path) -> None:
    videos = dict.fromkeys(("b", "c", "a"), FULL)
    dataset = youtube_vos(youtube(tmp_path, videos, numbers=NUMBERS), None, None)
    assert [sequence.name for sequence in dataset.sequences()] == ["a", "b", "c"]


def test_objects_start_anywhere_and_may_be_missing_in_a_result(tmp_path: Path) -> None:
    dataset, sequence = opened(full(tmp_path))
    result = SequenceResult("0062f687f1", tuple(map(tracked, FULL.values())))
    dataset.write(result, tmp_path / "out")
    files = sorted(path.name for path in (tmp_path / "out/0062f687f1").iterdir())
    assert files == [f"{n:05d}.png" for n in NUMBERS]
    back = dataset.read(sequence, tmp_path / "out")
    assert [[thing.id for thing in frame] for frame in back.frames] == [
        [], [2], [2], [2, 7], [2, 7], [2, 7],
    ]  # fmt: skip
    assert not np.asarray(Image.open(tmp_path / "out/0062f687f1/00015.png")).any()


def test_the_archive_holds_what_meta_json_asks_for(tmp_path: Path) -> None:
    firsts(tmp_path)
    for number in range(15, 41):
        path = tmp_path / f"valid_all_frames/JPEGImages/0062f687f1/{number:05d}.jpg"
        save_image(path, number)
    dataset, sequence = opened(tmp_path, "valid_all_frames")
    frames = ((),) * 5 + (tracked(FULL[20]),) * 10 + (tracked(FULL[30]),) * 11
    dataset.write(SequenceResult(sequence.name, frames), tmp_path / "out")
    assert isinstance(dataset, Submittable)
    dataset.submit(tmp_path / "out", tmp_path / "mine.zip")
    with zipfile.ZipFile(tmp_path / "mine.zip") as archive:
        wanted = [f"Annotations/0062f687f1/{n:05d}.png" for n in NUMBERS]
        assert sorted(archive.namelist()) == wanted
        with archive.open(wanted[3]) as file:
            np.testing.assert_array_equal(np.asarray(Image.open(file)), FULL[30])


# Bad input.


def test_a_gap_in_the_frame_numbers_is_refused(tmp_path: Path) -> None:
    (full(tmp_path) / "train/JPEGImages/0062f687f1/00035.jpg").unlink()
    (tmp_path / "train/Annotations/0062f687f1/00035.png").unlink()
    _, sequence = opened(tmp_path)
    with pytest.raises(UniTrackError, match=r"00035.jpg: is missing"):
        sequence.observations("benchmark")


def test_an_annotation_of_a_frame_that_is_not_there_is_refused(tmp_path: Path) -> None:
    save(full(tmp_path) / "train/Annotations/0062f687f1/00045.png", FULL[40])
    with pytest.raises(UniTrackError, match=r"00045.png: annotates a frame that is not there"):
        opened(tmp_path)[1].observations("benchmark")


def test_a_video_without_an_object_is_refused(tmp_path: Path) -> None:
    youtube(tmp_path, {"0062f687f1": {15: labels()}}, numbers=NUMBERS)
    with pytest.raises(UniTrackError, match=r"00015.png: shows no object.*\n  "):
        opened(tmp_path)[1].observations("benchmark")


def test_a_split_without_a_video_is_refused(tmp_path: Path) -> None:
    (tmp_path / "train" / "Annotations").mkdir(parents=True)
    with pytest.raises(UniTrackError, match="holds no annotated video"):
        youtube_vos(tmp_path, None, None).sequences()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "meta.json: cannot be read"),
        ("[]", "meta.json: has no videos"),
        ('{"videos": {"a": 1}}', "meta.json: a: has no objects"),
        ('{"videos": {"a": {"objects": {"x": {}}}}}', "meta.json: a: object x: is no number"),
        ('{"videos": {"a": {"objects": {"255": {}}}}}', "object 255: is no number in 1..254"),
        ('{"videos": {"a": {"objects": {"1": []}}}}', "object 1: has no list of frames"),
        ('{"videos": {"a": {"objects": {"1": {"frames": [3]}}}}}', "object 1: has no list"),
    ],
)
def test_a_malformed_meta_json_is_named(tmp_path: Path, content: str, words: str) -> None:
    (full(tmp_path) / "train" / "meta.json").write_text(content)
    with pytest.raises(UniTrackError, match=words) as caught:
        youtube_vos(tmp_path, None, None)
    assert len(str(caught.value).split("\n")) == 2


def test_a_meta_json_without_categories_is_ordinary(tmp_path: Path) -> None:
    meta = full(tmp_path) / "train" / "meta.json"
    content = json.loads(meta.read_text())
    for known in content["videos"]["0062f687f1"]["objects"].values():
        del known["category"]
    meta.write_text(json.dumps(content))
    assert given(opened(tmp_path)[1]) == {1: [2], 3: [7]}
