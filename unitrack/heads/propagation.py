"""The template of every head that follows given objects: boxes, masks, poses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from unitrack.errors import UniTrackError
from unitrack.heads.base import Crops, Embed, FrameFeatures
from unitrack.propagation.base import Propagator
from unitrack.propagation.crop import cut
from unitrack.types import (
    CropFeatures,
    FeatureMap,
    Frame,
    Observation,
    SequenceInfo,
    SequenceResult,
    Target,
    TrackedObject,
)

__all__ = ["PropagationHead"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PropagationHead:
    """Targets in, the same identities in every frame after out.

    Attributes:
        needs: Whole frames, or crops.
        begin: Makes a fresh propagator for one sequence.
    """

    needs: FrameFeatures | Crops
    begin: Callable[[SequenceInfo], Propagator]

    def start(self, sequence: SequenceInfo, embed: Embed) -> _Tracker:
        """A fresh tracker for one sequence."""
        return _Tracker(sequence, self.begin(sequence), embed)


class _Tracker:
    def __init__(self, sequence: SequenceInfo, propagator: Propagator, embed: Embed) -> None:
        self._sequence = sequence
        self._propagator = propagator
        self._embed = embed

    def step(
        self, frame: Frame, features: FeatureMap | None, observations: Sequence[Observation]
    ) -> list[TrackedObject]:
        """Follow what is followed, take what is given.

        Raises:
            UniTrackError: If something given has no identity, or the propagator refuses it; it
                says which object, and here the sequence and the frame are added.
        """
        given = {one.id: one.observation for one in map(self._target, observations)}
        try:
            found = self._propagator.step(_Look(frame, features, self._embed), given)
        except UniTrackError as error:
            where = f"{self._sequence.name}: frame {frame.name}: {error.where}"
            raise UniTrackError(where, error.what, error.mend) from error
        return [TrackedObject(identity, seen) for identity, seen in found.items()]

    def finish(self, result: SequenceResult) -> SequenceResult:
        """The result as it is."""
        return result

    def _target(self, seen: Observation) -> Target:
        if isinstance(seen, Target):
            return seen
        raise UniTrackError(
            f"{self._sequence.name}: --observations",
            "are detections without identities, which this head cannot follow",
            "Leave out --observations: the protocol gives the objects of the first frame.",
        )


class _Look:
    """One frame; it is normalised once, when crops are first asked for."""

    def __init__(self, frame: Frame, features: FeatureMap | None, embed: Embed) -> None:
        self._frame = frame
        self._features = features
        self._embed = embed
        self._normalised: Tensor | None = None

    @property
    def size(self) -> tuple[int, int]:
        height, width = self._frame.image.shape[:2]
        return height, width

    @property
    def image(self) -> NDArray[np.uint8]:
        return self._frame.image

    def whole(self) -> FeatureMap:
        assert self._features is not None, "the head asked for crops"
        return self._features

    def crops(self, windows: NDArray[np.float64], side: int) -> CropFeatures:
        if self._normalised is None:
            self._normalised = self._embed.normalise(self._frame.image)
        return self._embed(cut(self._normalised, windows, side))
