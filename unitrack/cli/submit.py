"""``unitrack submit``: pack results for a benchmark's server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

__all__ = ["submit"]

_FOLDER = click.Path(path_type=Path)


@click.command(
    epilog="Examples:\n\n\b\n"
    "  unitrack submit --results runs/demo/mot --data synthetic_mot --archive mine.zip\n"
    "  unitrack submit --results runs/demo/mot/results --data synthetic_mot --archive again.zip",
)
@click.option("--results", required=True, type=_FOLDER, help="Pack these files, or this run.")
@click.option("--data", required=True, help="For the server of this data set.")
@click.option("--archive", required=True, type=_FOLDER, help="Write this file.")
@click.option("--root", type=_FOLDER, help="Find the data here.  [default: $UNITRACK_DATA/DATA]")
@click.option("--split", help="Use this split.  [default: all that is annotated]")
@click.option(
    "--set",
    "assignments",
    multiple=True,
    metavar="data.KEY=VALUE",
    help="Change a setting of the data set; may be repeated.",
)
def submit(*, assignments: tuple[str, ...], archive: Path, **options: Any) -> None:
    """Pack result files into the archive that a benchmark's server takes."""
    from unitrack.api import submit as submit_api
    from unitrack.engine.settings import parse_assignments

    settings = parse_assignments(assignments)["data"]
    submit_api(archive=archive, data_settings=settings, **options)
    click.echo(f"wrote {archive}")
