"""Level 3: the roles of a head and of its tracker."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from unitrack.registry.records import Record
from unitrack.types import (
    CropFeatures,
    FeatureMap,
    Frame,
    Observation,
    SequenceInfo,
    SequenceResult,
    TrackedObject,
)

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Crops", "Embed", "FrameFeatures", "Resolve", "TaskHead", "Tracker"]

Resolve = Callable[[str, str], Record]
"""Kind and name to the record of another offer, e.g. ``resolve("similarities", "rsm")``."""


class Embed(Protocol):
    """What a head is given that cuts its own crops: normalise a frame once, embed crops of it."""

    def normalise(self, image: NDArray[np.uint8]) -> Tensor:
        """A picture (RGB, uint8, ``(H, W, 3)``) as the backbone wants it.

        Returns:
            ``(3, H, W)``, float32, on the run's device; 0 is the data set's mean colour.
        """

    def __call__(self, crops: Tensor) -> CropFeatures:
        """One batch through the backbone: normalised ``(Q, 3, height, width)``."""


@dataclass(frozen=True, slots=True)
class FrameFeatures:
    """The head wants whole frames; the engine embeds them ahead in batches.

    Attributes:
        letterbox: Network input (height, width) that frames are scaled and padded to, or None.
        stretch: Network input (height, width) that frames are scaled to, each axis on its own, or
            None. With neither, frames keep their size.
    """

    letterbox: tuple[int, int] | None = None
    stretch: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Crops:
    """The head asks for crops itself, through `Embed`."""


class Tracker(Protocol):
    """The state of one head on one sequence."""

    def step(
        self, frame: Frame, features: FeatureMap | None, observations: Sequence[Observation]
    ) -> list[TrackedObject]:
        """Take the next frame, say which objects are where."""

    def finish(self, result: SequenceResult) -> SequenceResult:
        """Called once, at the end; most trackers give ``result`` back unchanged."""


class TaskHead(Protocol):
    """One task, ready to start on any number of sequences."""

    @property
    def needs(self) -> FrameFeatures | Crops:
        """What the engine is to prepare."""

    def start(self, sequence: SequenceInfo, embed: Embed) -> Tracker:
        """A fresh tracker for one sequence; ids start at 1 again."""
