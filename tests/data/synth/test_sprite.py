from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from unitrack.data.synth.sprite import Sprite, paint


def _disc(left: int, top: int) -> Sprite:
    alpha = np.zeros((6, 5), np.float32)
    alpha[1:5, 1:4] = 1
    alpha[2, 0] = 0.5  # a rim that does not count
    return Sprite(np.ones((6, 5, 3), np.float32), alpha, left, top)


@given(st.integers(-10, 20), st.integers(-10, 20))
def test_the_box_is_where_the_solid_pixels_are_also_outside_the_picture(
    left: int, top: int
) -> None:
    assert _disc(left, top).box() == (left + 1, top + 1, left + 4, top + 5)


@given(st.integers(-10, 20), st.integers(-10, 20))
def test_painting_touches_only_what_lies_inside(left: int, top: int) -> None:
    image, owner = np.zeros((12, 14, 3), np.uint8), np.full((12, 14), -1, np.int16)
    paint(image, _disc(left, top), owner, 7)
    rows, columns = np.mgrid[:12, :14]
    inside = (rows > top) & (rows < top + 5) & (columns > left) & (columns < left + 4)
    assert ((owner == 7) == inside).all()
    assert (image[inside] == 255).all()


def test_half_transparent_pixels_are_mixed_and_own_nothing() -> None:
    image, owner = np.full((8, 8, 3), 101, np.uint8), np.full((8, 8), -1, np.int16)
    paint(image, _disc(0, 0), owner, 3)
    assert (image[2, 0] == 178).all()
    assert owner[2, 0] == -1


def test_a_shadow_owns_nothing() -> None:
    image = np.full((8, 8, 3), 100, np.uint8)
    paint(image, _disc(0, 0))
    assert (image[2, 2] == 255).all()
