"""When a made detector overlooks whom."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from unitrack.data.synth.settings import DetectedSettings

__all__ = ["lapses"]


def lapses(rng: np.random.Generator, settings: DetectedSettings, things: int) -> NDArray[np.bool_]:
    """When the detector overlooks what, also in full view; ``(frames, things)``.

    Real detectors fail on somebody for several frames in a row, so this is a two-state chain: its
    share of lapses is the miss rate, their mean length is ``miss_length``.
    """
    rate = settings.miss_rate
    leave = 1 / settings.miss_length
    enter = min(leave * rate / (1 - rate), 1.0) if rate < 1 else 1.0
    stay = 1 - leave if rate < 1 else 1.0
    draws = rng.random((settings.frames, things))
    state = np.empty(draws.shape, np.bool_)
    before = rng.random(things) < rate
    for index, draw in enumerate(draws):
        before = draw < np.where(before, stay, enter)
        state[index] = before
    return state
