"""Settings of the head ``poseprop``, and the protocols over them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from unitrack.heads.propagation_settings import PropagationSettings
from unitrack.propagation.config import Belief, Readout
from unitrack.settings import said

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


PROTOCOLS: Mapping[str, Mapping[str, Any]] = {
    "default": {},
    # The released program, where its script is mended so that it runs.
    "authors": {"eta": 0.015, "belief": "authors"},
    # The text: one radius for all, equation 1, the first frame once.
    "paper": {"radius_long_term": True, "memory_dedup": True, "affinity_norm": "targets"},
}
