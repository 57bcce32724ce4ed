"""A detector of instance masks that errs as real ones do, made from the exact truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unitrack.data.synth.texture import fractal_noise
from unitrack.types import MaskObservation
from unitrack_mot.data.vis_synthetic_settings import SyntheticVisSettings

__all__ = ["CLASSES", "OBSTACLE", "PERSON", "WITH_BAG", "Seen", "detect"]

PERSON, WITH_BAG, OBSTACLE = 1, 2, 3

CLASSES = {PERSON: "person", WITH_BAG: "person with bag", OBSTACLE: "obstacle"}
"""Class to its name."""

_SHARPNESS = 0.06  # spread of the scores of equally visible objects
_DOUBT = 0.1  # lower score of a detection of the wrong class
_SMOOTH = 1.8  # slope of the spectrum of the slips; outlines err in stretches, not in pixels

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Seen:
    """The truth about one object in one frame.

    Attributes:
        mask: Its visible pixels, ``(H, W)``.
        label: Its class.
        visibility: Share of its pixels that can be seen, 0..1.
        overlooked: Whether the detector fails on it just now.
    """

    mask: Mask
    label: int
    visibility: float
    overlooked: bool


def detect(
    rng: np.random.Generator, objects: list[Seen], settings: SyntheticVisSettings
) -> list[MaskObservation]:
    """Detections of one frame, in no telling order.

    Something half hidden is missed more often, outlined less exactly, and has a lower score. A
    false alarm has the outline of one of the objects, elsewhere.

    Args:
        rng: Source of randomness.
        objects: The truth.
        settings: False positives, outlines, confusion, least visibility.
    """
    found = []
    for seen in objects:
        hidden = 1 - seen.visibility
        luck, tone, turn = rng.random(), rng.normal(), rng.random()
        outline = _redrawn(rng, seen.mask, settings.jitter * (1 + hidden))
        if seen.overlooked or hidden > 1 - settings.min_visibility or luck < hidden**2:
            continue
        mistaken = seen.label != OBSTACLE and turn < settings.confusion
        score = 0.45 + 0.5 * seen.visibility + _SHARPNESS * tone - _DOUBT * mistaken
        label = PERSON + WITH_BAG - seen.label if mistaken else seen.label
        found.append(_observation(outline, score, label))
    if objects:
        found += [_ghost(rng, objects) for _ in range(rng.poisson(settings.false_positives))]
    return [found[row] for row in rng.permutation(len(found))]


def _redrawn(rng: np.random.Generator, mask: Mask, spread: float) -> Mask:
    """A mask whose outline has slipped: in some places outwards, in others inwards.

    Args:
        rng: Source of randomness.
        mask: ``(H, W)``, with a pixel at least.
        spread: Standard deviation of the slip relative to the square root of the area.
    """
    from scipy.ndimage import distance_transform_edt

    slip = spread * np.sqrt(np.count_nonzero(mask))
    margin = int(np.ceil(3 * slip)) + 1
    (top, bottom), (left, right) = (
        np.flatnonzero(mask.any(axis=axis))[[0, -1]] + (-margin, margin + 1) for axis in (1, 0)
    )
    window = np.s_[max(top, 0) : bottom, max(left, 0) : right]
    inside = mask[window]
    depth = distance_transform_edt(inside) - distance_transform_edt(~inside)
    redrawn = np.zeros_like(mask)
    redrawn[window] = depth + slip * fractal_noise(rng, inside.shape, _SMOOTH) > 0
    return redrawn if redrawn.any() else mask


def _ghost(rng: np.random.Generator, objects: list[Seen]) -> MaskObservation:
    shape = objects[rng.integers(len(objects))].mask
    offset = rng.integers((0, 0), shape.shape)
    moved = np.roll(shape, tuple(offset.tolist()), (0, 1))
    label = int(rng.choice(list(CLASSES)))
    return _observation(moved, rng.uniform(0.3, 0.75), label)


def _observation(mask: Mask, score: float, label: int) -> MaskObservation:
    return MaskObservation.of(mask, round(float(np.clip(score, 0.01, 0.99)), 4), label)
