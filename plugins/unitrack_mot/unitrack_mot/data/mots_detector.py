"""A detector of masks that errs as real ones do, made from the exact truth."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from unitrack.data.synth.render import RenderedFrame
from unitrack.types import MaskObservation
from unitrack_mot.data.mots_synthetic_settings import SyntheticMotsSettings

__all__ = ["detect_masks"]

_SHARPNESS = 0.06  # spread of the scores of equally visible people
_PEDESTRIAN = 2
_DECIDED = 0.5

Mask = NDArray[np.bool_]


def detect_masks(
    rng: np.random.Generator,
    frame: RenderedFrame,
    lapse: NDArray[np.bool_],
    settings: SyntheticMotsSettings,
) -> list[MaskObservation]:
    """Detections of one frame, in no telling order; they may overlap.

    Somebody half hidden is missed more often, and found with a lower score. Outlines are shifted,
    frayed, and rounded off.

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
        mask = _frayed(rng, frame.owner == person.number, settings.jitter * (1 + hidden))
        score = _score(0.45 + 0.5 * person.visibility + rng.normal(0, _SHARPNESS))
        if rng.random() >= hidden**2 and seen and mask.any():
            found.append(MaskObservation.of(mask, score, _PEDESTRIAN))
    found += _ghosts(rng, frame, settings)
    return [found[row] for row in rng.permutation(len(found))]


def _frayed(rng: np.random.Generator, mask: Mask, spread: float) -> Mask:
    """A mask as a network draws it.

    Args:
        rng: Source of randomness.
        mask: The true one, of the size of the picture.
        spread: Standard deviation of the outline's place, relative to the mask's sides.
    """
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows) or not spread:
        return mask
    sides = np.array([rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1])
    margin = int(np.ceil(3 * spread * sides.max())) + 2
    part = np.pad(mask, margin)[
        rows[0] : rows[-1] + 1 + 2 * margin, columns[0] : columns[-1] + 1 + 2 * margin
    ]
    away = np.clip(np.rint(rng.normal(0, spread * sides)), -margin + 1, margin - 1).astype(int)
    blur = spread * float(sides.min())
    soft = gaussian_filter(np.roll(part, away, (0, 1)).astype(np.float32), blur)
    waves = gaussian_filter(rng.standard_normal(part.shape).astype(np.float32), 2 * blur)
    drawn = soft + 0.15 * waves / max(float(waves.std()), 1e-6) > _DECIDED
    whole = np.zeros(np.add(mask.shape, 2 * margin), np.bool_)
    whole[
        rows[0] : rows[-1] + 1 + 2 * margin, columns[0] : columns[-1] + 1 + 2 * margin
    ] = drawn  # fmt: skip
    return whole[margin:-margin, margin:-margin]


def _ghosts(
    rng: np.random.Generator, frame: RenderedFrame, settings: SyntheticMotsSettings
) -> list[MaskObservation]:
    """Ellipses of the size of a person around nobody."""
    rows, columns = frame.owner.shape
    y, x = np.mgrid[:rows, :columns]
    ghosts = []
    for _ in range(int(rng.poisson(settings.false_positives))):
        tall = settings.body * rows * rng.uniform(0.6, 1.2)
        wide = tall * rng.uniform(0.3, 0.5)
        middle = rng.uniform(0.5 * rows, rows) - tall / 2, rng.uniform(0, columns)
        mask = ((y - middle[0]) / tall) ** 2 + ((x - middle[1]) / wide) ** 2 < 1 / 4
        if mask.any():
            ghosts.append(MaskObservation.of(mask, _score(rng.uniform(0.3, 0.75)), _PEDESTRIAN))
    return ghosts


def _score(value: float) -> float:
    return float(np.clip(value, 0.01, 0.99))
