"""Settings of the head ``posetrack``, and the protocols over them."""

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
    Positive,
    Share,
    other_default,
)
from unitrack.settings import said

__all__ = ["PROTOCOLS", "PosetrackSettings"]


class PosetrackSettings(MaskSettings):
    """Pose tracking: poses drawn as masks, linked by looks, motion and overlap."""

    max_points: Count = other_default(MaskSettings, "max_points", 400)
    motion_lambda: Share = other_default(
        AssociationSettings, "motion_lambda", 0.9999, "looks almost alone"
    )
    lost_frames: Frames | None = other_default(
        AssociationSettings, "lost_frames", 6, "a second at the 6 frames a second that are taken"
    )
    dup_iou_thres: Cost = other_default(AssociationSettings, "dup_iou_thres", 0.2)
    confirm_limit: Positive = other_default(AssociationSettings, "confirm_limit", 0.6)
    duplicate_iou: Share | None = other_default(
        MaskSettings, "duplicate_iou", None, "the test for masks given twice is for masks"
    )
    limb_min_width: int = Field(
        default=8,
        ge=1,
        description="least width of a drawn limb; else a twentieth of the pose's larger extent",
        json_schema_extra=said("px", 22, "not in the paper", protocol_only=True),
    )
    pose_box: Literal["joints", "mask"] = Field(
        default="joints",
        description="the box that is filtered: around the joints, in pixels, or from the spread of "
        "the drawn mask, in cells",
        json_schema_extra=said("", 23, "the paper's is that of the mask"),
    )
    stale_pose: bool = Field(
        default=False,
        description="somebody who is found again is not given the identity in that very frame",
        json_schema_extra=said("", 47, "the authors report the old pose once", protocol_only=True),
    )


PROTOCOLS: Mapping[str, Mapping[str, Any]] = {
    **MASK_PROTOCOLS,
    "authors": {**MASK_PROTOCOLS["authors"], "stale_pose": True},
    "paper": {**MASK_PROTOCOLS["paper"], "pose_box": "mask", "limb_min_width": 1},
    "best": {"rsm_padding": "exact", "tracklet_feature": "pool", "pool_size": 3},
}
