"""Settings of the head ``vis``, and the protocols over them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from unitrack.heads.settings import (
    MASK_PROTOCOLS,
    AssociationSettings,
    Cost,
    Count,
    Frames,
    MaskSettings,
    Share,
    other_default,
)
from unitrack.settings import said

__all__ = ["PROTOCOLS", "VisSettings"]


class VisSettings(MaskSettings):
    """Video instance segmentation: masks in classes, linked, and one class and score a track."""

    max_points: Count = other_default(MaskSettings, "max_points", 1000)
    motion_lambda: Share = other_default(
        AssociationSettings, "motion_lambda", 1.0, "looks alone; the overlap stages remain"
    )
    lost_frames: Frames | None = other_default(
        AssociationSettings, "lost_frames", 6, "a second at the benchmark's 6 frames a second"
    )
    dup_iou_thres: Cost = other_default(AssociationSettings, "dup_iou_thres", 0.2)
    across_classes: bool = Field(
        default=True,
        description="link masks whatever their classes are, so that a detector that wavers does "
        "not break a track; off keeps classes apart",
        json_schema_extra=said("", 42, "the authors link masks without a class"),
    )
    tubes: Literal["decide", "keep"] = Field(
        default="decide",
        description="decide: a track is an instance; its class is the one with the largest summed "
        "score over its life, its score that sum divided by its number of masks. keep: instances "
        "are the tubes that were given, with their classes and scores; a track takes the place of "
        "the masks of a tube if the two overlap by more than 0.9, on average over all frames",
        json_schema_extra=said("", None, "keep is what the authors do"),
    )


PROTOCOLS: Mapping[str, Mapping[str, Any]] = {
    "default": {},
    "authors": {**MASK_PROTOCOLS["authors"], "tubes": "keep"},
    "paper": MASK_PROTOCOLS["paper"],
    "best": {"max_points": 100, **MASK_PROTOCOLS["best"], "lost_frames": None},
}
