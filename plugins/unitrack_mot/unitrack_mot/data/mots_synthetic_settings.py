"""Settings of the rendered crowd with masks."""

from __future__ import annotations

from pydantic import Field

from unitrack_mot.data.synthetic_settings import SyntheticMotSettings

__all__ = ["SyntheticMotsSettings"]


class SyntheticMotsSettings(SyntheticMotSettings):
    """What `unitrack data synth mots` renders: the crowd of `synthetic_mot`, with exact masks."""

    jitter: float = Field(
        default=0.03,
        ge=0,
        le=0.5,
        description="error of a detected outline, standard deviation",
        json_schema_extra={"unit": "mask sizes"},
    )
    min_visibility: float = Field(
        default=0.2,
        ge=0,
        le=1,
        description="less visible people are never detected",
        json_schema_extra={"unit": ""},
    )
    annotated_visibility: float = Field(
        default=0.1,
        ge=0,
        le=1,
        description="less visible people are not annotated; they belong to the ignored region",
        json_schema_extra={"unit": ""},
    )
