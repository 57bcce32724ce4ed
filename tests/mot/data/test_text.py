from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unitrack.errors import UniTrackError
from unitrack.types import BoxObservation, SequenceResult, TrackedObject
from unitrack_mot.data.text import (
    parse_observations,
    parse_private_observations,
    parse_result,
    parse_truth,
    result_text,
)

ROW = "1,7,11,21,30,40"


def written(folder: Path, *lines: str) -> Path:
    path = folder / "rows.txt"
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def test_boxes_are_moved_from_1_based_to_0_based_corners(tmp_path: Path) -> None:
    ((seen,),) = parse_observations(written(tmp_path, "1,-1,11,21,30,40,0.5"), 1)
    assert seen == BoxObservation((10, 20, 40, 60), 0.5, 1)


def test_frames_without_detections_are_ordinary(tmp_path: Path) -> None:
    found = parse_observations(written(tmp_path, "3,-1,1,1,5,5,1", "1,-1,1,1,5,5,1"), 4)
    assert [len(frame) for frame in found] == [1, 0, 1, 0]


@pytest.mark.parametrize(
    ("tail", "label"),
    [
        ("", 1),
        (",3", 3),
        (",-1", 1),
        (",0", 1),
        (",3,0.5", 3),
        (",3,-1,-1", 3),
        (",-1,-1,-1", 1),
        (",4.25,7.5,0", 1),  # world coordinates
    ],
)
def test_the_class_is_the_8th_column_where_it_holds_one(
    tmp_path: Path, tail: str, label: int
) -> None:
    file = written(tmp_path, f"{ROW},0.5{tail}")
    ((seen,),) = parse_observations(file, 1)
    ((tracked,),) = parse_result(file, 1)
    assert seen.label == tracked.observation.label == label


def test_half_a_class_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UniTrackError, match=r"rows\.txt:1: class 1\.5 is no whole number"):
        parse_observations(written(tmp_path, f"{ROW},1,1.5"), 1)


def test_six_columns_are_refused_and_the_setting_is_named(tmp_path: Path) -> None:
    with pytest.raises(UniTrackError, match="has 6 columns, not 7 or more") as fault:
        parse_observations(written(tmp_path, "1,11,21,30,40,0.5"), 1)
    assert "--set data.columns=private" in fault.value.mend


def test_six_columns_are_read_as_private_detections(tmp_path: Path) -> None:
    ((seen,),) = parse_private_observations(written(tmp_path, "1,11,21,30,40,0.5"), 1)
    assert seen == BoxObservation((10, 20, 40, 60), 0.5, 1)


def test_private_detections_have_six_columns_exactly(tmp_path: Path) -> None:
    with pytest.raises(UniTrackError, match="has 7 columns, not 6") as fault:
        parse_private_observations(written(tmp_path, "1,-1,11,21,30,40,0.5"), 1)
    assert "leave out --set data.columns=private" in fault.value.mend


@pytest.mark.parametrize("lines", [(), ("",)])
def test_a_file_of_detections_holds_at_least_one(tmp_path: Path, lines: tuple[str, ...]) -> None:
    with pytest.raises(UniTrackError, match="holds no detection at all"):
        parse_observations(written(tmp_path, *lines), 5)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("1,-1,1,1,0,5,1", "the box is 0 x 5"),
        ("1,-1,1,1,5,-2,1", "the box is 5 x -2"),
        ("6,-1,1,1,5,5,1", r"frame 6 is outside 1\.\.5"),
        ("0,-1,1,1,5,5,1", r"frame 0 is outside 1\.\.5"),
        ("1,-1,1,1,5,5,nan", "not finite"),
        ("1 -1 1 1 5 5 1", "has no ',' between its numbers"),
    ],
)
def test_a_bad_detection_is_named_by_its_line(tmp_path: Path, line: str, what: str) -> None:
    with pytest.raises(UniTrackError, match=rf"rows\.txt:2: .*{what}"):
        parse_observations(written(tmp_path, "1,-1,1,1,5,5,1", line), 5)


