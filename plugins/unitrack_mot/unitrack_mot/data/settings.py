"""Settings of the MOTChallenge data sets."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["MotDataSettings"]


class MotDataSettings(BaseModel):
    """How files of observations are read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    columns: Literal["motchallenge", "private"] = Field(
        "motchallenge",
        description="columns of observation files: motchallenge is frame,-1,left,top,width,height,"
        "score[,class]; private is frame,left,top,width,height,score",
        json_schema_extra={"unit": "", "note": "private detections are often shared in 6 columns"},
    )
