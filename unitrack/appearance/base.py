"""Level 1: the role of an appearance model."""

from __future__ import annotations

from typing import Protocol

from torch import Tensor

from unitrack.registry.records import BackboneRecord

__all__ = ["AppearanceModel"]


class AppearanceModel(Protocol):
    """A frozen network that turns images into a dense feature map."""

    record: BackboneRecord
    tap: str

    def __call__(self, images: Tensor) -> Tensor:
        """Normalised images ``(B, 3, H, W)`` to features ``(B, C, h, w)``; no gradient is kept."""
