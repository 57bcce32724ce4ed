"""A detector that errs as real ones do, made from the exact truth."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from unitrack.data.synth.render import RenderedFrame
from unitrack_mot.data.synthetic_settings import SyntheticMotSettings

__all__ = ["detect"]

_SHARPNESS = 0.06  # spread of the scores of equally visible people


def detect(
    rng: np.random.Generator,
    frame: RenderedFrame,
    lapse: NDArray[np.bool_],
    settings: SyntheticMotSettings,
) -> NDArray[np.float64]:
    """Detections of one frame, in no telling order.

    Somebody half hidden is missed more often, found less exactly, and with a lower score.

    Args:
        rng: Source of randomness.
        frame: The rendered truth.
        lapse: Who is overlooked in this frame, ``(people,)``; see `unitrack.data.synth.lapses`.
        settings: False positives, jitter, least visibility.

    Returns:
        Left, top, width, height in 0-based pixels and score in 0..1, ``(N, 5)``.
    """
    truth = np.array([person.xyxy for person in frame.people]).reshape(-1, 4)
    visibility = np.array([person.visibility for person in frame.people])
    numbers = np.array([person.number for person in frame.people], np.intp)
    hidden = 1 - visibility
    found = (visibility > settings.min_visibility) & ~lapse[numbers]
    found &= rng.random(len(truth)) >= hidden**2
    sizes = np.tile(truth[:, 2:] - truth[:, :2], 2)
    spread = settings.jitter * sizes * (1 + hidden)[:, None]
    boxes = (truth + spread * rng.normal(0, 1, truth.shape))[found]
    scores = 0.45 + 0.5 * visibility[found] + rng.normal(0, _SHARPNESS, int(found.sum()))
    ghosts, doubts = _ghosts(rng, frame, settings)
    both = np.concatenate([boxes, ghosts])
    both[:, 2:] = np.maximum(both[:, 2:] - both[:, :2], 1.0)
    rows = np.column_stack([both, np.clip(np.concatenate([scores, doubts]), 0.01, 0.99)])
    return rows[rng.permutation(len(rows))]


def _ghosts(
    rng: np.random.Generator, frame: RenderedFrame, settings: SyntheticMotSettings
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Boxes ``(G, 4)`` of the size of a person around nobody, and their scores ``(G,)``."""
    count = int(rng.poisson(settings.false_positives))
    rows, columns = frame.owner.shape
    tall = settings.body * rows * rng.uniform(0.6, 1.2, count)
    wide = tall * rng.uniform(0.3, 0.5, count)
    left, foot = rng.uniform(0, columns - wide), rng.uniform(0.5 * rows, rows, count)
    boxes = np.column_stack([left, foot - tall, left + wide, foot])
    return boxes, rng.uniform(0.3, 0.75, count)
