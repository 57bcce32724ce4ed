"""``unitrack doctor``: what is installed, what is wrong with it, and how to mend it."""

from __future__ import annotations

import dataclasses
import json

import click

from unitrack.cli.checks import CHECKS, Finding
from unitrack.cli.tables import table

__all__ = ["doctor"]


@click.command(epilog="Examples:\n\n\b\n  unitrack doctor\n  unitrack doctor --json")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@click.pass_context
def doctor(context: click.Context, *, as_json: bool) -> None:
    """Check this installation and say how to mend it.

    Looks at versions, devices, plugins, the cache, data roots, and for the other project that
    also imports as `unitrack`. Exits with 0 when usable, with 1 when something is wrong.
    """
    found = [finding for check in CHECKS for finding in check()]
    usable = all(finding.usable for finding in found)
    if as_json:
        described = [dataclasses.asdict(finding) for finding in found]
        click.echo(json.dumps({"usable": usable, "findings": described}, indent=2))
    else:
        click.echo(table(("", ""), [(finding.name, finding.value) for finding in found]))
        click.echo(f"\n{_advice(found)}")
    if not usable:
        context.exit(1)


def _advice(found: list[Finding]) -> str:
    faults = [finding for finding in found if finding.problem]
    lines = [
        f"{'wrong' if not fault.usable else 'note'}: {fault.name}: {fault.problem}\n  {fault.mend}"
        for fault in faults
    ]
    return "\n".join(lines) or "All is well."
