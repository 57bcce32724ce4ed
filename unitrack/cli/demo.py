"""``unitrack demo``: the main job on embedded data, with real pretrained weights, offline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from unitrack.cli.run import progress_reports

if TYPE_CHECKING:
    from unitrack.api import RunReport

__all__ = ["demo"]

_SHOWN = ("HOTA", "MOTA", "IDF1", "IDSW")


@click.command(
    epilog="Examples:\n\n\b\n  unitrack demo\n  unitrack demo --out runs/demo",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("runs/demo"),
    show_default=True,
    help="Write here.",
)
def demo(out: Path) -> None:
    """Track a rendered crowd with the embedded default backbone.

    The same crowd is tracked by looks alone as well, with pretrained and with random weights, to
    show what appearance is worth.
    """
    click.echo("Tracking a rendered crowd with pretrained weights ...", err=True)
    report = _run(out / "mot", None, motion=True, video=True)
    click.echo("... and by looks alone, with pretrained and with random weights ...", err=True)
    _print_scores(
        report,
        _run(out / "looks", None, motion=False),
        _run(out / "looks-random", "random:0", motion=False),
    )
    click.echo("\nLook at:")
    for path, what in (
        *((film, "annotated video") for film in sorted((out / "mot" / "video").glob("*.mp4"))),
        *((file, "tracks, MOTChallenge form") for file in sorted((out / "mot/results").iterdir())),
        (out / "mot" / "results.json", "scores, timings, peak memory"),
        (out / "mot" / "run.json", "all that is needed to repeat it: unitrack replay"),
    ):
        click.echo(f"  {path}  ({what})")


def _run(out: Path, weights: str | None, *, motion: bool, video: bool = False) -> RunReport:
    from unitrack.api import run

    with progress_reports(json_log=False) as progress:
        return run(
            "mot", "synthetic_mot", weights=weights, settings={"motion": motion}, out=out,
            video=video, overwrite=True, progress=progress,
        )  # fmt: skip


def _print_scores(report: RunReport, looks: RunReport, random: RunReport) -> None:
    from unitrack.cli.scores import scores_table
    from unitrack.engine.score import COMBINED

    rows = {name: row for name, row in report.scores.items() if name != COMBINED}
    rows["both"] = report.scores[COMBINED]
    rows["both, looks alone"] = looks.scores[COMBINED]
    rows["both, looks alone, random weights"] = random.scores[COMBINED]
    click.echo(scores_table(rows, _SHOWN))
