"""MOTChallenge's text files: comma-separated, 1-based, left, top, width, height."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from unitrack.errors import UniTrackError
from unitrack.types import XYXY

__all__ = ["Rows", "check_area", "check_unique", "group_by_frame", "read_rows", "to_xyxy"]

Array = NDArray[np.float64]

_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

# Columns before the one that may hold a class; files of ten hold world coordinates there.
_CLASS_COLUMN = 7


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

    def labels(self) -> NDArray[np.int64]:
        """Class of each row: the 8th column of 8 or 9, else 1."""
        if self.values.shape[1] not in (_CLASS_COLUMN + 1, _CLASS_COLUMN + 2):
            return np.ones(len(self.values), np.int64)
        named = self.values[:, _CLASS_COLUMN].astype(np.int64)
        return np.where(named >= 1, named, 1)


def read_rows(path: Path, *, columns: int, length: int, separator: str | None = ",") -> Rows:
    """Parse and check a file of boxes.

    Args:
        path: The file.
        columns: Fewest columns allowed.
        length: Frames of the sequence; the first column must be in ``1..length``.
        separator: What stands between numbers; None for white space.

    Returns:
        All rows, in the order of the file; none for an empty file.

    Raises:
        UniTrackError: Naming the line, if the file is absent, has a byte order mark, too few
            columns, a value that is no finite number, a frame outside the sequence, or a box
            without area.
    """
    text = _read_text(path)
    numbered = [
        (number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip(" \t,")
    ]
    lines = np.array([number for number, _ in numbered], np.int64)
    rows = [line.rstrip(", \t").split(separator) for _, line in numbered]
    _check_columns(path, lines, rows, columns)
    values = _numbers(path, lines, rows)
    parsed = Rows(path, lines, values.reshape(len(rows), len(rows[0]) if rows else columns))
    _check_values(parsed, length)
    return parsed


def _read_text(path: Path) -> str:
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
        raise UniTrackError(path, "is not text", "Save it as UTF-8 without BOM.") from error


def _check_columns(
    path: Path, lines: NDArray[np.int64], rows: Sequence[Sequence[str]], columns: int
) -> None:
    for number, row in zip(lines, rows, strict=True):
        if len(row) < columns:
            raise UniTrackError(
                f"{path}:{number}",
                f"has {len(row)} columns, not {columns} or more",
                "Write frame,id,left,top,width,height,score; for frame,left,top,width,height,score "
                "add --set data.columns=private.",
            )
        if len(row) != len(rows[0]):
            raise UniTrackError(
                f"{path}:{number}",
                f"has {len(row)} columns, but the first line has {len(rows[0])}",
                "Give all lines the same columns.",
            )


def _numbers(path: Path, lines: NDArray[np.int64], rows: Sequence[Sequence[str]]) -> Array:
    try:
        values = np.array(rows, dtype=np.float64)
    except ValueError:
        for number, row in zip(lines, rows, strict=True):
            for cell in row:
                if not _is_number(cell):
                    raise UniTrackError(
                        f"{path}:{number}",
                        f"{cell.strip()!r} is no number",
                        "Separate plain numbers by commas, without a header.",
                    ) from None
        raise
    return values


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _check_values(rows: Rows, length: int) -> None:
    values = rows.values
    finite = np.isfinite(values[:, :7])
    if not finite.all():
        row = int(np.flatnonzero(~finite.all(1))[0])
        raise rows.fault(row, "holds a value that is not finite", "Remove or correct the line.")
    frames = values[:, 0]
    wrong = np.flatnonzero((frames != np.floor(frames)) | (frames < 1) | (frames > length))
    if len(wrong):
        raise rows.fault(
            int(wrong[0]),
            f"frame {frames[wrong[0]]:g} is outside 1..{length}",
            "Number the frames from 1; check that the file belongs to this sequence.",
        )


def check_area(rows: Rows, first: int) -> None:
    """Refuse boxes without area; ``first`` is the column of ``left``.

    Raises:
        UniTrackError: Naming the first line at fault.
    """
    flat = np.flatnonzero((rows.values[:, first + 2 : first + 4] <= 0).any(1))
    if len(flat):
        width, height = rows.values[flat[0], first + 2 : first + 4]
        raise rows.fault(
            int(flat[0]), f"the box is {width:g} x {height:g}", "Remove or correct the line."
        )


def check_unique(rows: Rows) -> None:
    """Refuse an identity that occurs twice in a frame.

    Raises:
        UniTrackError: Naming the first line at fault.
    """
    pairs = rows.values[:, :2]
    _, first = np.unique(pairs, axis=0, return_index=True)
    again = np.setdiff1d(np.arange(len(pairs)), first)
    if len(again):
        frame, identity = pairs[again[0]]
        raise rows.fault(
            int(again[0]),
            f"identity {identity:g} occurs again in frame {frame:g}",
            "Give each box of a frame its own identity.",
        )


def to_xyxy(ltwh: Array) -> list[XYXY]:
    """1-based left, top, width, height ``(N, 4)`` to corners in 0-based continuous pixels."""
    left, top = ltwh[:, 0] - 1, ltwh[:, 1] - 1
    corners = np.stack([left, top, left + ltwh[:, 2], top + ltwh[:, 3]], axis=1)
    return [(x1, y1, x2, y2) for x1, y1, x2, y2 in corners.tolist()]


def group_by_frame(frames: Array, length: int) -> list[NDArray[np.int64]]:
    """Rows of each frame (1-based numbers in ``frames``), in the order of the file."""
    order = np.argsort(frames, kind="stable")
    edges = np.searchsorted(frames[order], np.arange(1, length + 2))
    return [order[edges[index] : edges[index + 1]] for index in range(length)]
