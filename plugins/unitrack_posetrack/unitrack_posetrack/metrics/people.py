"""People of the frames that are scored, as arrays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from unitrack.data.base import Sequence as Video
from unitrack.errors import UniTrackError
from unitrack.types import PoseObservation, SequenceResult, TrackedObject, TruthObject
from unitrack_posetrack.data.regions import IgnoredRegion, inside

__all__ = ["People", "Scored", "scored_frames"]

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Integers = NDArray[np.int64]

_HEAD = 0.6  # of the diagonal of the head box is the unit of distances


@dataclass(frozen=True, slots=True)
class People:
    """N people of one frame, or of several on end.

    Attributes:
        ids: ``(N,)``.
        places: Joints, image pixels, ``(N, J, 2)``.
        there: Whether each joint is there, ``(N, J)``.
        scores: Confidence of each joint, ``(N, J)``.
        heads: Unit of distances, pixels, ``(N,)``; NaN where there is no head box.
    """

    ids: Integers
    places: Array
    there: Flags
    scores: Array
    heads: Array

    def only(self, kept: Flags | slice) -> People:
        """Some of them."""
        return People(
            self.ids[kept],
            self.places[kept],
            self.there[kept],
            self.scores[kept],
            self.heads[kept],
        )

    def outside(self, regions: Sequence[IgnoredRegion]) -> People:
        """Without the joints inside regions, and then without people who have none left."""
        if not regions:
            return self
        hidden = np.any([inside(self.places, region.polygon) for region in regions], axis=0)
        there = self.there & ~hidden
        left = People(self.ids, self.places, there, self.scores, self.heads)
        return left.only(there.any(axis=1))


@dataclass(frozen=True, slots=True)
class Scored:
    """One frame that is scored.

    Attributes:
        true: Who is annotated; G people.
        found: Who was found; K people.
        distances: Between joints of one kind, in heads, ``(J, G, K)``; infinite where one is not
            there.
    """

    true: People
    found: People
    distances: Array


def scored_frames(video: Video, result: SequenceResult) -> Iterator[Scored]:
    """The frames in which somebody is annotated, without what lies in ignored regions.

    Identities are renumbered from 0, those of the truth and those that were found.

    Args:
        video: One sequence.
        result: Poses of as many joints as the truth has.

    Raises:
        UniTrackError: If there is no truth, or a head box that is needed is not there.
    """
    if video.truth is None:
        raise UniTrackError(
            video.name, "has no annotation", "Choose an annotated split with --split."
        )
    known = [list(_poses(frame)) for frame in video.truth]
    joints = next((len(pose.xy) for frame in known for _, pose in frame), 0)
    true = _arrays(known, joints)
    found = _arrays([list(_poses(frame)) for frame in result.frames], joints)
    for index, frame in enumerate(video.truth):
        if not len(true[index].ids):
            continue
        regions = [o.observation for o in frame if isinstance(o.observation, IgnoredRegion)]
        left, seen = (people[index].outside(regions) for people in (true, found))
        _check_heads(left, f"{video.name}: frame {index}")
        yield Scored(left, seen, _distances(left, seen))


def _poses(
    frame: Sequence[TruthObject | TrackedObject],
) -> Iterator[tuple[int, PoseObservation]]:
    for one in frame:
        if isinstance(one.observation, PoseObservation):
            yield one.id, one.observation


def _arrays(frames: Sequence[Sequence[tuple[int, PoseObservation]]], count: int) -> list[People]:
    """One array over all frames, then views."""
    pairs = [pair for frame in frames for pair in frame]
    poses = [pose for _, pose in pairs]
    heads = np.array([pose.head or (np.nan,) * 4 for pose in poses]).reshape(-1, 4)
    _, ids = np.unique(np.array([identity for identity, _ in pairs], np.int64), return_inverse=True)
    whole = People(
        ids=ids.astype(np.int64),
        places=np.array([pose.xy for pose in poses], np.float64).reshape(len(poses), count, 2),
        there=np.array([pose.visible for pose in poses], np.bool_).reshape(len(poses), count),
        scores=np.array([pose.joint_scores or (pose.score,) * count for pose in poses]).reshape(
            len(poses), count
        ),
        heads=_HEAD * np.hypot(*(heads[:, 2:] - heads[:, :2]).T),
    )
    edges = accumulate((len(frame) for frame in frames), initial=0)
    return [whole.only(slice(first, last)) for first, last in pairwise(edges)]


def _check_heads(known: People, where: str) -> None:
    lacking = known.there.any(axis=1) & ~(known.heads > 0)
    if lacking.any():
        person = int(np.flatnonzero(lacking)[0])
        raise UniTrackError(
            f"{where}: annotated person {person}",
            "has no head box, or one without extent, and distances are measured in heads",
            "Add the head box to the annotation.",
        )


def _distances(true: People, found: People) -> Array:
    gaps = true.places[:, None] - found.places[None]
    heads = np.where(true.heads > 0, true.heads, 1.0)
    relative = np.hypot(gaps[..., 0], gaps[..., 1]) / heads[:, None, None]
    both = true.there[:, None] & found.there[None]
    distances: Array = np.where(both, relative, np.inf).transpose(2, 0, 1)
    return distances
