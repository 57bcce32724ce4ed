"""PCK by loops, as benchmarks.md 8.6 states it."""

from __future__ import annotations

from collections.abc import Sequence
from math import hypot, inf

__all__ = ["Pose", "pck"]

Pose = Sequence[tuple[float, float] | None]
"""Joints; None where one is not there."""


def pck(
    clips: Sequence[Sequence[tuple[Pose, Pose | None]]], threshold: float, *, strict: bool = False
) -> float:
    """Truth and result per frame of each clip, the first frames left out; in 0..1.

    Args:
        clips: The result is None where the pose is missing as a whole.
        threshold: Largest error that is right, relative to the size of the person.
        strict: Whether a joint that the result calls not visible is wrong, or not counted.
    """
    count = len(clips[0][0][0])
    right, total = [0] * count, [0] * count
    for clip in clips:
        for true, found in clip[1:]:
            size = _size(true, found or [None] * count)
            for joint in range(count):
                if true[joint] is None:
                    continue
                if found is not None and found[joint] is None:
                    total[joint] += strict
                    continue
                total[joint] += 1
                right[joint] += found is not None and _gap(true, found, joint) <= threshold * size
    shares = [hit / all_ if all_ else 0.0 for hit, all_ in zip(right, total, strict=True)]
    return sum(shares) / count


def _size(true: Pose, found: Pose) -> float:
    """0.6 diagonals of the box around the annotated joints that are found."""
    left = top = inf
    right = bottom = -inf
    for known, other in zip(true, found, strict=True):
        if known is not None and other is not None:
            left, right = min(left, known[0]), max(right, known[0])
            top, bottom = min(top, known[1]), max(bottom, known[1])
    return 0.6 * hypot(right - left, bottom - top) if right >= left else 0.0


def _gap(true: Pose, found: Pose, joint: int) -> float:
    known, other = true[joint], found[joint]
    assert known is not None
    assert other is not None
    return hypot(known[0] - other[0], known[1] - other[1])
