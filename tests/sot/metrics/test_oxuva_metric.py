from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.sot.metrics.made import Box, Video, result, video
from unitrack.metrics.base import Row
from unitrack_sot.metrics.oxuva import max_geometric_mean, oxuva

NEAR = pytest.approx
HERE: Box = (10, 10, 20, 20)
FAR: Box = (500, 500, 20, 20)


def row(*pairs: tuple[Video, list[Any]]) -> Row:
    metric = oxuva()
    made: list[Any] = [(one, result(answers)) for one, answers in pairs]
    return metric.combine([metric.evaluate(one, answers) for one, answers in made])


@pytest.mark.parametrize(
    ("tpr", "tnr", "wanted"),
    [
        (0.6, 0, 0.387298),
        (0.6, 0.5, 0.547723),
        (0.4, 0.9, 0.6),
        (1, 1, 1),
        (0.668, 0, 0.408656),
        (0.446, 0, 0.334),
    ],
)
def test_known_values(tpr: float, tnr: float, wanted: float) -> None:
    assert max_geometric_mean(tpr, tnr) == NEAR(wanted, abs=1e-6 if wanted != 0.334 else 5e-4)


@pytest.mark.parametrize("tpr", [0, 0.1, 0.5, 1])
@pytest.mark.parametrize("tnr", [0, 0.2, 0.6, 1])
def test_it_is_the_largest_over_all_shares(tpr: float, tnr: float) -> None:
    shares = np.linspace(0, 1, 10001)
    tried = np.sqrt((1 - shares) * tpr * ((1 - shares) * tnr + shares)).max()
    assert max_geometric_mean(tpr, tnr) == NEAR(tried, abs=1e-7)


def test_every_kind_of_frame_is_counted_once() -> None:
    truth = video([HERE, HERE, HERE, HERE, HERE, HERE, None], gone=[4, 5])
    scores = row((truth, [HERE, HERE, FAR, None, None, HERE, FAR]))
    counts = {name: scores[name] for name in ("TP", "FN", "TN", "FP")}
    assert counts == {"TP": 1, "FN": 2, "TN": 1, "FP": 1}  # the first frame is given
    assert scores["TPR"] == NEAR(1 / 3)
    assert scores["TNR"] == 0.5
    assert scores["GM"] == NEAR((1 / 6) ** 0.5)


def test_counts_are_summed_over_sequences_before_rates_are_taken() -> None:
    one = (video([HERE] * 3), [HERE] * 3)
    other = (video([HERE] * 7), [HERE, *[FAR] * 6])
    assert row(one, other)["TPR"] == NEAR(2 / 8)


def test_half_an_overlap_suffices() -> None:
    assert row((video([HERE] * 2), [HERE, (10, 10, 20, 10)]))["TPR"] == 1
    assert row((video([HERE] * 2), [HERE, (10, 10, 20, 9.9)]))["TPR"] == 0


def test_boxes_are_clipped_to_the_picture() -> None:
    truth = Video(video([(90, 90, 20, 20)] * 2).truth, size=(100, 100))
    assert row((truth, [HERE, (90, 90, 500, 500)]))["TPR"] == 1


def test_who_always_claims_to_see_it_gets_half_the_root() -> None:
    truth = video([HERE] * 4, gone=[3])
    scores = row((truth, [HERE, HERE, FAR, HERE]))
    assert (scores["TPR"], scores["TNR"]) == (0.5, 0)
    assert scores["MaxGM"] == NEAR(0.5**0.5 / 2)
