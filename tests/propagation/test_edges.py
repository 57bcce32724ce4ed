from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.reference import edges as reference
from unitrack.propagation.edges import STEP, follow_edges

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.mark.parametrize(
    ("size", "cells", "widest"),
    [
        ((80, 96), (10, 12), 8),
        ((80, 96), (10, 12), 400),
        ((61, 70), (8, 9), 4),
        ((3, 5), (1, 1), 8),
        ((16, 17), (2, 3), 3),
    ],
)
def test_it_equals_the_filter_written_out(
    size: tuple[int, int], cells: tuple[int, int], widest: int
) -> None:
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (*size, 3), np.uint8)
    labels = rng.uniform(size=(4, *cells))
    labels[2] /= 4  # narrower windows
    labels[3] /= 40  # too small for any
    expected = reference.follow_edges(labels, image, widest, 1e-3, STEP)
    found = follow_edges(torch.from_numpy(labels), image, widest, 1e-3)
    np.testing.assert_allclose(found.numpy(), expected, atol=1e-9)
    single = follow_edges(torch.from_numpy(labels).float(), image, widest, 1e-3)
    np.testing.assert_allclose(single.numpy(), expected, atol=2e-4)


@pytest.mark.parametrize(("side", "reach"), [(23, 0), (24, 1), (47, 1), (48, 2), (200, 4)])
def test_windows_grow_with_the_object(side: int, reach: int) -> None:
    """Half a window is a sixth of the side in steps of four pixels, sixteen pixels at most."""
    image = np.random.default_rng(2).integers(0, 256, (256, 256, 3), np.uint8)
    labels = torch.zeros(2, 32, 32, dtype=torch.float64)
    labels[1, :25, :25] = (side / 8) ** 2 / 625  # all of its area, thinly
    labels[0] = 1 - labels[1]
    found = follow_edges(labels, image, 16, 1e-3)
    # A wider limit changes nothing but for the largest, a narrower one all that have windows.
    assert torch.equal(follow_edges(labels, image, 4 * reach, 1e-3), found)
    if reach:
        assert not torch.equal(follow_edges(labels, image, 4 * (reach - 1), 1e-3), found)
    if reach < 4:
        assert torch.equal(follow_edges(labels, image, 4 * (reach + 1), 1e-3), found)


def test_sums_over_the_labels_stay() -> None:
    rng = np.random.default_rng(1)
    labels = torch.from_numpy(rng.uniform(size=(3, 4, 5)))
    labels /= labels.sum(0)
    found = follow_edges(labels, rng.integers(0, 256, (32, 40, 3), np.uint8), 8, 1e-4)
    np.testing.assert_allclose(found.sum(0).numpy(), 1, atol=1e-9)


def test_the_label_ends_at_the_edge_of_the_colour() -> None:
    image = np.full((64, 64, 3), 40, np.uint8)
    image[:, 29:] = 200
    labels = torch.zeros(2, 8, 8)
    labels[1, :, 4:] = 1  # a cell's edge, three pixels beside the colour's
    labels[0] = 1 - labels[1]
    plain = torch.nn.functional.interpolate(labels[None], (64, 64), mode="bilinear")[0].argmax(0)
    found = follow_edges(labels, image, 8, 1e-4).argmax(0)
    true = torch.from_numpy(image[..., 0] > 100).long()
    assert (plain != true).sum() >= 3 * 64
    assert (found != true).sum() == 0


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_a_picture_of_one_colour_says_nothing_and_breaks_nothing(grey: int) -> None:
    image = np.full((32, 48, 3), grey, np.uint8)
    labels = torch.rand(2, 4, 6, generator=torch.Generator().manual_seed(0))
    labels /= labels.sum(0)
    found = follow_edges(labels, image, 8, 1e-4)
    assert torch.isfinite(found).all()
    assert found.min() >= labels.min() - 1e-3
    assert found.max() <= labels.max() + 1e-3
