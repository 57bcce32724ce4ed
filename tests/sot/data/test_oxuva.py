from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

import unitrack
from tests.sot.data import made
from unitrack.data.base import Dataset, Sequence
from unitrack.errors import UniTrackError
from unitrack.types import BoxObservation, SequenceResult, TrackedObject
from unitrack_sot.data.oxuva import oxuva
from unitrack_sot.data.settings import OxuvaSettings

NAME = "vid0001_obj0000"


def opened(root: Path, split: str | None = None, presence: float = 0.0) -> Dataset:
    return oxuva(root, split, OxuvaSettings(presence=presence))


def only(dataset: Dataset) -> Sequence:
    (video,) = dataset.sequences()
    return video


def answered(folder: Path, *rows: str) -> None:
    made.lines(folder / f"{NAME}.csv", rows)


def boxes(dataset: Dataset, folder: Path) -> list[tuple[float, float, float, float] | None]:
    frames = dataset.read(only(dataset), folder).frames
    return [frame[0].observation.box if frame else None for frame in frames]


@pytest.mark.parametrize("above", ["", "dataset", "long-term/dataset"])
def test_the_columns_are_x_x_y_y_in_fractions(tmp_path: Path, above: str) -> None:
    made.oxuva(tmp_path / above)
    video = only(opened(tmp_path))
    assert (video.name, video.length, video.size) == (NAME, 70, made.SIZE)
    assert video.observations("benchmark")[0][0].box == (16, 12, 32, 36)


def test_frames_are_those_of_the_task_by_their_own_numbers(tmp_path: Path) -> None:
    made.oxuva(tmp_path, first=3, last=5)
    assert [frame.name for frame in only(opened(tmp_path)).frames()] == [
        "000003",
        "000004",
        "000005",
    ]


def test_labels_say_present_or_absent_and_between_them_nothing_is_said(tmp_path: Path) -> None:
    made.oxuva(tmp_path)
    truth = only(opened(tmp_path)).truth
    assert truth is not None
    said = {index: frame[0] for index, frame in enumerate(truth) if frame}
    assert {index: one.counted for index, one in said.items()} == {0: True, 30: False, 60: True}
    assert said[60].observation.box == (32, 12, 48, 36)


def test_of_the_test_split_nothing_but_the_start_is_told(tmp_path: Path) -> None:
    made.oxuva(tmp_path, "test")
    video = only(opened(tmp_path))
    assert (video.truth, video.length) == (None, 70)
    assert video.observations("benchmark")[0][0].box == (16, 12, 32, 36)


def test_dev_goes_before_test(tmp_path: Path) -> None:
    made.oxuva(tmp_path, "test")
    made.oxuva(tmp_path, "dev")
    assert only(opened(tmp_path)).truth is not None
    assert only(opened(tmp_path, "test")).truth is None


def test_results_are_written_as_the_server_takes_them(tmp_path: Path) -> None:
    made.oxuva(tmp_path, first=30, last=33)
    dataset = opened(tmp_path, presence=0.5)
    boxes = [(16.0, 12.0, 32.0, 36.0), (32.0, 12.0, 48.0, 36.0)]
    sure, unsure = ((TrackedObject(1, BoxObservation(boxes[1], score)),) for score in (0.75, 0.25))
    start = (TrackedObject(1, BoxObservation(boxes[0])),)
    dataset.write(SequenceResult(NAME, (start, sure, unsure, ())), tmp_path)
    assert (tmp_path / f"{NAME}.csv").read_text().splitlines() == [
        "vid0001,obj0000,31,present,0.750000,0.50000000,0.75000000,0.25000000,0.75000000",
        "vid0001,obj0000,32,absent,0.250000,0.50000000,0.75000000,0.25000000,0.75000000",
        "vid0001,obj0000,33,absent,0.000000,0.00000000,0.00000000,0.00000000,0.00000000",
    ]


@pytest.mark.parametrize("header", [True, False])
def test_what_is_said_holds_until_something_else_is(tmp_path: Path, header: bool) -> None:
    made.oxuva(tmp_path, first=30, last=36)
    names = "video,object,frame_num,present,score,xmin,xmax,ymin,ymax"
    rows = [
        "vid0001,obj0000,32,True,0.5,0.5,0.75,0.25,0.75",
        "vid0001,obj0000,34,0,,,,,",
        "vid0001,obj0000,36,present,1,0.25,0.5,0.25,0.75",
    ]
    answered(tmp_path, *([names] if header else []), *rows)
    start, later = (16, 12, 32, 36), (32, 12, 48, 36)
    wanted = [start, start, later, later, None, None, start]
    assert boxes(opened(tmp_path), tmp_path) == wanted


