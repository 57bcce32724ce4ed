"""Settings: defaults < protocol < configuration file < ``--set``, resolved once, at the edge."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast, get_args

import yaml
from pydantic import BaseModel, ValidationError

from unitrack.errors import UniTrackError
from unitrack.registry.records import HeadRecord, Record, load

__all__ = [
    "GROUPS",
    "Values",
    "files_of",
    "parse_assignments",
    "protocol_values",
    "read_config",
    "resolve_settings",
    "restore_settings",
    "rungs",
    "settings_values",
]

# Values come from a person's YAML or command line: any scalar or list; pydantic checks them.
Values = Mapping[str, Any]

GROUPS = ("head", "data", "backbone")


def parse_assignments(assignments: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """``key=v`` (the head's), ``data.key=v`` and ``backbone.key=v`` to values per group.

    Raises:
        UniTrackError: If an assignment has no ``=`` or names another group.
    """
    values: dict[str, dict[str, Any]] = {group: {} for group in GROUPS}
    for assignment in assignments:
        path, equals, text = assignment.partition("=")
        group, dot, key = path.strip().rpartition(".")
        if not equals or not key or (dot and group not in GROUPS):
            raise UniTrackError(
                f"--set {assignment}",
                "is not an assignment",
                "Write --set key=value, --set data.key=value or --set backbone.key=value.",
            )
        values[group or "head"][key] = _scalar(text)
    return values


def _scalar(text: str) -> Any:
    """Lists and null as YAML reads them; everything else stays text for pydantic to convert."""
    if text.startswith(("[", "(")) or text in ("null", "None"):
        return yaml.safe_load(text.replace("(", "[").replace(")", "]").replace("None", "null"))
    return text


def read_config(path: Path | None) -> dict[str, dict[str, Any]]:
    """A YAML mapping of the same groups; the head's keys may also stand at the top.

    Raises:
        UniTrackError: If the file cannot be read or is not a mapping.
    """
    if path is None:
        return {group: {} for group in GROUPS}
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except OSError as error:
        raise UniTrackError(
            path, f"cannot be read ({error.strerror})", "Check --config."
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise UniTrackError(path, f"is not YAML ({reason})", "Write `key: value` lines.") from error
    if not isinstance(content, dict):
        raise UniTrackError(path, "holds no settings", "Write `key: value` lines.")
    values = {group: content.pop(group, None) or {} for group in GROUPS}
    for group, keys in values.items():
        if not isinstance(keys, dict):
            raise UniTrackError(
                path,
                f"`{group}` is no mapping",
                f"Write `{group}:` and indented `key: value` lines.",
            )
    values["head"] = {**content, **values["head"]}
    return values


def resolve_settings(
    record: Record, protocol: str | None, config: Values, assigned: Values
) -> BaseModel | None:
    """The checked settings of one record, or None where it has none.

    Args:
        record: Whose settings.
        protocol: Named set of values (heads only).
        config: Values from the configuration file.
        assigned: Values from ``--set``; they win.

    Raises:
        UniTrackError: If a key is unknown or a value does not fit.
    """
    values: dict[str, Any] = {**config, **assigned}
    if not record.settings:
        if values:
            raise UniTrackError(
                f"--set {next(iter(values))}", f"{record.name} has no settings", "Leave it out."
            )
        return None
    model = cast("type[BaseModel]", load(record.settings))
    for key in values:
        _check_key(record, model, key)
    base = protocol_values(record, protocol) if isinstance(record, HeadRecord) and protocol else {}
    try:
        return model(**{**base, **values})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or record.name
        raise UniTrackError(
            f"--set {where}={values.get(where, '')}",
            first["msg"].removeprefix("Value error, ").lower(),
            f"See its values with: unitrack show {_kind(record)} {record.name}",
        ) from error


def settings_values(settings: object) -> dict[str, Any]:
    """Settings as plain JSON values; empty where there are none."""
    return settings.model_dump(mode="json") if isinstance(settings, BaseModel) else {}


def restore_settings(record: Record, values: Values) -> BaseModel | None:
    """The inverse of `settings_values`."""
    if not record.settings:
        return None
    return cast("type[BaseModel]", load(record.settings))(**values)


def files_of(record: Record, values: Values) -> dict[str, Path]:
    """The settings that name a file, as far as one is given.

    Args:
        record: Whose settings.
        values: As `settings_values` gives them.
    """
    if not record.settings:
        return {}
    model = cast("type[BaseModel]", load(record.settings))
    return {
        name: Path(values[name])
        for name, field in model.model_fields.items()
        if values.get(name) and Path in (field.annotation, *get_args(field.annotation))
    }


def protocol_values(record: HeadRecord, protocol: str) -> dict[str, Any]:
    """The values that a protocol changes.

    Raises:
        UniTrackError: If the head knows no such protocol.
    """
    table = cast("Mapping[str, dict[str, Any]]", load(record.protocols)) if record.protocols else {}
    if protocol not in table and protocol != "default":
        raise UniTrackError(
            f"--protocol {protocol}",
            f"{record.name} has no such protocol",
            f"Protocols: {', '.join(table) or 'default'}.",
        )
    return dict(table.get(protocol, {}))


def rungs(record: HeadRecord, protocol: str, assigned: Values) -> list[tuple[Values, BaseModel]]:
    """The defaults, and then one more value of a protocol each, in the order of its table.

    Args:
        record: Of the head.
        protocol: Named set of its values.
        assigned: Values that all have in common; they win, and so are no rung.

    Returns:
        What each adds (nothing at first), and its settings.

    Raises:
        UniTrackError: If the head knows no such protocol, or an assigned key or value does not fit.
    """
    resolve_settings(record, protocol, {}, assigned)
    model = cast("type[BaseModel]", load(record.settings))
    taken: dict[str, Any] = {}
    ladder: list[tuple[Values, BaseModel]] = [({}, model(**assigned))]
    for name, value in protocol_values(record, protocol).items():
        if name not in assigned:
            taken[name] = value
            ladder.append(({name: value}, model(**{**taken, **assigned})))
    return ladder


def _check_key(record: Record, model: type[BaseModel], key: str) -> None:
    field = model.model_fields.get(key)
    extra = field.json_schema_extra if field else None
    if field and not (isinstance(extra, dict) and extra.get("protocol_only")):
        return
    settable = [
        name
        for name, info in model.model_fields.items()
        if not (
            isinstance(info.json_schema_extra, dict) and info.json_schema_extra.get("protocol_only")
        )
    ]
    near = difflib.get_close_matches(key, settable, 3, 0.4)
    what = "is set by --protocol only" if field else f"{record.name} has no such setting"
    nearest = f"Nearest: {', '.join(near)}. " if near and not field else ""
    raise UniTrackError(
        f"--set {key}",
        what,
        f"{nearest}See all of them with: unitrack show {_kind(record)} {record.name}",
    )


def _kind(record: Record) -> str:
    return type(record).__name__.removesuffix("Record").lower()
