"""What a person names: a run folder, or the folder of a suite."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unitrack.engine.score import COMBINED, Scores
from unitrack.engine.spec import RunSpec
from unitrack.errors import UniTrackError
from unitrack.metrics.curves import Curve, Plot
from unitrack.report.record import Record, counted, intervals, metric_record, read_run
from unitrack.suite.records import MISSING, CellState, SuiteRecord, read_suite
from unitrack.suite.store import Store

__all__ = ["Absent", "Source", "read_source"]


@dataclass(frozen=True, slots=True)
class Absent:
    """A cell of a suite that has no number: its place, its state and why, in one line."""

    row: str
    layer: str
    task: str
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class Source:
    """What a folder holds.

    Attributes:
        records: One of a run folder; of a suite one for each cell that is scored.
        absent: Cells of a suite that have no number.
    """

    records: tuple[Record, ...]
    absent: tuple[Absent, ...] = ()


def read_source(folder: Path) -> Source:
    """Read a run folder or the folder of a suite.

    Raises:
        UniTrackError: If it is neither, the run has not ended, or a record is damaged.
    """
    if (folder / "suite.json").is_file():
        return _suite(folder)
    return Source((read_run(folder),))


def _suite(folder: Path) -> Source:
    suite = read_suite(folder)
    store = Store(Path(suite.store))
    scored = [cell for cell in suite.cells if cell.key is not None]
    records = [_record(folder, suite, cell, store) for cell in scored]
    absent = [_absent(suite, cell) for cell in suite.cells if cell.key is None]
    return Source(tuple(records), tuple(absent))


def _absent(suite: SuiteRecord, cell: CellState) -> Absent:
    reason = cell.reason or "; ".join(f"{name}: {why}" for name, why in cell.failed.items())
    state = "not run" if cell.state == MISSING else cell.state
    row, column = suite.rows[cell.row], suite.columns[cell.column]
    return Absent(row.label, cell.layer, column.label, state, reason)


def _record(folder: Path, suite: SuiteRecord, state: CellState, store: Store) -> Record:
    assert state.key is not None, "told by the caller"
    cell = store.cell(state.key)
    spec = RunSpec.from_json(cell.spec, folder / "suite.json")
    column = suite.columns[state.column]
    known = metric_record(spec.data)
    main = dict.fromkeys((*column.scores, *cell.shown))
    facts = cell.sequences.values()
    record = Record(
        source=folder,
        spec=spec,
        scores=_numbers(cell.scores),
        metric=dataclasses.replace(known, scores=tuple(main)),
        breakdown={kind: _numbers(table) for kind, table in cell.breakdown.items()},
        plots={name: _plot(plot) for name, plot in cell.plots.items()},
        frames=sum(one["frames"] for one in facts),
        timings_s=_summed([one["timings_s"] for one in facts]),
        peak_memory_bytes=max((one["peak_memory_bytes"] for one in facts), default=0),
        failed=state.failed,
        asked={
            "command": list(suite.command),
            "cell": cell.key,
            "spec": cell.spec,
            "sequences": list(cell.sequences),
            "weights_sha256": cell.weights_id,
            "weights_layout": cell.weights_layout,
            "fingerprints": {name: one["fingerprint"] for name, one in cell.sequences.items()},
            "versions": next((one["versions"] for one in facts), {}),
        },
        row=suite.rows[state.row].label,
        task=column.label,
        store=store.folder,
        keys={name: one["key"] for name, one in cell.sequences.items()},
    )
    if not record.scores:
        return dataclasses.replace(record, note="nothing is annotated, so nothing is scored")
    try:
        partials = counted(record, record.sequences)
    except UniTrackError as error:
        note = f"no intervals ({error.where}: {error.what})"
        return dataclasses.replace(record, note=note)
    ends = intervals(spec.data, partials, record.scores[COMBINED])
    return dataclasses.replace(record, intervals=ends)


def _numbers(table: Mapping[str, Mapping[str, Any]]) -> Scores:
    """In JSON a score that is no number is null."""
    return {
        name: {score: math.nan if value is None else value for score, value in row.items()}
        for name, row in table.items()
    }


def _plot(values: Mapping[str, Any]) -> Plot:
    curves = tuple(Curve(c["legend"], tuple(c["x"]), tuple(c["y"])) for c in values["curves"])
    return Plot(values["title"], values["x_label"], values["y_label"], curves)


def _summed(timings: list[Mapping[str, float]]) -> dict[str, float]:
    total: dict[str, float] = {}
    for one in timings:
        for stage, seconds in one.items():
            total[stage] = total.get(stage, 0.0) + seconds
    return total
