"""What the settings of association heads share; each head says where it differs.

A head's own model derives from `AssociationSettings` or `MaskSettings`, takes other defaults with
`other_default`, and adds what only it has.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from unitrack.settings import said

__all__ = [
    "MASK_PROTOCOLS",
    "PROTOCOLS",
    "AssociationSettings",
    "Cost",
    "Count",
    "Frames",
    "MaskSettings",
    "Positive",
    "Share",
    "SimilaritySetting",
    "other_default",
]

Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Cost = Annotated[float, Field(ge=0)]
Count = Annotated[int, Field(ge=1)]
Frames = Annotated[int, Field(ge=0)]


def other_default(model: type[BaseModel], name: str, default: object, note: str = "") -> Any:
    """A setting of ``model`` with another default, for a model that derives from it.

    Args:
        model: Where the setting comes from.
        name: Its name; annotate it with the same type again.
        default: The other default.
        note: What to say beside the description, if it differs.

    Returns:
        A field (which pydantic types as Any).
    """
    field = model.model_fields[name]
    extra = field.json_schema_extra
    assert isinstance(extra, dict), name
    return Field(
        default=default,
        description=field.description,
        json_schema_extra={**extra, "note": note} if note else extra,
    )


class SimilaritySetting(BaseModel):
    """The one setting that stands before all others.

    A model of its own, because pydantic lists the settings of a model behind those it derives
    from: what a head lists second has to come second in the order of derivation.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    similarity: str = Field(
        default="rsm",
        description="how looks are compared; `unitrack list similarities` names them",
        json_schema_extra=said(),
    )


