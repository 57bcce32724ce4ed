"""A table as the paper lays it out: a row a backbone, the layers in one cell, ranks as shades."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from unitrack.report.statistics import Interval, ranks

__all__ = ["Measure", "Part", "Sheet", "Value", "shown"]


@dataclass(frozen=True, slots=True)
class Measure:
    """One column.

    Attributes:
        task: What stands above it, e.g. ``mot on mot15``; neighbours of one task share it.
        score: Name of the score.
        lower: Whether less is better.
        ranked: Whether it is a score at all, and not a number that is only told.
    """

    task: str
    score: str
    lower: bool = False
    ranked: bool = True


@dataclass(frozen=True, slots=True)
class Value:
    """One number of a cell.

    Attributes:
        number: A fraction, or a count (an int); NaN where the score is not defined.
        interval: 95 % over resampled sequences, where there are several.
        note: Stands in place of the number, e.g. ``failed``.
    """

    number: float
    interval: Interval | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One number of a cell as it is printed.

    Attributes:
        text: The number, or ``-``.
        interval: ``low-high``, or empty.
        bold: The best of the layers of this cell, where there are several.
        underlined: The best of the column.
    """

    text: str
    interval: str
    bold: bool
    underlined: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """Numbers by row, layer and column.

    Attributes:
        caption: Above the table.
        rows: Row to its layers, in order.
        columns: In order; each occurs once.
        values: By row, layer and column; what is absent was not run.
    """

    caption: str
    rows: Mapping[str, tuple[str, ...]]
    columns: tuple[Measure, ...]
    values: Mapping[tuple[str, str, Measure], Value] = field(default_factory=dict)

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers, where they are those of every row; else empty."""
        different = set(self.rows.values())
        return next(iter(different)) if len(different) == 1 else ()

    def best(self, column: Measure) -> dict[str, float]:
        """The better layer of each row, as the paper ranks them; rows without a number are out."""
        found = {}
        for row, layers in self.rows.items():
            numbers = [
                self.values[row, layer, column].number
                for layer in layers
                if (row, layer, column) in self.values
            ]
            known = [number for number in numbers if np.isfinite(number)]
            if known:
                found[row] = min(known) if column.lower else max(known)
        return found

    def ranks(self, column: Measure) -> dict[str, float]:
        """Rank of each row in a column, 1 the best; of a column that is not ranked, nothing."""
        return ranks(self.best(column), lower=column.lower) if column.ranked else {}

    def shades(self, column: Measure) -> dict[str, float]:
        """How dark each row's cell is: 1 the best rank, 0 the worst; empty below two rows."""
        places = self.ranks(column)
        span = max(places.values(), default=1.0) - 1.0
        return {row: 1.0 - (rank - 1.0) / span for row, rank in places.items()} if span else {}

    def cells(self, column: Measure) -> dict[str, tuple[Part, ...]]:
        """What is printed in a column: a part a layer of each row."""
        best = self.best(column) if column.ranked else {}
        choose = min if column.lower else max
        top = choose(best.values()) if len(best) > 1 else None
        return {
            row: tuple(
                _part(
                    self.values.get((row, layer, column)),
                    best.get(row) if len(layers) > 1 else None,
                    top,
                )
                for layer in layers
            )
            for row, layers in self.rows.items()
        }


def _part(value: Value | None, best: float | None, top: float | None) -> Part:
    if value is None or value.note:
        return Part(value.note if value else "-", "", bold=False, underlined=False)
    low_high = ""
    if value.interval is not None:
        kind = int if isinstance(value.number, int) else float
        low, high = (shown(kind(round(end) if kind is int else end)) for end in value.interval)
        low_high = f"{low}–{high}"  # noqa: RUF001 - an en dash, as ranges are printed
    return Part(shown(value.number), low_high, value.number == best, value.number == top)


def shown(number: float | None) -> str:
    """A fraction in percent, a count as it is, ``nan`` for what is not defined, ``-`` for None."""
    if number is None:
        return "-"
    if isinstance(number, int):
        return str(number)
    return "nan" if np.isnan(number) else f"{100 * number:.1f}"
