"""A detector of poses that errs as real ones do, made from the exact truth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from unitrack.data.synth.render import RenderedFrame
from unitrack.types import PoseObservation
from unitrack_posetrack.data.document import Joint, pose_of
from unitrack_posetrack.data.synthetic_settings import SyntheticPosetrackSettings

__all__ = ["detect_poses"]

_SHARPNESS = 0.06  # spread of the scores of equally visible people

Point = tuple[float, float]


def detect_poses(
    rng: np.random.Generator,
    frame: RenderedFrame,
    lapse: NDArray[np.bool_],
    settings: SyntheticPosetrackSettings,
) -> list[PoseObservation]:
    """Detections of one frame, in no telling order.

    Somebody half hidden is missed more often, found less exactly, and with a lower score. Joints
    that cannot be seen are not found. A detection of nobody is the pose of somebody in the frame,
    elsewhere; there is none in a frame without people.

    Args:
        rng: Source of randomness.
        frame: The rendered truth.
        lapse: Who is overlooked in this frame, ``(people,)``; see `unitrack.data.synth.lapses`.
        settings: False positives, jitter, least visibility.
    """
    found = []
    for person in frame.people:
        hidden = 1 - person.visibility
        seen = person.visibility > settings.min_visibility and not lapse[person.number]
        spread = settings.jitter * (person.xyxy[3] - person.xyxy[1]) * (1 + hidden)
        shown = {
            name: place
            for name, place in person.joints.items()
            if frame.shows(person.number, place)
        }
        pose = _pose(rng, shown, spread, 0.45 + 0.5 * person.visibility)
        if rng.random() >= hidden**2 and seen and any(pose.visible):
            found.append(pose)
    found += _ghosts(rng, frame, settings)
    return [found[row] for row in rng.permutation(len(found))]


def _pose(
    rng: np.random.Generator, joints: Mapping[str, Point], spread: float, score: float
) -> PoseObservation:
    """Joints misplaced by a standard deviation of ``spread`` pixels."""
    away = rng.normal(0, spread, (len(joints), 2)).tolist()
    found = {
        name: Joint(x + right, y + down)
        for (name, (x, y)), (right, down) in zip(joints.items(), away, strict=True)
    }
    score = float(np.clip(score + rng.normal(0, _SHARPNESS), 0.01, 0.99))
    return pose_of("posetrack15", found, score, None)


def _ghosts(
    rng: np.random.Generator, frame: RenderedFrame, settings: SyntheticPosetrackSettings
) -> Iterator[PoseObservation]:
    """Poses of people of the frame, in places of the picture that they are not in."""
    height, width = frame.owner.shape
    for _ in range(int(rng.poisson(settings.false_positives)) if frame.people else 0):
        like = frame.people[rng.integers(len(frame.people))]
        left, foot = rng.uniform(0, width), rng.uniform(0.5 * height, height)
        size = rng.uniform(0.7, 1.1)
        x1, _, _, y2 = like.xyxy
        moved = {
            name: (left + size * (x - x1), foot + size * (y - y2))
            for name, (x, y) in like.joints.items()
        }
        yield _pose(rng, moved, 0.0, rng.uniform(0.3, 0.75))
