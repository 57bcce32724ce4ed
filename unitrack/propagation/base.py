"""Level 2a: the role of a propagator, and how it looks at a frame."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from unitrack.types import CropFeatures, FeatureMap, Observation

__all__ = ["Look", "Propagator"]


class Look(Protocol):
    """One frame, as seen through the backbone."""

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the frame in pixels."""

    @property
    def image(self) -> NDArray[np.uint8]:
        """The picture itself, RGB, ``(H, W, 3)``."""

    def whole(self) -> FeatureMap:
        """Features of the whole frame, computed ahead by the engine."""

    def crops(self, windows: NDArray[np.float64], side: int) -> CropFeatures:
        """Features of several windows, one batch.

        Args:
            windows: ``x1, y1, x2, y2`` in continuous image pixels, ``(Q, 4)``; they may leave the
                frame, what is outside is the data set's mean colour.
            side: Each is stretched to a square of so many pixels.
        """


class Propagator(Protocol):
    """Follows given objects through one sequence; memory does not grow with its length."""

    def step(self, look: Look, given: Mapping[int, Observation]) -> Mapping[int, Observation]:
        """Take the next frame.

        Args:
            look: The frame.
            given: Objects that the protocol gives in this frame, by identity: a known one is
                restarted, an unknown one is followed from here on.

        Returns:
            Where every object is that is followed, by identity, ascending; empty before the first
            is given. What was given is returned as it is.
        """
