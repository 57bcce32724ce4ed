"""Aligned plain tables for every command; no colour, no frame, readable in a file."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Sequence
from itertools import zip_longest

__all__ = ["table"]

_GAP = "  "
_NARROWEST = 24


def table(
    header: Sequence[str], rows: Sequence[Sequence[object]], *, right: Sequence[str] = ()
) -> str:
    """Columns as wide as their widest cell; on a terminal the last column is wrapped.

    Args:
        header: One title per column; all empty for a table without titles.
        rows: Cells, as many per row as there are titles.
        right: Titles of the columns to align to the right (numbers).

    Returns:
        The lines, without a newline at the end; ``(none)`` for a table without rows.
    """
    if not rows:
        return "(none)"
    cells = [[str(cell) for cell in row] for row in rows]
    titled = [list(header), *cells] if any(header) else cells
    widths = [max(len(cell) for cell in column) for column in zip(*titled, strict=True)]
    last = _last_width(widths)
    lines = [line for row in titled for line in _lines(row, last)]
    aligned = [str.rjust if title in right else str.ljust for title in header]
    return "\n".join(
        _GAP.join(
            align(cell, width) for align, cell, width in zip(aligned, line, widths, strict=True)
        ).rstrip()
        for line in lines
    )


def _last_width(widths: list[int]) -> int:
    """Room for the last column: all it wants, or what a terminal has left."""
    if not sys.stdout.isatty():
        return widths[-1]
    left = shutil.get_terminal_size().columns - sum(width + len(_GAP) for width in widths[:-1])
    return min(widths[-1], max(left, _NARROWEST))


def _lines(row: list[str], last: int) -> list[list[str]]:
    """One row as the lines it takes when its last cell is wrapped."""
    wrapped = textwrap.wrap(row[-1], last) if len(row[-1]) > last else [row[-1]]
    columns = [[cell] for cell in row[:-1]] + [wrapped]
    return [list(line) for line in zip_longest(*columns, fillvalue="")]
