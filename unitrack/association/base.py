"""Level 2b: the roles of a similarity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from torch import Tensor

from unitrack.association.descriptors import Descriptors
from unitrack.types import FeatureMap, Frame, Observation

__all__ = ["Similarity"]


class Similarity(Protocol):
    """How alike tracklets and detections look."""

    def describe(
        self, frame: Frame, features: FeatureMap, observations: Sequence[Observation]
    ) -> Descriptors:
        """Describe each observation of a frame; observations may differ in number of points."""

    def compare(self, tracklets: Descriptors, detections: Descriptors) -> Tensor:
        """Similarity in ``[-1, 1]``, ``(N tracklets, M detections)``; higher is more alike."""