class AssociationSettings(SimilaritySetting):
    """Linking detections: similarity, motion, assignment, life cycle."""

    tracklet_feature: Literal["auto", "last", "smooth", "both", "pool"] = Field(
        default="auto",
        description="what a tracklet remembers: its last look, a running mean, both, its last few "
        "looks; "
        "auto is `last` for rsm and `smooth` for the others",
        json_schema_extra=said("", 26, "smooth helps on some clips, both on more"),
    )
    pool_size: Count = Field(
        default=5,
        description="looks kept with tracklet_feature=pool",
        json_schema_extra=said("observations", 26),
    )
    rsm_scale: Positive = Field(
        default=100.0,
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

    @field_validator("reid_weights")
    @classmethod
    def _only_where_read(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        """No other similarity reads the file, so it is no part of what those ask for."""
        return value if info.data.get("similarity") == "reid" else None

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
    overlap_share: Share = Field(
        default=0.0,
        description="share of 1 - IoU with the predicted box in the cost of looks, stage 1",
        json_schema_extra=said("share"),
    )
    motion: bool = Field(
        default=True,
        description="distance from the prediction enters stage 1; off keeps the overlap stages",
        json_schema_extra=said("", 36),
    )
    motion_lambda: Share = Field(
        default=0.98,
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
    noise_fps: Positive | None = Field(
        default=None,
        description="at fewer frames a second the filter expects more to change from one to the "
        "next, in proportion; none is the same at every rate",
        json_schema_extra=said("frames/s"),
    )
    aspect: Literal["w/h", "h/w"] = Field(
        default="w/h",
        description="meaning of the aspect in the filter's state",
        json_schema_extra=said("", 32, "paper h/w", protocol_only=True),
    )

    stage1_limit: Positive = Field(
        default=0.7,
        description="cost limit of stage 1, looks and motion: confirmed and lost tracklets",
        json_schema_extra=said("cost", 37, "the authors' settings of it are never read"),
    )
    stage2_limit: Positive = Field(
        default=0.5,
        description="cost limit of stage 2, overlap: tracklets seen in the frame before",
        json_schema_extra=said("1 - IoU", 37, "the authors' settings of it are never read"),
    )
    confirm_limit: Positive = Field(
        default=0.7,
        description="cost limit of stage 3, overlap: tracklets one frame old; 0.7 is IoU > 0.3",
        json_schema_extra=said("1 - IoU", 39, "paper: IoU >= 0.8"),
    )
    refind_limit: Cost = Field(
        default=0.0,
        description="cost limit of a last stage: looks alone, beyond the gate; 0 leaves it out",
        json_schema_extra=said("cost", note="not in the paper"),
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
    lost_frames: Frames | None = Field(
        default=None,
        description="frames for which a tracklet may stay unseen; none is lost_seconds",
        json_schema_extra=said("frames"),
    )
    lost_seconds: Positive = Field(
        default=1.0,
        description="seconds for which a tracklet may stay unseen, where lost_frames is none",
        json_schema_extra=said("s"),
    )
    late_removal: bool = Field(
        default=False,
        description="an overdue tracklet can still be matched in one more frame",
        json_schema_extra=said("", 40, protocol_only=True),
    )
    dup_iou_thres: Cost = Field(
        default=0.15,
        description="a seen and a lost tracklet closer than this are one",
        json_schema_extra=said("1 - IoU"),
    )

    conf_thres: float = Field(
        default=0.5,
        description="detections with a higher score take part",
        json_schema_extra=said("score"),
    )
    doubtful: Share = Field(
        default=0.0,
        description="share of the scores so far below which a detection starts no track, so that "
        "the limit follows the detector",
        json_schema_extra=said("share"),
    )


class MaskSettings(AssociationSettings):
    """Linking masks, or what is drawn as masks."""

    authors_geometry: bool = Field(
        default=False,
        description="sample masks as if the picture were divided evenly among the cells",
        json_schema_extra=said(
            note="up to a cell off at the far edges unless sides are multiples of 8",
            protocol_only=True,
        ),
    )
    rsm_padding: Literal["authors", "exact"] = other_default(
        AssociationSettings,
        "rsm_padding",
        "authors",
        "padding punishes small masks beside a large one; exact does not win everywhere either",
    )
    motion_gated: bool = other_default(AssociationSettings, "motion_gated", default=False)
    max_points: Count = Field(
        default=200,
        description="feature points of an object; larger masks are scaled down to about so many",
        json_schema_extra=said("points"),
    )
    mad_factor: Positive = Field(
        default=4.0,
        description="side of a mask's box in mean absolute deviations of its cells",
        json_schema_extra=said("", 24, "the paper's 2 is that of half a side", protocol_only=True),
    )
    duplicate_iou: Share | None = Field(
        default=0.7,
        description="of two masks of one class whose boxes overlap by more, the first given stays; "
        "none keeps all",
        json_schema_extra=said("IoU"),
    )
    empty_mask: Literal["overlap", "drop"] = Field(
        default="overlap",
        description="a mask so small that it covers no cell of the features: link it by overlap "
        "alone, or leave it out",
        json_schema_extra=said("", 21, "the authors drop it", protocol_only=True),
    )
    confirm: bool = Field(
        default=False,
        description="a new tracklet is reported only when it is seen again in the next frame",
        json_schema_extra=said("", 39, "paper: for all; the authors: boxes only"),
    )


_RELEASED: Mapping[str, Any] = {
    "authors_geometry": True,
    "class_gate": "stage1",
    "late_removal": True,
}
# The text: all observations of a tracklet, no temperature, no zero points, lambda 0.99, gate after
# the assignment, height / width, confirmation above an overlap of 0.8.
_PUBLISHED: Mapping[str, Any] = {
    "tracklet_feature": "pool",
    "rsm_scale": 1.0,
    "rsm_padding": "exact",
    "motion_lambda": 0.99,
    "gate_after_assignment": True,
    "aspect": "h/w",
    "confirm_limit": 0.2,
}

# What won on all clips and rendered sets together, in the order of the ladder (decision 0017).
_BEST_BOXES: Mapping[str, Any] = {
    "tracklet_feature": "both",
    "noise_fps": 7.0,
    "doubtful": 0.1,
    "lost_seconds": 3.0,
}
_BEST_MASKS: Mapping[str, Any] = {
    "rsm_padding": "exact",
    "tracklet_feature": "pool",
    "pool_size": 3,
    "motion": False,
    "overlap_share": 0.5,
    "stage1_limit": 0.9,
    "noise_fps": 30.0,
    "lost_seconds": 3.0,
}

PROTOCOLS: Mapping[str, Mapping[str, Any]] = {
    "default": {},
    "authors": _RELEASED,
    "paper": _PUBLISHED,
    "best": _BEST_BOXES,
}
"""Of heads that link boxes: protocol to the settings that it changes."""

MASK_PROTOCOLS: Mapping[str, Mapping[str, Any]] = {
    "default": {},
    "authors": {**_RELEASED, "empty_mask": "drop"},
    "paper": {**_PUBLISHED, "motion_gated": True, "confirm": True, "mad_factor": 2.0},
    "best": _BEST_MASKS,
}
"""Of heads that link masks or poses."""
