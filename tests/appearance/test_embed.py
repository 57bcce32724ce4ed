"""Pictures to feature maps that know where their cells lie."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from unitrack.appearance.build import Backbone, build_backbone
from unitrack.appearance.embed import Embedder
from unitrack.appearance.normalise import normalise
from unitrack.registry.manager import registry
from unitrack.registry.records import BackboneRecord


@pytest.fixture(scope="module")
def backbone() -> Backbone:
    record = registry().get("backbones", "imagenet_r18")
    assert isinstance(record, BackboneRecord)
    return build_backbone(record, weights="random", device="cpu")


PICTURES = list(np.random.default_rng(0).integers(0, 256, (3, 40, 60, 3), np.uint8))


def test_native_pictures_are_normalised_and_embedded_as_they_are(backbone: Backbone) -> None:
    embedder = Embedder(backbone, None)
    maps = embedder.embed([embedder.prepare(picture) for picture in PICTURES])
    images = normalise(torch.from_numpy(np.stack(PICTURES)), backbone.record)
    assert torch.equal(torch.stack([one.data for one in maps]), backbone(images))
    grid = maps[0].grid
    assert (grid.scale_x, grid.scale_y, grid.offset_x, grid.offset_y) == (1, 1, 0, 0)
    assert grid.size == (5, 8)


def test_the_grid_of_a_letterbox_leads_from_pixels_to_cells_and_back(backbone: Backbone) -> None:
    embedder = Embedder(backbone, (48, 96))
    (features,) = embedder.embed([embedder.prepare(PICTURES[0])])
    assert features.data.shape == (256, 6, 12)
    box = np.array([[0.0, 0.0, 60.0, 40.0]])
    cells = features.grid.to_cells(box)
    # Scaled by 48 / 40 to 72 x 48 and padded by 12 columns on each side.
    assert np.allclose(cells, (np.array([[12.0, 0.0, 84.0, 48.0]]) - 0.5) / 8)
    assert np.allclose(features.grid.to_pixels(cells), box)


def test_a_bright_spot_lights_up_the_cell_the_grid_names(backbone: Backbone) -> None:
    embedder = Embedder(backbone, None)
    dark = np.zeros((96, 160, 3), np.uint8)
    spot = dark.copy()
    spot[40, 88] = 255
    base, lit = embedder.embed([embedder.prepare(dark), embedder.prepare(spot)])
    change = (lit.data - base.data).abs().sum(dim=0)
    row, column = divmod(int(change.argmax()), change.shape[1])
    cell = base.grid.to_cells(np.array([[88.5, 40.5, 88.5, 40.5]]))[0]
    assert (column, row) == (cell[0], cell[1]) == (11, 5)


def test_nothing_to_embed_gives_nothing(backbone: Backbone) -> None:
    assert Embedder(backbone, None).embed([]) == []


def test_a_read_only_picture_is_normalised_like_any_other(backbone: Backbone) -> None:
    """Decoded pictures are read-only; torch warns of such memory, and warnings are errors here."""
    picture = PICTURES[0].copy()
    picture.setflags(write=False)
    embedder = Embedder(backbone, None)
    assert torch.equal(embedder.normalise(picture), embedder.normalise(PICTURES[0]))
