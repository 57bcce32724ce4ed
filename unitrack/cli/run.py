"""``unitrack run``: track and score."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from unitrack.api import RunReport
    from unitrack.engine.progress import Progress

__all__ = ["progress_reports", "run", "sequence_names"]

_FOLDER = click.Path(path_type=Path)


def sequence_names(_: click.Context, __: click.Parameter, value: str | None) -> list[str] | None:
    """``A,B`` as a list."""
    return [name.strip() for name in value.split(",") if name.strip()] if value else None


@click.command(
    epilog="Examples:\n\n\b\n"
    "  unitrack run --head mot --data synthetic_mot\n"
    "  unitrack run --head mot --data synthetic_mot --set motion=off --out runs/still",
)
@click.option("--head", required=True, help="Solve this task, e.g. mot.")
@click.option("--data", required=True, help="Run on this data set, e.g. mot15.")
@click.option("--backbone", help="Use this appearance model.  [default: the embedded one]")
@click.option("--layer", help="Take features at this tap.  [default: the backbone's]")
@click.option("--weights", help="Load FILE, or random[:SEED].  [default: the backbone's own]")
@click.option(
    "--remap",
    metavar="auto|BACKBONE",
    help="Read FILE like a published one: auto tries all.  [default: the backbone's own]",
)
@click.option("--root", type=_FOLDER, help="Find the data here.  [default: $UNITRACK_DATA/DATA]")
@click.option("--split", help="Use this split.  [default: all that is annotated]")
@click.option("--sequences", callback=sequence_names, help="Run only A,B.  [default: all]")
@click.option("--limit", type=int, help="Stop after so many frames a sequence.  [default: none]")
@click.option("--stride", type=int, default=1, show_default=True, help="Take every n-th frame.")
@click.option(
    "--observations",
    default="benchmark",
    show_default=True,
    help="Track these: benchmark, oracle, NAME, a file, or a folder of <Sequence>.txt.",
)
@click.option("--protocol", default="default", show_default=True, help="Start from these settings.")
@click.option(
    "--set",
    "assignments",
    multiple=True,
    metavar="KEY=VALUE",
    help="Change a setting (data.KEY, backbone.KEY for theirs); may be repeated.",
)
@click.option("--config", type=_FOLDER, help="Read settings from this YAML file.")
@click.option("--device", default="auto", show_default=True, help="Run on auto, cpu, cuda:N, mps.")
@click.option(
    "--precision",
    default="fp32",
    show_default=True,
    type=click.Choice(["fp32", "bf16", "fp16"]),
    help="Compute features in this format.",
)
@click.option("--out", type=_FOLDER, help="Write here.  [default: runs/HEAD-DATA-BACKBONE-LAYER]")
@click.option("--overwrite", is_flag=True, help="Replace what the folder holds.")
@click.option("--workers", type=int, default=1, show_default=True, help="Use so many processes.")
@click.option("--executor", default="local", show_default=True, help="Use NAME[:ADDRESS].")
@click.option("--video", is_flag=True, help="Write an annotated mp4 of each sequence.")
@click.option("--save-frames", is_flag=True, help="Write annotated frames.")
@click.option("--json", "as_json", is_flag=True, help="Print results.json instead of a table.")
@click.option("--csv", "as_csv", is_flag=True, help="Print every score as CSV.")
@click.option("--json-log", is_flag=True, help="Report progress as JSON lines on stderr.")
def run(
    *, assignments: tuple[str, ...], as_json: bool, as_csv: bool, json_log: bool, **options: Any
) -> int:
    """Track every sequence of a data set and score the result.

    What is finished is kept: the same command goes on where it stopped.
    """
    from unitrack.api import run as run_api
    from unitrack.engine.settings import parse_assignments

    assigned = parse_assignments(assignments)
    try:
        with progress_reports(json_log=json_log) as progress:
            report = run_api(
                settings=assigned["head"],
                data_settings=assigned["data"],
                backbone_settings=assigned["backbone"],
                progress=progress,
                **options,
            )
    except KeyboardInterrupt:
        click.echo("Stopped. Finished sequences are kept; the same command goes on.", err=True)
        raise
    _print(report, options, as_json=as_json, as_csv=as_csv)
    if report.fault is not None:
        raise report.fault
    return 1 if report.failed else 0


@contextmanager
def progress_reports(*, json_log: bool) -> Iterator[Progress]:
    """JSON lines when asked for, else a bar on a terminal, else silence."""
    from unitrack.engine.progress import json_lines, terminal_bar

    if json_log:
        yield json_lines()
        return
    with terminal_bar() as bar:
        yield bar


def _print(report: RunReport, options: dict[str, Any], *, as_json: bool, as_csv: bool) -> None:
    from unitrack.cli.scores import breakdown_tables, scores_csv, scores_table
    from unitrack.engine.inputs import open_metric

    if as_json:
        content = (report.out / "results.json").read_text(encoding="utf-8")
        click.echo(json.dumps(json.loads(content), indent=2))
    elif as_csv:
        click.echo(scores_csv(report.scores), nl=False)
    elif report.scores:
        record, _ = open_metric(options["data"])
        click.echo(scores_table(report.scores, record.scores))
        click.echo(breakdown_tables(report.breakdown, record.scores), nl=False)
    else:
        click.echo("No annotation: nothing to score.", err=True)
    if options["remap"] and report.weights_layout not in ("", options["backbone"]):
        click.echo(f"weights: laid out like those of {report.weights_layout}", err=True)
    for name, line in report.failed.items():
        click.echo(f"failed: {name}: {line}", err=True)
    click.echo(_summary(report), err=True)


def _summary(report: RunReport) -> str:
    times = report.timings_s
    stages = ", ".join(f"{name} {times[name]:.1f} s" for name in times if name != "total")
    resumed = f" ({len(report.resumed)} sequences were there already)" if report.resumed else ""
    memory = report.peak_memory_bytes / 2**20
    return (
        f"{report.frames} frames in {times['total']:.1f} s ({stages}); peak memory {memory:.0f} "
        f"MiB; files in {report.out}{resumed}"
    )
