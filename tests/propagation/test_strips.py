from __future__ import annotations

import math

import pytest
import torch

from unitrack.propagation.strips import Strips, strips_of_products

pytestmark = pytest.mark.usefixtures("one_thread")

SIZES = [(14, 21), (5, 7), (1, 1), (3, 40), (33, 2)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("radius", [0.5, 1.0, 3.0, 3.2, 12.0, 100.0])
def test_each_target_sees_exactly_the_cells_within_the_radius(
    size: tuple[int, int], radius: float
) -> None:
    around = Strips.of(size, radius)
    height, width = size
    place = torch.arange(height * width)
    numbers = torch.stack([place + height * width, place]).view(2, height, width, 1)
    of_targets, of_places, step = around.entries(2, place.device)
    parts: tuple[list[torch.Tensor], ...] = ([], [], [], [])
    for strip, products in strips_of_products(torch.ones(*size, 1), list(numbers + 1.0), around):
        largest = around.largest(products, strip)
        places = torch.arange(largest.shape[1]).expand(largest.shape)
        entries = (of_targets[:, None] + of_places).masked_fill_(largest == -math.inf, 0)
        parts[0].append(largest)
        parts[1].append(around.cells(places, strip))
        parts[2].append(products.flatten()[entries])
        parts[3].append(products.flatten()[entries + step])
    seen, where, first, second = map(around.join, parts)
    # The product with a target of ones is the number of the source, plus one.
    there = seen > -math.inf
    assert torch.equal(seen[there], where[there] + height * width + 1.0)
    assert torch.equal(first[there], seen[there])
    assert torch.equal(second[there], where[there] + 1.0)
    y, x = place // width, place % width
    for target in range(0, height * width, 5):
        near = ((y - y[target]) ** 2 + (x - x[target]) ** 2).sqrt() < radius
        assert torch.equal(where[target][there[target]].sort().values, place[near])


def test_near_is_strict() -> None:
    around = Strips.of((1, 20), 12.0)
    cells = torch.arange(20)[None].expand(20, -1)
    assert around.near(cells)[0].sum() == 12
