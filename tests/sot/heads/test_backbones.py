"""Real networks, whose cells lie elsewhere and whose maps differ in size, find the same box."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
import torch

from unitrack.appearance.build import build_backbone
from unitrack.appearance.embed import Embedder
from unitrack.registry.manager import registry
from unitrack.registry.records import BackboneRecord
from unitrack.types import BoxObservation, CropFeatures, Frame, SequenceInfo, Target
from unitrack_sot.heads.settings import SotSettings
from unitrack_sot.heads.sot import sot

pytestmark = pytest.mark.slow

# 4.5 times the box is 261 pixels, so a crop of 262 is not scaled, and a cell is 8 pixels.
SIDE, WIDTH, CELL = 262, 58.0, 8
SIZE = (300, 340)


@lru_cache
def _embedder(name: str) -> Embedder:
    record = registry().get("backbones", name)
    assert isinstance(record, BackboneRecord)
    return Embedder(build_backbone(record, weights="random:0", device="cpu"))


class _Embed:
    def __init__(self, name: str) -> None:
        self._embedder = _embedder(name)

    def normalise(self, image: np.ndarray) -> torch.Tensor:
        return self._embedder.normalise(image)

    def __call__(self, crops: torch.Tensor) -> CropFeatures:
        backbone = self._embedder.backbone
        anchor = backbone.anchor(crops.shape[-1])
        return CropFeatures(backbone(crops), backbone.record.stride, anchor, anchor)


def _picture(right: int, down: int) -> np.ndarray:
    blocks = np.random.default_rng(0).integers(0, 256, (SIZE[0] // 4, SIZE[1] // 4, 3), np.uint8)
    moved: np.ndarray = np.roll(blocks.repeat(4, 0).repeat(4, 1), (down, right), (0, 1))
    return moved


@pytest.mark.parametrize("template_block", ["authors", "centred"])
@pytest.mark.parametrize("propagator", ["dcf", "xcorr"])
@pytest.mark.parametrize("backbone", ["imagenet_r18", "efficientnet_lite0"])
def test_a_picture_that_moves_by_whole_cells_is_followed_exactly(
    backbone: str, propagator: str, template_block: str
) -> None:
    settings = SotSettings.model_validate(
        {"propagator": propagator, "crop_size": SIDE, "template_block": template_block}
    )
    head = sot(settings, registry().get)
    tracker = head.start(SequenceInfo("clip", 25.0, SIZE, 3), _Embed(backbone))
    box = np.array([140.0, 120.0, 140.0 + WIDTH, 120.0 + WIDTH])
    seen = Target(1, BoxObservation((box[0], box[1], box[2], box[3])))
    tracker.step(Frame(0, "1", _picture(0, 0)), None, [seen])
    for index, (right, down) in enumerate([(CELL, 0), (CELL, CELL)], 1):
        (found,) = tracker.step(Frame(index, "f", _picture(right, down)), None, [])
        moved = box + np.array([right, down] * 2)
        np.testing.assert_allclose(found.observation.box, moved, atol=1e-9)
