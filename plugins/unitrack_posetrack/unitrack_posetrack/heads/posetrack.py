"""Head ``posetrack``: give the poses of a detector identities.

Every pose that is given is reported. One that belongs to nobody, because its score is too low or
because somebody else's track took its place, has an identity of its own that no other pose has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from unitrack.association.pose_mask import pose_boxes, pose_masks
from unitrack.errors import UniTrackError
from unitrack.heads.association import AssociationHead
from unitrack.heads.base import Embed, FrameFeatures, Resolve, TaskHead, Tracker
from unitrack.heads.build import mask_head
from unitrack.types import (
    FeatureMap,
    Frame,
    MaskObservation,
    Observation,
    PoseObservation,
    SequenceInfo,
    SequenceResult,
    TrackedObject,
)
from unitrack_posetrack.heads.posetrack_settings import PosetrackSettings

__all__ = ["posetrack"]

# Identities of poses that belong to nobody, until the last genuine one is known.
_NOBODY = 1 << 40


def posetrack(settings: PosetrackSettings, resolve: Resolve) -> TaskHead:
    """Build the head.

    Args:
        settings: Checked settings.
        resolve: Gives the record of the similarity that is named in them.

    Raises:
        UniTrackError: If the similarity is unknown, cannot be built, or does not take masks.
    """
    draw = partial(_draw, min_width=settings.limb_min_width)
    place = _place if settings.pose_box == "joints" else None
    return _Posetrack(
        mask_head(settings, resolve, draw=draw, place=place), stale=settings.stale_pose
    )


@dataclass(frozen=True, slots=True)
class _Posetrack:
    linking: AssociationHead
    stale: bool

    @property
    def needs(self) -> FrameFeatures:
        """Whole frames at their own size."""
        return self.linking.needs

    def start(self, sequence: SequenceInfo, embed: Embed) -> Tracker:
        """A fresh tracker for one video."""
        return _Tracker(self.linking.start(sequence, embed), sequence.name, stale=self.stale)


class _Tracker:
    def __init__(self, linking: Tracker, name: str, *, stale: bool) -> None:
        self._linking = linking
        self._name = name
        self._stale = stale
        self._before: frozenset[int] = frozenset()
        self._highest = 0
        self._nobodies = 0

    def step(
        self, frame: Frame, features: FeatureMap | None, observations: Sequence[Observation]
    ) -> list[TrackedObject]:
        """Link one frame's poses; those without any joint are left out."""
        poses = [self._pose(frame, number, seen) for number, seen in enumerate(observations)]
        there = [pose for pose in poses if any(pose.visible)]
        linked = self._linking.step(frame, features, there)
        owners = {id(one.observation): one.id for one in linked if not self._is_stale(one.id)}
        self._before = frozenset(one.id for one in linked)
        self._highest = max(self._highest, *self._before, 0)
        objects = [TrackedObject(owners.pop(id(pose), 0) or self._nobody(), pose) for pose in there]
        return sorted(objects, key=lambda one: one.id)

    def finish(self, result: SequenceResult) -> SequenceResult:
        """Poses that belong to nobody are counted on from the last genuine identity."""
        shift = _NOBODY - self._highest
        frames = tuple(
            tuple(one if one.id <= _NOBODY else replace(one, id=one.id - shift) for one in frame)
            for frame in result.frames
        )
        return self._linking.finish(replace(result, frames=frames))

    def _is_stale(self, identity: int) -> bool:
        """Whether it was lost before this frame."""
        return self._stale and identity <= self._highest and identity not in self._before

    def _nobody(self) -> int:
        self._nobodies += 1
        return _NOBODY + self._nobodies

    def _pose(self, frame: Frame, number: int, seen: Observation) -> PoseObservation:
        if isinstance(seen, PoseObservation):
            return seen
        raise UniTrackError(
            f"{self._name}: frame {frame.name}: observation {number}",
            f"is a {type(seen).__name__}, not a pose",
            "Give poses, or choose a head for what is observed: unitrack list heads",
        )


def _draw(
    observations: Sequence[Observation], size: tuple[int, int], min_width: int
) -> list[MaskObservation]:
    return pose_masks(_poses(observations), size, min_width=min_width)


def _place(observations: Sequence[Observation]) -> NDArray[np.float64]:
    return pose_boxes(_poses(observations))


def _poses(observations: Sequence[Observation]) -> list[PoseObservation]:
    return [seen for seen in observations if isinstance(seen, PoseObservation)]
