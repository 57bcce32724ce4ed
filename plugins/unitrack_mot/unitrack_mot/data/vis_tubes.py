"""Tubes: one object's masks through a video, with one class and one score."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from unitrack.types import MaskObservation, TrackedObject, TruthObject

__all__ = ["Tube", "frames_of", "tubes_of", "verdict"]

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Tube:
    """One object of one video.

    Attributes:
        label: Class.
        score: Confidence.
        masks: Per frame, None where the object is not there.
        counted: False for a crowd in the truth, which is not scored.
    """

    label: int
    score: float
    masks: tuple[MaskObservation | None, ...]
    counted: bool = True


def verdict(seen: Sequence[MaskObservation]) -> tuple[int, float]:
    """Class and score of an object, decided over all of its masks.

    The class is the one with the largest summed score (the smaller number, if two have the same);
    the score is that sum divided by the number of masks: the mean score, times the share of the
    masks that the class won. Masks of one class and score keep both exactly.

    Args:
        seen: Masks of one object, at least one.
    """
    sums: defaultdict[int, float] = defaultdict(float)
    for mask in seen:
        sums[mask.label] += mask.score
    label = min(sums, key=lambda one: (-sums[one], one))
    won = [mask.score for mask in seen if mask.label == label]
    if len(won) == len(seen) and min(won) == max(won):  # no rounding where nothing is decided
        return label, won[0]
    return label, sums[label] / len(seen)


def tubes_of(frames: Sequence[Iterable[TrackedObject | TruthObject]]) -> dict[int, Tube]:
    """Objects by identity, in its order; class and score by `verdict`.

    Args:
        frames: Objects per frame; each observation is a mask.
    """
    masks: dict[int, dict[int, MaskObservation]] = {}
    spared = set[int]()
    for index, objects in enumerate(frames):
        for one in objects:
            assert isinstance(one.observation, MaskObservation), "an instance has a mask"
            masks.setdefault(one.id, {})[index] = one.observation
            if isinstance(one, TruthObject) and not one.counted:
                spared.add(one.id)
    return {
        identity: Tube(
            *verdict(list(masks[identity].values())),
            tuple(masks[identity].get(index) for index in range(len(frames))),
            identity not in spared,
        )
        for identity in sorted(masks)
    }


def frames_of(tubes: Sequence[Tube], length: int) -> list[list[tuple[int, Tube, MaskObservation]]]:
    """Per frame: position + 1, tube and mask of the tubes that are there."""
    return [
        [
            (number, tube, mask)
            for number, tube in enumerate(tubes, 1)
            if (mask := tube.masks[index]) is not None
        ]
        for index in range(length)
    ]
