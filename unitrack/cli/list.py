"""``unitrack list``: names that can be typed, kind by kind."""

from __future__ import annotations

import json

import click

from unitrack.cli.plain import plain
from unitrack.cli.tables import table
from unitrack.errors import UniTrackError
from unitrack.registry.manager import KINDS, Offer, registry
from unitrack.registry.records import BackboneRecord, DatasetRecord, MetricRecord

__all__ = ["list_"]


@click.command(
    "list",
    epilog="Examples:\n\n\b\n  unitrack list heads\n  unitrack list backbones --match dinov2",
)
@click.argument("kind", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@click.option("--default", is_flag=True, help="Print only the backbone used when none is named.")
@click.option("--match", metavar="WORD", help="List only names with WORD in them, of families too.")
def list_(kind: str | None, *, as_json: bool, default: bool, match: str | None) -> None:
    """List what the installed plugins offer.

    KIND is backbones, heads, datasets, metrics, similarities, executors or backbone_families, also
    in the singular; without it the kinds are counted. The members of a family, e.g. timm/NAME, are
    too many to list; --match WORD lists those with WORD in their name.
    """
    if default:
        _print_default(kind, as_json=as_json)
    elif kind is None:
        _print_kinds(as_json=as_json)
    elif match is None:
        _print_offers(registry().offers(kind), as_json=as_json)
    else:
        _print_matching(registry().kind(kind), match, as_json=as_json)


def _print_default(kind: str | None, *, as_json: bool) -> None:
    if kind is None or registry().kind(kind) != "backbones":
        raise UniTrackError(
            "--default", "only backbones have a default", "Type: unitrack list backbones --default"
        )
    name = registry().spelling(registry().default_backbone())
    click.echo(json.dumps(name) if as_json else name)


def _print_kinds(*, as_json: bool) -> None:
    counts = {kind: len(registry().offers(kind)) for kind in KINDS}
    if as_json:
        click.echo(json.dumps(counts, indent=2))
    else:
        click.echo(table(("kind", "offered"), list(counts.items()), right=("offered",)))


def _print_matching(kind: str, word: str, *, as_json: bool) -> None:
    offers = [offer for offer in registry().offers(kind) if word in offer.record.name]
    members = registry().members(word) if kind == "backbones" else []
    if not offers and not members:
        raise UniTrackError(
            f"--match {word}", f"no {kind} have this in their name", f"Type: unitrack list {kind}"
        )
    if as_json:
        named = [registry().spelling(offer) for offer in offers]
        click.echo(json.dumps([*named, *members], indent=2))
        return
    if offers:
        _print_offers(offers, as_json=False)
    for member in members:
        click.echo(member)


def _print_offers(offers: list[Offer], *, as_json: bool) -> None:
    if as_json:
        described = [
            {
                **plain(offer.record),
                "wheel": offer.wheel,
                "type": registry().spelling(offer),
            }
            for offer in offers
        ]
        click.echo(json.dumps(described, indent=2))
        return
    rows = [
        (registry().spelling(o), o.wheel, *_details(o).values(), o.record.summary) for o in offers
    ]
    columns = _details(offers[0]) if offers else {}
    click.echo(table(("name", "wheel", *columns, "summary"), rows))


def _details(offer: Offer) -> dict[str, str]:
    """What is worth a column of its own, by kind."""
    match offer.record:
        case BackboneRecord() as record:
            taps = (f"{tap}:{channels}" for tap, channels in record.taps.items())
            return {"taps": " ".join(taps), "default": "yes" if record.default else ""}
        case DatasetRecord() as record:
            return {"heads": " ".join(record.heads), "metric": record.metric}
        case MetricRecord() as record:
            return {"scores": " ".join(record.scores)}
        case _:
            return {}
