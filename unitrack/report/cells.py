"""Records sorted into the cells of tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from unitrack.engine.score import COMBINED
from unitrack.errors import UniTrackError
from unitrack.registry.manager import registry
from unitrack.registry.records import BackboneRecord
from unitrack.report.labels import Labels
from unitrack.report.record import Record
from unitrack.report.sheet import Measure, Sheet, Value
from unitrack.report.source import Absent
from unitrack.report.tidy import Line

__all__ = ["Cells"]


@dataclass(frozen=True, slots=True)
class _Cell:
    row: str
    task: str
    record: Record


class Cells:
    """Records by the name of their backbone, its layer, and the name of the task."""

    def __init__(self, records: Sequence[Record], absent: Sequence[Absent] = ()) -> None:
        """Sort them; cells that are absent are only told.

        Raises:
            UniTrackError: If two are the same cell.
        """
        self.absent = tuple(absent)
        labels = Labels(records)
        self._cells = [_Cell(labels.row(one), labels.task(one), one) for one in records]
        taken: dict[tuple[str, str, str], Record] = {}
        for cell in self._cells:
            place = (cell.row, cell.record.spec.layer, cell.task)
            if place in taken:
                raise UniTrackError(
                    cell.record.source,
                    f"is the same run as {taken[place].source}",
                    "Give one of the two.",
                )
            taken[place] = cell.record

    @property
    def tasks(self) -> list[str]:
        """Names of the tasks, in the order of the records."""
        return list(dict.fromkeys(cell.task for cell in self._cells))

    @property
    def rows(self) -> dict[str, tuple[str, ...]]:
        """Backbones and their layers; random ones last, as they are what to compare with."""
        layers: dict[str, list[str]] = {}
        for cell in self._cells:
            found = layers.setdefault(cell.row, [])
            if cell.record.spec.layer not in found:
                found.append(cell.record.spec.layer)
        last = {cell.row for cell in self._cells if _is_random(cell.record)}
        ordered = [*(row for row in layers if row not in last), *(r for r in layers if r in last)]
        spelled = {cell.row: cell.record.spec.backbone for cell in self._cells}
        return {row: _in_order(spelled[row], layers[row]) for row in ordered}

    @property
    def trained(self) -> dict[str, str]:
        """Rows with trained weights, and the backbone of each, whatever a suite calls it."""
        return {c.row: c.record.spec.backbone for c in self._cells if not _is_random(c.record)}

    def of(self, task: str) -> dict[tuple[str, str], Record]:
        """Records of a task by row and layer, in the order of the rows."""
        found = {(c.row, c.record.spec.layer): c.record for c in self._cells if c.task == task}
        return {
            (row, layer): found[row, layer]
            for row, layers in self.rows.items()
            for layer in layers
            if (row, layer) in found
        }

    def measures(self, task: str, most: int | None = None) -> list[Measure]:
        """The main scores of a task, as far as some record has them."""
        records = list(self.of(task).values())
        metric = records[0].metric
        there = dict.fromkeys(name for one in records for name in one.scores.get(COMBINED, {}))
        main = [name for name in metric.scores if name in there] or list(there)
        return [Measure(task, name, name in metric.lower) for name in main[:most]]

    def sheet(self, caption: str, measures: Sequence[Measure]) -> Sheet:
        """A table of the combined scores."""
        values = {
            (row, layer, measure): _value(record, measure.score)
            for task in dict.fromkeys(measure.task for measure in measures)
            for (row, layer), record in self.of(task).items()
            for measure in measures
            if measure.task == task
        }
        used = {row for row, _, _ in values}
        rows = {row: layers for row, layers in self.rows.items() if row in used}
        return Sheet(caption, rows, tuple(measures), values)

    def lines(self) -> Iterator[Line]:
        """Every score of every record."""
        for cell in self._cells:
            place = (cell.row, cell.record.spec.layer, cell.task)
            for sequence, scores in cell.record.scores.items():
                ends = cell.record.intervals if sequence == COMBINED else {}
                for name, value in scores.items():
                    yield Line(*place, sequence, name, value, ends.get(name))
            for kind, table in cell.record.breakdown.items():
                for name, scores in table.items():
                    for score, value in scores.items():
                        yield Line(*place, f"{kind}:{name}", score, value)


def _in_order(backbone: str, layers: Sequence[str]) -> tuple[str, ...]:
    """Layers from the image upwards, as far as the backbone is installed to say so."""
    try:
        record = registry().get("backbones", backbone)
    except UniTrackError:
        return tuple(sorted(layers))
    taps = list(record.taps) if isinstance(record, BackboneRecord) else []
    return tuple(sorted(layers, key=lambda tap: (taps.index(tap) if tap in taps else -1, tap)))


def _value(record: Record, score: str) -> Value:
    combined = record.scores.get(COMBINED)
    if record.failed:  # over fewer sequences than the others it cannot be ranked among them
        return Value(float("nan"), note="failed")
    if combined is None:
        return Value(float("nan"), note="not scored")
    return Value(combined.get(score, float("nan")), record.intervals.get(score))


def _is_random(record: Record) -> bool:
    return record.spec.weights.partition(":")[0] == "random" or record.asked.get(
        "weights_sha256", ""
    ).startswith("random")
