"""Comparisons in Python: several settings of one head on one pass of the backbone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

from unitrack.engine.ablation import AblationReport, ablate
from unitrack.engine.ask import merged_settings, resolve_spec
from unitrack.engine.progress import Progress, Silent
from unitrack.engine.settings import rungs, settings_values
from unitrack.engine.store import write_json
from unitrack.errors import UniTrackError
from unitrack.registry.manager import registry
from unitrack.registry.records import HeadRecord

__all__ = ["AblationReport", "ablation", "ladder"]

# Values of settings: any scalar or list, checked by the record's pydantic model.
Settings = Mapping[str, Any]


def ablation(
    head: str,
    data: str,
    *,
    similarities: Sequence[str] = ("rsm", "cf", "gpf"),
    motion: Sequence[bool | str] = (True, False),
    backbone: str | None = None,
    layer: str | None = None,
    weights: str | Path | None = None,
    root: str | Path | None = None,
    split: str | None = None,
    sequences: Sequence[str] | None = None,
    limit: int | None = None,
    stride: int = 1,
    observations: str | Path = "benchmark",
    protocol: str = "default",
    settings: Settings | None = None,
    data_settings: Settings | None = None,
    backbone_settings: Settings | None = None,
    config: str | Path | None = None,
    device: str = "auto",
    precision: str = "fp32",
    out: str | Path | None = None,
    progress: Progress | None = None,
) -> AblationReport:
    """Score an association head with several similarities, with and without motion.

    Features are computed once for all of them; each row is what `run` gives with these settings.

    Args:
        head: Name of the head, e.g. ``mot``.
        data: Name of an annotated data set.
        similarities: Values of the head's setting ``similarity``.
        motion: Values of its setting ``motion``.
        backbone: As in `run`, like all that follow.
        layer: Tap of the backbone.
        weights: ``random[:SEED]`` or a checkpoint file.
        root: Folder of the data set.
        split: Split of the data set.
        sequences: Names of the sequences.
        limit: First frames of each sequence.
        stride: Every n-th frame only.
        observations: ``benchmark``, ``oracle``, a name, a file, or a folder.
        protocol: Named set of the head's values.
        settings: The head's other settings.
        data_settings: The data set's settings.
        backbone_settings: The backbone's settings.
        config: YAML file of settings.
        device: ``auto``, ``cpu``, ``cuda[:N]`` or ``mps``.
        precision: ``fp32``, ``bf16`` or ``fp16``.
        out: Write ``ablation.json`` there; nothing is written when left out.
        progress: Told what goes on; nobody when left out.

    Raises:
        UniTrackError: If an input is not as it must be; e.g. a similarity cannot compare what the
            head links.
    """
    specs = []
    for similarity, moving in product(similarities, motion):
        changed = {"similarity": similarity, "motion": moving}
        values = merged_settings(
            config, {**(settings or {}), **changed}, data_settings, backbone_settings
        )
        spec = resolve_spec(
            head, data, backbone, layer, weights, root, split, limit, stride, observations,
            protocol, device, precision, values,
        )  # fmt: skip
        specs.append(({name: spec.head_settings[name] for name in changed}, spec))
    if not specs:
        raise UniTrackError("--similarity", "names nothing", "Write --similarity rsm,cf,gpf.")
    report = ablate(specs, names=sequences, progress=progress or Silent())
    if out is not None:
        write_json(Path(out) / "ablation.json", report.to_json())
    return report


def ladder(
    head: str,
    data: str,
    *,
    protocol: str = "best",
    backbone: str | None = None,
    layer: str | None = None,
    weights: str | Path | None = None,
    root: str | Path | None = None,
    split: str | None = None,
    sequences: Sequence[str] | None = None,
    limit: int | None = None,
    stride: int = 1,
    observations: str | Path = "benchmark",
    settings: Settings | None = None,
    data_settings: Settings | None = None,
    backbone_settings: Settings | None = None,
    config: str | Path | None = None,
    device: str = "auto",
    precision: str = "fp32",
    out: str | Path | None = None,
    progress: Progress | None = None,
) -> AblationReport:
    """Score a head with its defaults, and then with one more value of a protocol each.

    Features are computed once for all of them; the last row is what `run` gives with the protocol.

    Args:
        head: Name of the head, e.g. ``mot``.
        data: Name of an annotated data set.
        protocol: Named set of the head's values, in the order in which they are added.
        backbone: As in `run`, like all that follow.
        layer: Tap of the backbone.
        weights: ``random[:SEED]`` or a checkpoint file.
        root: Folder of the data set.
        split: Split of the data set.
        sequences: Names of the sequences.
        limit: First frames of each sequence.
        stride: Every n-th frame only.
        observations: ``benchmark``, ``oracle``, a name, a file, or a folder.
        settings: Settings of the head that all rows have.
        data_settings: The data set's settings.
        backbone_settings: The backbone's settings.
        config: YAML file of settings.
        device: ``auto``, ``cpu``, ``cuda[:N]`` or ``mps``.
        precision: ``fp32``, ``bf16`` or ``fp16``.
        out: Write ``ladder.json`` there; nothing is written when left out.
        progress: Told what goes on; nobody when left out.

    Raises:
        UniTrackError: If an input is not as it must be.
    """
    values = merged_settings(config, settings, data_settings, backbone_settings)
    spec = resolve_spec(
        head, data, backbone, layer, weights, root, split, limit, stride, observations,
        "default", device, precision, values,
    )  # fmt: skip
    record = registry().get("heads", head)
    assert isinstance(record, HeadRecord)
    specs = [
        (added, replace(spec, head_settings=settings_values(chosen)))
        for added, chosen in rungs(record, protocol, {**values["head"][0], **values["head"][1]})
    ]
    report = ablate(specs, names=sequences, progress=progress or Silent())
    if out is not None:
        write_json(Path(out) / "ladder.json", report.to_json())
    return report
