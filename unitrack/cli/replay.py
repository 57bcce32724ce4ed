"""``unitrack replay``: repeat a run and compare the bytes."""

from __future__ import annotations

from pathlib import Path

import click

from unitrack.cli.run import progress_reports

__all__ = ["replay"]

_PATH = click.Path(path_type=Path)


@click.command(
    epilog="Examples:\n\n\b\n"
    "  unitrack replay runs/demo/mot\n"
    "  unitrack replay runs/demo/mot --workers 2",
)
@click.argument("folder", type=_PATH, metavar="RUN")
@click.option("--root", type=_PATH, help="Find the data here.  [default: where it was]")
@click.option("--weights", type=_PATH, help="Find the checkpoint here.  [default: where it was]")
@click.option("--workers", type=int, default=1, show_default=True, help="Use so many processes.")
@click.option("--executor", default="local", show_default=True, help="Use NAME[:ADDRESS].")
@click.option("--json-log", is_flag=True, help="Report progress as JSON lines on stderr.")
def replay(
    folder: Path,
    root: Path | None,
    weights: Path | None,
    workers: int,
    executor: str,
    *,
    json_log: bool,
) -> int:
    """Repeat RUN beside it and say whether the bytes agree; RUN is not changed."""
    from unitrack.api import replay as replay_api

    with progress_reports(json_log=json_log) as progress:
        report = replay_api(
            folder, root=root, weights=weights, workers=workers, executor=executor,
            progress=progress,
        )  # fmt: skip
    for name in report.differing:
        click.echo(f"differs: {name}")
    for cause in report.causes:
        click.echo(f"changed since: {cause}", err=True)
    total = len(report.same) + len(report.differing)
    click.echo(f"{len(report.same)} of {total} result files are identical")
    return 1 if report.differing else 0
