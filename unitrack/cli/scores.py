"""Scores as a table, as CSV, as JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from unitrack.cli.tables import table

__all__ = ["breakdown_tables", "score_cell", "scores_csv", "scores_table"]

Scores = Mapping[str, Mapping[str, float | int]]


def scores_table(scores: Scores, columns: Sequence[str], rows_are: str = "sequence") -> str:
    """An aligned table, fractions as percentages; the combined row last.

    Args:
        scores: Rows by name.
        columns: What to show; what no row has is left out, and where they have none of it, all
            that they have is shown.
        rows_are: What stands above the names of the rows.
    """
    there = _columns(scores)
    columns = [column for column in columns if column in there] or there
    rows = [
        (name, *(score_cell(scores[name].get(column)) for column in columns))
        for name in _order(scores)
    ]
    return table((rows_are, *columns), rows, right=columns)


def breakdown_tables(breakdown: Mapping[str, Scores], columns: Sequence[str]) -> str:
    """Further tables, each after an empty line; empty where there are none."""
    tables = (scores_table(rows, columns, rows_are) for rows_are, rows in breakdown.items())
    return "".join(f"\n{printed}\n" for printed in tables)


def scores_csv(scores: Scores) -> str:
    """Every score, full precision, one line per sequence; blank where nothing counts in one."""
    columns = _columns(scores)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["sequence", *columns])
    writer.writerows([name, *(scores[name].get(c, "") for c in columns)] for name in _order(scores))
    return text.getvalue()


def _columns(scores: Scores) -> list[str]:
    """Every score of any row: one that is not defined for a sequence is missing there."""
    return list(dict.fromkeys(name for row in scores.values() for name in row))


def _order(scores: Scores) -> list[str]:
    return [name for name in scores if name != "COMBINED"] + [n for n in scores if n == "COMBINED"]


def score_cell(value: float | None) -> str:
    """A fraction as a percentage, a count as it is, ``-`` for nothing."""
    if value is None:
        return "-"
    return str(value) if isinstance(value, int) else f"{100 * value:.1f}"
