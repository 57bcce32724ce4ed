"""``unitrack data``: make data sets."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import click

from unitrack.errors import UniTrackError

__all__ = ["data"]


@click.group()
def data() -> None:
    """Render synthetic data sets."""


@data.command(
    epilog="Examples:\n\n\b\n"
    "  unitrack data synth mot --out crowd\n"
    "  unitrack data synth mot --out crowd2 --set seed=7 --set frames=30",
)
@click.argument("task")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Write here.")
@click.option(
    "--set",
    "assignments",
    multiple=True,
    metavar="KEY=VALUE",
    help="Change a setting of the renderer; may be repeated.",
)
def synth(task: str, out: Path, assignments: tuple[str, ...]) -> None:
    """Render the synthetic set of TASK (e.g. mot) in its benchmark's layout.

    See its settings with: unitrack show dataset synthetic_mot
    """
    from unitrack.engine.settings import parse_assignments, resolve_settings
    from unitrack.registry.manager import registry
    from unitrack.registry.records import DatasetRecord, load

    record = registry().get("datasets", f"synthetic_{task}")
    assert isinstance(record, DatasetRecord)
    if not record.synthesise:
        raise UniTrackError(record.name, "cannot be rendered", "Choose another task.")
    values = parse_assignments(assignments)
    settings = resolve_settings(record, None, values["data"], values["head"])
    # What the string names is only known to the plugin (hence Any).
    cast("Any", load(record.synthesise))(out, settings)
    click.echo(
        f"wrote {out}; run it with: unitrack run --head {task} --data {record.name} --root {out}"
    )
