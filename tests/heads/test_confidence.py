from __future__ import annotations

import numpy as np
import pytest

from unitrack.heads.confidence import Confidence


def test_a_fifth_of_the_scores_is_low_whatever_their_unit() -> None:
    rng = np.random.default_rng(0)
    scores = rng.normal(0, 1, (200, 10))
    for unit in (lambda s: s, lambda s: 100 * s + 7, np.exp):
        confidence = Confidence(0.2)
        sure = np.array([confidence.sure(frame.tolist()) for frame in unit(scores)])
        assert sure[50:].mean() == pytest.approx(0.8, abs=0.02)


def test_of_equal_scores_none_is_low() -> None:
    confidence = Confidence(0.9)
    assert all(confidence.sure([1.0] * 3).all() for _ in range(5))


def test_a_single_score_and_no_score_are_ordinary() -> None:
    confidence = Confidence(0.5)
    assert confidence.sure([]).shape == (0,)
    assert confidence.sure([0.3]).tolist() == [True]


def test_it_equals_the_plain_definition_while_all_scores_are_kept() -> None:
    rng = np.random.default_rng(1)
    frames = [rng.uniform(0, 1, rng.integers(0, 6)).tolist() for _ in range(100)]
    confidence, known = Confidence(0.3), []
    for frame in frames:
        known += frame
        limit = sorted(known)[int(0.3 * len(known))] if known else 0.0
        assert confidence.sure(frame).tolist() == [score >= limit for score in frame]


def test_memory_is_bounded() -> None:
    confidence = Confidence(0.2)
    for frame in np.random.default_rng(0).uniform(0, 1, (3000, 10)):
        confidence.sure(frame.tolist())
    assert len(confidence._scores) < 5000
