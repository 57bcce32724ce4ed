from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reference import bootstrap as reference
from tests.report.made import spoilt
from unitrack.api import dataset
from unitrack.engine.inputs import open_metric
from unitrack.metrics.base import Metric, Partial, Resampled, Row
from unitrack.report.statistics import (
    correlate,
    draw_counts,
    interval,
    ranks,
    resample,
)
from unitrack_posetrack.metrics.posetrack import posetrack_clean
from unitrack_posetrack.metrics.precision import average_precisions

VALUES = st.lists(st.floats(-1e3, 1e3), min_size=3, max_size=12)


class Mean:
    """A metric without a way to score draws at once."""

    def evaluate(self, sequence: object, result: object) -> Partial:
        raise NotImplementedError

    def combine(self, partials: Sequence[Partial]) -> Row:
        values = [one["x"] for one in partials]
        return {"x": float(np.mean(values)), **({"big": 1.0} if max(values) > 1 else {})}


def test_draws_are_the_same_every_time_and_of_the_right_size() -> None:
    counts = draw_counts(7)
    assert counts.shape == (1000, 7)
    assert (counts.sum(axis=1) == 7).all()
    assert (counts == draw_counts(7)).all()


def test_a_metric_that_knows_no_draws_is_combined_draw_by_draw() -> None:
    partials = [{"x": 0.0}, {"x": 1.0}, {"x": 2.0}]
    counts = draw_counts(3, 200)
    found = resample(Mean(), partials, counts)
    expected = counts @ np.array([0.0, 1.0, 2.0]) / 3
    assert np.allclose(found["x"], expected, atol=1e-12)
    assert np.isnan(found["big"][counts[:, 2] == 0]).all()
    assert (found["big"][counts[:, 2] > 0] == 1).all()


def test_an_interval_is_the_middle_of_the_draws() -> None:
    assert interval(np.arange(1001.0)) == (25.0, 975.0)
    assert interval(np.array([3.0] * 10)) == (3.0, 3.0)


def test_undefined_draws_are_left_out_until_they_are_most() -> None:
    assert interval(np.array([1.0, 1.0, np.nan])) == (1.0, 1.0)
    assert interval(np.array([1.0, np.nan, np.nan])) is None
    assert interval(np.array([np.nan])) is None


def test_an_interval_covers_the_mean_about_as_often_as_it_says() -> None:
    """Of 300 samples of 40 normal numbers, the interval holds the true mean in 95 % or so."""
    rng = np.random.default_rng(1)
    hits = 0
    for _ in range(300):
        sample = rng.normal(5.0, 1.0, 40)
        ends = interval(draw_counts(40) @ sample / 40)
        assert ends is not None
        hits += ends[0] <= 5.0 <= ends[1]
    assert 0.90 <= hits / 300 <= 0.98


@pytest.mark.parametrize(
    ("head", "data"),
    [
        ("mot", "mot16"),
        ("mots", "mots"),
        ("sot", "otb100"),
        ("sot", "lasot"),
        ("sot", "trackingnet"),
        ("vos", "davis2017"),
        ("vos", "davis2016"),
        ("vos", "youtube_vos"),
        ("poseprop", "jhmdb"),
        ("posetrack", "posetrack18"),
        ("posetrack", "posetrack_clean"),
        ("vis", "youtube_vis"),
    ],
)
def test_draws_at_once_are_the_draws_one_by_one(
    head: str, data: str, request: pytest.FixtureRequest
) -> None:
    root = request.getfixturevalue(f"{head}_root")
    if data == "posetrack_clean":
        metric = posetrack_clean()
    else:
        _, metric = open_metric(data)
    videos = dataset(f"synthetic_{head}", root=root).sequences()
    partials = [metric.evaluate(v, spoilt(v, 0.6, k)) for k, v in enumerate(videos)]
    _same(metric, partials)


def test_the_precision_of_many_scores_is_that_of_all_of_them() -> None:
    """Beyond 128 different scores draws are approximate: here to two thousandths."""
    rng = np.random.default_rng(3)
    scores, owners = rng.random(4000), rng.integers(0, 20, 4000)
    right = rng.random(4000) < scores * (0.6 + 0.02 * owners)
    counts, annotated = draw_counts(20, 40), np.full(20, 150)
    found = average_precisions(scores, right, owners, counts, annotated)
    each = [average_precisions(scores, right, owners, c[None], annotated)[0] for c in counts]
    assert np.abs(found - each).max() < 2e-3
    assert np.ptp(each) > 0.01


def _same(metric: Metric, partials: Sequence[Partial]) -> None:
    assert isinstance(metric, Resampled)
    counts = draw_counts(len(partials), 30)
    found = resample(metric, partials, counts)
    slow = reference.draws(metric, partials, counts)
    assert found.keys() <= slow.keys()
    assert set(list(slow)[:4]) <= found.keys()
    for name, values in found.items():
        assert np.allclose(values, slow[name], rtol=0, atol=1e-12, equal_nan=True), name


@given(VALUES, VALUES)
@settings(deadline=None, max_examples=60)
def test_correlations_are_those_of_the_definition(one: list[float], other: list[float]) -> None:
    count = min(len(one), len(other))
    x = {str(k): round(one[k], 3) for k in range(count)}
    y = {str(k): round(other[k], 3) for k in range(count)}
    found = correlate(x, y)
    if found is None:
        assert len(set(x.values())) == 1 or len(set(y.values())) == 1
        return
    pearson, spearman = reference.correlation(list(x.values()), list(y.values()))
    assert found.pearson == pytest.approx(pearson, abs=1e-7)
    assert found.spearman == pytest.approx(spearman, abs=1e-7)


def test_too_few_points_do_not_correlate() -> None:
    assert correlate({"a": 1, "b": 2}, {"a": 1, "b": 2}) is None
    assert correlate({"a": 1, "b": 2, "c": math.nan}, {"a": 1, "b": 2, "c": 3}) is None


@pytest.mark.parametrize(
    ("values", "lower", "expected"),
    [
        ({"a": 3, "b": 1, "c": 2}, False, {"a": 1, "c": 2, "b": 3}),
        ({"a": 3, "b": 1, "c": 2}, True, {"b": 1, "c": 2, "a": 3}),
        ({"a": 1, "b": 1, "c": 0}, False, {"a": 1.5, "b": 1.5, "c": 3}),
        ({"a": math.nan, "b": 1}, False, {"b": 1}),
        ({"a": math.nan}, False, {}),
    ],
)
def test_ranks(values: Mapping[str, float], lower: bool, expected: Mapping[str, float]) -> None:
    assert ranks(values, lower=lower) == expected
