"""Records laid out as a document: overview, pictures, tasks one by one, what is behind a number."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np

from unitrack.engine.score import COMBINED
from unitrack.metrics.curves import Curve, Plot
from unitrack.render.plots import plot_svg
from unitrack.report.cells import Cells
from unitrack.report.charting import radars, scatters
from unitrack.report.document import Block, Document, Folded, Heading, Listing, Picture, Text
from unitrack.report.paper import figure_axis
from unitrack.report.record import Record
from unitrack.report.reprint import READING
from unitrack.report.sheet import Measure, shown
from unitrack.report.statistics import correlate

__all__ = ["runs_document", "slug"]

_IN_OVERVIEW = 2  # scores a task
_MOST_CURVES = 8
_MIB = 2**20
_STAGES = ("decode", "backbone", "propagation", "association", "write", "score", "total")


def runs_document(title: str, cells: Cells, more: Sequence[Block] = ()) -> Document:
    """The report of some records.

    Args:
        title: Of the document.
        cells: The records.
        more: Sections after the overview.
    """
    main = [measure for task in cells.tasks for measure in cells.measures(task, _IN_OVERVIEW)]
    blocks: list[Block] = [
        Text(READING),
        cells.sheet("Overview: the main scores of every task", main),
        *_remarks(cells),
        *more,
    ]
    if len(cells.rows) > 1:
        blocks += _across(cells)
    for task in cells.tasks:
        blocks += [Heading(task), *_task(cells, task)]
    blocks += [Heading("Timings"), _timings(cells), Heading("Behind the numbers"), *_behind(cells)]
    return Document(title, tuple(blocks))


def slug(text: str) -> str:
    """A file name of the words of a title."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _remarks(cells: Cells) -> Iterator[Block]:
    """What a reader must know before comparing numbers."""
    found: dict[str, list[str]] = {}
    for task in cells.tasks:
        for (row, layer), record in cells.of(task).items():
            if record.note:
                found.setdefault(record.note, []).append(f"{row} {layer}, {task}")
            for sequence, why in record.failed.items():
                yield Text(f"Failed: {row} {layer}, {task}, {sequence}: {why}")
            if len(record.sequences) == 1:
                found.setdefault("one sequence only, so there is no interval", []).append(
                    f"{row} {layer}, {task}"
                )
    for cell in cells.absent:
        found.setdefault(f"{cell.state}: {cell.reason}" if cell.reason else cell.state, []).append(
            f"{cell.row} {cell.layer}, {cell.task}"
        )
    for note, places in found.items():
        where = places[0] if len(places) == 1 else f"{len(places)} cells, first {places[0]}"
        yield Text(f"{where}: {note}.")


def _across(cells: Cells) -> Iterator[Block]:
    """Backbones over all tasks: radars, ImageNet's top-1, tasks against each other."""
    first = [cells.measures(task, 1)[0] for task in cells.tasks if cells.measures(task, 1)]
    sheet = cells.sheet("", first)
    spokes = [(_short(measure, first), measure) for measure in first]
    trained = {row: name for row, name in cells.trained.items() if row in sheet.rows}
    reference = next((row for row, name in trained.items() if name.startswith("imagenet_")), None)
    about = "Rank of the better layer on the first score of each task, the best at the rim."
    dashed = f" Dashed: {reference}." if reference else ""
    yield Heading("Ranks")
    yield from radars(sheet, spokes, "ranks", about + dashed, reference=reference)
    columns = {
        f"{name}, {measure.score} (%)": {r: 100 * v for r, v in sheet.best(measure).items()}
        for name, measure in spokes
    }
    yield Heading("Correlations")
    top1 = figure_axis("top1")
    axis = {row: top1[name] for row, name in trained.items() if name in top1}
    yield from scatters(
        axis, "ImageNet top-1, linear (%)",
        columns, "top1", "The better layer against ImageNet top-1 as published. Dashed: least "
        "squares.",
    )  # fmt: skip
    rows = [
        (one, other, str(found.points), f"{found.pearson:+.2f}", f"{found.spearman:+.2f}")
        for one, other in combinations(columns, 2)
        if (found := correlate(columns[one], columns[other])) is not None
    ]
    if rows:
        header = ("score", "against", "backbones", "Pearson's r", "Spearman's ρ")  # noqa: RUF001
        yield Listing("Tasks against each other, over the backbones", header, tuple(rows), 2)


def _short(measure: Measure, among: Sequence[Measure]) -> str:
    """The head's name, as long as it tells the task."""
    head = measure.task.partition(" ")[0]
    alone = sum(other.task.partition(" ")[0] == head for other in among) == 1
    return head if alone else measure.task


