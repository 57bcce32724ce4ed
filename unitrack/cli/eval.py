"""``unitrack eval``: score result files of any tracker."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from unitrack.cli.run import sequence_names

__all__ = ["evaluate"]

_FOLDER = click.Path(path_type=Path)


@click.command(
    "eval",
    epilog="Examples:\n\n\b\n"
    "  unitrack eval --results runs/demo/mot --data synthetic_mot\n"
    "  unitrack eval --results runs/demo/mot --data synthetic_mot --csv",
)
@click.option("--results", required=True, type=_FOLDER, help="Score these files, or this run.")
@click.option("--data", required=True, help="Score against this data set, e.g. mot17.")
@click.option("--root", type=_FOLDER, help="Find the data here.  [default: $UNITRACK_DATA/DATA]")
@click.option("--split", help="Use this split.  [default: all that is annotated]")
@click.option("--sequences", callback=sequence_names, help="Score only A,B.  [default: all]")
@click.option("--limit", type=int, help="Score only the first frames.  [default: all]")
@click.option("--stride", type=int, default=1, show_default=True, help="Score every n-th frame.")
@click.option(
    "--set",
    "assignments",
    multiple=True,
    metavar="data.KEY=VALUE",
    help="Change a setting of the data set; may be repeated.",
)
@click.option("--metric", help="Count as NAME does.  [default: as the data set's own metric]")
@click.option("--out", type=_FOLDER, help="Write scores.json and plots here.  [default: nowhere]")
@click.option("--json", "as_json", is_flag=True, help="Print every score as JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="Print every score as CSV.")
def evaluate(*, assignments: tuple[str, ...], as_json: bool, as_csv: bool, **options: Any) -> None:
    """Score result files, also those of other trackers; images are not needed."""
    from unitrack.api import evaluate as evaluate_api
    from unitrack.cli.scores import breakdown_tables, scores_csv, scores_table
    from unitrack.engine.inputs import open_metric
    from unitrack.engine.settings import parse_assignments

    scored = evaluate_api(data_settings=parse_assignments(assignments)["data"], **options)
    if as_json:
        click.echo(json.dumps(scored.scores, indent=2))
    elif as_csv:
        click.echo(scores_csv(scored.scores), nl=False)
    else:
        record, _ = open_metric(options["data"], options["metric"])
        click.echo(scores_table(scored.scores, record.scores))
        click.echo(breakdown_tables(scored.breakdown, record.scores), nl=False)
