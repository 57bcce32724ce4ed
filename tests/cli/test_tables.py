from __future__ import annotations

import os
import sys

import pytest

from unitrack.cli.tables import table


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert table(("name", "n"), [("a", 1), ("longer", 20)], right=("n",)) == (
        "name     n\na        1\nlonger  20"
    )


def test_no_line_ends_in_spaces() -> None:
    assert all(line == line.rstrip() for line in table(("a", "b"), [("x", "")]).split("\n"))


def test_a_table_without_titles_has_no_title_line() -> None:
    assert table(("", ""), [("a", "b")]) == "a  b"


def test_a_table_without_rows_says_so() -> None:
    assert table(("a", "b"), []) == "(none)"


def test_nothing_is_wrapped_where_a_program_reads() -> None:
    assert "\n" not in table(("", ""), [("a", "word " * 100)])


def test_the_last_column_is_wrapped_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    # pytest itself asks for the width, to say that this test has passed.
    monkeypatch.setattr("shutil.get_terminal_size", lambda *_, **__: os.terminal_size((40, 20)))
    lines = table(("name", "meaning"), [("a", "word " * 20)]).split("\n")
    assert len(lines) > 3
    assert max(len(line) for line in lines) <= 40
    assert all(line.startswith("      ") for line in lines[2:])
