"""From what a person asks to a complete, checked `RunSpec`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from unitrack.appearance.device import resolve_device
from unitrack.engine.inputs import dataset_folder
from unitrack.engine.settings import (
    GROUPS,
    files_of,
    read_config,
    resolve_settings,
    settings_values,
)
from unitrack.engine.spec import RunSpec
from unitrack.errors import UniTrackError
from unitrack.registry.manager import registry
from unitrack.registry.records import BackboneRecord, DatasetRecord, HeadRecord

__all__ = ["checked_remap", "merged_settings", "named_backbone", "resolve_spec"]

# Values of settings: any scalar or list, checked by the record's pydantic model.
Settings = Mapping[str, Any]


def merged_settings(
    config: str | Path | None, *assigned: Settings | None
) -> dict[str, tuple[Any, Any]]:
    """Per group of settings: values of the configuration file, values assigned.

    Args:
        config: YAML file, or None.
        assigned: Values of the head, the data set and the backbone, in this order.

    Raises:
        UniTrackError: If the file cannot be read or is not a mapping.
    """
    read = read_config(Path(config) if config else None)
    return {
        group: (read[group], given or {}) for group, given in zip(GROUPS, assigned, strict=True)
    }


def resolve_spec(
    head: str,
    data: str,
    backbone: str | None,
    layer: str | None,
    weights: str | Path | None,
    root: str | Path | None,
    split: str | None,
    limit: int | None,
    stride: int,
    observations: str | Path,
    protocol: str,
    device: str,
    precision: str,
    values: Mapping[str, tuple[Any, Any]],
    remap: str | None = None,
) -> RunSpec:
    """Resolve every name and setting; see `unitrack.api.run` for what they mean.

    Args:
        head: Name of the head.
        data: Name of the data set.
        backbone: Name of the backbone, or None for the default.
        layer: Tap, or None for the default one.
        weights: ``random[:SEED]``, a file, or None.
        root: Folder of the data set, or None.
        split: Split, or None.
        limit: First frames only, or None.
        stride: Every n-th frame.
        observations: Their source.
        protocol: Named set of the head's values.
        device: As a person writes it.
        precision: Format of the features.
        values: As `merged_settings` gives them.
        remap: How a file of weights is laid out, or None.

    Raises:
        UniTrackError: If any of it is not as it must be.
    """
    for option, number in (("--limit", limit), ("--stride", stride)):
        if number is not None and number < 1:
            raise UniTrackError(f"{option} {number}", "must be at least 1", f"Write {option} 1.")
    head_record = registry().get("heads", head)
    assert isinstance(head_record, HeadRecord)
    data_record = registry().get("datasets", data)
    assert isinstance(data_record, DatasetRecord)
    backbone_name, backbone_record = named_backbone(backbone)
    data_settings = resolve_settings(data_record, None, *values["data"])
    return RunSpec(
        head=head,
        backbone=backbone_name,
        layer=layer or backbone_record.default_tap,
        weights=_absolute(weights or ""),
        remap=checked_remap(remap, weights),
        data=data,
        root=str(dataset_folder(data_record, root, data_settings)),
        split=split,
        stride=stride,
        limit=limit,
        observations=_absolute(observations),
        protocol=protocol,
        head_settings=_head_settings(head_record, protocol, values["head"]),
        data_settings=settings_values(data_settings),
        backbone_settings=settings_values(
            resolve_settings(backbone_record, None, *values["backbone"])
        ),
        device=str(resolve_device(device)),
        precision=precision,
    )


def _head_settings(record: HeadRecord, protocol: str, values: tuple[Any, Any]) -> dict[str, Any]:
    """Checked, and the files that they name as absolute paths."""
    resolved = settings_values(resolve_settings(record, protocol, *values))
    for name, path in files_of(record, resolved).items():
        if not path.is_file():
            raise UniTrackError(
                f"--set {name}={path}",
                "there is no such file",
                f"Put it there; unitrack show head {record.name} says what it is.",
            )
        resolved[name] = str(path.resolve())
    return resolved


def checked_remap(remap: str | None, weights: str | Path | None) -> str:
    """What ``--remap`` says, empty for nothing; there must be a file that it is about.

    Raises:
        UniTrackError: If there is none.
    """
    if remap and (not weights or str(weights).partition(":")[0] == "random"):
        raise UniTrackError(
            f"--remap {remap}", "says how a file is laid out", "Give the file: --weights FILE."
        )
    return remap or ""


def _absolute(path: str | Path) -> str:
    """An existing path as an absolute one, so that a replay finds it; a keyword as it is."""
    text = str(path)
    keyword = text in ("", "benchmark", "oracle", "random") or text.startswith("random:")
    return text if keyword or not Path(text).exists() else str(Path(text).resolve())


def named_backbone(name: str | None) -> tuple[str, BackboneRecord]:
    """What to call the backbone, the default when there is no name, and its record."""
    called = name or registry().spelling(registry().default_backbone())
    record = registry().get("backbones", called)
    assert isinstance(record, BackboneRecord)
    return called, record
