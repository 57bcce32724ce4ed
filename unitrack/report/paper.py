"""The numbers that the paper printed, and what of them we can run.

Source:
    Wang et al., "Do Different Tracking Tasks Require Different Appearance Models?", NeurIPS 2021.
    The files in ``published/`` are its Tables 1 to 9 as they are printed; ``top1.csv`` and
    ``fig8_segmentation.csv`` are from the sources that Figures 7 and 8 name.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["BACKBONE_COLUMNS", "FIGURE_7", "Column", "Published", "figure_axis", "published"]

_LAYERS = ("layer3", "layer4")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of Tables 1 and 2.

    Attributes:
        key: As in the files.
        task: What is solved, e.g. ``SOT``.
        score: As the paper prints it.
        lower: Whether less is better.
    """

    key: str
    task: str
    score: str
    lower: bool = False

    @property
    def title(self) -> str:
        """Task and score."""
        return f"{self.task} {self.score}"


BACKBONE_COLUMNS = (
    Column("sot_auc_xcorr", "SOT", "AUC (XCorr)"),
    Column("sot_auc_dcf", "SOT", "AUC (DCF)"),
    Column("vos_j", "VOS", "J"),
    Column("mot_idf1", "MOT", "IDF1"),
    Column("mot_hota", "MOT", "HOTA"),
    Column("mots_idf1", "MOTS", "IDF1"),
    Column("mots_hota", "MOTS", "HOTA"),
    Column("posetrack_idf1", "PoseTrack", "IDF1"),
    Column("posetrack_ids", "PoseTrack", "IDs", lower=True),
)
"""Columns of Tables 1 and 2, in their order."""

FIGURE_7 = ("sot_auc_dcf", "vos_j", "mot_idf1", "mots_idf1", "posetrack_idf1")
"""Columns of Figures 1, 6 and 7: one a task."""


@dataclass(frozen=True, slots=True)
class Published:
    """One printed number.

    Attributes:
        table: Number of the table.
        row: Representation with its network (``imagenet_r50``), or method.
        layer: ``layer3``, ``layer4``, or empty.
        column: Score, in Tables 1 and 2 the key of a `Column`.
        value: As printed: percent, or a count.
        where: What else tells the place: part, benchmark, similarity, detector.
    """

    table: int
    row: str
    layer: str
    column: str
    value: float
    where: Mapping[str, str]

    @property
    def place(self) -> str:
        """The place in words."""
        more = ", ".join(f"{name} {value}" for name, value in self.where.items() if value)
        return f"Table {self.table}" + (f" ({more})" if more else "")


@cache
def published() -> tuple[Published, ...]:
    """Every number of Tables 1 to 9; cells that are empty in print are left out."""
    return tuple(number for table in range(1, 10) for number in _table(table))


def _table(table: int) -> Iterator[Published]:
    for row in _rows(f"table{table}.csv"):
        if table <= 2:  # noqa: PLR2004 - the tables of backbones
            yield from _backbone_row(table, row)
        elif table == 3:  # noqa: PLR2004 - a score a line
            where = {"part": row["part"], "benchmark": row["benchmark"]}
            yield from _number(table, row["method"], row["measure"], row["value"], where)
        else:
            named = row.get("method") or row["similarity"]
            where = {n: row[n] for n in ("benchmark", "detector", "motion") if n in row}
            texts = ("method", "similarity", "benchmark", "detector", "motion", "task_supervision")
            for score in (name for name in row if name not in texts):
                yield from _number(table, named, score, row[score], where)


def _backbone_row(table: int, row: Mapping[str, str]) -> Iterator[Published]:
    name = f"{row['representation']}_{row['arch']}"
    for column in BACKBONE_COLUMNS:
        for layer in _LAYERS:
            yield Published(table, name, layer, column.key, float(row[f"{column.key}_{layer}"]), {})


def _number(
    table: int, row: str, column: str, text: str, where: Mapping[str, str]
) -> Iterator[Published]:
    if text:
        yield Published(table, row, "", column, float(text), where)


def figure_axis(name: str) -> dict[str, float]:
    """Representation (``imagenet_r50``) to its place on the axis of a figure.

    Args:
        name: ``top1`` (Figure 7, percent) or ``fig8_segmentation`` (one of the four axes of
            Figure 8, and of nine models only; mean IoU).
    """
    return {f"{row[0]}_r50": float(row[1]) for row in _lines(f"{name}.csv")[1:]}


def _rows(name: str) -> list[dict[str, Any]]:
    header, *lines = _lines(name)
    return [dict(zip(header, line, strict=True)) for line in lines]


def _lines(name: str) -> list[list[str]]:
    text = files("unitrack.report").joinpath("published", name).read_text(encoding="utf-8")
    return list(csv.reader(text.splitlines()))
