from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.reference import edges as reference
from unitrack.propagation.edges import STEP, follow_edges

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.mark.parametrize(
    ("size", "cells", "radius"),
    [((24, 40), (3, 5), 8), ((21, 30), (3, 4), 4), ((3, 5), (1, 1), 8), ((16, 17), (2, 3), 400)],
)
def test_it_equals_the_filter_written_out(
    size: tuple[int, int], cells: tuple[int, int], radius: int
) -> None:
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (*size, 3), np.uint8)
    labels = rng.uniform(size=(3, *cells))
    expected = reference.follow_edges(labels, image, radius, 1e-3, STEP)
    found = follow_edges(torch.from_numpy(labels), image, radius, 1e-3)
    np.testing.assert_allclose(found.numpy(), expected, atol=1e-9)
    single = follow_edges(torch.from_numpy(labels).float(), image, radius, 1e-3)
    np.testing.assert_allclose(single.numpy(), expected, atol=2e-4)


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
    found = follow_edges(labels, image, 8, 1e-4)
    assert torch.isfinite(found).all()
    assert found.min() >= labels.min() - 1e-3
    assert found.max() <= labels.max() + 1e-3
