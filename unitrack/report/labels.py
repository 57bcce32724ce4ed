"""What tells runs apart, in as few words as it takes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from unitrack.report.record import Record

__all__ = ["Labels", "label"]

_MOST_WORDS = 4
# Parts of a run as plain JSON values (hence Any).
_Parts = Mapping[str, Any]


class Labels:
    """Names of rows (what looks) and of tasks (what is asked) over a set of records."""

    def __init__(self, records: Sequence[Record]) -> None:
        self._rows = _named([(_backbone(record), _flat(_looks(record))) for record in records])
        self._tasks = _named(
            [(r.task or f"{r.spec.head} on {r.spec.data}", _flat(_asks(r))) for r in records]
        )
        self._of = {id(record): place for place, record in enumerate(records)}

    def row(self, record: Record) -> str:
        """Name of the backbone, with its weights where they are not its own."""
        return self._rows[self._of[id(record)]]

    def task(self, record: Record) -> str:
        """Head and data set, and the settings that tell tasks of the same two apart."""
        return self._tasks[self._of[id(record)]]


def label(record: Record) -> str:
    """One run alone."""
    return f"{_backbone(record)} {record.spec.layer}, {record.spec.head} on {record.spec.data}"


def _backbone(record: Record) -> str:
    if record.row:
        return record.row
    weights = record.spec.weights
    known = weights and (Path(weights).name if "/" in weights or "\\" in weights else weights)
    return f"{record.spec.backbone} ({known})" if known else record.spec.backbone


def _looks(record: Record) -> _Parts:
    spec = record.spec
    return {
        "backbone": spec.backbone,
        "weights": record.asked.get("weights_sha256", spec.weights),
        "remap": spec.remap,
        "device": spec.device.partition(":")[0],
        "precision": spec.precision,
        **spec.backbone_settings,
    }


def _asks(record: Record) -> _Parts:
    spec = record.spec
    return {
        "head": spec.head,
        "data": spec.data,
        "protocol": spec.protocol,
        "observations": Path(spec.observations).name,
        "split": spec.split,
        "stride": spec.stride,
        "limit": spec.limit,
        "sequences": record.asked.get("sequences", []),
        **{f"data.{name}": value for name, value in spec.data_settings.items()},
        **spec.head_settings,
    }


def _flat(parts: _Parts) -> dict[str, str]:
    return {name: json.dumps(value, sort_keys=True) for name, value in parts.items()}


def _named(things: Sequence[tuple[str, dict[str, str]]]) -> list[str]:
    """Each thing's base name, and after it what differs among the things of that name."""
    alike: dict[str, list[dict[str, str]]] = {}
    for base, parts in things:
        alike.setdefault(base, []).append(parts)
    differing = {
        base: [key for key in group[0] if len({one.get(key) for one in group}) > 1]
        for base, group in alike.items()
    }
    holders: dict[str, list[dict[str, str]]] = {}
    names = []
    for base, parts in things:
        words = [_word(key, parts[key]) for key in differing[base] if key in parts]
        more = f" and {len(words) - _MOST_WORDS} more" if len(words) > _MOST_WORDS else ""
        name = f"{base} · {', '.join(words[:_MOST_WORDS])}{more}" if words else base
        same = holders.setdefault(name, [])
        if parts not in same:
            same.append(parts)
        number = same.index(parts) + 1
        names.append(f"{name} #{number}" if number > 1 else name)
    return names


def _word(key: str, text: str) -> str:
    value = json.loads(text)
    if key == "sequences":
        return f"{len(value)} sequences"
    if isinstance(value, bool):
        value = "on" if value else "off"
    return f"{key} {str(value)[:12] if key == 'weights' else value}"
