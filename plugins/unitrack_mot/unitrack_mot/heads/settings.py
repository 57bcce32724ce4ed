"""Settings of the head ``mot``, and the protocols over them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from unitrack.settings import Sides, said

__all__ = ["PROTOCOLS", "MotSettings"]


class MotSettings(BaseModel):
    """Multi-object tracking: similarity, motion, assignment, life cycle, output."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    similarity: str = Field(
        default="rsm",
        description="how looks are compared; `unitrack list similarities` names them",
        json_schema_extra=said(),
    )
    roi_grid: Sides = Field(
        default=(4, 10),
        description="rows and columns of feature points laid over a box",
        json_schema_extra=said(
            "points", 20, "10x4 was presumably meant; scores were made with 4x10"
        ),
    )
    tracklet_feature: Literal["auto", "last", "smooth", "pool"] = Field(
        default="auto",
        description="what a tracklet remembers: its last look, a running mean, its last few looks; "
        "auto is `last` for rsm and `smooth` for the others",
        json_schema_extra=said("", 26, "smooth helps on some clips"),
    )
    pool_size: int = Field(
        default=5,
        ge=1,
        description="looks kept with tracklet_feature=pool",
        json_schema_extra=said("observations", 26),
    )
    rsm_scale: float = Field(
        default=100.0,
        gt=0,
        description="multiplies the cosines before RSM's softmax",
        json_schema_extra=said("", 27, "the paper shows none"),
    )
    rsm_padding: Literal["authors", "exact"] = Field(
        default="authors",
        description="sets of different size: as if filled with zero points, or as they are",
        json_schema_extra=said("", 30, "the same for boxes unless tracklet_feature=pool"),
    )
    pool_prenorm: bool = Field(
        default=False,
        description="give points unit length before they are averaged or concatenated",
        json_schema_extra=said("", 31, protocol_only=True),
    )
    reid_weights: Path | None = Field(
        default=None,
        description="checkpoint for similarity=reid, e.g. fast-reid's market_bot_R50.pth",
        json_schema_extra=said("file"),
    )
    authors_geometry: bool = Field(
        default=False,
        description="look features up and report boxes with the authors' rounding of the "
        "letterbox and their 1-based corners",
        json_schema_extra=said(protocol_only=True),
    )

    use_kalman: bool = Field(
        default=True,
        description="predict and filter boxes; off also leaves out the overlap stages and the "
        "confirmation, and reports the detections",
        json_schema_extra=said("", 36),
    )
    motion: bool = Field(
        default=True,
        description="distance from the prediction enters stage 1; off keeps the overlap stages",
        json_schema_extra=said("", 36),
    )
    motion_lambda: float = Field(
        default=0.98,
        ge=0,
        le=1,
        description="share of the appearance in the cost of stage 1",
        json_schema_extra=said("share", 33, "paper 0.99"),
    )
    motion_gated: bool = Field(
        default=True,
        description="forbid pairs outside the 95 % gate of the filter",
        json_schema_extra=said("", 33),
    )
    gate_after_assignment: bool = Field(
        default=False,
        description="drop matches outside the gate instead of forbidding them beforehand",
        json_schema_extra=said("", 34, "the paper's order, with its sign repaired"),
    )
    only_position: bool = Field(
        default=False,
        description="gate and distance from the centre alone",
        json_schema_extra=said("", 35, protocol_only=True),
    )
    aspect: Literal["w/h", "h/w"] = Field(
        default="w/h",
        description="meaning of the aspect in the filter's state",
        json_schema_extra=said("", 32, "paper h/w", protocol_only=True),
    )

    stage1_limit: float = Field(
        default=0.7,
        gt=0,
        description="cost limit of stage 1, looks and motion: confirmed and lost tracklets",
        json_schema_extra=said("cost", 37, "the authors' settings of it are never read"),
    )
    stage2_limit: float = Field(
        default=0.5,
        gt=0,
        description="cost limit of stage 2, overlap: tracklets seen in the frame before",
        json_schema_extra=said("1 - IoU", 37, "the authors' settings of it are never read"),
    )
    confirm_limit: float = Field(
        default=0.7,
        gt=0,
        description="cost limit of stage 3, overlap: tracklets one frame old; 0.7 is IoU > 0.3",
        json_schema_extra=said("1 - IoU", 39, "paper: IoU >= 0.8"),
    )
    iou_plus_one: bool = Field(
        default=True,
        description="overlaps of inclusive pixel boxes",
        json_schema_extra=said("", 38),
    )
    class_gate: Literal["all", "stage1"] = Field(
        default="all",
        description="stages in which detections of another class cannot match",
        json_schema_extra=said("", 42, protocol_only=True),
    )
    lost_frames: int | None = Field(
        default=None,
        ge=0,
        description="frames for which a tracklet may stay unseen; none is one second",
        json_schema_extra=said("frames"),
    )
    late_removal: bool = Field(
        default=False,
        description="an overdue tracklet can still be matched in one more frame",
        json_schema_extra=said("", 40, protocol_only=True),
    )
    dup_iou_thres: float = Field(
        default=0.15,
        ge=0,
        description="a seen and a lost tracklet closer than this are one",
        json_schema_extra=said("1 - IoU"),
    )

    conf_thres: float = Field(
        default=0.5,
        description="detections with a higher score take part",
        json_schema_extra=said("score"),
    )
    output_box: Literal["filtered", "detection"] = Field(
        default="filtered",
        description="the box that is reported: the filter's, or the detection itself",
        json_schema_extra=said("", 41),
    )
    min_box_area: float = Field(
        default=200.0,
        ge=0,
        description="reported boxes are larger",
        json_schema_extra=said("px²"),
    )
    max_aspect: float = Field(
        default=1.6,
        gt=0,
        description="reported boxes have no larger width / height",
        json_schema_extra=said("ratio"),
    )


PROTOCOLS: Mapping[str, Mapping[str, Any]] = {
    "default": {},
    # The released program on boxes.
    "authors": {"authors_geometry": True, "class_gate": "stage1", "late_removal": True},
    # The text: all observations of a tracklet, no temperature, no zero points, lambda 0.99, gate
    # after the assignment, height / width, confirmation above an overlap of 0.8.
    "paper": {
        "tracklet_feature": "pool",
        "rsm_scale": 1.0,
        "rsm_padding": "exact",
        "motion_lambda": 0.99,
        "gate_after_assignment": True,
        "aspect": "h/w",
        "confirm_limit": 0.2,
    },
}
