from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn.functional import interpolate

from tests.association.test_silhouette import GRID, blobs
from tests.reference import mask_step
from unitrack.association.points import silhouette_points
from unitrack.association.silhouette import Silhouette, cover, true_pixels
from unitrack.types import FeatureMap, MaskObservation

FEATURES = torch.rand(
    5, *GRID.size, dtype=torch.float64, generator=torch.Generator().manual_seed(0)
)


def _silhouettes(count: int = 20) -> list[Silhouette]:
    masks = [MaskObservation.of(mask) for mask in blobs(count)]
    return cover(masks, *true_pixels(GRID)).silhouettes(masks)


@pytest.mark.parametrize("most", [200, 30, 7], ids=["all", "some shrunk", "most shrunk"])
def test_points_are_those_of_the_loops_over_cells(most: int) -> None:
    silhouettes = _silhouettes()
    found = silhouette_points(FeatureMap(FEATURES, GRID), silhouettes, most).looks.split()
    sizes = []
    for one, points in zip(silhouettes, found, strict=True):
        cells = np.zeros(GRID.size, bool)
        cells[one.rows, one.columns] = True
        expected = mask_step.points(FEATURES.numpy(), cells, most)
        np.testing.assert_allclose(points.points.numpy(), expected, rtol=0, atol=1e-12)
        sizes.append(len(expected))
    assert max(sizes) <= 1.35 * most + 2  # about so many
    assert 0 in sizes
    assert sum(len(one.rows) > most for one in silhouettes) >= {200: 0, 30: 4, 7: 10}[most]


def test_shrinking_is_that_of_a_tensor_library() -> None:
    (one,) = (s for s in _silhouettes() if len(s.rows) == max(len(t.rows) for t in _silhouettes()))
    cells = torch.zeros(GRID.size, dtype=torch.float64)
    cells[one.rows, one.columns] = 1
    factor = float(np.sqrt(20 / len(one.rows)))
    mask = interpolate(
        cells[None, None], scale_factor=factor, recompute_scale_factor=False, mode="nearest"
    )[0, 0]
    small = interpolate(
        (FEATURES * cells)[None],
        scale_factor=factor,
        recompute_scale_factor=False,
        mode="bilinear",
        align_corners=False,
    )[0]
    expected = small[:, mask >= 0.5].T
    found = silhouette_points(FeatureMap(FEATURES, GRID), [one], 20).looks.points
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-6)


def test_single_precision_gives_the_same_to_its_own_rounding() -> None:
    silhouettes = _silhouettes()
    exact = silhouette_points(FeatureMap(FEATURES, GRID), silhouettes, 30).looks.points
    single = silhouette_points(FeatureMap(FEATURES.float(), GRID), silhouettes, 30).looks.points
    half = silhouette_points(FeatureMap(FEATURES.half(), GRID), silhouettes, 30).looks.points
    assert single.dtype == half.dtype == torch.float32
    torch.testing.assert_close(single.double(), exact, rtol=0, atol=1e-6)
    torch.testing.assert_close(half.double(), exact, rtol=0, atol=1e-3)


def test_the_middle_is_nearest_to_the_centre_of_mass_and_of_several_the_first() -> None:
    rows, columns = np.mgrid[2:6, 4:8].reshape(2, -1)  # centre between four cells
    square = Silhouette(MaskObservation((1, 1), b"1"), rows, columns)
    nothing = Silhouette(square.observation, rows[:0], columns[:0])
    lower = Silhouette(square.observation, rows[4:], columns[4:])
    points = silhouette_points(FeatureMap(FEATURES, GRID), [nothing, square, nothing, lower], 200)
    assert points.looks.counts == (0, 16, 0, 12)
    assert points.middles[1] == 5  # row 3, column 5
    assert points.middles[3] == 16 + 5  # row 4, column 5 of the lower three rows


def test_no_silhouettes_are_ordinary() -> None:
    points = silhouette_points(FeatureMap(FEATURES, GRID), [], 200)
    assert points.looks.points.shape == (0, 5)
    assert points.looks.counts == ()
