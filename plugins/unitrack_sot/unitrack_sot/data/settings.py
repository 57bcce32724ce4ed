"""Settings of the data sets of single-object tracking."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from unitrack.settings import said

__all__ = ["OxuvaSettings", "VotSettings"]


class VotSettings(BaseModel):
    """How VOT is run and scored."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    protocol: Literal["supervised", "one_pass"] = Field(
        "supervised",
        description="supervised starts again five frames after a failure and scores EAO; one_pass "
        "runs from the first frame to the last and scores AUC",
        json_schema_extra=said(),
    )


class OxuvaSettings(BaseModel):
    """How a tracker's answer becomes OxUvA's present or absent."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    presence: float = Field(
        0.0,
        description="an answer of a lower score says that the object is absent",
        json_schema_extra=said(note="0: the object is always present, as in the paper"),
    )
