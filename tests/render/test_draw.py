from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from unitrack.render.draw import draw
from unitrack.render.palette import style
from unitrack.types import XYXY, BoxObservation, TrackedObject


def _grey(height: int = 60, width: int = 80, level: int = 128) -> NDArray[np.uint8]:
    return np.full((height, width, 3), level, np.uint8)


def _object(identity: int, box: XYXY) -> TrackedObject:
    return TrackedObject(identity, BoxObservation(box))


def test_a_box_is_outlined_in_its_colour_and_empty_inside() -> None:
    drawn = draw(_grey(), [_object(1, (20, 25, 50, 55))])
    colour = style(1).colour
    for row, column in ((54, 35), (40, 20), (40, 49)):
        assert tuple(drawn[row, column]) == colour
    assert (drawn[27:53, 22:48] == 128).all()


def test_a_box_has_a_dark_line_on_either_side() -> None:
    drawn = draw(_grey(level=255), [_object(4, (20, 25, 50, 55))])
    assert (drawn[40, 19] == 0).all()
    assert (drawn[40, 21] == 0).all()


def test_the_picture_that_was_given_is_not_changed() -> None:
    image = _grey()
    draw(image, [_object(1, (20, 25, 50, 55))], {1: [(1, 1), (30, 30)]})
    assert (image == 128).all()


def test_nothing_to_draw_gives_the_same_picture() -> None:
    assert (draw(_grey(), []) == 128).all()


def test_the_same_input_gives_the_same_bytes() -> None:
    things = [_object(n, (5 * n, 20, 5 * n + 20, 50)) for n in range(1, 9)]
    trails = {n: [(5.0 * n, 20.0), (5.0 * n + 3, 40.0)] for n in range(1, 9)}
    assert draw(_grey(), things, trails).tobytes() == draw(_grey(), things, trails).tobytes()


def test_a_trail_fades_towards_its_old_end() -> None:
    points = [(float(x), 40.0) for x in range(5, 75, 5)]
    drawn = draw(_grey(), [_object(5, (60, 20, 78, 58))], {5: points}).astype(int)
    change = np.abs(drawn[40] - 128).sum(axis=1)
    assert 0 < change[7] < change[30] < change[55]


def test_trails_of_identities_that_are_not_there_are_left_out() -> None:
    assert (draw(_grey(), [], {3: [(5, 5), (50, 50)]}) == 128).all()


def test_the_label_of_a_box_that_starts_above_the_picture_is_inside() -> None:
    drawn = draw(_grey(), [_object(1, (30, -20, 50, 30))])
    assert (drawn[1:8, 31:36] == style(1).colour).all(axis=-1).any()


def test_a_dashed_box_shows_gaps() -> None:
    drawn = draw(_grey(200, 200), [_object(17, (20, 40, 180, 180))])
    assert style(17).dash == (1, 1)
    on = (drawn[179, 22:178] == style(17).colour).all(axis=1)
    assert 0.4 < on.mean() < 0.6


_corner = st.floats(-300, 300, allow_nan=False)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 5000), _corner, _corner, _corner, _corner), max_size=4))
def test_any_box_can_be_drawn(boxes: list[tuple[int, float, float, float, float]]) -> None:
    things = [_object(identity, (a, b, c, d)) for identity, a, b, c, d in boxes]
    trails = {identity: [(a, b), (c, d)] for identity, a, b, c, d in boxes}
    drawn = draw(_grey(), things, trails)
    assert drawn.shape == (60, 80, 3)
    assert drawn.dtype == np.uint8
