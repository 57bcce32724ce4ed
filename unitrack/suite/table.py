"""From a suite to its cells: every row at every layer in every column, as a complete `RunSpec`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from unitrack.engine.ask import resolve_spec
from unitrack.engine.settings import files_of
from unitrack.engine.spec import RunSpec
from unitrack.errors import UniTrackError
from unitrack.registry.manager import registry
from unitrack.registry.records import BackboneRecord, DatasetRecord, MetricRecord
from unitrack.suite.model import BackboneRow, Entry, SuiteFile
from unitrack.suite.records import Column, Row

__all__ = ["Cell", "Table", "expand", "varied"]

Changed = Mapping[str, Any]
"""Settings of the head by which a column differs from its neighbours; plain JSON values."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One place of the table.

    Attributes:
        row: Index of its row.
        column: Index of its column.
        layer: Tap of the backbone.
        spec: What to run, or None where it cannot be said.
        names: Its sequences, or None for all.
        fault: Why it cannot be said.
    """

    row: int
    column: int
    layer: str
    spec: RunSpec | None
    names: Sequence[str] | None
    fault: UniTrackError | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows, columns, and the cells row by row."""

    rows: tuple[Row, ...]
    columns: tuple[Column, ...]
    cells: tuple[Cell, ...]


def varied(entry: Entry) -> Iterator[Changed]:
    """Every combination of what an entry varies; one empty one where it varies nothing."""
    for values in product(*entry.vary.values()):
        yield dict(zip(entry.vary, values, strict=True))


def expand(suite: SuiteFile, data_root: Path, device: str) -> Table:
    """The table of a suite that has been checked.

    Args:
        suite: What is asked for.
        data_root: Folder that relative paths start from.
        device: As a person writes it.

    Raises:
        UniTrackError: If there is no such device.
    """
    rows = tuple(_row(row) for row in suite.backbones)
    asked = [(entry, changed) for entry in suite.entries for changed in varied(entry)]
    columns = tuple(_column(entry, changed) for entry, changed in asked)
    cells = tuple(
        _cell(place, suite.backbones[place[0]], layer, entry, changed, data_root, device)
        for i, row in enumerate(rows)
        for layer in row.layers
        for j, (entry, changed) in enumerate(asked)
        for place in [(i, j)]
    )
    return Table(rows, columns, cells)


def _row(row: BackboneRow) -> Row:
    record = registry().get("backbones", row.backbone)
    assert isinstance(record, BackboneRecord)
    return Row(row.title, row.backbone, row.layers or (record.default_tap,))


def _column(entry: Entry, changed: Changed) -> Column:
    data = registry().get("datasets", entry.data)
    assert isinstance(data, DatasetRecord)
    metric = registry().get("metrics", data.metric)
    assert isinstance(metric, MetricRecord)
    words = ", ".join(f"{name} {_word(value)}" for name, value in changed.items())
    return Column(
        f"{entry.title}, {words}" if words else entry.title,
        entry.head,
        entry.data,
        entry.scores or metric.scores[:2],
        changed,
    )


def _word(value: object) -> str:
    return ("on" if value else "off") if isinstance(value, bool) else str(value)


def _cell(
    place: tuple[int, int],
    row: BackboneRow,
    layer: str,
    entry: Entry,
    changed: Changed,
    data_root: Path,
    device: str,
) -> Cell:
    values: dict[str, tuple[Changed, Changed]] = {
        "head": ({}, _settings(entry, changed, data_root)),
        "data": ({}, entry.data_settings),
        "backbone": ({}, row.settings),
    }
    try:
        spec = resolve_spec(
            entry.head, entry.data, row.backbone, layer, _weights(row, data_root),
            _root(entry, data_root), entry.split, entry.limit, entry.stride,
            _source(entry, data_root), entry.protocol, device, "fp32", values, row.remap or None,
        )  # fmt: skip
    except UniTrackError as error:
        return Cell(*place, layer, None, entry.sequences, error)
    return Cell(*place, layer, spec, entry.sequences)


def _settings(entry: Entry, changed: Changed, data_root: Path) -> Changed:
    """Of the head; files that they name lie below the data root."""
    settings = {**entry.settings, **changed}
    found = files_of(registry().get("heads", entry.head), settings)
    return settings | {name: str(data_root / path.expanduser()) for name, path in found.items()}


def _weights(row: BackboneRow, data_root: Path) -> str | None:
    record = registry().get("backbones", row.backbone)
    assert isinstance(record, BackboneRecord)
    words = {file.name for file in record.weights} | {"", "random"}
    if row.weights in words or row.weights.startswith("random:"):
        return row.weights or None
    return str(data_root / row.weights)


def _root(entry: Entry, data_root: Path) -> Path | None:
    record = registry().get("datasets", entry.data)
    assert isinstance(record, DatasetRecord)
    if not entry.root and record.synthesise:
        return None
    return data_root / (entry.root or entry.data)


def _source(entry: Entry, data_root: Path) -> str:
    """A name as it is; what has a folder in it is a path."""
    is_path = os.sep in entry.observations
    return str(data_root / entry.observations) if is_path else entry.observations
