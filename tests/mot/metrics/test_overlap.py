from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from unitrack_mot.metrics.overlap import iou, matched_pairs, share_inside

Array = NDArray[np.float64]


def boxes(*corners: tuple[float, float, float, float]) -> Array:
    return np.array(corners, np.float64).reshape(-1, 4)


@st.composite
def crowds(draw: st.DrawFn) -> Array:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    corners = rng.integers(-20, 20, (draw(st.integers(0, 6)), 2)).astype(float)
    return np.hstack([corners, corners + rng.integers(1, 30, corners.shape)])


def test_overlap_is_shared_pixels_by_all_pixels() -> None:
    one = boxes((0, 0, 10, 10))
    others = boxes((0, 0, 10, 10), (5, 0, 15, 10), (10, 0, 20, 10), (2, 2, 4, 4), (0, 0, 7, 10))
    assert iou(one, others)[0].tolist() == [1, 50 / 150, 0, 4 / 100, 0.7]


def test_boxes_without_area_overlap_nothing() -> None:
    flat = boxes((3, 3, 3, 3))
    assert iou(flat, flat).tolist() == [[0]]
    assert share_inside(flat, boxes((0, 0, 9, 9))).tolist() == [[0]]


def test_the_share_inside_is_of_the_boxes_own_area() -> None:
    assert share_inside(
        boxes((0, 0, 10, 10)), boxes((5, 0, 100, 100), (0, 0, 10, 10))
    ).tolist() == [[0.5, 1]]


@pytest.mark.parametrize(("first", "second"), [(0, 0), (0, 3), (3, 0)])
def test_no_boxes_give_an_empty_matrix(first: int, second: int) -> None:
    one, other = np.zeros((first, 4)), np.zeros((second, 4))
    assert iou(one, other).shape == share_inside(one, other).shape == (first, second)
    assert [len(side) for side in matched_pairs(iou(one, other))] == [0, 0]


@settings(max_examples=60, deadline=None)
@given(crowds(), crowds())
def test_overlap_equals_counting_pixels(first: Array, second: Array) -> None:
    expected = [[_counted(one, other) for other in second] for one in first]
    measured = iou(first, second)
    assert measured.dtype == np.float64
    assert measured.tolist() == [pytest.approx(row) for row in expected]


@settings(max_examples=40, deadline=None)
@given(crowds(), crowds())
def test_overlap_is_symmetric_and_stays_when_the_picture_moves(first: Array, second: Array) -> None:
    measured = iou(first, second)
    assert np.array_equal(measured, iou(second, first).T)
    assert np.array_equal(measured, iou(first + 64, second + 64))


def test_only_pairs_of_at_least_half_are_matched() -> None:
    rows, columns = matched_pairs(np.array([[0.49, 0.9, 0.0], [0.5, 0.8, 0.3]]))
    assert sorted(zip(rows.tolist(), columns.tolist(), strict=True)) == [(0, 1), (1, 0)]


def test_the_largest_sum_wins_over_the_largest_pair() -> None:
    rows, columns = matched_pairs(np.array([[0.9, 0.8], [0.85, 0.0]]))
    assert sorted(zip(rows.tolist(), columns.tolist(), strict=True)) == [(0, 1), (1, 0)]


def _counted(one: Array, other: Array) -> float:
    first, second = (
        {(x, y) for x in range(int(x1), int(x2)) for y in range(int(y1), int(y2))}
        for x1, y1, x2, y2 in (one, other)
    )
    return len(first & second) / len(first | second)