def test_without_images_boxes_are_fractions_and_score_the_same(tmp_path: Path) -> None:
    made.oxuva(tmp_path / "with")
    made.oxuva(tmp_path / "without")
    for file in (tmp_path / "without" / "images").rglob("*.jpeg"):
        file.unlink()
    answered(
        tmp_path / "results",
        "vid0001,obj0000,31,present,1,0.5,0.8,0.25,0.7",
        "vid0001,obj0000,60,absent,0,0,0,0,0",
        "vid0001,obj0000,61,present,1,0.5,0.8,0.25,0.7",
    )
    scores = [
        unitrack.evaluate(tmp_path / "results", "oxuva", root=tmp_path / root).scores
        for root in ("with", "without")
    ]
    assert scores[0] == scores[1]
    assert scores[0]["COMBINED"]["MaxGM"] == 1


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("vid0001,obj0000,31,present,1,0.5,0.75,0.25", "is no answer"),
        ("vid0001,obj0000,31,perhaps,1,0.5,0.75,0.25,0.75", "is no answer"),
        ("video_id,object_id,frame_num,present,score,xmin,xmax,ymin,ymax", "is of video_id"),
        ("vid0001,obj0001,31,present,1,0.5,0.75,0.25,0.75", "is of vid0001_obj0001"),
        ("vid0001,obj0000,29,present,1,0.5,0.75,0.25,0.75", "frame 29 is outside 30..99"),
        ("vid0001,obj0000,100,present,1,0.5,0.75,0.25,0.75", "frame 100 is outside 30..99"),
        ("vid0001,obj0000,-1,present,1,0.5,0.75,0.25,0.75", "'-1' is no frame number"),
        ("vid0001,obj0000,31,present,1,0.75,0.5,0.25,0.75", "ends before it begins"),
        ("vid0001,obj0000,31,present,1,nan,0.5,0.25,0.75", "not finite"),
        ("vid0001,obj0000,31,present,high,0.25,0.5,0.25,0.75", "'high' is no number"),
    ],
)
def test_an_answer_of_another_form_is_refused(tmp_path: Path, row: str, what: str) -> None:
    made.oxuva(tmp_path)
    answered(tmp_path, row)
    with pytest.raises(UniTrackError) as fault:
        boxes(opened(tmp_path), tmp_path)
    assert fault.value.where == f"{tmp_path / NAME}.csv:1"
    assert what in fault.value.what


def test_a_frame_that_occurs_twice_is_refused(tmp_path: Path) -> None:
    made.oxuva(tmp_path)
    answered(tmp_path, *["vid0001,obj0000,31,absent,0,0,0,0,0"] * 2)
    with pytest.raises(UniTrackError, match="occurs twice"):
        boxes(opened(tmp_path), tmp_path)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("tasks/dev.csv", ""),
        ("tasks/dev.csv", "vid0001,obj0000,30,99,0.25,0.5,0.25"),
        ("tasks/dev.csv", "vid0001,obj0000,30,30,0.25,0.5,0.25,0.75"),
        ("tasks/dev.csv", "vid0001,obj0000,x,99,0.25,0.5,0.25,0.75"),
        ("tasks/dev.csv", "vid0001,obj0000,30,99,0.5,0.25,0.25,0.75"),
        ("annotations/dev.csv", "vid0001,obj0000,5,person,false,false,60"),
        ("annotations/dev.csv", "vid0001,obj0000,5,person,false,false,60,maybe,0,1,0,1"),
        ("annotations/dev.csv", "vid0001,obj0000,5,person,false,false,60,present,0,1,0"),
    ],
)
def test_a_malformed_table_is_named(tmp_path: Path, file: str, text: str) -> None:
    made.oxuva(tmp_path)
    (tmp_path / file).write_text(text)
    with pytest.raises(UniTrackError) as fault:
        opened(tmp_path)
    assert fault.value.where.startswith(str(tmp_path / file))


def test_images_that_are_missing_are_counted(tmp_path: Path) -> None:
    made.oxuva(tmp_path, "test")
    for number in range(95, 105):
        (tmp_path / "images" / "test" / "vid0001" / f"{number:06d}.jpeg").unlink()
    with pytest.raises(UniTrackError, match="annotates 70 frames, but there are 65 images"):
        only(opened(tmp_path)).observations("benchmark")


def test_the_archive_holds_a_file_an_object(tmp_path: Path) -> None:
    made.oxuva(tmp_path / "set", "test", first=30, last=31)
    answered(tmp_path / "results", "vid0001,obj0000,31,1,0.5,0.5,0.75,0.25,0.75")
    archive = tmp_path / "mine.zip"
    unitrack.submit(tmp_path / "results", "oxuva", archive, root=tmp_path / "set", split="test")
    with zipfile.ZipFile(archive) as packed:
        assert packed.namelist() == [f"{NAME}.csv"]
        text = packed.read(f"{NAME}.csv").decode()
    assert text == (
        "vid0001,obj0000,31,present,0.500000,0.50000000,0.75000000,0.25000000,0.75000000\n"
    )
