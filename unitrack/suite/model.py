"""A suite as a person writes it: rows of backbones, columns of tasks."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["BackboneRow", "Entry", "SuiteFile"]

# Values of settings: any scalar or list, checked by the model of the record they belong to.
Settings = dict[str, Any]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class BackboneRow(_Strict):
    """One representation, at one or several layers."""

    backbone: str
    label: str = ""
    layers: tuple[str, ...] = ()
    weights: str = ""
    remap: str = ""
    settings: Settings = {}

    @property
    def title(self) -> str:
        """What the row is called in tables."""
        return self.label or self.backbone


class Entry(_Strict):
    """One task on one data set; a column for each combination of ``vary``."""

    head: str
    data: str
    label: str = ""
    root: str = ""
    split: str | None = None
    observations: str = "benchmark"
    protocol: str = "default"
    sequences: tuple[str, ...] | None = None
    limit: int | None = Field(None, ge=1)
    stride: int = Field(1, ge=1)
    settings: Settings = {}
    data_settings: Settings = {}
    vary: dict[str, tuple[Any, ...]] = {}  # values of the head's settings
    scores: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What its columns are called in tables, without what varies."""
        return self.label or f"{self.head} {self.data}"


class SuiteFile(_Strict):
    """The whole file."""

    about: str = ""
    backbones: tuple[BackboneRow, ...] = Field(min_length=1)
    entries: tuple[Entry, ...] = Field(min_length=1)
