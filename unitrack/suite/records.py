"""What a suite leaves behind: its table, and the cells that are in the store."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from unitrack.errors import UniTrackError
from unitrack.files import write_atomic
from unitrack.metrics.base import Table

__all__ = [
    "DONE",
    "FAILED",
    "MISSING",
    "PARTIAL",
    "SCHEMA",
    "WAITING",
    "CellRecord",
    "CellState",
    "Column",
    "Row",
    "SuiteRecord",
    "read_suite",
    "write_suite",
]

SCHEMA = 1

DONE, PARTIAL, FAILED, MISSING, WAITING = "done", "partial", "failed", "missing", "waiting"
"""States of a cell: scored; scored over some sequences; nothing to score; an input is not here;
not yet run."""

# Plain JSON values.
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class CellRecord:
    """One scored cell, as it lies in the store.

    Attributes:
        key: Digest of the keys of its sequences.
        spec: What was run, as in ``run.json``.
        metric: Name of the metric.
        shown: Names of its main scores.
        weights_id: sha256 of the weights, or ``random:SEED``.
        weights_layout: Whose published file they were read like; empty for plain names.
        sequences: Name to what is known of it: ``key``, ``fingerprint``, ``frames``,
            ``timings_s``, ``peak_memory_bytes``, ``versions``.
        scores: Sequence (and ``COMBINED``) to score to value; empty without truth.
        breakdown: Further tables by what their rows are.
        plots: Curves by name, as `unitrack.metrics.curves.Plot` has them.
    """

    key: str
    spec: Json
    metric: str
    shown: tuple[str, ...]
    weights_id: str
    weights_layout: str
    sequences: Mapping[str, Json]
    scores: Table
    breakdown: Mapping[str, Table]
    plots: Mapping[str, Json]
    schema: int = SCHEMA

    @classmethod
    def from_json(cls, values: Json, where: Path) -> CellRecord:
        """A record as `json.loads` gives it.

        Raises:
            UniTrackError: If it is not of this version.
        """
        try:
            return cls(**{**values, "shown": tuple(values["shown"])})
        except (TypeError, KeyError) as error:
            raise UniTrackError(
                where, f"is no cell of this version ({error})", "Remove it and run the suite again."
            ) from error


@dataclass(frozen=True, slots=True)
class Row:
    """One representation: its label, its backbone, and the layers that are run."""

    label: str
    backbone: str
    layers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One task on one data set.

    Attributes:
        label: What stands above it.
        head: Name of the head.
        data: Name of the data set.
        scores: Scores that the table shows.
        varied: Settings of the head that tell it from its neighbours.
    """

    label: str
    head: str
    data: str
    scores: tuple[str, ...]
    varied: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CellState:
    """Where one cell of the table stands.

    Attributes:
        row: Index of its row.
        column: Index of its column.
        layer: Tap of the backbone.
        state: ``done``, ``partial``, ``failed``, ``missing`` or ``waiting``.
        reason: One line for a cell that is missing.
        failed: Sequence to one line.
        key: Of the cell in the store, or None where nothing is scored.
    """

    row: int
    column: int
    layer: str
    state: str
    reason: str = ""
    failed: Mapping[str, str] = field(default_factory=dict)
    key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteRecord:
    """``suite.json``: a table and where each of its cells stands.

    Attributes:
        suite: Name of the suite.
        about: One line on it.
        store: Folder of the store, absolute.
        command: The words that made it.
        rows: Representations.
        columns: Tasks.
        cells: In the order of the table, row by row.
    """

    suite: str
    about: str
    store: str
    command: tuple[str, ...]
    rows: tuple[Row, ...]
    columns: tuple[Column, ...]
    cells: tuple[CellState, ...]
    schema: int = SCHEMA


def write_suite(folder: Path, record: SuiteRecord) -> None:
    """Write ``suite.json``.

    Raises:
        UniTrackError: If the folder cannot be written or the disk is full.
    """
    write_atomic(folder / "suite.json", json.dumps(dataclasses.asdict(record), indent=1) + "\n")


def read_suite(folder: Path) -> SuiteRecord:
    """The inverse of `write_suite`.

    Raises:
        UniTrackError: If there is none, or it is not of this version.
    """
    path = folder / "suite.json"
    again = "Run the suite again: unitrack bench suite."
    try:
        values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UniTrackError(path, f"cannot be read ({error.strerror})", again) from error
    except ValueError as error:
        raise UniTrackError(path, f"is no JSON ({error})", again) from error
    try:
        if values["schema"] != SCHEMA:
            raise UniTrackError(path, f"has schema {values['schema']}, not {SCHEMA}", again)
        return SuiteRecord(
            suite=values["suite"],
            about=values["about"],
            store=values["store"],
            command=tuple(values["command"]),
            rows=tuple(Row(**{**row, "layers": tuple(row["layers"])}) for row in values["rows"]),
            columns=tuple(
                Column(**{**column, "scores": tuple(column["scores"])})
                for column in values["columns"]
            ),
            cells=tuple(CellState(**cell) for cell in values["cells"]),
        )
    except (TypeError, KeyError) as error:
        raise UniTrackError(path, f"is no suite of this version ({error})", again) from error
