"""``unitrack new-plugin``: write a plugin from a template."""

from __future__ import annotations

from pathlib import Path

import click

from unitrack.scaffold import TEMPLATES

__all__ = ["new_plugin"]


@click.command(
    epilog="Examples:\n\n\b\n"
    "  unitrack new-plugin my_net --kind backbone\n"
    "  unitrack new-plugin my_clips --kind dataset --out clips",
)
@click.argument("name")
@click.option(
    "--kind", required=True, type=click.Choice(list(TEMPLATES)), help="What the plugin offers."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Write this new folder.  [default: unitrack-NAME]",
)
def new_plugin(name: str, kind: str, out: Path | None) -> None:
    """Write a plugin that offers NAME: a whole wheel, with tests that pass.

    Then edit it, install it with pip, and run its tests with pytest; nothing else is registered.
    """
    from unitrack.scaffold import new_plugin as write

    folder = write(name, kind, out)
    click.echo(f"wrote {folder}; next: pip install -e '{folder}[test]' && pytest {folder}")
