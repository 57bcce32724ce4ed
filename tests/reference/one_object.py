"""Curves of single-object tracking and VOT's expected overlap, slow and plain, in float64."""

from __future__ import annotations

import math
from collections.abc import Sequence

Box = Sequence[float]  # left, top, width, height, as in the files


def overlap(one: Box, other: Box) -> float:
    """Intersection over union, counted with inclusive right and lower edges as OTB's tool does."""
    right = min(one[0] + one[2] - 1, other[0] + other[2] - 1)
    lower = min(one[1] + one[3] - 1, other[1] + other[3] - 1)
    wide = right - max(one[0], other[0]) + 1
    tall = lower - max(one[1], other[1]) + 1
    shared = max(0.0, wide) * max(0.0, tall)
    union = one[2] * one[3] + other[2] * other[3] - shared
    return shared / union if union > 0 else 0.0


def distance(one: Box, other: Box, wide: float = 1.0, tall: float = 1.0) -> float:
    """Of the centres, which OTB's tool puts at ``left + (width - 1) / 2``."""
    x, y = ((one[k] + (one[k + 2] - 1) / 2) - (other[k] + (other[k + 2] - 1) / 2) for k in (0, 1))
    return math.hypot(x / wide, y / tall)


def one_pass(
    truth: Sequence[Box], found: Sequence[Box], gone: Sequence[bool]
) -> dict[str, list[float]]:
    """Success, precision and normalised precision curves of one sequence.

    Args:
        truth: Annotated boxes.
        found: Answers; one without extent repeats the one before.
        gone: Where the annotation says that the object cannot be seen.
    """
    answers: list[Box] = []
    for index, box in enumerate(found):
        answer = truth[0] if index == 0 else box
        answers.append(answers[-1] if index and (box[2] <= 0 or box[3] <= 0) else answer)
    overlaps, distances, relative = [], [], []
    for true, answer, away in zip(truth, answers, gone, strict=True):
        if away or true[2] <= 0 or true[3] <= 0:
            overlaps.append(-1.0)
            distances.append(math.inf)
            relative.append(math.inf)
        else:
            overlaps.append(overlap(true, answer))
            distances.append(distance(true, answer))
            relative.append(distance(true, answer, true[2], true[3]))
    frames = len(truth)
    return {
        "success": [sum(o > k * 0.05 for o in overlaps) / frames for k in range(21)],
        "precision": [sum(d <= k for d in distances) / frames for k in range(51)],
        "normalised_precision": [sum(d <= k * 0.01 for d in relative) / frames for k in range(51)],
    }


def expected_overlap(segments: Sequence[tuple[Sequence[float], bool]], length: int) -> float:
    """Mean overlap that is expected over ``length`` frames after the first.

    Args:
        segments: Overlaps of a stretch, its first frame included, and whether it failed.
        length: Frames.
    """
    means = []
    for overlaps, failed in segments:
        after = list(overlaps[1:])
        if len(after) < length and not failed:
            continue
        padded = (after + [0.0] * length)[:length]
        means.append(sum(padded) / length)
    return sum(means) / len(means)
