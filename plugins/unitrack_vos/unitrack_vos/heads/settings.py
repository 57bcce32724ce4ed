"""Settings of the head ``vos``, and the protocols over them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from unitrack.heads.propagation_settings import PropagationSettings
from unitrack.settings import Sides, said

__all__ = ["PROTOCOLS", "VosSettings"]


class VosSettings(PropagationSettings):
    """Video object segmentation: input size, propagation, output."""

    vos_size: Sides | None = Field(
        default=None,
        description="network input that frames are stretched to, height x width; null is their own",
        json_schema_extra=said("px", 2, "the paper's table has 480x640; scores were made without"),
    )
    norm_mask: bool = Field(
        default=False,
        description="stretch the labels of each cell to 0..1 before the output",
        json_schema_extra=said(),
    )
    edge_radius: int = Field(
        default=0,
        ge=0,
        description="the output follows edges of the picture, by the guided filter, within a sixth "
        "of the object's side, at most so many pixels, in steps of 4; below 4 the labels of the "
        "cells are enlarged by plain resampling",
        json_schema_extra=said("px", note="not in the paper"),
    )
    edge_epsilon: float = Field(
        default=1e-4,
        gt=0,
        description="variance of colour, 0..1, that edge_radius takes for noise",
        json_schema_extra=said("", note="not in the paper"),
    )
    compact_ids: bool = Field(
        default=False,
        description="report the rank of an object's id instead of the id",
        json_schema_extra=said("", 4, "differs where ids have gaps", protocol_only=True),
    )


PROTOCOLS: Mapping[str, Mapping[str, Any]] = {
    "default": {},
    # The released program.
    "authors": {"compact_ids": True},
    # The text: 480 x 640, one radius for all, equation 1, the first frame once.
    "paper": {
        "vos_size": (480, 640),
        "radius_long_term": True,
        "memory_dedup": True,
        "affinity_norm": "targets",
    },
    # Beyond the paper; what was tried is in docs/decisions/0019-best-labels.md.
    "best": {"edge_radius": 16, "top_k": 7, "radius": 7.0},
}
