"""The measures of a backbone, on networks whose worth is known."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn

from unitrack.appearance.build import build_backbone
from unitrack.appearance.embed import Embedder
from unitrack.appearance.quality import alignment, correspondence, principal_colours, warped
from unitrack.data.synth.texture import fractal_noise
from unitrack.registry.manager import registry
from unitrack.registry.records import BackboneRecord


class _Colours(nn.Module):
    """Nothing but mean colours: right about place, blind to pattern."""

    def forward(self, images: Tensor) -> Tensor:
        return nn.functional.avg_pool2d(images, 8)


class _Shifted(_Colours):
    """The same, three cells to the right."""

    def forward(self, images: Tensor) -> Tensor:
        return super().forward(images).roll(3, dims=-1)


class _Coarse(_Colours):
    """Twice as coarse as it says."""

    def forward(self, images: Tensor) -> Tensor:
        return nn.functional.avg_pool2d(images, 16)


def colours(tap: str, settings: object) -> nn.Module:
    del tap, settings
    return _Colours()


def shifted(tap: str, settings: object) -> nn.Module:
    del tap, settings
    return _Shifted()


def coarse(tap: str, settings: object) -> nn.Module:
    del tap, settings
    return _Coarse()


RECORD = BackboneRecord(
    name="colours", factory=f"{__name__}:colours", taps={"c": 3}, default_tap="c", anchor=4.0
)


def _embedder(factory: str = "colours") -> Embedder:
    record = dataclasses.replace(RECORD, factory=f"{__name__}:{factory}")
    return Embedder(build_backbone(record, weights="random", device="cpu"))


@pytest.fixture
def picture() -> NDArray[np.uint8]:
    rng = np.random.default_rng(0)
    planes = [fractal_noise(rng, (160, 224)) for _ in range(3)]
    return (np.stack(planes, axis=-1) * 40 + 128).clip(0, 255).astype(np.uint8)


def test_points_move_with_the_picture(picture: NDArray[np.uint8]) -> None:
    marked = np.zeros_like(picture)
    marked[60:64, 80:84] = 255
    moved, forward = warped(marked)
    rows, columns = np.nonzero(moved[..., 0] > 145)
    seen = np.array([columns.mean(), rows.mean()]) + 0.5
    assert np.allclose(forward[:, :2] @ [82.0, 62.0] + forward[:, 2], seen, atol=0.5)


def test_an_honest_network_is_aligned(picture: NDArray[np.uint8]) -> None:
    pixels, off = alignment(_embedder(), picture)
    assert pixels == pytest.approx(8.0)
    assert off == pytest.approx(0.0, abs=1e-6)


def test_a_wrong_anchor_is_seen(picture: NDArray[np.uint8]) -> None:
    pixels, off = alignment(_embedder("shifted"), picture)
    assert pixels == pytest.approx(8.0)
    assert off == pytest.approx(24.0)


def test_a_wrong_stride_is_seen(picture: NDArray[np.uint8]) -> None:
    pixels, _ = alignment(_embedder("coarse"), picture)
    assert pixels == pytest.approx(16.0, rel=0.1)


def test_correspondence_is_chance_where_all_places_look_alike(picture: NDArray[np.uint8]) -> None:
    grey = np.full_like(picture, 128)
    assert correspondence(_embedder(), grey) < 0.05
    assert correspondence(_embedder("shifted"), picture) < 0.1


@pytest.mark.data
def test_a_trained_network_finds_places_better_than_a_random_one(data_root: Path) -> None:
    record = registry().get("backbones", "imagenet_r18")
    assert isinstance(record, BackboneRecord)
    clip = next((data_root / "clips" / "davis").rglob("scooter-black/00000.jpg"))
    image = np.array(Image.open(clip).resize((320, 192)))
    trained = str(data_root / "weights" / "resnet18_imagenet1k_layer3.safetensors")
    real, chance = (
        correspondence(Embedder(build_backbone(record, weights=w, device="cpu")), image)
        for w in (trained, "random")
    )
    assert real > 0.2
    assert real > 2 * chance


def test_what_differs_most_is_red(picture: NDArray[np.uint8]) -> None:
    del picture
    features = torch.zeros(5, 4, 6)
    features[2, :, 3:] = 10.0
    features[4, 2:] = 1.0
    colours = principal_colours(features)
    assert colours.shape == (4, 6, 3)
    assert set(colours[:, :3, 0].flat) == {0}
    assert set(colours[:, 3:, 0].flat) == {255}
    assert set(colours[:2, :, 1].flat) == {0}
    assert set(colours[2:, :, 1].flat) == {255}
