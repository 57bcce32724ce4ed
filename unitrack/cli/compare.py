"""``unitrack compare``: two runs, sequence by sequence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

__all__ = ["compare"]


@click.command(
    epilog="Examples:\n\n\b\n"
    "  unitrack compare runs/demo/random/mot runs/demo/mot\n"
    "  unitrack compare runs/table1:ImageNet:layer3 runs/table1:VFS:layer3 --out compared",
)
@click.argument("one")
@click.argument("other")
@click.option("--score", help="Compare sequences by this score.  [default: the main one]")
@click.option(
    "--frames", type=click.IntRange(0), default=6, show_default=True, help="Show so many frames."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Write compare.html, compare.md and pictures of frames here.  [default: nowhere]",
)
def compare(**options: Any) -> None:
    """Say which of two runs is better, how sure that is, and where they differ.

    ONE and OTHER are run folders, or SUITE:PART... with parts of a suite's table: a backbone, a
    layer, a task. Differences are OTHER less ONE.
    """
    from unitrack.cli.tables import table
    from unitrack.report.versus import compare as compare_api
    from unitrack.report.versus import score_rows, sequence_rows

    out = options["out"]
    for number, found in enumerate(compare_api(**options)):
        spec, names = found.one.spec, ("one", "other")
        click.echo(f"{'' if number == 0 else chr(10)}{spec.head} on {spec.data}, {spec.layer}\n")
        header = ("score", *names, "difference", "95 %")
        click.echo(table(header, list(score_rows(found)), right=header[1:]))
        header = (f"sequence ({found.score})", *names, "difference", "")
        click.echo("\n" + table(header, list(sequence_rows(found)), right=header[1:4]))
        wins, losses, ties = (found.count(word) for word in ("win", "loss", "tie"))
        click.echo(f"\n{wins} wins, {losses} losses, {ties} ties of {found.names[1]}")
        if found.note:
            click.echo(found.note, err=True)
    if out is not None:
        click.echo(f"\nwrote {out / 'compare.html'}")
