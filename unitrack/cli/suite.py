"""``unitrack bench suite``: a table of backbones and tasks, filled from what is known already."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from unitrack.cli.run import progress_reports

if TYPE_CHECKING:
    from unitrack.suite.estimate import Outlook
    from unitrack.suite.records import CellState, SuiteRecord
    from unitrack.suite.store import Store
    from unitrack.suite.table import Table

__all__ = ["suite"]

_FOLDER = click.Path(path_type=Path)


@click.command(
    epilog="Examples:\n\n\b\n"
    "  unitrack bench suite smoke\n"
    "  unitrack bench suite table1 --root /data --dry-run",
)
@click.argument("named", metavar="NAME|FILE")
@click.option(
    "--root", type=_FOLDER, help="Start relative paths here.  [default: $UNITRACK_DATA, or FILE's]"
)
@click.option("--store", type=_FOLDER, help="Keep results here.  [default: in the cache]")
@click.option("--out", type=_FOLDER, help="Write suite.json here.  [default: runs/NAME]")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--retry-failed", is_flag=True, help="Try again what failed before.")
@click.option("--workers", type=int, default=1, show_default=True, help="Use so many processes.")
@click.option("--executor", default="local", show_default=True, help="Use NAME[:ADDRESS].")
@click.option("--device", default="auto", show_default=True, help="Run on auto, cpu, cuda:N, mps.")
@click.option(
    "--feature-cache", type=float, metavar="GB", help="Share features among tasks.  [default: off]"
)
@click.option("--json-log", is_flag=True, help="Report progress as JSON lines on stderr.")
def suite(
    *,
    named: str,
    root: Path | None,
    store: Path | None,
    out: Path | None,
    dry_run: bool,
    retry_failed: bool,
    workers: int,
    executor: str,
    device: str,
    feature_cache: float | None,
    json_log: bool,
) -> int:
    """Fill a table of backbones and tasks; what the store holds is not computed again.

    NAME is clips, smoke, or table1 to table9 of the paper. One failing cell stops no other.
    """
    from unitrack.suite.bench import bench_suite, preview_suite

    if dry_run:
        click.echo(_outlook(*preview_suite(named, root=root, store=store, device=device)))
        return 0
    try:
        with progress_reports(json_log=json_log) as progress:
            filled = bench_suite(
                named, root=root, store=store, out=out, retry_failed=retry_failed, workers=workers,
                executor=executor, device=device, feature_cache=feature_cache, progress=progress,
                say=lambda line: click.echo(line, err=True),
            )  # fmt: skip
    except KeyboardInterrupt:
        click.echo("Stopped. Finished sequences are kept; the same command goes on.", err=True)
        raise
    click.echo(_scores(filled.record))
    for line in _faults(filled.record):
        click.echo(line, err=True)
    click.echo(f"{filled.tracked} sequences computed. {filled.out / 'suite.json'}", err=True)
    return 1 if any(cell.state != "done" for cell in filled.record.cells) else 0


def _outlook(table: Table, ahead: list[Outlook]) -> str:
    from unitrack.cli.tables import table as aligned

    rows = [
        (
            table.rows[one.state.row].label,
            one.state.layer,
            table.columns[one.state.column].label,
            one.state.state,
            f"{one.finished}/{one.sequences}",
            one.frames,
            _duration(one.seconds),
            one.state.reason or "; ".join(f"{n}: {why}" for n, why in one.state.failed.items()),
        )
        for one in ahead
    ]
    titles = ("backbone", "layer", "task", "state", "in store", "frames left", "time left", "why")
    listed = aligned(titles, rows, right=("in store", "frames left", "time left"))
    return f"{listed}\n\n{_total(ahead)}"


def _total(ahead: list[Outlook]) -> str:
    states = [one.state.state for one in ahead]
    counts = ", ".join(f"{states.count(word)} {word}" for word in dict.fromkeys(states))
    known = sum(one.seconds for one in ahead if one.seconds is not None)
    unknown = sum(one.seconds is None for one in ahead)
    rest = f"; of {unknown} cells nothing is known yet" if unknown else ""
    return f"{len(ahead)} cells: {counts}. Time left on one worker: {_duration(known)}{rest}."


_MINUTE, _HOUR = 60, 3600


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return "?"
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    return f"{seconds / _MINUTE:.0f} min" if seconds < _HOUR else f"{seconds / _HOUR:.1f} h"


def _scores(record: SuiteRecord) -> str:
    """A line a backbone and layer, a column a task with its first scores."""
    from unitrack.cli.tables import table as aligned
    from unitrack.suite.store import Store

    store = Store(Path(record.store))
    titles = [f"{column.label} {'/'.join(column.scores)}" for column in record.columns]
    lines: dict[tuple[int, str], list[str]] = {}
    for cell in record.cells:
        words = lines.setdefault((cell.row, cell.layer), [])
        words.append(_cell(store, cell, record.columns[cell.column].scores))
    rows = [(record.rows[row].label, layer, *words) for (row, layer), words in lines.items()]
    return aligned(("backbone", "layer", *titles), rows, right=titles)


def _cell(store: Store, cell: CellState, scores: tuple[str, ...]) -> str:
    from unitrack.cli.scores import score_cell

    if cell.key is None:
        return cell.state
    combined = store.cell(cell.key).scores.get("COMBINED", {})
    shown = "/".join(score_cell(combined.get(score)) for score in scores)
    return f"{shown}*" if cell.failed else shown


def _faults(record: SuiteRecord) -> list[str]:
    """A line for each cell that is not whole, alike ones together."""
    found: dict[str, int] = {}
    for cell in record.cells:
        row, column = record.rows[cell.row].label, record.columns[cell.column].label
        if cell.state == "missing":
            found[f"missing: {cell.reason}"] = found.get(f"missing: {cell.reason}", 0) + 1
        elif cell.reason:
            found[f"{row}, {cell.layer}, {column}: {cell.reason}"] = 1
        for sequence, why in cell.failed.items():
            found[f"failed: {row}, {cell.layer}, {column}, {sequence}: {why}"] = 1
    return [f"{line} ({count} cells)" if count > 1 else line for line, count in found.items()]
