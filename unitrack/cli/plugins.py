"""``unitrack plugins``: what is installed, and what became of it."""

from __future__ import annotations

import json

import click

from unitrack.cli.tables import table
from unitrack.registry.manager import KINDS, PluginInfo, registry, singular

__all__ = ["plugins"]


@click.command(
    epilog="Examples:\n\n\b\n  unitrack plugins\n  unitrack plugins --json",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def plugins(*, as_json: bool) -> None:
    """List the installed plugins and their state.

    A broken plugin is skipped and listed with its error; UNITRACK_STRICT=1 makes it fatal.
    UNITRACK_PLUGINS=a,b loads only those, UNITRACK_PLUGINS=-a leaves one out.
    """
    found = [(plugin, _offered(plugin)) for plugin in registry().plugins]
    if as_json:
        described = [
            {
                "name": plugin.name,
                "wheel": plugin.wheel,
                "version": plugin.version,
                "status": plugin.status,
                "error": plugin.error,
                "offers": offered,
            }
            for plugin, offered in found
        ]
        click.echo(json.dumps(described, indent=2))
        return
    rows = [
        (plugin.name, plugin.wheel, plugin.version, plugin.status, plugin.error or _counts(offered))
        for plugin, offered in found
    ]
    click.echo(table(("plugin", "wheel", "version", "status", "offers"), rows))


def _offered(plugin: PluginInfo) -> dict[str, list[str]]:
    """Names per kind; kinds without any are left out."""
    mine = (plugin.wheel, plugin.name)
    names = {
        kind: [o.record.name for o in registry().offers(kind) if (o.wheel, o.plugin) == mine]
        for kind in KINDS
    }
    return {kind: listed for kind, listed in names.items() if listed}


def _counts(offered: dict[str, list[str]]) -> str:
    return ", ".join(
        f"{len(names)} {kind if len(names) > 1 else singular(kind)}"
        for kind, names in offered.items()
    )
