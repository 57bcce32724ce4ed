"""The truth and the answer of one object, as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unitrack.data.base import Sequence as Video
from unitrack.data.base import Truth
from unitrack.errors import UniTrackError
from unitrack.types import SequenceResult, TrackedObject

__all__ = ["Array", "Pairs", "distances", "iou", "pair", "told"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pairs:
    """The annotated frames of one sequence.

    Attributes:
        true: Boxes in continuous pixels, ``(N, 4)``.
        counted: False where the object is absent or its box is none, ``(N,)``.
        found: What was answered, ``(N, 4)``; without extent where nothing was.
        first: Whether the first of them is the frame in which the object is given.
    """

    true: Array
    counted: NDArray[np.bool_]
    found: Array
    first: bool


def told(video: Video) -> Truth:
    """The truth of a sequence.

    Raises:
        UniTrackError: If the benchmark keeps it back.
    """
    if video.truth is None:
        raise UniTrackError(
            video.name, "has no annotation", "Choose an annotated split with --split."
        )
    return video.truth


def pair(video: Video, result: SequenceResult) -> Pairs:
    """Truth and answer frame by frame; frames of which the annotation says nothing are left out.

    Raises:
        UniTrackError: If the sequence has no truth.
    """
    frames = zip(told(video), result.frames, strict=True)
    kept = [(index, true[0], found) for index, (true, found) in enumerate(frames) if true]
    return Pairs(
        true=np.array([true.observation.box for _, true, _ in kept], np.float64).reshape(-1, 4),
        counted=np.array([true.counted for _, true, _ in kept], np.bool_),
        found=np.array([_answer(true.id, found) for _, true, found in kept]).reshape(-1, 4),
        first=bool(kept) and kept[0][0] == 0,
    )


def _answer(identity: int, found: tuple[TrackedObject, ...]) -> tuple[float, ...]:
    boxes = (one.observation.box for one in found if one.id == identity)
    return next(boxes, (0.0,) * 4)


def iou(one: Array, other: Array) -> Array:
    """Intersection over union of the boxes of each frame, ``(N, 4)`` both; 0 without any area.

    Boxes are continuous; with left, top, width and height it is the same in whole pixels, where
    an inclusive tool adds one to a right edge that it has put one before.
    """
    low, high = np.maximum(one[:, :2], other[:, :2]), np.minimum(one[:, 2:], other[:, 2:])
    shared = np.clip(high - low, 0, None).prod(axis=1)
    union = _areas(one) + _areas(other) - shared
    overlap: Array = np.divide(shared, union, out=np.zeros(len(one)), where=union > 0)
    return overlap


def _areas(boxes: Array) -> Array:
    areas: Array = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    return areas


def distances(one: Array, other: Array, unit: Array | float = 1.0) -> Array:
    """Distance of the centres of each frame's boxes.

    Args:
        one: ``(N, 4)``.
        other: ``(N, 4)``.
        unit: What one step is, in pixels; ``(N, 2)`` for steps of another length across and down.
    """
    centres = (boxes[:, :2] + (boxes[:, 2:] - boxes[:, :2]) / 2 for boxes in (one, other))
    first, second = centres
    apart: Array = np.linalg.norm((first - second) / unit, axis=1)
    return apart
