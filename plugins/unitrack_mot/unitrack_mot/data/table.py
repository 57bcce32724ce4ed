"""Text files with one box a line: parsed fast, and where one is wrong, its line is named."""

from __future__ import annotations

import codecs
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from unitrack.errors import UniTrackError

__all__ = [
    "Array",
    "Form",
    "Rows",
    "check_frames",
    "check_identities",
    "check_sides",
    "group_by_frame",
    "read_table",
    "read_text",
]

Array = NDArray[np.float64]

_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class Form:
    """How a line is written.

    Attributes:
        least: Fewest columns.
        mend: What to write instead, when a line has too few or too many.
        most: Most columns, or None.
        separator: What stands between columns, or None for white space.
        words: Column (0-based) to the words that it may hold, and the number of each; words are
            compared without regard to case.
    """

    least: int
    mend: str
    most: int | None = None
    separator: str | None = ","
    words: Mapping[int, Mapping[str, int]] | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """A parsed file.

    Attributes:
        path: The file.
        lines: Line number of each row, 1-based, ``(N,)``.
        values: All columns, ``(N, columns)``.
    """

    path: Path
    lines: NDArray[np.int64]
    values: Array

    def fault(self, row: int, what: str, mend: str) -> UniTrackError:
        """A fault in one row."""
        return UniTrackError(f"{self.path}:{self.lines[row]}", what, mend)

    def only(self, kept: NDArray[np.bool_]) -> Rows:
        """The rows chosen by a mask ``(N,)``."""
        return Rows(self.path, self.lines[kept], self.values[kept])


def read_table(path: Path, form: Form) -> Rows:
    """Parse a file of finite numbers, the same number of columns in every line.

    Empty lines and separators at the end of a line are passed over.

    Returns:
        All rows in the order of the file; none for an empty file.

    Raises:
        UniTrackError: Naming the line, if the file is absent, begins with a byte order mark, is
            no text, has too few or too many columns, or a value that is no finite number.
    """
    text = read_text(path)
    rows = _parsed_at_once(path, text, form) or _parsed_by_line(path, text, form)
    finite = np.isfinite(rows.values).all(axis=1)
    if not finite.all():
        wrong = int(np.flatnonzero(~finite)[0])
        raise rows.fault(wrong, "holds a value that is not finite", "Remove or correct the line.")
    return rows


def read_text(path: Path) -> str:
    """The content of a file.

    Raises:
        UniTrackError: If it is absent, begins with a byte order mark, or is not UTF-8.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UniTrackError(
            path, f"cannot be read ({error.strerror})", "Check the path, or restore the file."
        ) from error
    if content.startswith(_MARKS):
        raise UniTrackError(path, "begins with a byte order mark", "Save it as UTF-8 without BOM.")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UniTrackError(path, "is not UTF-8 text", "Save it as UTF-8 without BOM.") from error


def _parsed_at_once(path: Path, text: str, form: Form) -> Rows | None:
    """A file without anything unusual, several times faster than line by line; else None."""
    if form.words or not text.strip():
        return None
    try:
        values = np.loadtxt(io.StringIO(text), delimiter=form.separator, comments=None, ndmin=2)
    except ValueError:
        return None
    lines = text.count("\n") + (not text.endswith("\n"))
    columns = values.shape[1]
    if len(values) != lines or columns < form.least or columns > (form.most or columns):
        return None
    return Rows(path, np.arange(1, lines + 1), values)


def _parsed_by_line(path: Path, text: str, form: Form) -> Rows:
    lines: list[int] = []
    rows: list[list[float]] = []
    for number, line in enumerate(text.splitlines(), 1):
        cells = line.rstrip(f" \t{form.separator or ''}").split(form.separator)
        if cells in ([], [""]):
            continue
        _check_columns(f"{path}:{number}", cells, len(rows[0]) if rows else None, form)
        lines.append(number)
        rows.append([_number(f"{path}:{number}", k, cell, form) for k, cell in enumerate(cells)])
    columns = len(rows[0]) if rows else form.least
    return Rows(path, np.array(lines, np.int64), np.array(rows, np.float64).reshape(-1, columns))


def _check_columns(where: str, cells: Sequence[str], usual: int | None, form: Form) -> None:
    count = len(cells)
    if count == 1 and form.separator:
        raise UniTrackError(where, f"has no {form.separator!r} between its numbers", form.mend)
    if count < form.least:
        raise UniTrackError(where, f"has {count} columns, not {form.least} or more", form.mend)
    if form.most and count > form.most:
        raise UniTrackError(where, f"has {count} columns, not {form.most}", form.mend)
    if usual and count != usual:
        raise UniTrackError(
            where,
            f"has {count} columns, but the first line has {usual}",
            "Give all lines the same columns.",
        )


def _number(where: str, column: int, cell: str, form: Form) -> float:
    words = form.words.get(column) if form.words else None
    if words is not None:
        if cell.lower() not in words:
            raise UniTrackError(where, f"{cell!r} is no class", f"Classes: {', '.join(words)}.")
        return words[cell.lower()]
    try:
        return float(cell)
    except ValueError:
        raise UniTrackError(where, f"{cell.strip()!r} is no number", form.mend) from None


def check_frames(rows: Rows, frames: range) -> None:
    """Refuse frame numbers (column 0) outside ``frames``.

    Raises:
        UniTrackError: Naming the first line at fault.
    """
    given = rows.values[:, 0]
    inside = (given == np.floor(given)) & (given >= frames.start) & (given < frames.stop)
    if not inside.all():
        wrong = int(np.flatnonzero(~inside)[0])
        raise rows.fault(
            wrong,
            f"frame {given[wrong]:g} is outside {frames.start}..{frames.stop - 1}",
            f"Number the frames from {frames.start}; check that the file is of this sequence.",
        )


def check_sides(rows: Rows, sides: Array) -> None:
    """Refuse boxes without area; ``sides`` ``(N, 2)`` is their width and height.

    Raises:
        UniTrackError: Naming the first line at fault.
    """
    flat = (sides <= 0).any(axis=1)
    if flat.any():
        wrong = int(np.flatnonzero(flat)[0])
        width, height = sides[wrong]
        raise rows.fault(wrong, f"the box is {width:g} x {height:g}", "Remove or correct the line.")


def check_identities(rows: Rows) -> None:
    """Refuse an identity (column 1) that is no whole number, or occurs twice in a frame.

    Raises:
        UniTrackError: Naming the first line at fault.
    """
    frames, identities = rows.values[:, 0], rows.values[:, 1]
    broken = np.flatnonzero(identities != np.floor(identities))
    if len(broken):
        raise rows.fault(
            int(broken[0]),
            f"identity {identities[broken[0]]:g} is no whole number",
            "Number the identities 1, 2, 3, ...",
        )
    order = np.lexsort((identities, frames))  # stable: equal pairs stay in the order of the file
    again = (np.diff(frames[order]) == 0) & (np.diff(identities[order]) == 0)
    if again.any():
        wrong = int(order[1:][again].min())
        raise rows.fault(
            wrong,
            f"identity {identities[wrong]:g} occurs again in frame {frames[wrong]:g}",
            "Give each box of a frame its own identity.",
        )


def group_by_frame(frames: Array, numbers: range) -> list[NDArray[np.intp]]:
    """Rows of each frame in ``numbers``, in the order of the file; ``frames`` is ``(N,)``."""
    order = np.argsort(frames, kind="stable")
    edges = np.searchsorted(frames[order], np.arange(numbers.start, numbers.stop + 1))
    return [order[first:last] for first, last in pairwise(edges)]
