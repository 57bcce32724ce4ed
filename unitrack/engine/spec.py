"""What was asked, fully resolved: the part of a run that decides every byte of its results."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unitrack.errors import UniTrackError

__all__ = ["RunSpec"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSpec:
    """One run. Settings are plain JSON values (hence Any), complete, defaults included.

    Attributes:
        head: Name of the head.
        backbone: Name of the backbone.
        layer: Tap of the backbone.
        weights: Empty for the record's own, ``random[:SEED]``, or a file.
        remap: How a file of weights is laid out: empty, ``auto`` or a backbone's name.
        data: Name of the data set.
        root: Folder of the data set.
        split: Split of the data set, or None for all that is annotated.
        stride: Every n-th frame.
        limit: First n frames of each sequence, or None.
        observations: Source of the observations.
        protocol: Named set of values that the settings started from.
        head_settings: The head's settings.
        data_settings: The data set's settings.
        backbone_settings: The backbone's settings.
        device: Resolved device, e.g. ``cpu`` or ``cuda:0``.
        precision: ``fp32``, ``bf16`` or ``fp16``.
    """

    head: str
    backbone: str
    layer: str
    weights: str
    data: str
    root: str
    split: str | None
    stride: int
    limit: int | None
    observations: str
    protocol: str
    head_settings: Mapping[str, Any]
    data_settings: Mapping[str, Any]
    backbone_settings: Mapping[str, Any]
    device: str
    precision: str
    remap: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain values, ready for `json.dumps`."""
        values: dict[str, Any] = json.loads(json.dumps(dataclasses.asdict(self)))
        return values

    @classmethod
    def from_json(cls, values: Mapping[str, Any], where: Path) -> RunSpec:
        """The inverse of `to_json`.

        Raises:
            UniTrackError: If fields are missing or unknown.
        """
        try:
            return cls(**values)
        except TypeError as error:
            raise UniTrackError(
                where, f"is no run of this version ({error})", "Run it again with unitrack run."
            ) from error
