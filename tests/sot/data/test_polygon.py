from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.reference.polygons import clip_convex, overlap_convex, overlap_counted, signed_area
from unitrack.types import BoxObservation
from unitrack_sot.data.polygon import PolygonObservation, outlines, overlaps, start_box
from unitrack_sot.metrics.pairs import iou

Array = NDArray[np.float64]
Points = list[tuple[float, float]]

SQUARE = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)]
ARROW = [(0.0, 0.0), (20.0, 8.0), (0.0, 16.0), (7.0, 8.0)]  # concave
BOW = [(0.0, 0.0), (12.0, 12.0), (12.0, 0.0), (0.0, 12.0)]  # crosses itself


def rotated(x: float, y: float, wide: float, tall: float, angle: float) -> Points:
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * (wide / 2, tall / 2) @ turn.T
    return [(float(a + x), float(b + y)) for a, b in corners]


rectangles = st.builds(
    rotated,
    st.floats(-20, 60),
    st.floats(-20, 60),
    st.floats(0.5, 50),
    st.floats(0.5, 50),
    st.floats(-4, 4),
)


def one(first: Points, second: Points, size: tuple[int, int] | None = None) -> float:
    return float(overlaps(np.array([first]), np.array([second]), size)[0])


@given(rectangles, rectangles)
def test_rotated_rectangles_overlap_as_clipping_says(first: Points, second: Points) -> None:
    assert one(first, second) == pytest.approx(overlap_convex(first, second), abs=1e-9)


@given(rectangles, rectangles)
def test_clipped_to_the_picture_they_overlap_as_clipped_ones_do(
    first: Points, second: Points
) -> None:
    picture = [(0.0, 0.0), (40.0, 0.0), (40.0, 30.0), (0.0, 30.0)]
    parts = [clip_convex(points, picture) for points in (first, second)]
    shared = abs(signed_area(clip_convex(parts[0], second)))
    union = sum(abs(signed_area(part)) for part in parts) - shared
    wanted = shared / union if union > 1e-9 else 0.0
    if union > 1e-9:
        assert one(first, second, (30, 40)) == pytest.approx(wanted, abs=1e-6)


@given(rectangles, rectangles, st.integers(0, 3), st.booleans())
def test_neither_the_first_corner_nor_the_sense_matters(
    first: Points, second: Points, shift: int, turn: bool
) -> None:
    other = first[shift:] + first[:shift]
    assert one(other[::-1] if turn else other, second) == pytest.approx(
        one(first, second), abs=1e-9
    )
    assert one(second, first) == pytest.approx(one(first, second), abs=1e-9)


@pytest.mark.parametrize("first", [ARROW, BOW, SQUARE])
@pytest.mark.parametrize("second", [ARROW, BOW, SQUARE, rotated(9, 7, 12, 5, 0.4)])
def test_concave_and_crossing_regions_overlap_as_counted(first: Points, second: Points) -> None:
    counted = overlap_counted(first, second, (18, 22), finer=10)
    assert one(first, second, (18, 22)) == pytest.approx(counted, abs=0.01)


def test_upright_boxes_overlap_as_boxes_do() -> None:
    rng = np.random.default_rng(0)
    corners = rng.uniform(0, 50, (2, 40, 2))
    boxes = np.concatenate([corners, corners + rng.uniform(1, 30, (2, 40, 2))], axis=2)
    first, second = (outlines([BoxObservation(tuple(b)) for b in side.tolist()]) for side in boxes)
    assert np.allclose(overlaps(first, second), iou(boxes[0], boxes[1]), atol=1e-12)


def test_a_region_overlaps_itself_wholly_and_one_without_area_nothing() -> None:
    assert one(SQUARE, SQUARE) == 1
    assert one([(3.0, 3.0)] * 4, SQUARE) == 0
    assert one([(3.0, 3.0)] * 4, [(3.0, 3.0)] * 4) == 0
    assert one([(50.0, 0.0), (60.0, 0.0), (60.0, 9.0), (50.0, 9.0)], SQUARE, (20, 20)) == 0


def test_a_triangle_and_a_square_are_taken_together() -> None:
    triangle = PolygonObservation(((0.0, 0.0), (10.0, 0.0), (0.0, 10.0)))
    square = PolygonObservation(tuple(SQUARE))
    found = overlaps(outlines([triangle, square]), outlines([square, square]))
    assert found.tolist() == pytest.approx([0.5, 1])


def test_the_box_of_a_polygon_is_that_of_all_its_corners() -> None:
    for shift in range(4):
        points = [(5.0, 1.0), (9.0, 4.0), (6.0, 8.0), (2.0, 5.0)]
        turned = tuple(points[shift:] + points[:shift])
        assert PolygonObservation(turned).box == (2, 1, 9, 8)


def test_a_tracker_starts_from_the_regions_centre_and_area() -> None:
    """A square of side 10 on a corner: its min/max box has sides of 14.14, of area 200 not 100."""
    x1, y1, x2, y2 = start_box(rotated(30, 40, 10, 10, np.pi / 4))
    assert ((x1 + x2) / 2, (y1 + y2) / 2) == pytest.approx((30, 40))
    assert (x2 - x1, y2 - y1) == pytest.approx((11, 11))  # one pixel is added
    assert start_box([(1.0, 1.0)] * 4) == (0.5, 0.5, 1.5, 1.5)


@pytest.mark.data
def test_counting_pixels_is_off_by_less_than_a_hundredth_on_a_real_video(data_root: Path) -> None:
    values = np.loadtxt(data_root / "clips" / "vot" / "bag" / "groundtruth.txt", delimiter=",")
    # Moved near the corner, so that few pixels are counted.
    corners = values.reshape(-1, 4, 2)[:24:8]
    corners = corners - np.floor(corners.min(axis=(0, 1)))
    height, width = (int(side) + 1 for side in corners.max(axis=(0, 1))[::-1])
    first, second = corners[:-1], corners[1:]
    counted = [
        overlap_counted([*map(tuple, a)], [*map(tuple, b)], (height, width))
        for a, b in zip(first.tolist(), second.tolist(), strict=True)
    ]
    exact = overlaps(first, second)
    assert (exact > 0.1).all()
    assert np.abs(exact - counted).max() < 0.01