def _task(cells: Cells, task: str) -> Iterator[Block]:
    measures = cells.measures(task)
    if not measures:
        yield Text("Nothing is scored here.")
        return
    yield cells.sheet("All sequences", measures)
    records = cells.of(task)
    yield from _curves(task, records, measures[0])
    score = measures[0].score
    yield Folded(f"{score} of each sequence", (_by(records, "sequence", score, {}),))
    kinds = dict.fromkeys(kind for record in records.values() for kind in record.breakdown)
    for kind in kinds:
        tables = {place: record.breakdown.get(kind, {}) for place, record in records.items()}
        named = _score_of(tables, [measure.score for measure in measures])
        yield Folded(f"{named} by {kind}", (_by(records, kind, named, tables),))


def _score_of(
    tables: Mapping[tuple[str, str], Mapping[str, Mapping[str, float]]], main: Sequence[str]
) -> str:
    """The first main score that the rows of a further table have."""
    there = dict.fromkeys(
        name for table in tables.values() for row in table.values() for name in row
    )
    return next((name for name in main if name in there), next(iter(there), ""))


def _by(
    records: Mapping[tuple[str, str], Record],
    kind: str,
    score: str,
    tables: Mapping[tuple[str, str], Mapping[str, Mapping[str, float]]],
) -> Listing:
    """One score, a row a sequence (or what ``tables`` hold) and a column a backbone and layer."""
    rows = {
        place: tables[place] if tables else {n: record.scores[n] for n in record.sequences}
        for place, record in records.items()
    }
    names = dict.fromkeys(name for table in rows.values() for name in table)
    return Listing(
        score,
        (kind, *(f"{row} {layer}" for row, layer in rows)),
        tuple(
            (name, *(shown(table.get(name, {}).get(score)) for table in rows.values()))
            for name in names
        ),
    )


def _curves(
    task: str, records: Mapping[tuple[str, str], Record], measure: Measure
) -> Iterator[Block]:
    """The curve over all sequences of the best records, in one picture a kind."""
    sign = 1 if measure.lower else -1

    def place(item: tuple[tuple[str, str], Record]) -> float:
        number = item[1].scores.get(COMBINED, {}).get(measure.score, np.nan)
        return float(np.nan_to_num(sign * number, nan=np.inf))

    drawn = sorted((i for i in records.items() if i[1].plots), key=place)[:_MOST_CURVES]
    names = dict.fromkeys(name for _, record in drawn for name in record.plots)
    for name in names:
        having = [(key, record.plots[name]) for key, record in drawn if name in record.plots]
        first = having[0][1]
        lines = tuple(
            Curve(
                f"{row} {layer} {_bracket(plot.curves[0].legend)}",
                plot.curves[0].x,
                plot.curves[0].y,
            )
            for (row, layer), plot in having
            if plot.curves
        )
        best = f"the best {len(drawn)} of {len(records)}" if len(drawn) < len(records) else "all"
        yield Picture(
            slug(f"{task} {name}"),
            f"{first.title} on {task}, {best}, over all sequences.",
            plot_svg(Plot(first.title, first.x_label, first.y_label, lines)),
        )


def _bracket(legend: str) -> str:
    """The score in a legend, as its metric wrote it."""
    return legend[legend.index("[") :] if "[" in legend else ""


def _timings(cells: Cells) -> Listing:
    rows = []
    for task in cells.tasks:
        for (row, layer), record in cells.of(task).items():
            seconds = record.timings_s
            total = seconds.get("total", 0.0)
            rows.append(
                (
                    f"{row} {layer}", task, str(record.frames),
                    f"{record.frames / total:.1f}" if total else "-",
                    *(f"{seconds[s]:.1f}" if s in seconds else "-" for s in _STAGES),
                    f"{record.peak_memory_bytes / _MIB:.0f}",
                )
            )  # fmt: skip
    header = ("backbone", "task", "frames", "frames/s", *(f"{s} (s)" for s in _STAGES), "peak MiB")
    return Listing("As the runs measured them, each on its own machine", header, tuple(rows), 2)


def _behind(cells: Cells) -> Iterator[Block]:
    """Settings, digests and versions of every cell."""
    yield Text("Every cell with all that decides its bytes; unitrack replay repeats it.")
    for task in cells.tasks:
        for (row, layer), record in cells.of(task).items():
            asked = {name: value for name, value in record.asked.items() if name != "schema"}
            rows = tuple(
                (name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
                for name, value in {"folder": str(record.source), **asked}.items()
            )
            yield Folded(f"{row} {layer}, {task}", (Listing("", ("", ""), rows, 2),))
