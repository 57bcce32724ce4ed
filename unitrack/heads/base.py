"""Level 3: the roles of a head and of its tracker."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from unitrack.registry.records import Record
from unitrack.types import (
    FeatureMap,
    Frame,
    Observation,
    SequenceInfo,
    SequenceResult,
    TrackedObject,
)

__all__ = ["Crops", "Embed", "FrameFeatures", "Resolve", "TaskHead", "Tracker"]

Resolve = Callable[[str, str], Record]
"""Kind and name to the record of another offer, e.g. ``resolve("similarities", "rsm")``."""


Embed = Callable[[Sequence[NDArray[np.uint8]]], list[FeatureMap]]
"""Images (RGB, uint8, ``(H, W, 3)``, one size) to their feature maps, batched, on the device."""


@dataclass(frozen=True, slots=True)
class FrameFeatures:
    """The head wants whole frames; the engine embeds them ahead in batches.

    Attributes:
        letterbox: Network input (height, width) that frames are scaled and padded to, or None for
            native size.
    """

    letterbox: tuple[int, int] | None = None


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
