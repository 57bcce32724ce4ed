from __future__ import annotations

import math

import pytest
import torch

from unitrack.propagation.tiles import Tiling, columns_of_tiles

pytestmark = pytest.mark.usefixtures("one_thread")

SIZES = [(14, 21), (5, 7), (1, 1), (3, 40), (33, 2)]


@pytest.mark.parametrize("size", SIZES)
def test_tiles_are_put_together_again(size: tuple[int, int]) -> None:
    tiling = Tiling.of(size, 12.0)
    cells = torch.rand(*size, 3)
    assert torch.equal(tiling.join(tiling.split(cells)), cells.flatten(0, 1))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("radius", [0.5, 1.0, 3.0, 3.2, 12.0, 100.0])
def test_each_target_sees_exactly_the_cells_within_the_radius(
    size: tuple[int, int], radius: float
) -> None:
    tiling = Tiling.of(size, radius)
    height, width = size
    place = torch.arange(height * width)
    numbers = torch.stack([place, place + height * width]).view(2, height, width, 1)
    products, cells = [], []
    for column, found in columns_of_tiles(torch.ones(*size, 1), list(numbers + 1.0), tiling):
        entries = torch.arange(found.shape[2]).expand(found.shape)
        products.append(found.clone())
        cells.append(tiling.cells(entries, column, 2))
    seen, where = (tiling.join(torch.stack(parts)) for parts in (products, cells))
    # The product with a target of ones is the number of the source, plus one.
    assert torch.equal(seen[seen > -math.inf], where[seen > -math.inf] + 1.0)
    y, x = place // width, place % width
    for target in range(0, height * width, 5):
        near = ((y - y[target]) ** 2 + (x - x[target]) ** 2).sqrt() < radius
        expected = torch.cat([place[near], place[near] + height * width])
        assert torch.equal(where[target][seen[target] > -math.inf].sort().values, expected)


def test_near_is_strict() -> None:
    tiling = Tiling.of((1, 20), 12.0)
    cells = torch.arange(20)[None].expand(20, -1)
    assert tiling.near(cells)[0].sum() == 12
