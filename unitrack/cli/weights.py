"""``unitrack weights``: fetch, verify, inspect and convert checkpoint files."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from unitrack.cli.tables import table
from unitrack.errors import UniTrackError
from unitrack.registry.manager import registry
from unitrack.registry.records import BackboneRecord, WeightFile

if TYPE_CHECKING:
    from unitrack.appearance.identify import Fitting, Identified

__all__ = ["weights"]

_FILE = click.Path(path_type=Path)
_NAMES_SHOWN = 4


@click.group()
def weights() -> None:
    """Fetch, verify, inspect and convert checkpoint files."""


@weights.command(
    epilog="Examples:\n\n\b\n"
    "  unitrack weights fetch efficientnet_lite0\n"
    "  unitrack weights fetch barlow_twins_r50 --weights second_release",
)
@click.argument("backbone")
@click.option("--weights", "chosen", help="Fetch these of its weights.  [default: the first]")
def fetch(backbone: str, chosen: str | None) -> None:
    """Fetch the weights of BACKBONE and say where they are.

    Source and licence are said before a download; what is there already is only verified.
    """
    from unitrack.appearance.source import locate

    click.echo(locate(_file(backbone, chosen)))


@weights.command(
    epilog="Examples:\n\n\b\n  unitrack weights verify\n  unitrack weights verify crw_r18 --json",
)
@click.argument("backbones", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@click.pass_context
def verify(context: click.Context, backbones: tuple[str, ...], *, as_json: bool) -> None:
    """Compare the weights on this machine with what is published about them.

    Of BACKBONES all weights are listed; without any, those that are here. Exits with 1 when a file
    is not what it should be.
    """
    named = [(name, _record(name)) for name in backbones] or _backbones()
    states = [
        {"backbone": name, "weights": file.name, "file": file.file, **_state(file)}
        for name, record in named
        for file in record.weights
    ]
    shown = [state for state in states if backbones or state["state"] != "not here"]
    if as_json:
        click.echo(json.dumps(shown, indent=2))
    else:
        columns = ("backbone", "weights", "file", "state")
        click.echo(table(columns, [[state[column] for column in columns] for state in shown]))
    if any(state["state"] not in ("sound", "not here") for state in shown):
        context.exit(1)


def _state(file: WeightFile) -> dict[str, str]:
    """``sound``, ``not here``, or what is wrong; and where the file is."""
    from unitrack.appearance.source import find
    from unitrack.appearance.verify import kept_digest
    from unitrack.appearance.verify import verify as check

    path = find(file)
    if path is None:
        return {"state": "not here", "path": ""}
    try:
        check(file, path, kept_digest(path))
    except UniTrackError as error:
        return {"state": error.what, "path": str(path)}
    return {"state": "sound", "path": str(path)}


@weights.command(
    epilog="Examples:\n\n\b\n"
    "  unitrack weights inspect my.pth\n"
    "  unitrack weights inspect my.pth.tar --json",
)
@click.argument("file", type=_FILE)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@click.pass_context
def inspect(context: click.Context, file: Path, *, as_json: bool) -> None:
    """Say which known layout FILE has, which backbones it fits, and what they leave over.

    No code in the file is run. Exits with 1 when it fits none of the installed backbones.
    """
    from unitrack.appearance.identify import identify

    found = identify(file, _backbones())
    if as_json:
        click.echo(json.dumps(_as_json(file, found), indent=2))
    else:
        click.echo(f"{file}: {found.tensors} tensors")
        for fitting in found.fittings:
            click.echo(_described(file, fitting))
    if found.fittings:
        return
    if found.nearest is not None:
        click.echo(f"It fits no backbone. The nearest: {found.nearest.what}.", err=True)
    else:
        click.echo("It fits no backbone, and comes near none.", err=True)
    context.exit(1)


def _as_json(file: Path, found: Identified) -> dict[str, Any]:
    return {
        "file": str(file),
        "tensors": found.tensors,
        "fits": [dataclasses.asdict(fitting) for fitting in found.fittings],
        "nearest": found.nearest.what if found.nearest else None,
    }


def _described(file: Path, fitting: Fitting) -> str:
    names = ", ".join(fitting.backbones[:_NAMES_SHOWN])
    more = len(fitting.backbones) - _NAMES_SHOWN
    left = ", ".join(f"{beginning}.* ({n})" for beginning, n in sorted(fitting.unused.items()))
    own = next((n for n in fitting.backbones if n in ("r18", "r50")), fitting.backbones[0])
    name = own if not fitting.layout or own in ("r18", "r50") else fitting.layout
    remap = f" --remap {fitting.layout}" if fitting.layout not in ("", name) else ""
    layer = f" --layer {fitting.taps[-1]}"
    rows = [
        ("layout", f"like {fitting.layout}" if fitting.layout else "plain names"),
        ("fits", f"{names}{f' and {more} more of this shape' if more > 0 else ''}"),
        ("layers", ", ".join(fitting.taps)),
        ("not used", left or "nothing"),
        ("use", f"--backbone {name}{layer} --weights {file}{remap}"),
    ]
    return "\n" + table(("", ""), rows)


@weights.command(
    epilog="Examples:\n\n\b\n"
    "  unitrack weights convert --backbone byol_r50 --out byol.safetensors\n"
    "  unitrack weights convert --backbone r50 --weights my.pth --remap auto "
    "--out my.safetensors",
)
@click.option("--backbone", required=True, help="Take the names of this backbone.")
@click.option("--weights", "chosen", help="Convert FILE, or these weights.  [default: the first]")
@click.option(
    "--remap",
    metavar="auto|BACKBONE",
    help="Read FILE like a published one: auto tries all.  [default: the backbone's own]",
)
@click.option("--out", required=True, type=_FILE, help="Write this .safetensors file.")
def convert(backbone: str, chosen: str | None, remap: str | None, out: Path) -> None:
    """Write weights as a safetensors file that says where they come from.

    The file holds the layers of the backbone and nothing else; it loads with --weights FILE.
    """
    from unitrack.appearance.convert import convert as write
    from unitrack.engine.inputs import known_layouts
    from unitrack.engine.settings import resolve_settings

    record = _record(backbone)
    written = write(
        record,
        out,
        weights=chosen,
        settings=resolve_settings(record, None, {}, {}),
        layouts=known_layouts(remap or "", record),
    )
    click.echo(f"wrote {out} (up to {written['layer']}, licence: {written['licence']})")


def _record(name: str) -> BackboneRecord:
    record = registry().get("backbones", name)
    assert isinstance(record, BackboneRecord)
    return record


def _backbones() -> list[tuple[str, BackboneRecord]]:
    """Everything listed, as one types it."""
    return [
        (registry().spelling(offer), offer.record)
        for offer in registry().offers("backbones")
        if isinstance(offer.record, BackboneRecord)
    ]


def _file(name: str, chosen: str | None) -> WeightFile:
    record = _record(name)
    for file in record.weights:
        if chosen in (None, file.name):
            return file
    names = ", ".join(file.name for file in record.weights)
    if chosen is None:
        raise UniTrackError(name, "has no weights of its own", "Give it yours: --weights FILE.")
    raise UniTrackError(f"--weights {chosen}", f"{name} has no such weights", f"Its own: {names}.")
