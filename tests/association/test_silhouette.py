from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.reference import mask_step
from unitrack.association.silhouette import (
    Cells,
    cover,
    deviation_boxes,
    kept_once,
    nearest_pixels,
    true_pixels,
)
from unitrack.types import Grid, MaskObservation

SIZE = (150, 201)
GRID = Grid(8, 1.0, 1.0, 0.0, 0.0, 0.5, 0.5, (19, 26))


def blobs(count: int, seed: int = 0) -> list[NDArray[np.bool_]]:
    """Ellipses of many sizes, some across the edge of the picture, some too small for a cell."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[: SIZE[0], : SIZE[1]]
    made = []
    for _ in range(count):
        row, column = rng.uniform(0, SIZE[0]), rng.uniform(0, SIZE[1])
        tall, wide = rng.uniform(2, 60), rng.uniform(2, 40)
        made.append(((y - row) / tall) ** 2 + ((x - column) / wide) ** 2 < 1)
    return made


def covered(cells: Cells, number: int, size: tuple[int, int]) -> NDArray[np.bool_]:
    """One mask of several, on the cells."""
    edges = np.cumsum([0, *cells.counts])
    part = slice(edges[number], edges[number + 1])
    mask = np.zeros(size, bool)
    mask[cells.rows[part], cells.columns[part]] = True
    return mask


@pytest.mark.parametrize(
    "grid",
    [
        GRID,
        Grid(8, 0.5, 0.6, 4.0, -3.0, 0.5, 7.5, (14, 13)),  # letterboxed, another anchor
        Grid(8, 30.0, 30.0, 0.0, 0.0, 0.5, 0.5, (40, 50)),  # more than a cell a pixel
        Grid(8, 1.0, 1.0, 40.0, 24.0, 0.5, 0.5, (30, 40)),  # cells beyond every edge
    ],
    ids=["native", "letterbox", "enlarged", "padded"],
)
def test_a_mask_covers_the_cells_centred_on_its_pixels(grid: Grid) -> None:
    masks = blobs(12)
    down, along = true_pixels(grid)
    cells = cover([MaskObservation.of(mask) for mask in masks], down, along)
    for number, mask in enumerate(masks):
        expected = mask_step.sampled(mask, down.tolist(), along.tolist())
        np.testing.assert_array_equal(covered(cells, number, grid.size), expected)
    owner = np.repeat(np.arange(12), cells.counts)
    keys = np.stack([owner, cells.rows, cells.columns])
    assert (np.lexsort(keys[::-1]) == np.arange(len(owner))).all()  # row by row


def test_a_resnet_at_native_size_is_centred_on_every_eighth_pixel() -> None:
    down, along = true_pixels(GRID)
    np.testing.assert_array_equal(down, 8 * np.arange(19))
    np.testing.assert_array_equal(along, 8 * np.arange(26))


def test_the_authors_divide_the_picture_evenly() -> None:
    down, along = nearest_pixels(GRID, SIZE)
    assert down.tolist() == [int(i * 150 / 19) for i in range(19)]
    assert along.tolist() == [int(i * 201 / 26) for i in range(26)]


def test_no_masks_and_empty_masks_are_ordinary() -> None:
    assert len(cover([], *true_pixels(GRID)).counts) == 0
    nothing = MaskObservation.of(np.zeros(SIZE, bool))
    cells = cover([nothing, nothing], *true_pixels(GRID))
    assert cells.counts.tolist() == [0, 0]
    assert [len(one.rows) for one in cells.silhouettes([nothing, nothing])] == [0, 0]


def test_boxes_are_those_of_the_loops_over_cells() -> None:
    masks = [MaskObservation.of(mask) for mask in blobs(20)]
    down, along = true_pixels(GRID)
    cells = cover(masks, down, along)
    for factor in (4.0, 2.0):
        boxes = deviation_boxes(cells, factor)
        for number, mask in enumerate(masks):
            sampled = mask_step.sampled(mask.mask, down.tolist(), along.tolist())
            if cells.counts[number]:
                expected = mask_step.deviation_box(sampled, factor)
                np.testing.assert_allclose(boxes[number], expected, rtol=0, atol=1e-12)
            else:
                assert np.isnan(boxes[number]).all()
    assert (cells.counts == 0).any()
    assert (cells.counts > 0).sum() > 10


@pytest.mark.parametrize(("side", "box_side"), [(2, 4), (4, 4), (6, 6), (10, 10), (1, 4), (3, 4)])
def test_a_rectangle_of_an_even_side_is_its_own_box(side: int, box_side: float) -> None:
    rows, columns = np.mgrid[3 : 3 + 8, 5 : 5 + side].reshape(2, -1)
    (box,) = deviation_boxes(Cells(rows, columns, np.array([8 * side])))
    np.testing.assert_allclose(box[[1, 3]], [2.5, 10.5])
    middle = 5 + (side - 1) / 2
    np.testing.assert_allclose(box[[0, 2]], [middle - box_side / 2, middle + box_side / 2])


def test_an_odd_side_lacks_its_reciprocal() -> None:
    rows, columns = np.mgrid[:8, :7].reshape(2, -1)
    (box,) = deviation_boxes(Cells(rows, columns, np.array([56])))
    assert box[2] - box[0] == pytest.approx(7 - 1 / 7)


def test_of_duplicates_the_first_stays() -> None:
    rng = np.random.default_rng(0)
    corners = rng.uniform(0, 6, (60, 2))
    boxes = np.concatenate([corners, corners + rng.uniform(8, 12, (60, 2))], axis=1)
    labels = np.ones(60, np.int64)
    kept = np.flatnonzero(kept_once(boxes, labels, 0.7))
    assert kept.tolist() == mask_step.kept_once([tuple(b) for b in boxes.tolist()], 0.7)
    assert 5 < len(kept) < 55


def test_a_removed_duplicate_removes_nobody() -> None:
    boxes = np.array([[0.0, 0, 10, 10], [1.5, 0, 11.5, 10], [3.0, 0, 13.0, 10]])
    assert kept_once(boxes, np.ones(3, np.int64), 0.7).tolist() == [True, False, True]


def test_different_classes_are_no_duplicates() -> None:
    boxes = np.array([[0.0, 0, 10, 10]] * 3)
    assert kept_once(boxes, np.array([1, 2, 1]), 0.7).tolist() == [True, True, False]
