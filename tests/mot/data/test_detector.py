from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from unitrack.data.synth.render import RenderedFrame, RenderedPerson
from unitrack_mot.data.detector import detect
from unitrack_mot.data.synthetic_settings import SyntheticMotSettings

PERFECT = SyntheticMotSettings(jitter=0, miss_rate=0, false_positives=0)


def _frame(*visibilities: float) -> RenderedFrame:
    people = tuple(
        RenderedPerson(n, (20.0 * n, 30.0, 20.0 * n + 10, 70.0), v)
        for n, v in enumerate(visibilities)
    )
    return RenderedFrame(np.zeros((96, 128, 3), np.uint8), np.zeros((96, 128), np.int16), people)


def _detect(
    rng: np.random.Generator, frame: RenderedFrame, settings: SyntheticMotSettings
) -> NDArray[np.float64]:
    return detect(rng, frame, np.zeros(9, np.bool_), settings)


def _many(frame: RenderedFrame, settings: SyntheticMotSettings) -> list[NDArray[np.float64]]:
    rng = np.random.default_rng(0)
    return [_detect(rng, frame, settings) for _ in range(400)]


def test_a_perfect_detector_gives_the_truth_in_any_order() -> None:
    rows = _detect(np.random.default_rng(0), _frame(1, 1, 1), PERFECT)
    assert sorted(rows[:, 0]) == [0, 20, 40]
    np.testing.assert_allclose(rows[:, 1:4], [[30, 10, 40]] * 3)


def test_people_who_are_hidden_are_not_detected() -> None:
    assert all(len(rows) == 0 for rows in _many(_frame(0.0, 0.29), PERFECT))


def test_half_hidden_people_are_missed_more_often() -> None:
    clear, half = (np.mean([len(r) for r in _many(_frame(v), PERFECT)]) for v in (1.0, 0.5))
    assert clear == 1
    assert half == pytest.approx(0.75, abs=0.06)


def test_nobody_is_detected_while_overlooked() -> None:
    lapse = np.array([False, True, False])
    rows = detect(np.random.default_rng(0), _frame(1, 1, 1), lapse, PERFECT)
    assert sorted(rows[:, 0]) == [0, 40]


def test_the_error_is_proportional_to_the_size() -> None:
    settings = SyntheticMotSettings(jitter=0.05, miss_rate=0, false_positives=0)
    rows = np.concatenate(_many(_frame(1), settings))
    assert rows[:, 0].std() == pytest.approx(0.05 * 10, rel=0.15)
    assert rows[:, 1].std() == pytest.approx(0.05 * 40, rel=0.15)
    assert (rows[:, 2:4] >= 1).all()


def test_scores_follow_visibility() -> None:
    clear, half = (np.concatenate(_many(_frame(v), PERFECT))[:, 4].mean() for v in (1.0, 0.5))
    assert clear == pytest.approx(0.95, abs=0.02)
    assert half == pytest.approx(0.70, abs=0.02)


def test_false_positives_come_at_their_rate_without_anybody_there() -> None:
    settings = SyntheticMotSettings(false_positives=1.5)
    counts = [len(rows) for rows in _many(_frame(), settings)]
    assert np.mean(counts) == pytest.approx(1.5, abs=0.2)
