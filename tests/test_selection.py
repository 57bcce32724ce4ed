from __future__ import annotations

import numpy as np
import pytest

from benchmarks.selection.table import left_out, verdicts

CASES = [("street", "street /1"), ("street", "street /5"), ("square", "square /1")]


def test_a_candidate_enters_that_wins_on_average_and_loses_nowhere_by_more_than_a_point() -> None:
    scores = np.array([[50, 40, 60], [50, 49, 59.5], [50, 58, 58.5], [50, 40, 60]], np.float64)
    first, small, large, same = verdicts(scores, CASES)
    assert (first.gain, first.worst, first.enters) == (0, 0, False)
    # A clip counts once, however many cases it has: (49.5 + 59.5) / 2 against (45 + 60) / 2.
    assert (small.gain, small.worst, small.case) == (2.0, -0.5, "square /1")
    assert small.enters
    assert large.gain > small.gain
    assert not large.enters
    assert not same.enters


def test_what_is_chosen_without_a_clip_is_looked_at_there() -> None:
    scores = np.array([[50, 50, 50], [60, 60, 45], [40, 50, 70]], np.float64)
    found = left_out(scores, CASES)
    assert found["street"][0] == 2
    assert found["street"][1] == pytest.approx(-5.0)
    assert found["square"][0] == 1
    assert found["square"][1] == pytest.approx(-5.0)


def test_a_single_clip_leaves_nothing_to_choose_by() -> None:
    assert left_out(np.array([[1.0], [2.0]]), [("street", "street /1")]) == {}
