"""Settings of the DAVIS data sets."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from unitrack.settings import said

__all__ = ["DavisSettings"]


class DavisSettings(BaseModel):
    """Which of the two versions on disk is read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    resolution: Literal["480p", "Full-Resolution"] = Field(
        "480p",
        description="folder below JPEGImages/ and Annotations/; published figures are of 480p",
        json_schema_extra=said(),
    )
