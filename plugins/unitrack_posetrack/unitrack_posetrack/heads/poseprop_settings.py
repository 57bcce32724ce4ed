"""Settings of the head ``poseprop``, and the protocols over them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from unitrack.heads.propagation_settings import PropagationSettings
from unitrack.propagation.config import Belief, Readout
from unitrack.settings import Sides, said

__all__ = ["PROTOCOLS", "PosePropSettings"]


class PosePropSettings(PropagationSettings):
    """Propagation of poses: how joints are drawn, carried and found again."""

    eta: float = Field(
        default=0.01,
        ge=0,
        description="standard deviation of a joint's place by the body's larger side; at least "
        "half a cell",
        json_schema_extra=said("share", 8, "0.015 in the authors' code", protocol_only=True),
    )
    belief: Belief = Field(
        default="exact",
        description="a joint is drawn as a symmetric Gaussian, or as the authors' patch, which is "
        "lop-sided and off by a cell at the left and upper edge",
        json_schema_extra=said("", 9, protocol_only=True),
    )
    pose_readout: Readout = Field(
        default="top3",
        description="a joint is the weighted mean of its three strongest cells, the strongest "
        "cell, or the weighted mean of all",
        json_schema_extra=said("", 10, "not in the paper"),
    )
    pose_size: Sides = Field(
        default=(320, 320),
        description="network input that frames are stretched to, height x width",
        json_schema_extra=said("px"),
    )
    carry: Literal["labels", "patches"] = Field(
        default="labels",
        description="a joint is carried as a label of cells, or found again by the features around "
        "it, between the cells; settings of labels then do nothing",
        json_schema_extra=said(note="patches are not in the paper"),
    )
    patch_radius: int = Field(
        default=3,
        ge=0,
        description="cells of a patch on each side of its joint",
        json_schema_extra=said("cells"),
    )
    patch_sigma: float = Field(
        default=2.0,
        gt=0,
        description="standard deviation of the Gaussian that weighs the cells of a patch",
        json_schema_extra=said("cells"),
    )
    patch_first: float = Field(
        default=0.6,
        ge=0,
        le=1,
        description="share of the annotated frame's patch in what is looked for; the rest is the "
        "patch of the frame before",
        json_schema_extra=said("share"),
    )
    patch_reach: float = Field(
        default=12.0,
        gt=0,
        description="distance from the last place at which a similarity counts 0.1 less; it grows "
        "with the square",
        json_schema_extra=said("cells"),
    )


PROTOCOLS: Mapping[str, Mapping[str, Any]] = {
    "default": {},
    # The released program, where its script is mended so that it runs.
    "authors": {"eta": 0.015, "belief": "authors"},
    # The text: one radius for all, equation 1, the first frame once.
    "paper": {"radius_long_term": True, "memory_dedup": True, "affinity_norm": "targets"},
    # Beyond the paper; what was tried is in docs/decisions/0019-best-labels.md.
    "best": {"carry": "patches", "pose_size": (448, 448)},
}
