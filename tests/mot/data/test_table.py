from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unitrack.errors import UniTrackError
from unitrack_mot.data.table import (
    Form,
    check_frames,
    check_identities,
    check_sides,
    group_by_frame,
    read_table,
)

FORM = Form(3, "Write a,b,c.")
WORDS = Form(3, "Write a b c.", most=4, separator=None, words={1: {"car": 1, "van": 2}})


def table(folder: Path, content: str | bytes) -> Path:
    path = folder / "table.txt"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    "content",
    ["1,2,3\n4,5,6\n", "1,2,3\n4,5,6", "1, 2, 3\r\n4,5.0,6e0\r\n", "1,2,3,\n\n4,5,6, \n \n"],
)
def test_ends_of_lines_spaces_and_empty_lines_do_not_matter(tmp_path: Path, content: str) -> None:
    np.testing.assert_array_equal(
        read_table(table(tmp_path, content), FORM).values, [[1, 2, 3], [4, 5, 6]]
    )


@pytest.mark.parametrize("content", ["", "\n", " \n\n"])
def test_an_empty_file_has_no_rows(tmp_path: Path, content: str) -> None:
    assert read_table(table(tmp_path, content), FORM).values.shape == (0, 3)


def test_rows_know_their_lines_behind_empty_ones(tmp_path: Path) -> None:
    rows = read_table(table(tmp_path, "1,2,3\n\n4,5,6\n"), FORM)
    assert rows.lines.tolist() == [1, 3]
    assert rows.fault(1, "is odd", "Mend.").where.endswith("table.txt:3")


@pytest.mark.parametrize(
    ("content", "line", "what"),
    [
        ("1,2,3\n1,2\n", 2, "has 2 columns, not 3 or more"),
        ("1,2,3\n1,2,3,4\n", 2, "has 4 columns, but the first line has 3"),
        ("1 2 3\n", 1, "has no ',' between its numbers"),
        ("1;2;3\n", 1, "has no ',' between its numbers"),
        ("a,b,c\n1,2,3\n", 1, "'a' is no number"),
        ("1,2,3\n1,,3\n", 2, "'' is no number"),
        ("1,2,3\n\n1,nan,3\n", 3, "holds a value that is not finite"),
        ("1,2,3\n1,2,-inf\n", 2, "holds a value that is not finite"),
        ("1,2,1e999\n", 1, "holds a value that is not finite"),
        ("# 1,2,3\n", 1, "'# 1' is no number"),
    ],
)
def test_the_first_line_at_fault_is_named(
    tmp_path: Path, content: str, line: int, what: str
) -> None:
    path = table(tmp_path, content)
    with pytest.raises(UniTrackError) as fault:
        read_table(path, FORM)
    assert (fault.value.where, fault.value.what) == (f"{path}:{line}", what)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("1,2,3\n".encode("utf-8-sig"), "begins with a byte order mark"),
        ("1,2,3\n".encode("utf-16"), "begins with a byte order mark"),
        (b"\xff\xfe1\x00", "begins with a byte order mark"),
        (b"\x80\x81", "is not UTF-8 text"),
    ],
)
def test_other_encodings_are_refused(tmp_path: Path, content: bytes, what: str) -> None:
    with pytest.raises(UniTrackError, match=what) as fault:
        read_table(table(tmp_path, content), FORM)
    assert fault.value.mend == "Save it as UTF-8 without BOM."


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UniTrackError, match=r"absent\.txt: cannot be read"):
        read_table(tmp_path / "absent.txt", FORM)


def test_words_become_numbers(tmp_path: Path) -> None:
    rows = read_table(table(tmp_path, "1 Car 3\n1  van\t3 \n"), WORDS)
    np.testing.assert_array_equal(rows.values, [[1, 1, 3], [1, 2, 3]])


@pytest.mark.parametrize(
    ("content", "what"),
    [("1 tram 3\n", "'tram' is no class"), ("1 car 3 4 5\n", "has 5 columns, not 4")],
)
def test_unknown_words_and_too_many_columns_are_refused(
    tmp_path: Path, content: str, what: str
) -> None:
    with pytest.raises(UniTrackError, match=what):
        read_table(table(tmp_path, content), WORDS)


@pytest.mark.parametrize("number", ["0", "4", "-1", "1.5"])
def test_frames_outside_the_sequence_are_refused(tmp_path: Path, number: str) -> None:
    rows = read_table(table(tmp_path, f"3,0,0\n{number},0,0\n"), FORM)
    with pytest.raises(UniTrackError, match=rf":2: frame {number} is outside 1\.\.3"):
        check_frames(rows, range(1, 4))


@pytest.mark.parametrize("sides", ["0,5", "5,0", "-1,5"])
def test_boxes_without_area_are_refused(tmp_path: Path, sides: str) -> None:
    rows = read_table(table(tmp_path, f"1,5,5\n1,{sides}\n"), FORM)
    with pytest.raises(UniTrackError, match=":2: the box is"):
        check_sides(rows, rows.values[:, 1:])


def test_an_identity_twice_in_a_frame_is_refused(tmp_path: Path) -> None:
    rows = read_table(table(tmp_path, "2,7,0\n1,7,0\n1,8,0\n2,7,0\n1,8,0\n"), FORM)
    with pytest.raises(UniTrackError, match=":4: identity 7 occurs again in frame 2"):
        check_identities(rows)


def test_an_identity_is_a_whole_number(tmp_path: Path) -> None:
    rows = read_table(table(tmp_path, "1,7,0\n1,7.5,0\n"), FORM)
    with pytest.raises(UniTrackError, match=r":2: identity 7\.5 is no whole number"):
        check_identities(rows)


@given(st.lists(st.integers(1, 9), max_size=30))
def test_rows_are_grouped_by_frame_in_the_order_of_the_file(frames: list[int]) -> None:
    groups = group_by_frame(np.array(frames, float), range(1, 10))
    wanted = [[row for row, frame in enumerate(frames) if frame == n] for n in range(1, 10)]
    assert [group.tolist() for group in groups] == wanted


def test_a_hundred_thousand_rows_take_less_than_a_second(tmp_path: Path) -> None:
    path = table(tmp_path, "1,1,100.5,200.25,33.125,77.5,0.98765,-1,-1,-1\n" * 100_000)
    start = time.process_time()
    rows = read_table(path, FORM)
    assert rows.values.shape == (100_000, 10)
    assert time.process_time() - start < 1
