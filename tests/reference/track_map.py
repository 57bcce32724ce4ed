"""YouTube-VIS's average precision and recall by loops, on decoded masks.

Source:
    The protocol of benchmarks.md section 9.5; neither pycocotools nor trackeval is used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Instance", "track_iou", "track_map"]

Masks = Sequence[NDArray[np.bool_] | None]

_THRESHOLDS = [0.5 + 0.05 * step for step in range(10)]
_NEAR = 1e-9  # what is left of such sums when thresholds are met exactly


@dataclass(frozen=True)
class Instance:
    """One object of one video: where, what, how sure, and whether it is scored at all."""

    label: int
    masks: Masks
    score: float = 1.0
    counted: bool = True

    @property
    def area(self) -> float:
        """Mean number of pixels over the frames that have any."""
        sizes = [int(mask.sum()) for mask in self.masks if mask is not None and mask.any()]
        return sum(sizes) / len(sizes) if sizes else 0.0


def track_iou(one: Masks, other: Masks) -> float:
    """Intersection over union, both summed over the frames."""
    shared = either = 0
    for mine, yours in zip(one, other, strict=True):
        if mine is not None and yours is not None:
            shared += int((mine & yours).sum())
            either += int((mine | yours).sum())
        else:
            alone = mine if mine is not None else yours
            either += 0 if alone is None else int(alone.sum())
    return shared / either if either else 0.0


def track_map(
    videos: Sequence[tuple[Sequence[Instance], Sequence[Instance]]],
    areas: tuple[float, float] = (0.0, 1e10),
) -> Mapping[str, float]:
    """AP, AP50, AP75, AR1, AR10, AR100 of (found, true) instances of each video."""
    table: dict[tuple[int, int], tuple[list[float], list[float]]] = {}
    labels = sorted({one.label for _, true in videos for one in true})
    for label in labels:
        for level, threshold in enumerate(_THRESHOLDS):
            scored = _curve(videos, label, threshold, areas)
            if scored is not None:
                table[label, level] = scored
    known = sorted({label for label, _ in table})
    if not known:
        return {}

    def mean(values: list[float]) -> float:
        return sum(values) / len(values)

    result = {
        "AP": mean([mean(table[label, level][0]) for label in known for level in range(10)]),
        "AP50": mean([mean(table[label, 0][0]) for label in known]),
        "AP75": mean([mean(table[label, 5][0]) for label in known]),
    }
    for place, limit in enumerate((1, 10, 100)):
        recalls = [table[label, level][1][place] for label in known for level in range(10)]
        result[f"AR{limit}"] = mean(recalls)
    return result


def _curve(
    videos: Sequence[tuple[Sequence[Instance], Sequence[Instance]]],
    label: int,
    threshold: float,
    areas: tuple[float, float],
) -> tuple[list[float], list[float]] | None:
    """Precision at 101 recalls, and the recalls reached with 1, 10 and 100 tubes a video."""
    judged: list[tuple[float, bool, int]] = []  # score, whether right, rank in its video
    positives = 0
    for found, true in videos:
        real = [one for one in true if one.label == label]
        aside = [not one.counted or not areas[0] <= one.area <= areas[1] for one in real]
        positives += aside.count(False)
        taken: set[int] = set()
        guesses = sorted((one for one in found if one.label == label), key=lambda one: -one.score)
        for rank, guess in enumerate(guesses[:100]):
            overlaps = [track_iou(guess.masks, one.masks) for one in real]
            best = _best(overlaps, aside, taken, threshold)
            if best is None:
                if areas[0] <= guess.area <= areas[1]:
                    judged.append((guess.score, False, rank))
                continue
            if real[best].counted:
                taken.add(best)
            if not aside[best]:
                judged.append((guess.score, True, rank))
    if not positives:
        return None
    judged.sort(key=lambda one: -one[0])
    points = []  # recall and precision after each guess
    for count in range(1, len(judged) + 1):
        right = sum(one[1] for one in judged[:count])
        points.append((right / positives, right / count))
    precisions = [
        max((p for recall, p in points if recall >= step / 100 - _NEAR), default=0.0)
        for step in range(101)
    ]
    reached = [
        sum(right for _, right, rank in judged if rank < limit) / positives
        for limit in (1, 10, 100)
    ]
    return precisions, reached


def _best(
    overlaps: Sequence[float], aside: Sequence[bool], taken: set[int], threshold: float
) -> int | None:
    """The free instance of the largest overlap; one that is scored goes before any that is not."""
    for unscored in (False, True):
        best, most = None, threshold - _NEAR
        for place, overlap in enumerate(overlaps):
            if place not in taken and aside[place] is unscored and overlap >= most:
                best, most = place, overlap
        if best is not None:
            return best
    return None
