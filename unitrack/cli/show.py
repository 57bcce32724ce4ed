"""``unitrack show``: one record, and every setting with default, unit and meaning."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal, cast, get_args, get_origin

import click

from unitrack.cli.plain import plain
from unitrack.cli.tables import table
from unitrack.errors import UniTrackError
from unitrack.registry.manager import Offer, registry
from unitrack.registry.records import HeadRecord, Record, load

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic.fields import FieldInfo

__all__ = ["show"]

# One setting as printed; values are the author's own defaults, hence Any.
_Setting = dict[str, Any]


@click.command(
    epilog="Examples:\n\n\b\n  unitrack show head mot\n  unitrack show head mot --protocol authors",
)
@click.argument("kind")
@click.argument("name")
@click.option("--protocol", metavar="P", help="Show only what this protocol changes, and why.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
def show(kind: str, name: str, *, protocol: str | None, as_json: bool) -> None:
    """Show one record and all of its settings.

    A setting is shown with its default, unit and meaning.
    † marks a setting where the paper and the authors' code differ; its number is that of the
    design's list. A setting marked "protocol" is chosen by --protocol only.
    """
    offer = registry().offer(kind, name)
    settings = _settings(offer.record)
    if protocol is not None:
        settings = _changed(offer.record, protocol, settings)
    if as_json:
        click.echo(json.dumps(_as_json(offer, protocol, settings), indent=2, ensure_ascii=False))
    elif protocol is not None:
        click.echo(_protocol_table(protocol, settings))
    else:
        click.echo(_record_table(offer))
        click.echo(_settings_table(settings))


def _settings(record: Record) -> list[_Setting]:
    if not record.settings:
        return []
    model = cast("type[BaseModel]", load(record.settings))
    return [_setting(name, field) for name, field in model.model_fields.items()]


def _setting(name: str, field: FieldInfo) -> _Setting:
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    return {
        "name": name,
        "default": plain(field.get_default(call_default_factory=True, validated_data={})),
        "choices": plain(
            get_args(field.annotation) if get_origin(field.annotation) is Literal else ()
        ),
        "unit": extra.get("unit") or "",
        "meaning": field.description or "",
        "dagger": extra.get("dagger"),
        "note": extra.get("note") or "",
        "protocol_only": bool(extra.get("protocol_only")),
    }


def _changed(record: Record, protocol: str, settings: list[_Setting]) -> list[_Setting]:
    """The settings that a protocol changes, each with its new ``value``."""
    from unitrack.engine.settings import protocol_values

    if not isinstance(record, HeadRecord):
        raise UniTrackError(
            f"--protocol {protocol}", "only heads have protocols", "Leave it out here."
        )
    values = protocol_values(record, protocol)
    return [
        {**setting, "value": plain(values[setting["name"]])}
        for setting in settings
        if setting["name"] in values and plain(values[setting["name"]]) != setting["default"]
    ]


def _as_json(offer: Offer, protocol: str | None, settings: list[_Setting]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "kind": _kind(offer.record),
        "wheel": offer.wheel,
        "record": plain(offer.record),
        "settings": settings,
    }
    return described if protocol is None else {**described, "protocol": protocol}


def _kind(record: Record) -> str:
    return type(record).__name__.removesuffix("Record").lower()


def _record_table(offer: Offer) -> str:
    """Fields that say something; empty ones are left out."""
    fields = plain(offer.record).items()
    rows = [(name, _field(value)) for name, value in fields if value not in ("", [], None)]
    return table(("", ""), [("kind", _kind(offer.record)), ("wheel", offer.wheel), *rows])


def _field(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case dict():
            return ", ".join(
                f"{key}: {_field(part)}" for key, part in value.items() if part not in ("", [])
            )
        case list():
            return "; ".join(_field(part) for part in value)
        case _:
            return str(value)


def _settings_table(settings: list[_Setting]) -> str:
    if not settings:
        return "\nNo settings."
    rows = [(s["name"], _value(s["default"]), s["unit"], _dagger(s), _meaning(s)) for s in settings]
    return "\n" + table(("setting", "default", "unit", "†", "meaning"), rows)


def _meaning(setting: _Setting) -> str:
    choices = f" [{'|'.join(map(str, setting['choices']))}]" if setting["choices"] else ""
    by = " [protocol]" if setting["protocol_only"] else ""
    note = f" († {setting['note']})" if setting["note"] else ""
    return f"{setting['meaning']}{choices}{by}{note}"


def _protocol_table(protocol: str, settings: list[_Setting]) -> str:
    if not settings:
        return f"Protocol {protocol} changes nothing: it is the default."
    rows = [
        (s["name"], _value(s["default"]), _value(s["value"]), s["unit"], _dagger(s),
         s["note"] or s["meaning"])
        for s in settings
    ]  # fmt: skip
    return table(("setting", "default", protocol, "unit", "†", "why"), rows)


def _dagger(setting: _Setting) -> str:
    """``†20`` or ``†20 †26``."""
    number = setting["dagger"]
    numbers = number if isinstance(number, list | tuple) else [number] if number else []
    return " ".join(f"†{str(one).removeprefix('†')}" for one in numbers)


def _value(value: object) -> str:
    """As ``--set`` takes it."""
    match value:
        case bool():
            return "true" if value else "false"
        case None:
            return "null"
        case list():
            return f"[{', '.join(_value(part) for part in value)}]"
        case _:
            return str(value)
