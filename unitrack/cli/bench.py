"""``unitrack bench``: many settings and backbones at once, what is expensive shared."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from unitrack.cli.run import progress_reports, sequence_names
from unitrack.cli.suite import suite

if TYPE_CHECKING:
    from unitrack.engine.ablation import AblationReport

__all__ = ["bench"]

_FOLDER = click.Path(path_type=Path)


@click.group()
def bench() -> None:
    """Compare backbones and settings."""


bench.add_command(suite)


def _common(command: Callable[..., None]) -> Callable[..., None]:
    """The options that every comparison has, in the order of ``unitrack run``."""
    options = (
        click.option("--backbone", help="Use this appearance model.  [default: the embedded one]"),
        click.option("--layer", help="Take features at this tap.  [default: the backbone's]"),
        click.option(
            "--weights", help="Load FILE, or random[:SEED].  [default: the backbone's own]"
        ),
        click.option(
            "--root", type=_FOLDER, help="Find the data here.  [default: $UNITRACK_DATA/DATA]"
        ),
        click.option("--split", help="Use this split.  [default: all that is annotated]"),
        click.option("--sequences", callback=sequence_names, help="Run only A,B.  [default: all]"),
        click.option(
            "--limit", type=int, help="Stop after so many frames a sequence.  [default: none]"
        ),
        click.option(
            "--stride", type=int, default=1, show_default=True, help="Take every n-th frame."
        ),
        click.option(
            "--observations",
            default="benchmark",
            show_default=True,
            help="Track these: benchmark, oracle, NAME, a file, or a folder of <Sequence>.txt.",
        ),
        click.option(
            "--set",
            "assignments",
            multiple=True,
            metavar="KEY=VALUE",
            help="Change a setting (data.KEY, backbone.KEY for theirs); may be repeated.",
        ),
        click.option("--config", type=_FOLDER, help="Read settings from this YAML file."),
        click.option(
            "--device", default="auto", show_default=True, help="Run on auto, cpu, cuda:N, mps."
        ),
        click.option("--json", "as_json", is_flag=True, help="Print every score as JSON."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@bench.command(
    epilog="Examples:\n\n\b\n"
    "  unitrack bench ablation --head mot --data synthetic_mot\n"
    "  unitrack bench ablation --head mots --data synthetic_mots --similarity rsm,gpf --motion off",
)
@click.option("--head", required=True, help="Solve this task by association, e.g. mot.")
@click.option("--data", required=True, help="Run on this annotated data set, e.g. mot15.")
@click.option(
    "--similarity",
    "similarities",
    default="rsm,cf,gpf",
    show_default=True,
    callback=sequence_names,
    help="Compare these.",
)
@click.option(
    "--motion",
    default="on,off",
    show_default=True,
    callback=sequence_names,
    help="With motion, without, or both.",
)
@click.option("--protocol", default="default", show_default=True, help="Start from these settings.")
@_common
@click.option("--out", type=_FOLDER, help="Write ablation.json here.  [default: nowhere]")
def ablation(*, assignments: tuple[str, ...], as_json: bool, **options: Any) -> None:
    """Score similarities side by side, with and without motion.

    Features are computed once for all rows; each row is what `unitrack run` gives with these
    settings.
    """
    from unitrack.bench import ablation as compare

    report = _compared(compare, assignments, options)
    changed = list(report.rows[0].changed)
    labels = [tuple(_word(row.changed[name]) for name in changed) for row in report.rows]
    _print(report, changed, labels, as_json=as_json)


@bench.command(
    epilog="Examples:\n\n\b\n"
    "  unitrack bench ladder --head mot --data synthetic_mot\n"
    "  unitrack bench ladder --head mots --data synthetic_mots --protocol authors",
)
@click.option("--head", required=True, help="Solve this task, e.g. mot.")
@click.option("--data", required=True, help="Run on this annotated data set, e.g. mot15.")
@click.option(
    "--protocol", default="best", show_default=True, help="Add the values of this one by one."
)
@_common
@click.option("--out", type=_FOLDER, help="Write ladder.json here.  [default: nowhere]")
def ladder(*, assignments: tuple[str, ...], as_json: bool, **options: Any) -> None:
    """Score the defaults, and then with one more value of a protocol a row.

    Features are computed once for all rows; the last row is what `unitrack run` gives with the
    protocol. `ms` is the head's own time per frame, without the backbone.
    """
    from unitrack.bench import ladder as compare

    report = _compared(compare, assignments, options)
    labels = [
        tuple(f"+ {name}={_word(value)}" for name, value in row.changed.items()) or ("default",)
        for row in report.rows
    ]
    _print(report, ["settings"], labels, as_json=as_json, cost=True)


def _compared(
    compare: Callable[..., AblationReport], assignments: tuple[str, ...], options: dict[str, Any]
) -> AblationReport:
    from unitrack.engine.settings import parse_assignments

    assigned = parse_assignments(assignments)
    with progress_reports(json_log=False) as progress:
        return compare(
            settings=assigned["head"],
            data_settings=assigned["data"],
            backbone_settings=assigned["backbone"],
            progress=progress,
            **options,
        )


def _print(
    report: AblationReport,
    titles: list[str],
    labels: list[tuple[str, ...]],
    *,
    as_json: bool,
    cost: bool = False,
) -> None:
    from unitrack.cli.scores import score_cell
    from unitrack.cli.tables import table

    if as_json:
        click.echo(json.dumps(report.to_json(), indent=2))
        return
    rows = [
        (
            *label,
            *(score_cell(row.scores[name]) for name in report.shown),
            *((f"{row.ms:.1f}",) if cost else ()),
        )
        for label, row in zip(labels, report.rows, strict=True)
    ]
    numbers = (*report.shown, *(("ms",) if cost else ()))
    click.echo(table((*titles, *numbers), rows, right=numbers))


def _word(value: object) -> str:
    """As ``--set`` takes it."""
    return ("on" if value else "off") if isinstance(value, bool) else str(value)
