"""Clips that exist in memory only: what is known, and what was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from unitrack.data.base import Sequence as Video
from unitrack.types import PoseObservation, SequenceResult, TrackedObject, TruthObject

Joints = Sequence[tuple[float, float] | None]


@dataclass(frozen=True)
class Clip:
    name: str
    truth: tuple[tuple[TruthObject, ...], ...] | None


def pose(
    joints: Joints,
    skeleton: str = "jhmdb15",
    *,
    score: float = 1.0,
    head: tuple[float, float, float, float] | None = None,
) -> PoseObservation:
    """Joints; None for one that is not there."""
    return PoseObservation(
        tuple(joint or (0.0, 0.0) for joint in joints),
        tuple(joint is not None for joint in joints),
        score,
        skeleton=skeleton,
        head=head,
    )


def clip(frames: Sequence[Joints], name: str = "clip") -> Video:
    """One person a frame."""
    truth = tuple((TruthObject(1, pose(joints)),) for joints in frames)
    return cast("Video", Clip(name, truth))


def result(frames: Sequence[Joints | None], name: str = "clip") -> SequenceResult:
    """The same person as it was found; None where it was not."""
    return SequenceResult(
        name,
        tuple(() if one is None else (TrackedObject(1, pose(one)),) for one in frames),
    )
