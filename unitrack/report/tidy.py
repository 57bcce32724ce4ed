"""Every number of a report as one CSV file, a line a number, at full precision."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

from unitrack.report.statistics import Interval

__all__ = ["Line", "csv_text"]

_TITLES = ("backbone", "layer", "task", "sequence", "score", "value", "low", "high")


@dataclass(frozen=True, slots=True)
class Line:
    """One number and its place.

    Attributes:
        backbone: As in the tables.
        layer: Its tap.
        task: As in the tables.
        sequence: Name, or ``COMBINED``; ``attribute:NAME`` and the like for further tables.
        score: Name of the score.
        value: A fraction or a count.
        interval: 95 % over resampled sequences.
    """

    backbone: str
    layer: str
    task: str
    sequence: str
    score: str
    value: float
    interval: Interval | None = None


def csv_text(lines: Iterable[Line]) -> str:
    """The file."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_TITLES)
    for one in lines:
        low, high = one.interval or ("", "")
        writer.writerow(
            (one.backbone, one.layer, one.task, one.sequence, one.score, one.value, low, high)
        )
    return text.getvalue()
