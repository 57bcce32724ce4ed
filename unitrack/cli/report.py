"""``unitrack report``: tables, figures and statistics of runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

__all__ = ["report"]

_FOLDER = click.Path(path_type=Path)


@click.command(
    epilog="Examples:\n\n\b\n"
    "  unitrack report runs/demo/mot runs/demo/random/mot --out report\n"
    "  unitrack report --paper-only --out paper",
)
@click.argument("sources", nargs=-1, type=_FOLDER, metavar="RUN...")
@click.option("--out", type=_FOLDER, default=Path("report"), show_default=True, help="Write here.")
@click.option(
    "--paper-only", is_flag=True, help="Draw the paper's tables and figures from its numbers."
)
@click.option("--beside-paper", is_flag=True, help="Show the paper's numbers beside these.")
@click.option(
    "--submission", is_flag=True, help="Write archives for the benchmarks' servers as well."
)
def report(**options: Any) -> None:
    """Lay out runs as tables and figures: Markdown, CSV and one HTML file.

    Intervals are of 1000 draws of the sequences; they need the data set where the run found it.
    """
    from unitrack.report.write import write_report

    written = write_report(**options)
    for path in (written.html, written.markdown, written.csv):
        click.echo(f"wrote {path}")
