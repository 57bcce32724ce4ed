"""Settings of the transformers of this wheel."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from unitrack.settings import said

__all__ = ["TokenSettings"]


class TokenSettings(BaseModel):
    """How a network of tokens, one per 14 or 16 pixels, is brought to one per 8."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    dense: Literal["enlarge", "overlap", "resample"] = Field(
        default="enlarge",
        description="enlarge the picture; let patches overlap; or enlarge the map of features",
        json_schema_extra=said(
            note="the first two take four times as long as the last (16 pixels)"
        ),
    )
