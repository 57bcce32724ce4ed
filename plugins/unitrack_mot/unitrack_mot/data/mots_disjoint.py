"""Masks of one frame that share no pixel, as both mask benchmarks demand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pycocotools import mask as coco

from unitrack.types import MaskObservation

__all__ = ["disjoint", "first_overlap"]


def disjoint(masks: Sequence[MaskObservation]) -> list[MaskObservation | None]:
    """Each mask without the pixels of those that go before it; None where nothing is left.

    A higher score goes before a lower one, and of equal scores the earlier mask. Masks that share
    nothing stay the very same.
    """
    if not _any_overlap(masks):
        return [mask if mask.area else None for mask in masks]
    taken = np.zeros(masks[0].size, np.bool_)
    found: list[MaskObservation | None] = [None] * len(masks)
    for row in sorted(range(len(masks)), key=lambda row: -masks[row].score):
        own = masks[row].mask & ~taken
        taken |= own
        if own.any():
            found[row] = MaskObservation.of(own, masks[row].score, masks[row].label)
    return found


def first_overlap(masks: Sequence[MaskObservation]) -> tuple[int, int] | None:
    """The first mask that shares pixels with an earlier one, and the first such; None if disjoint.

    Args:
        masks: Of one size.
    """
    if not _any_overlap(masks):
        return None
    coded = [mask.rle for mask in masks]
    shared = np.tril(coco.iou(coded, coded, [False] * len(coded)) > 0, k=-1)
    later = int(np.flatnonzero(shared.any(axis=1))[0])
    return later, int(np.flatnonzero(shared[later])[0])


def _any_overlap(masks: Sequence[MaskObservation]) -> bool:
    """Whether the union is smaller than the sum; masks are not compared in pairs."""
    if len(masks) < 2:  # noqa: PLR2004 - a pair
        return False
    coded = [mask.rle for mask in masks]
    return int(coco.area(coco.merge(coded))) < int(coco.area(coded).astype(np.int64).sum())
