from __future__ import annotations

import numpy as np
import pytest

from unitrack.data.synth.lapses import lapses
from unitrack.data.synth.settings import DetectedSettings


@pytest.mark.parametrize(("rate", "length"), [(0.1, 1.0), (0.2, 5.0), (0.6, 3.0)])
def test_lapses_have_their_share_and_their_length(rate: float, length: float) -> None:
    settings = DetectedSettings(frames=3000, miss_rate=rate, miss_length=length)
    state = lapses(np.random.default_rng(0), settings, 20)
    assert state.shape == (3000, 20)
    assert state.mean() == pytest.approx(rate, rel=0.1)
    starts = np.count_nonzero(np.diff(state.astype(int), axis=0) == 1)
    assert state.sum() / starts == pytest.approx(length, rel=0.1)


@pytest.mark.parametrize("rate", [0.0, 1.0])
def test_nobody_or_everybody_can_be_overlooked(rate: float) -> None:
    settings = DetectedSettings(frames=50, miss_rate=rate)
    assert (lapses(np.random.default_rng(0), settings, 20) == rate).all()
