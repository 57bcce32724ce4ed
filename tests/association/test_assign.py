from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from unitrack.association.assign import Array, assign, contained, overlaps

costs = hnp.arrays(
    np.float64,
    hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=4),
    elements=st.one_of(st.floats(0, 2), st.just(np.inf)),
)


def _best_gain(cost: Array, limit: float) -> float:
    """Largest sum of ``limit - cost`` over all one-to-one matchings, by trying them all."""
    gain = np.where(cost < limit, limit - np.where(np.isinf(cost), 0, cost), 0.0)
    if gain.shape[0] > gain.shape[1]:
        gain = gain.T
    rows = range(gain.shape[0])
    choices = permutations(range(gain.shape[1]), gain.shape[0])
    return max(
        sum(float(gain[row, column]) for row, column in zip(rows, c, strict=True)) for c in choices
    )


@settings(max_examples=200, deadline=None)
@given(costs, st.floats(0.1, 1.5))
def test_the_matching_is_as_good_as_the_best_of_all(cost: Array, limit: float) -> None:
    matches, rows, columns = assign(cost, limit)
    found = cost[matches[:, 0], matches[:, 1]]
    assert (found < limit).all()
    assert (limit - found).sum() == pytest.approx(_best_gain(cost, limit), abs=1e-9)
    assert sorted([*matches[:, 0], *rows]) == list(range(cost.shape[0]))
    assert sorted([*matches[:, 1], *columns]) == list(range(cost.shape[1]))


@settings(max_examples=50, deadline=None)
@given(costs, st.integers(0, 99))
def test_the_value_does_not_depend_on_the_order_of_rows(cost: Array, seed: int) -> None:
    order = np.random.default_rng(seed).permutation(len(cost))
    plain, _, _ = assign(cost, 0.7)
    mixed, _, _ = assign(cost[order], 0.7)
    gains = [(0.7 - c[m[:, 0], m[:, 1]]).sum() for c, m in ((cost, plain), (cost[order], mixed))]
    assert gains[0] == pytest.approx(gains[1], abs=1e-9)


def test_the_limit_is_part_of_the_problem_and_no_filter_afterwards() -> None:
    # Solving first would take 0.0 + 0.9 (sum 0.9 < 0.5 + 0.5), then throw the 0.9 away.
    cost = np.array([[0.0, 0.5], [0.5, 0.9]])
    assert assign(cost, 0.7)[0].tolist() == [[0, 0]]
    assert assign(cost, 1.2)[0].tolist() == [[0, 0], [1, 1]]
    assert assign(np.array([[0.2, 0.3], [0.3, 9.0]]), 0.7)[0].tolist() == [[0, 1], [1, 0]]


def test_a_cost_at_the_limit_is_no_match() -> None:
    assert len(assign(np.array([[0.7]]), 0.7)[0]) == 0


def test_enormous_and_infinite_costs_are_harmless() -> None:
    cost = np.array([[1e12, 0.1], [np.inf, 1e300]])
    matches, rows, columns = assign(cost, 0.7)
    assert (matches.tolist(), rows.tolist(), columns.tolist()) == ([[0, 1]], [1], [0])


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (2, 0)])
def test_an_empty_side_leaves_the_other_unmatched(shape: tuple[int, int]) -> None:
    matches, rows, columns = assign(np.zeros(shape), 0.7)
    assert matches.shape == (0, 2)
    assert (len(rows), len(columns)) == shape


def test_overlap_of_plain_and_of_inclusive_boxes() -> None:
    first, second = np.array([[0.0, 0.0, 4.0, 4.0]]), np.array([[2.0, 0.0, 6.0, 4.0]])
    assert overlaps(first, second, plus_one=False)[0, 0] == pytest.approx(8 / 24)
    assert overlaps(first, second, plus_one=True)[0, 0] == pytest.approx(15 / 35)


def test_how_much_of_a_box_lies_in_another() -> None:
    part, whole = np.array([[2.0, 0.0, 6.0, 4.0]]), np.array([[0.0, 0.0, 4.0, 40.0]])
    assert contained(part, whole, plus_one=False)[0, 0] == pytest.approx(8 / 16)
    assert contained(part, whole, plus_one=True)[0, 0] == pytest.approx(15 / 25)
    assert contained(whole, part, plus_one=False)[0, 0] == pytest.approx(8 / 160)
    assert contained(part[:, [0, 1, 0, 1]], whole, plus_one=False)[0, 0] == 0
    assert contained(part[:0], whole, plus_one=False).shape == (0, 1)


def test_two_empty_boxes_do_not_overlap() -> None:
    nothing = np.array([[3.0, 3.0, 3.0, 3.0]])
    assert overlaps(nothing, nothing, plus_one=False)[0, 0] == 0
    assert overlaps(nothing, nothing[:0], plus_one=False).shape == (1, 0)
