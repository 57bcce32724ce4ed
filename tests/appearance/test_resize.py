"""Scaling and padding, against loops in float64 and against OpenCV."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.reference import resize as reference
from unitrack.appearance.resize import BORDER, letterbox, resize

sides = st.integers(1, 23)


def _picture(seed: int, height: int, width: int) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


@given(sides, sides, st.integers(1, 40), st.integers(1, 40), st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_scaling_equals_the_float64_loops(
    height: int, width: int, rows: int, columns: int, seed: int
) -> None:
    picture = _picture(seed, height, width)
    expected = reference.resize(picture, (rows, columns))
    # Fixed point when enlarging: cut twice, and weights of 11 bits.
    allowed = 0.5 if rows <= height and columns <= width else 1.0
    assert np.abs(resize(picture, (rows, columns)) - expected).max() <= allowed + 1e-3


@given(st.integers(0, 255), sides, sides, st.integers(1, 40), st.integers(1, 40))
@settings(max_examples=40, deadline=None)
def test_an_even_picture_stays_even(
    value: int, height: int, width: int, rows: int, columns: int
) -> None:
    picture = np.full((height, width, 3), value, np.uint8)
    assert (resize(picture, (rows, columns)) == value).all()


def test_scaling_to_its_own_size_gives_the_picture_itself() -> None:
    picture = _picture(0, 9, 7)
    assert resize(picture, (9, 7)) is picture


@pytest.mark.parametrize(
    ("height", "width"), [(1080, 1920), (370, 1224), (720, 1280), (576, 768), (480, 640)]
)
def test_scaling_agrees_with_opencv_on_the_sizes_of_the_benchmarks(height: int, width: int) -> None:
    cv2 = pytest.importorskip("cv2")
    picture = cv2.GaussianBlur(_picture(1, height, width), (0, 0), 2)
    boxed = letterbox(picture, (608, 1088))
    inner = (round(height * boxed.scale_y), round(width * boxed.scale_x))
    expected = cv2.resize(picture, inner[::-1], interpolation=cv2.INTER_AREA)
    difference = np.abs(resize(picture, inner).astype(int) - expected)
    assert difference.max() <= 1
    assert difference.mean() < 1e-3  # halves may be rounded the other way when shrinking


@given(sides, sides, st.integers(1, 40), st.integers(1, 40))
@settings(max_examples=60, deadline=None)
def test_enlarging_equals_opencv_to_the_last_bit(
    height: int, width: int, rows: int, columns: int
) -> None:
    cv2 = pytest.importorskip("cv2")
    assume(rows > height or columns > width)
    picture = _picture(1, height, width)
    expected = cv2.resize(picture, (columns, rows), interpolation=cv2.INTER_AREA)
    np.testing.assert_array_equal(resize(picture, (rows, columns)), expected)


def test_letterbox_of_a_full_hd_picture_follows_the_stated_rounding() -> None:
    boxed = letterbox(_picture(2, 1080, 1920), (608, 1088))
    assert boxed.image.shape == (608, 1088, 3)
    assert (boxed.scale_x, boxed.scale_y) == (1081 / 1920, 608 / 1080)
    assert (boxed.offset_x, boxed.offset_y) == (3.0, 0.0)  # gap 7: 3 on the left, 4 on the right


def test_the_border_is_grey_and_only_outside_the_picture() -> None:
    boxed = letterbox(np.zeros((10, 40, 3), np.uint8), (20, 40))
    assert boxed.offset_y == 5.0
    assert (boxed.image[:5] == BORDER).all()
    assert (boxed.image[15:] == BORDER).all()
    assert (boxed.image[5:15] == 0).all()


@given(st.integers(1, 300), st.integers(1, 300))
@settings(max_examples=60, deadline=None)
def test_a_letterbox_fits_and_touches_two_opposite_sides(height: int, width: int) -> None:
    boxed = letterbox(np.zeros((height, width, 3), np.uint8), (38, 68))
    inner = (round(height * boxed.scale_y), round(width * boxed.scale_x))
    assert inner[0] == 38 or inner[1] == 68
    assert inner[0] + boxed.offset_y <= 38
    assert inner[1] + boxed.offset_x <= 68
    assert (boxed.image == 0).sum() == inner[0] * inner[1] * 3
