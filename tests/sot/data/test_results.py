from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from tests.sot.data import made
from unitrack.data.base import Dataset
from unitrack.errors import UniTrackError
from unitrack.types import BoxObservation, SequenceResult, TrackedObject
from unitrack_sot.data.otb import otb100

BOXES = [(5.5, 10.25, 12.0, 16.125), (7.0, 10.0, 12.0, 16.0), (0.0, 0.0, 0.0, 0.0)]
WANTED = [(4.5, 9.25, 16.5, 25.375), (6.0, 9.0, 18.0, 25.0), None]


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    made.otb(tmp_path / "set", count=3)
    return otb100(tmp_path / "set", None, None)


def read(dataset: Dataset, folder: Path) -> list[tuple[float, float, float, float] | None]:
    (video,) = dataset.sequences()
    frames = dataset.read(video, folder).frames
    return [frame[0].observation.box if frame else None for frame in frames]


def ope(**changes: object) -> str:
    run = {"tracker": "T", "seqName": "Clip", "startFrame": 1, "resType": "rect", "res": BOXES}
    return json.dumps([run | changes])


@pytest.mark.parametrize(
    ("name", "separator"),
    [
        ("Clip.txt", ","),
        ("Clip.txt", "\t"),  # pytracking
        ("Clip.txt", " "),
        ("clip.txt", ","),
        ("Clip/Clip_001.txt", ","),  # GOT-10k
    ],
)
def test_files_of_other_tools_are_read(
    tmp_path: Path, dataset: Dataset, name: str, separator: str
) -> None:
    made.boxes(tmp_path / "results" / name, BOXES, separator)
    assert read(dataset, tmp_path / "results") == WANTED


def test_otbs_own_json_is_read(tmp_path: Path, dataset: Dataset) -> None:
    made.lines(tmp_path / "results" / "Clip.json", [ope()])
    assert read(dataset, tmp_path / "results") == WANTED


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "{}",
        "[]",
        "[1]",
        ope(resType="ivtAff"),
        ope(res=[[1, 2, 3]] * 3),
        ope(res=[[1, 2, 3, "x"]] * 3),
        ope(res=[[1, 2, 3, 4], [1, 2, 3]]),
        ope(res=[]),
        ope(res=[[1, 2, 3, float("nan")]] * 3),
        ope()[:-1] + ", " + ope()[1:],
    ],
)
def test_json_of_another_form_is_refused(tmp_path: Path, dataset: Dataset, text: str) -> None:
    file = made.lines(tmp_path / "results" / "Clip.json", [text])
    with pytest.raises(UniTrackError) as fault:
        read(dataset, tmp_path / "results")
    assert fault.value.where == str(file)


