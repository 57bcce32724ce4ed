"""Settings of this wheel's backbones."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["CrwSettings"]


class CrwSettings(BaseModel):
    """Contrastive random walk."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    padding: Literal["zeros", "reflect"] = Field(
        default="zeros",
        description="what convolutions see beyond the picture: zeros, as the paper evaluates, or "
        "the mirrored picture, as in training",
    )
