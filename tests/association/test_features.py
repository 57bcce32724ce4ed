from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reference import roi
from unitrack.association import features as module
from unitrack.association.features import roi_points

CASES = {
    "inside": [[1.2, 2.3, 6.7, 9.1], [0.0, 0.0, 4.0, 4.0]],
    "partly outside": [[-3.4, -2.2, 5.0, 4.0], [9.0, 8.0, 20.5, 17.5]],
    "wholly outside": [[-30.0, -30.0, -10.0, -10.0], [40.0, 2.0, 50.0, 6.0]],
    "tiny": [[3.1, 3.2, 3.1001, 3.2001], [5.0, 5.0, 5.0, 5.0]],
    "the whole map": [[-1.0, -1.0, 14.0, 12.0]],
    "far larger than the map": [[-90.0, -70.0, 110.0, 95.0]],
    "on the last cell": [[12.5, 10.5, 13.5, 11.5]],
}


@pytest.mark.parametrize("boxes", CASES.values(), ids=CASES.keys())
@pytest.mark.parametrize("grid", [(4, 10), (10, 4), (1, 1)])
def test_points_equal_the_looped_reference(boxes: list[list[float]], grid: tuple[int, int]) -> None:
    data = np.random.default_rng(0).normal(size=(5, 12, 14))
    expected = roi.roi_points(data, np.array(boxes), *grid)
    found = roi_points(torch.from_numpy(data).float(), torch.tensor(boxes), *grid)
    np.testing.assert_allclose(found.numpy(), expected, atol=1e-5)


corner = st.floats(-20, 30, allow_nan=False)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(corner, corner, st.floats(0, 40), st.floats(0, 40)), max_size=6))
def test_any_boxes_equal_the_reference(sides: list[tuple[float, float, float, float]]) -> None:
    boxes = np.array([(x, y, x + w, y + h) for x, y, w, h in sides]).reshape(-1, 4)
    data = np.random.default_rng(1).normal(size=(3, 7, 9))
    expected = roi.roi_points(data, boxes, 2, 3)
    found = roi_points(torch.from_numpy(data), torch.from_numpy(boxes), 2, 3)
    np.testing.assert_allclose(found.numpy(), expected, atol=1e-9)


def test_a_constant_map_gives_constant_points() -> None:
    points = roi_points(torch.full((2, 20, 20), 3.0), torch.tensor([[2.0, 3.0, 9.0, 17.0]]), 4, 10)
    torch.testing.assert_close(points, torch.full((1, 40, 2), 3.0))


def test_the_order_of_the_boxes_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BUDGET", 500)  # several runs of boxes
    data = torch.rand(4, 20, 30, generator=torch.Generator().manual_seed(0))
    boxes = torch.rand(9, 4, generator=torch.Generator().manual_seed(1)) * 20
    boxes[:, 2:] += boxes[:, :2]
    order = torch.tensor([3, 0, 8, 1, 2, 7, 4, 6, 5])
    expected = roi_points(data, boxes, 4, 10)[order]
    torch.testing.assert_close(roi_points(data, boxes[order], 4, 10), expected)


def test_a_box_of_a_million_cells_needs_no_memory_of_its_own() -> None:
    points = roi_points(torch.ones(2, 10, 12), torch.tensor([[-4e5, -4e5, 6e5, 6e5]]), 2, 2)
    assert points.abs().max() < 1e-3


def test_half_precision_maps_and_both_memory_formats_are_accepted() -> None:
    data = torch.rand(8, 10, 12, generator=torch.Generator().manual_seed(0))
    boxes = torch.tensor([[1.0, 2.0, 5.0, 9.0]])
    expected = roi_points(data, boxes, 2, 2)
    channels_last = data.permute(1, 2, 0).contiguous().permute(2, 0, 1)
    torch.testing.assert_close(roi_points(channels_last, boxes, 2, 2), expected)
    half = roi_points(data.bfloat16(), boxes, 2, 2)
    assert half.dtype == torch.float32
    torch.testing.assert_close(half, expected, atol=1e-2, rtol=1e-2)


def test_no_boxes_give_no_points() -> None:
    assert roi_points(torch.rand(3, 5, 5), torch.zeros(0, 4), 4, 10).shape == (0, 40, 3)