def test_truth_carries_class_visibility_and_flag(tmp_path: Path) -> None:
    file = written(tmp_path, f"{ROW},1,1,0.25", "2,8,1,1,5,5,0,8,1")
    (first,), (second,) = parse_truth(file, 2, classes=True)
    assert (first.id, first.counted) == (7, True)
    assert first.observation == BoxObservation((10, 20, 40, 60), 0.25, 1)
    assert (second.id, second.counted, second.observation.label) == (8, False, 8)


def test_without_classes_all_are_pedestrians(tmp_path: Path) -> None:
    ((known,),) = parse_truth(written(tmp_path, f"{ROW},0,4.2,7.1,0"), 1, classes=False)
    assert known.observation == BoxObservation((10, 20, 40, 60), 1.0, 1)
    assert not known.counted


@pytest.mark.parametrize("label", ["0", "14", "1.5", "-1"])
def test_a_strange_class_of_the_truth_is_refused(tmp_path: Path, label: str) -> None:
    with pytest.raises(UniTrackError, match=rf":1: class {label} is not in 1\.\.13"):
        parse_truth(written(tmp_path, f"{ROW},1,{label},1"), 1, classes=True)


def test_truth_of_a_benchmark_with_classes_has_nine_columns(tmp_path: Path) -> None:
    with pytest.raises(UniTrackError, match="has 7 columns, not 9 or more"):
        parse_truth(written(tmp_path, f"{ROW},1"), 1, classes=True)


@pytest.mark.parametrize("parse", [parse_result, lambda f, n: parse_truth(f, n, classes=False)])
def test_an_identity_twice_in_a_frame_is_refused(tmp_path: Path, parse: object) -> None:
    assert callable(parse)
    with pytest.raises(UniTrackError, match=":2: identity 7 occurs again in frame 1"):
        parse(written(tmp_path, f"{ROW},1", f"{ROW},1"), 1)


def test_an_empty_result_is_legal(tmp_path: Path) -> None:
    assert parse_result(written(tmp_path), 2) == ((), ())


def test_other_trackers_files_are_read(tmp_path: Path) -> None:
    file = written(tmp_path, "1, 2.0, 11, 21, 30, 40, 0.75", "2, -1, 11, 21, 30, 40, 1")
    (tracked,), nobody = parse_result(file, 2)
    assert tracked == TrackedObject(2, BoxObservation((10, 20, 40, 60), 0.75, 1))
    assert nobody == ()


def test_rows_without_identity_may_repeat(tmp_path: Path) -> None:
    assert parse_result(written(tmp_path, "1,-1,1,1,5,5,1", "1,-1,1,1,5,5,1"), 1) == ((),)


def test_a_written_line_is_the_servers_form() -> None:
    tracked = TrackedObject(3, BoxObservation((0, 0.5, 10.25, 20), 0.9, 1))
    text = result_text(SequenceResult("s", ((), (tracked,))))
    assert text == "2,3,1.000000,1.500000,10.250000,19.500000,1,-1,-1,-1\n"


def test_an_empty_result_is_an_empty_file() -> None:
    assert result_text(SequenceResult("s", ((), ()))) == ""


coordinate = st.floats(-3000, 3000, allow_nan=False)
side = st.floats(0.01, 3000)


@st.composite
def results(draw: st.DrawFn) -> SequenceResult:
    frames = []
    for _ in range(draw(st.integers(0, 4))):
        ids = draw(st.lists(st.integers(1, 10**6), unique=True, max_size=4))
        objects = []
        for identity in ids:
            x1, y1 = draw(coordinate), draw(coordinate)
            box = (x1, y1, x1 + draw(side), y1 + draw(side))
            objects.append(
                TrackedObject(identity, BoxObservation(box, 1.0, draw(st.integers(1, 13))))
            )
        frames.append(tuple(objects))
    return SequenceResult("made", tuple(frames))


@given(results())
def test_writing_and_reading_back_is_the_identity(result: SequenceResult) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.txt"
        path.write_text(result_text(result))
        found = parse_result(path, len(result.frames))
    assert [[t.id for t in frame] for frame in found] == [
        [t.id for t in frame] for frame in result.frames
    ]
    pairs = [
        (one.observation, other.observation)
        for frame, wanted in zip(found, result.frames, strict=True)
        for one, other in zip(frame, wanted, strict=True)
    ]
    for one, other in pairs:
        assert one.label == other.label
        assert one.box == pytest.approx(other.box, rel=0, abs=1.1e-6)