@pytest.mark.parametrize(
    "name", ["Jogging-2.txt", "Jogging_2.txt", "Jogging.2.txt", "jogging-2.txt", "jogging_2.json"]
)
def test_all_spellings_of_a_name_are_one(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "set" / "Jogging"
    made.many(folder / "img", 1, 307)
    for target in (1, 2):
        made.boxes(folder / f"groundtruth_rect.{target}.txt", [(10 * target, 5, 6, 7)] * 307)
    rows = [(33, 5, 6, 7)] * 307
    if name.endswith("json"):
        made.lines(tmp_path / "results" / name, [ope(res=rows)])
    else:
        made.boxes(tmp_path / "results" / name, rows)
    opened = otb100(tmp_path / "set", None, None)
    second = opened.sequences()[1]
    found = opened.read(second, tmp_path / "results").frames[0][0].observation.box
    assert found == (32, 4, 38, 11)


@pytest.mark.parametrize("name", ["Human4", "Human4_2", "Human4-2", "human4.2"])
def test_human4_has_two_names(tmp_path: Path, name: str) -> None:
    made.boxes(tmp_path / "set" / "Human4" / "groundtruth_rect.2.txt", [made.box(0)] * 3)
    made.boxes(tmp_path / "results" / f"{name}.txt", BOXES)
    assert read(otb100(tmp_path / "set", None, None), tmp_path / "results") == WANTED


def test_what_is_written_reads_back_to_the_byte(tmp_path: Path, dataset: Dataset) -> None:
    frames = tuple(
        (
            TrackedObject(
                1,
                BoxObservation((x, x / 3, x + 10 / 7, x / 3 + 9)),
            ),
        )
        if x < 2
        else ()
        for x in (0.1, 1 / 3, 2.0)
    )
    dataset.write(SequenceResult("Clip", frames), tmp_path / "one")
    (video,) = dataset.sequences()
    dataset.write(dataset.read(video, tmp_path / "one"), tmp_path / "two")
    one, two = ((tmp_path / name / "Clip.txt").read_text() for name in ("one", "two"))
    assert one == two
    assert one.splitlines() == [
        "1.1000,1.0333,1.4286,9.0000",
        "1.3333,1.1111,1.4286,9.0000",
        "0.0000,0.0000,0.0000,0.0000",
    ]


def test_a_shorter_result_is_refused(tmp_path: Path, dataset: Dataset) -> None:
    made.boxes(tmp_path / "results" / "Clip.txt", BOXES[:2])
    with pytest.raises(UniTrackError, match="holds 2 frames, but Clip has 3"):
        read(dataset, tmp_path / "results")


def test_a_longer_result_is_cut_and_said_to_be(
    tmp_path: Path, dataset: Dataset, caplog: pytest.LogCaptureFixture
) -> None:
    """As LaSOT's monkey-17, and results over all 81 images of Football1."""
    made.boxes(tmp_path / "results" / "Clip.txt", [*BOXES, (1, 1, 1, 1)])
    with caplog.at_level(logging.WARNING, "unitrack"):
        assert read(dataset, tmp_path / "results") == WANTED
    assert "the last 1 lines are behind the end of Clip" in caplog.records[0].getMessage()


def test_a_longer_result_of_a_video_that_begins_late_is_refused(tmp_path: Path) -> None:
    """With 770 boxes of David nobody can say whether the first belongs to image 1 or 300."""
    made.boxes(tmp_path / "set" / "David" / "groundtruth_rect.txt", [made.box(0)] * 471)
    made.boxes(tmp_path / "results" / "David.txt", [made.box(0)] * 770)
    with pytest.raises(UniTrackError, match="holds 770 frames, but David has 471"):
        read(otb100(tmp_path / "set", None, None), tmp_path / "results")


def test_two_files_for_one_sequence_are_refused(tmp_path: Path, dataset: Dataset) -> None:
    for name in ("clip.txt", "CLIP.txt"):
        made.boxes(tmp_path / "results" / name, BOXES)
    with pytest.raises(UniTrackError, match=r"holds CLIP\.txt and clip\.txt for Clip"):
        read(dataset, tmp_path / "results")


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("1,2,3\n", 1, "has 3 columns, not 4"),
        ("1,2,3,4\n1,2,3,4,5\n", 2, "has 5 columns, not 4"),
        ("1,2,3,4\n1,2,nan,4\n", 2, "holds a value that is not finite"),
        ("1,2,3,4\n1,2,inf,4\n", 2, "holds a value that is not finite"),
        ("left,top,width,height\n", 1, "'left' is no number"),
        ("1,2,3,4\n\n1,2,x,4\n", 3, "'x' is no number"),
    ],
)
def test_the_line_at_fault_is_named(
    tmp_path: Path, dataset: Dataset, text: str, line: int, what: str
) -> None:
    file = tmp_path / "results" / "Clip.txt"
    file.parent.mkdir()
    file.write_text(text)
    with pytest.raises(UniTrackError) as fault:
        read(dataset, tmp_path / "results")
    assert (fault.value.where, fault.value.what) == (f"{file}:{line}", what)


@pytest.mark.parametrize(
    ("content", "what"),
    [(b"", "is empty"), (b"\xef\xbb\xbf1,2,3,4\n", "byte order mark"), (b"\xff\xff", "not UTF-8")],
)
def test_what_is_no_text_of_boxes_is_refused(
    tmp_path: Path, dataset: Dataset, content: bytes, what: str
) -> None:
    file = tmp_path / "results" / "Clip.txt"
    file.parent.mkdir()
    file.write_bytes(content)
    with pytest.raises(UniTrackError, match=what):
        read(dataset, tmp_path / "results")


def test_a_missing_result_is_named(tmp_path: Path, dataset: Dataset) -> None:
    with pytest.raises(UniTrackError, match="is missing") as fault:
        read(dataset, tmp_path / "nowhere")
    assert fault.value.where.endswith("Clip.txt")
