"""MobileNetV2 and SqueezeNet at stride 8: geometry, and the real files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from unitrack.appearance.anchor import measure_anchor
from unitrack.appearance.build import build_backbone
from unitrack.appearance.embed import Embedder
from unitrack.appearance.quality import correspondence
from unitrack.appearance.small import mobilenet_v2, squeezenet1_1
from unitrack.checkpoint import read_checkpoint
from unitrack.errors import UniTrackError
from unitrack.registry.manager import registry
from unitrack.registry.records import BackboneRecord

FILES = {
    "imagenet_mobilenet_v2": "mobilenet_v2_imagenet_features.safetensors",
    "imagenet_squeezenet": "squeezenet1_1_imagenet_caffe_bgr.safetensors",
}


def _record(name: str) -> BackboneRecord:
    record = registry().get("backbones", name)
    assert isinstance(record, BackboneRecord)
    return record


@pytest.mark.parametrize("sides", [(64, 96), (45, 70), (41, 88), (16, 23)])
@pytest.mark.parametrize("name", FILES)
def test_a_map_has_one_cell_per_eight_pixels_begun(name: str, sides: tuple[int, int]) -> None:
    record = _record(name)
    for tap, channels in record.taps.items():
        backbone = build_backbone(record, tap=tap, weights="random", device="cpu")
        rows, columns = (-(-side // 8) for side in sides)
        assert backbone(torch.zeros(1, 3, *sides)).shape == (1, channels, rows, columns)


@pytest.mark.parametrize("side", [64, 65, 71])
def test_cells_of_squeezenet_lie_on_the_last_of_eight_pixels(side: int) -> None:
    assert measure_anchor(squeezenet1_1("stage256", None), side, 8) == 7.5


@pytest.mark.parametrize("tap", ["stage32", "stage96", "stage320"])
def test_cells_of_mobilenet_lie_on_the_first_of_eight_pixels(tap: str) -> None:
    for side in (64, 71):
        assert measure_anchor(mobilenet_v2(tap, None), side, 8) == 0.5


def test_up_to_the_stride_of_eight_torchvisions_mobilenet_is_unchanged() -> None:
    from torchvision import models

    torch.manual_seed(0)
    whole: Any = models.mobilenet_v2(weights=None).eval()  # torchvision has no types
    ours = mobilenet_v2("stage32", None).eval()
    ours.load_state_dict({key: whole.state_dict()[key] for key in ours.state_dict()})
    images = torch.randn(1, 3, 64, 64)
    with torch.inference_mode():
        assert torch.equal(ours(images), whole.features[:7](images))


def test_later_stages_are_not_strided_and_not_dilated() -> None:
    for name, part in mobilenet_v2("stage320", None).named_modules():
        if isinstance(part, nn.Conv2d):
            assert part.dilation == (1, 1)
            number = int(name.split(".")[1])
            assert part.stride == (1, 1) or number <= 4


def test_inside_the_picture_squeezenet_is_unchanged() -> None:
    torch.manual_seed(0)
    ours = squeezenet1_1("stage256", None).eval()
    images = torch.randn(1, 3, 135, 135)
    with torch.inference_mode():
        native = ours.get_submodule("features")(images)
        assert native.shape[-2:] == (16, 16)  # of 17 begun
        # The last cells look at what lies below and on the right.
        assert torch.allclose(ours(images)[..., :12, :12], native[..., :12, :12], atol=1e-6)


@pytest.mark.data
@pytest.mark.parametrize("name", FILES)
def test_the_real_file_loads_strictly_through_the_door(name: str, data_root: Path) -> None:
    path = data_root / "weights" / FILES[name]
    backbone = build_backbone(_record(name), weights=str(path), device="cpu")
    file: Any = read_checkpoint(path)
    for key, value in backbone._module.state_dict().items():
        assert torch.equal(value, file[key])


@pytest.mark.data
@pytest.mark.parametrize("name", FILES)
def test_the_real_file_is_refused_by_the_other_network(name: str, data_root: Path) -> None:
    (other,) = FILES.keys() - {name}
    path = str(data_root / "weights" / FILES[name])
    with pytest.raises(UniTrackError, match="lacks"):
        build_backbone(_record(other), weights=path, device="cpu")


@pytest.mark.data
@pytest.mark.parametrize("name", FILES)
def test_real_features_find_a_place_again_better_than_random_ones(
    name: str, data_root: Path
) -> None:
    path = next((data_root / "clips" / "davis").rglob("scooter-black/00000.jpg"))
    picture = np.array(Image.open(path).resize((320, 192)))
    trained, random = (
        correspondence(
            Embedder(build_backbone(_record(name), weights=weights, device="cpu")), picture
        )
        for weights in (str(data_root / "weights" / FILES[name]), "random")
    )
    assert trained > 1.5 * random
    assert trained > 0.08
