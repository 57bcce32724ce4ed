"""How observations of one kind become what the association links, and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from unitrack.association.associator import Tracked
from unitrack.association.kalman import Array
from unitrack.types import FeatureMap, Frame, Observation, SequenceInfo, TrackedObject

__all__ = ["Form", "Taken"]


@dataclass(frozen=True, slots=True)
class Taken:
    """The observations of one frame that take part.

    Attributes:
        observations: As the similarity is to see them, M of them.
        boxes: ``x1, y1, x2, y2``, ``(M, 4)``, in the unit of the filter's state.
        features: Where the similarity is to look them up.
    """

    observations: Sequence[Observation]
    boxes: Array
    features: FeatureMap


class Form(Protocol):
    """One kind of observation."""

    def take(
        self,
        sequence: SequenceInfo,
        frame: Frame,
        features: FeatureMap,
        observations: Sequence[Observation],
    ) -> Taken:
        """Choose and place the observations of a frame.

        Raises:
            UniTrackError: If they are of another kind, or do not fit the picture.
        """

    def give(self, sequence: SequenceInfo, tracked: Tracked, taken: Taken) -> list[TrackedObject]:
        """What is reported of the confirmed tracklets, in the order of their identities."""
