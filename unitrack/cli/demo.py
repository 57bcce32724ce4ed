"""``unitrack demo``: every task on embedded data, with real pretrained weights, offline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from unitrack.cli.run import progress_reports

if TYPE_CHECKING:
    from unitrack.api import RunReport

__all__ = ["demo"]

_FRAMES = 16  # of one video a task: enough to see it work, few enough for a coffee


@dataclass(frozen=True, slots=True)
class _Task:
    """One head on its rendered set.

    Attributes:
        head: Name of the head; the set is ``synthetic_<head>``.
        settings: Plain values (hence Any) that leave the decision to looks.
    """

    head: str
    settings: Mapping[str, Any] = field(default_factory=dict)


_BY_LOOKS = {"motion": False}
_TASKS = (
    _Task("mot", _BY_LOOKS),
    _Task("sot"),
    _Task("vos"),
    _Task("poseprop"),
    _Task("mots", _BY_LOOKS),
    _Task("posetrack", _BY_LOOKS),
    _Task("vis"),
)


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
    """Run every installed task on a rendered video with the embedded default backbone.

    Each is run with random weights as well, to show what appearance is worth; where detections are
    linked, by looks alone.
    """
    from unitrack.api import write_report
    from unitrack.registry.manager import registry

    installed = {offer.record.name for offer in registry().offers("heads")}
    tasks = [task for task in _TASKS if task.head in installed]
    for task in tasks:
        click.echo(f"{task.head}: pretrained and random weights ...", err=True)
        pretrained = _run(task, out / task.head, None)
        random = _run(task, out / "random" / task.head, "random:0")
        _print_scores(task, pretrained, random)
    runs = [out / which / task.head for which in ("", "random") for task in tasks]
    report = write_report(runs, out / "report")
    click.echo(f"\nLook at:\n  {report.html}  (all of it as tables and figures)")
    for task in tasks:
        for film in sorted((out / task.head / "video").glob("*.mp4")):
            click.echo(f"  {film}")
    for name, what in (
        ("results", "results in each benchmark's own form"),
        ("plots", "curves, where a metric has any"),
        ("results.json", "scores, timings, peak memory"),
        ("run.json", "all that is needed to repeat a run: unitrack replay"),
    ):
        click.echo(f"  {out}/*/{name}  ({what})")


def _run(task: _Task, out: Path, weights: str | None) -> RunReport:
    from unitrack.api import dataset, run

    data = f"synthetic_{task.head}"
    first = dataset(data).sequences()[0].name
    with progress_reports(json_log=False) as progress:
        return run(
            task.head, data, weights=weights, settings=task.settings, sequences=[first],
            limit=_FRAMES, out=out, video=weights is None, overwrite=True, progress=progress,
        )  # fmt: skip


def _print_scores(task: _Task, pretrained: RunReport, random: RunReport) -> None:
    from unitrack.cli.scores import scores_table
    from unitrack.engine.inputs import open_metric
    from unitrack.engine.score import COMBINED

    record, _ = open_metric(f"synthetic_{task.head}")
    rows = {"pretrained": pretrained.scores[COMBINED], "random": random.scores[COMBINED]}
    click.echo(scores_table(rows, record.scores, task.head))
