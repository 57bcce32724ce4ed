"""Settings of the head ``mot``, and the protocols over them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from unitrack.heads.settings import PROTOCOLS as BOX_PROTOCOLS
from unitrack.heads.settings import (
    AssociationSettings,
    Cost,
    Count,
    Positive,
    SimilaritySetting,
)
from unitrack.settings import Sides, said

__all__ = ["PROTOCOLS", "MotSettings"]


class _BoxPoints(SimilaritySetting):
    """What stands between the similarity and everything else."""

    roi_grid: Sides = Field(
        default=(4, 10),
        description="rows and columns of feature points laid over a box",
        json_schema_extra=said(
            "points", 20, "10x4 was presumably meant; scores were made with 4x10"
        ),
    )


class MotSettings(AssociationSettings, _BoxPoints):
    """Multi-object tracking: similarity, motion, assignment, life cycle, output."""

    confirm_by: Literal["overlap", "looks"] = Field(
        default="overlap",
        description="what tells that a new tracklet is seen again in the next frame: overlap, or, "
        "where that fails, looks",
        json_schema_extra=said("", 39),
    )
    output_box: Literal["filtered", "detection"] = Field(
        default="filtered",
        description="the box that is reported: the filter's, or the detection itself",
        json_schema_extra=said("", 41),
    )
    min_box_area: Cost = Field(
        default=200.0,
        description="reported boxes are larger",
        json_schema_extra=said("px²"),
    )
    max_aspect: Positive = Field(
        default=1.6,
        description="reported boxes have no larger width / height",
        json_schema_extra=said("ratio"),
    )
    least_seen: Count = Field(
        default=1,
        description="above 1, a new tracklet is reported at once, and tracks in fewer frames are "
        "taken out in the end",
        json_schema_extra=said("frames"),
    )
    unsure_seconds: Cost = Field(
        default=0.0,
        description="tracks at least that long of which the detector was hardly ever sure (three "
        "quarters of their scores among the lowest quarter of all) are taken out in the end; 0 "
        "keeps them",
        json_schema_extra=said("s"),
    )


PROTOCOLS: Mapping[str, Mapping[str, Any]] = {
    **BOX_PROTOCOLS,
    "best": {
        **BOX_PROTOCOLS["best"],
        "least_seen": 2,
        "confirm_by": "looks",
        "refind_limit": 0.25,
        "unsure_seconds": 3.0,
    },
}
