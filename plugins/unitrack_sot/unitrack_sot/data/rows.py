"""Text files with one row of numbers a line; where one is wrong, its line is named."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from unitrack.errors import UniTrackError

__all__ = ["Array", "Rows", "commas", "read_lines", "read_rows", "split"]

Array = NDArray[np.float64]

_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class Rows:
    """A parsed file.

    Attributes:
        path: The file.
        lines: Line number of each row, 1-based, ``(N,)``.
        values: All columns, ``(N, columns)``.
    """

    path: Path
    lines: Sequence[int]
    values: Array

    def fault(self, row: int, what: str, mend: str) -> UniTrackError:
        """A fault in one row."""
        return UniTrackError(f"{self.path}:{self.lines[row]}", what, mend)


def split(line: str) -> list[str]:
    """The cells of a line: commas, tabs and spaces all separate, also within one file.

    OTB has all three, and line 496 of its BlurCar1 has spaces among tabs.
    """
    return line.replace(",", " ").split()


def commas(line: str) -> list[str]:
    """The cells of a line that only commas separate, so that one may be empty or hold a space."""
    return [cell.strip() for cell in line.split(",")]


def read_lines(path: Path, cells: Callable[[str], list[str]] = split) -> dict[int, list[str]]:
    """Cells of every line that is not empty, by its 1-based number.

    Args:
        path: The file.
        cells: Separates the cells of a line.

    Raises:
        UniTrackError: If the file is absent, begins with a byte order mark, or is no text.
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
        lines = content.decode("utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise UniTrackError(path, "is not UTF-8 text", "Save it as UTF-8 without BOM.") from error
    return {number: cells(line) for number, line in enumerate(lines, 1) if line.strip(", \t")}


def read_rows(path: Path, columns: int, mend: str) -> Rows:
    """Parse a file of finite numbers.

    Args:
        path: The file.
        columns: Numbers in every line.
        mend: What to write instead, when a line is not so.

    Raises:
        UniTrackError: Naming the line, if it has other columns or a value that is no finite
            number; also if the file is absent, empty or no text.
    """
    cells = read_lines(path)
    if not cells:
        raise UniTrackError(path, "is empty", mend)
    for number, found in cells.items():
        if len(found) != columns:
            raise UniTrackError(
                f"{path}:{number}", f"has {len(found)} columns, not {columns}", mend
            )
    try:
        values = np.array(list(cells.values()), np.float64)
    except ValueError:
        raise _no_number(path, cells, mend) from None
    rows = Rows(path, tuple(cells), values)
    strange = np.flatnonzero(~np.isfinite(values).all(axis=1))
    if len(strange):
        raise rows.fault(
            int(strange[0]), "holds a value that is not finite", "Correct or restore the line."
        )
    return rows


def _no_number(path: Path, cells: dict[int, list[str]], mend: str) -> UniTrackError:
    """Which cell it was."""
    for number, found in cells.items():
        for cell in found:
            try:
                float(cell)
            except ValueError:
                return UniTrackError(f"{path}:{number}", f"{cell!r} is no number", mend)
    raise AssertionError(path)
