"""Level 2b: the roles of a similarity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from torch import Tensor

from unitrack.association.descriptors import Descriptors
from unitrack.association.rsm import Padding
from unitrack.types import FeatureMap, Frame, Observation

__all__ = ["Similarity", "SimilaritySettings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilaritySettings:
    """What a head tells the factory of a similarity; each one reads what concerns it.

    Attributes:
        shape: What the head describes: observations by their boxes, or
            `unitrack.association.silhouette.Silhouette` by the cells that they cover.
        roi_grid: Rows and columns of points laid over a box.
        max_points: About so many points of a silhouette are kept at most.
        rsm_scale: Multiplies the cosines before RSM's softmax.
        rsm_padding: How RSM treats sets of different size.
        pool_prenorm: Give each point unit length before it is averaged or concatenated.
        reid_weights: Checkpoint of the person re-identification network.
    """

    shape: Literal["box", "silhouette"] = "box"
    roi_grid: tuple[int, int] = (4, 10)
    max_points: int = 200
    rsm_scale: float = 100.0
    rsm_padding: Padding = "authors"
    pool_prenorm: bool = False
    reid_weights: Path | None = None


class Similarity(Protocol):
    """How alike tracklets and detections look."""

    def describe(
        self, frame: Frame, features: FeatureMap, observations: Sequence[Observation]
    ) -> Descriptors:
        """Describe each observation of a frame; observations may differ in number of points.

        One that has none is linked by its place alone.
        """

    def compare(self, tracklets: Descriptors, detections: Descriptors) -> Tensor:
        """Similarity in ``[-1, 1]``, ``(N tracklets, M detections)``; higher is more alike."""
