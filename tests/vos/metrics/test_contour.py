from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation

from tests.reference import davis as reference
from unitrack.types import MaskObservation
from unitrack_vos.metrics.contour import boundary, region_and_contour, tolerance

Mask = NDArray[np.bool_]


def scores(true: Mask, found: Mask) -> tuple[float, float]:
    return region_and_contour(MaskObservation.of(true), MaskObservation.of(found))


def block(top: int, bottom: int, left: int, right: int, size: tuple[int, int] = (40, 60)) -> Mask:
    mask = np.zeros(size, np.bool_)
    mask[top:bottom, left:right] = True
    return mask


@pytest.mark.parametrize(
    ("size", "pixels"), [((480, 854), 8), ((1080, 1920), 18), ((96, 128), 2), ((600, 800), 8)]
)
def test_the_tolerance_grows_with_the_diagonal(size: tuple[int, int], pixels: int) -> None:
    assert tolerance(size) == pixels


def test_by_hand() -> None:
    # 10 x 10, and the same two pixels to the right: 80 of 120 pixels. A contour has 40 points: the
    # box and one pixel more above and to the left. One pixel is tolerated, also up and down: of
    # the upper and lower rows of 11 points 10 are near, of the columns only those next to a row of
    # the other, and that on one side.
    true, found = block(10, 20, 10, 20), block(10, 20, 12, 22)
    assert tolerance((40, 60)) == 1
    assert scores(true, found) == pytest.approx((80 / 120, (10 + 10 + 2) / 40))


def test_what_agrees_scores_one_and_what_does_not_nothing() -> None:
    one, other = block(2, 8, 2, 8), block(20, 30, 40, 50)
    assert scores(one, one) == (1, 1)
    assert scores(one, other) == (0, 0)


def test_a_shift_within_the_tolerance_costs_region_but_no_contour() -> None:
    one, other = block(100, 300, 200, 500, (480, 854)), block(103, 303, 204, 504, (480, 854))
    region, contour = scores(one, other)
    assert contour == 1
    assert region == pytest.approx(197 * 296 / (2 * 200 * 300 - 197 * 296))


NOTHING, EVERYTHING = np.zeros((40, 60), np.bool_), np.ones((40, 60), np.bool_)


@pytest.mark.parametrize(
    ("true", "found", "wanted"),
    [
        (NOTHING, NOTHING, (1, 1)),
        (EVERYTHING, EVERYTHING, (1, 1)),  # no contour on either side
        (NOTHING, EVERYTHING, (0, 1)),
        (NOTHING, block(3, 9, 3, 9), (0, 0)),
        (block(3, 9, 3, 9), NOTHING, (0, 0)),
        (EVERYTHING, block(0, 40, 0, 30), (0.5, 0)),
    ],
)
def test_masks_without_a_contour(true: Mask, found: Mask, wanted: tuple[float, float]) -> None:
    assert scores(true, found) == wanted
    assert (reference.region(true, found), reference.contour(true, found)) == wanted


_masks = st.tuples(st.integers(1, 14), st.integers(1, 14)).flatmap(
    lambda size: st.tuples(arrays(np.bool_, size), arrays(np.bool_, size))
)


@settings(max_examples=60, deadline=None)
@given(_masks)
def test_any_masks_score_as_the_loops_say(pair: tuple[Mask, Mask]) -> None:
    true, found = pair
    wanted = reference.region(true, found), reference.contour(true, found)
    assert scores(true, found) == pytest.approx(wanted, abs=1e-12)
    assert {tuple(p) for p in np.argwhere(boundary(true)).tolist()} == reference.boundary(true)


@pytest.mark.parametrize("seed", range(6))
def test_blobs_score_as_the_dilation_of_whole_frames_says(seed: int) -> None:
    """Where crops and distances could go wrong: edges of the picture, several parts."""
    rng = np.random.default_rng(seed)
    size = (150 + 20 * seed, 260)
    y, x = np.mgrid[: size[0], : size[1]]
    circles = rng.uniform((0, 0, 5), (*size, 60), (4, 3))
    true, found = (
        np.any([(y - row) ** 2 + (x - column) ** 2 < far**2 for row, column, far in some], axis=0)
        for some in (circles, circles + rng.normal(0, 2, circles.shape))
    )
    radius = tolerance(size)
    around = np.hypot(*np.mgrid[-radius : radius + 1, -radius : radius + 1]) <= radius
    first, second = boundary(true), boundary(found)
    precision = (second & binary_dilation(first, around)).sum() / second.sum()
    recall = (first & binary_dilation(second, around)).sum() / first.sum()
    assert radius == 3
    assert scores(true, found)[1] == pytest.approx(
        2 * precision * recall / (precision + recall), abs=1e-12
    )
