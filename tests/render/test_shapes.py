from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from unitrack.render.draw import draw
from unitrack.render.palette import davis
from unitrack.render.shapes import bright, crest, paint_mask, paint_pose
from unitrack.types import MaskObservation, PoseObservation, TrackedObject

SIZE = (60, 80)
COLOUR = davis(1)


def block(top: int, bottom: int, left: int, right: int) -> MaskObservation:
    mask = np.zeros(SIZE, np.bool_)
    mask[top:bottom, left:right] = True
    return MaskObservation.of(mask)


def painted(mask: MaskObservation, level: int = 200, width: int = 2) -> NDArray[np.uint8]:
    canvas = np.full((*SIZE, 3), level, np.uint8)
    paint_mask(canvas, mask, COLOUR, width)
    return canvas


def test_a_mask_is_tinted_inside_outlined_and_surrounded_by_a_dark_line() -> None:
    row = painted(block(10, 50, 20, 60))[30].tolist()
    assert row[18] == [200, 200, 200]
    assert row[19] == [80, 80, 80]
    assert row[20] == row[21] == list(bright(COLOUR)) == [255, 0, 0]
    assert row[22] == row[40] == [164, 100, 100]
    assert row[58] == row[59] == [255, 0, 0]
    assert row[60] == [80, 80, 80]
    assert row[61] == [200, 200, 200]


def test_a_hole_has_an_outline_as_well() -> None:
    mask = block(10, 50, 20, 60).mask
    mask[25:35, 35:45] = False
    canvas = painted(MaskObservation.of(mask))
    assert canvas[30, 34].tolist() == [255, 0, 0]
    assert canvas[30, 35].tolist() == [80, 80, 80]
    assert canvas[30, 40].tolist() == [200, 200, 200]


def test_a_mask_that_leaves_the_picture_is_closed_at_the_edge() -> None:
    canvas = painted(block(0, 60, 0, 40))
    assert canvas[30, 0].tolist() == canvas[0, 20].tolist() == [255, 0, 0]
    assert canvas[30, 40].tolist() == [80, 80, 80]


def test_an_empty_mask_and_one_of_another_size_change_nothing() -> None:
    small = MaskObservation.of(np.ones((4, 4), np.bool_))
    for mask in (block(0, 0, 0, 0), small):
        assert (painted(mask) == 200).all()


@settings(max_examples=40, deadline=None)
@given(arrays(np.bool_, (9, 11)), st.integers(1, 4))
def test_only_the_mask_and_one_pixel_around_it_are_painted(
    mask: NDArray[np.bool_], width: int
) -> None:
    canvas = np.full((*mask.shape, 3), 77, np.uint8)
    paint_mask(canvas, MaskObservation.of(mask), COLOUR, width)
    padded = np.pad(mask, 1)
    near = padded[:-2, 1:-1] | padded[2:, 1:-1] | padded[1:-1, :-2] | padded[1:-1, 2:] | mask
    np.testing.assert_array_equal((canvas != 77).any(axis=2), near)


def test_the_crest_is_a_point_of_the_upper_edge() -> None:
    mask = block(10, 50, 20, 60).mask
    mask[5:10, 50:55] = True
    assert crest(MaskObservation.of(mask)) == (52.5, 5.0)


def test_the_label_of_a_mask_is_above_its_highest_point() -> None:
    mask = block(30, 50, 10, 70).mask
    mask[20:30, 60:64] = True
    drawn = draw(np.full((*SIZE, 3), 200, np.uint8), [TrackedObject(1, MaskObservation.of(mask))])
    plate = (drawn == COLOUR).all(axis=2)
    rows, columns = np.nonzero(plate[:20])
    assert rows.min() > 0
    assert abs(columns.mean() - 62) < 2


def test_a_hidden_object_has_no_label() -> None:
    canvas = np.full((*SIZE, 3), 200, np.uint8)
    assert (draw(canvas, [TrackedObject(1, block(0, 0, 0, 0))]) == 200).all()


def test_a_pose_shows_the_joints_that_are_there() -> None:
    count = 15
    xy = [(5.0 * n + 2, 20.0) for n in range(count)]
    visible = [n != 7 for n in range(count)]
    picture = Image.new("RGB", SIZE[::-1], (200, 200, 200))
    pose = PoseObservation(tuple(xy), tuple(visible), skeleton="posetrack15")
    paint_pose(ImageDraw.Draw(picture), pose, (0, 255, 0), 1)
    drawn = np.asarray(picture)
    assert drawn[20, 67].tolist() == [0, 255, 0]  # the nose, on which no limb hangs
    hidden = PoseObservation(tuple(xy), (False,) * count, skeleton="posetrack15")
    picture = Image.new("RGB", SIZE[::-1], (200, 200, 200))
    paint_pose(ImageDraw.Draw(picture), hidden, (0, 255, 0), 1)
    assert (np.asarray(picture) == 200).all()
