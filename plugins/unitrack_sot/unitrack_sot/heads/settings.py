"""Settings of the head ``sot``, and the protocols over them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from unitrack.settings import said

__all__ = ["PROTOCOLS", "SotSettings"]


class SotSettings(BaseModel):
    """Single-object tracking: the crop, what finds the box in it, how the answer is read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    propagator: Literal["dcf", "xcorr"] = Field(
        default="dcf",
        description="what finds the box: a discriminative correlation filter, or "
        "cross-correlation with the first frame",
        json_schema_extra=said(),
    )
    crop_size: int = Field(
        default=520,
        ge=64,
        le=4096,
        description="side of the square that a window of 4.5 times the box is stretched to",
        json_schema_extra=said("px", 3, "the paper's table has 512"),
    )
    template_block: Literal["authors", "centred"] = Field(
        default="authors",
        description="cells of the crop that are taken for the box: counted from the middle of the "
        "feature map, or of the crop",
        json_schema_extra=said("", 3, "the authors' cells are 0.94 too far to the top left"),
    )
    readout: Literal["centred", "authors"] = Field(
        default="centred",
        description="how a peak becomes a displacement: exactly, or as in the authors' program",
        json_schema_extra=said(
            "", 14, "xcorr: one cell too far to the top left, and 1.25 times too far; dcf: 0.2 %"
        ),
    )
    subcell_peak: bool = Field(
        default=False,
        description="refine the peak to parts of a cell (a cell is 7 % of the box)",
        json_schema_extra=said(),
    )
    sides_gain: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="share of the way that a box goes, each frame, to the box that fits best the "
        "labels its first frame lends to the cells of the crop; less where these are unsure; 0 "
        "leaves it where correlation puts it",
        json_schema_extra=said("share"),
    )
    sides_hold: float = Field(
        default=3.0,
        ge=0,
        le=1000,
        description="how strongly that fit is held to the place and size that correlation found: "
        "what the logarithm of the overlap pays for each squared share of a side",
        json_schema_extra=said(),
    )
    size_cap: Literal["image", "authors"] = Field(
        default="image",
        description="a box grows at most to the width and height of the picture, or to the two "
        "swapped",
        json_schema_extra=said("", 18, protocol_only=True),
    )
    sot_origin: Literal["centre", "authors"] = Field(
        default="centre",
        description="crop around the middle of the box, or half a pixel off it",
        json_schema_extra=said("", 19, protocol_only=True),
    )

    xcorr_update: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="weight of each later frame in xcorr's template; 0 keeps the first frame's",
        json_schema_extra=said("share", 13, "the paper says both: the frame before, the first"),
    )

    xcorr_keep: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="weight of the first frame's template beside that running mean, however long "
        "ago it was",
        json_schema_extra=said("share"),
    )

    dcf_template_window: Literal["box", "hann", "none"] = Field(
        default="box",
        description="what dcf's training crop is multiplied by: the block of the box, a Hann "
        "window, nothing",
        json_schema_extra=said("", 16, "the paper says that context is kept"),
    )
    dcf_update: Literal["separate", "num_den"] = Field(
        default="separate",
        description="running means of dcf's weights and template, or of numerator and denominator",
        json_schema_extra=said("", 17, "the paper has numerator and denominator"),
    )
    dcf_lambda_per_channel: bool = Field(
        default=False,
        description="add the ridge of 1e-4 once a channel instead of once",
        json_schema_extra=said("", 15, "the paper shows no sum", protocol_only=True),
    )


PROTOCOLS: Mapping[str, Mapping[str, Any]] = {
    "default": {},
    # The released program.
    "authors": {"readout": "authors", "size_cap": "authors", "sot_origin": "authors"},
    # The text. Its template of cross-correlation stays the first frame's, as in the appendix.
    "paper": {
        "dcf_template_window": "hann",
        "dcf_update": "num_den",
        "dcf_lambda_per_channel": True,
    },
    # Chosen on real and rendered clips together, docs/decisions/0018.
    "best": {
        "propagator": "xcorr",
        "subcell_peak": True,
        "xcorr_keep": 0.5,
        "xcorr_update": 0.2,
        "sides_gain": 0.5,
    },
}
