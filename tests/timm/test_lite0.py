"""EfficientNet-Lite0: the real weights that arrive by pip, at stride 8."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from unitrack.appearance.anchor import measure_anchor
from unitrack.appearance.build import Backbone, build_backbone
from unitrack.appearance.embed import Embedder
from unitrack.appearance.source import locate
from unitrack.checkpoint import read_checkpoint, unwrap
from unitrack.registry.manager import registry
from unitrack.registry.records import BackboneRecord
from unitrack_timm.backbones.lite0 import efficientnet_lite0, to_timm

TAPS = ("stage40", "stage112", "stage320")


def _record() -> BackboneRecord:
    record = registry().get("backbones", "efficientnet_lite0")
    assert isinstance(record, BackboneRecord)
    return record


@pytest.fixture(scope="module")
def state() -> dict[str, Tensor]:
    path = locate(_record().weights[0])
    return to_timm(unwrap(read_checkpoint(path), [""], path))


@pytest.fixture(scope="module")
def whole(state: dict[str, Tensor]) -> Any:  # timm has no types
    import timm

    model = timm.create_model("tf_efficientnet_lite0")
    model.load_state_dict(state, strict=True)
    return model.eval().requires_grad_(requires_grad=False)


@pytest.fixture(scope="module")
def backbone() -> Backbone:
    return build_backbone(_record(), device="cpu")


def test_the_file_fits_timms_network_strictly_key_by_key(
    state: dict[str, Tensor], whole: Any
) -> None:
    assert len(state) == 296
    assert set(state) == set(whole.state_dict())


def test_names_that_are_not_the_files_own_stay(state: dict[str, Tensor]) -> None:
    assert to_timm(state).keys() == state.keys()
    odd = {"_blocks.x.weight": torch.ones(1), "other": torch.ones(1)}
    assert to_timm(odd).keys() == odd.keys()


@pytest.mark.data
def test_the_whole_network_recognises_a_motor_scooter_and_a_black_swan(
    whole: Any, data_root: Path
) -> None:
    for clip, label in (("scooter-black", 670), ("blackswan", 100)):
        path = next((data_root / "clips" / "davis").rglob(f"{clip}/00000.jpg"))
        picture = Image.open(path).resize((400, 224))
        pixels = torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None].float()
        scores = whole((pixels / 255 - 0.5) / 0.5)[0]
        assert label in scores.topk(3).indices.tolist()


@pytest.mark.parametrize("tap", TAPS)
def test_a_tap_has_its_stated_channels_at_stride_eight(tap: str) -> None:
    module = efficientnet_lite0(tap, None).eval()
    with torch.inference_mode():
        found = module(torch.zeros(1, 3, 45, 64))
    assert found.shape == (1, _record().taps[tap], 6, 8)


def test_up_to_the_stride_of_eight_nothing_was_changed(backbone: Backbone, whole: Any) -> None:
    native = build_backbone(_record(), tap="stage40", device="cpu")
    images = torch.randn(1, 3, 64, 96, generator=torch.Generator().manual_seed(0))
    expected = whole.blocks[:3](whole.bn1(whole.conv_stem(images)))
    assert torch.allclose(native(images), expected, atol=1e-4)
    assert backbone.weights_id == native.weights_id == _record().weights[0].sha256


def test_later_stages_are_not_strided_and_not_dilated() -> None:
    for name, part in efficientnet_lite0("stage320", None).named_modules():
        if isinstance(part, nn.Conv2d):
            assert part.dilation == (1, 1)
            assert part.stride == (1, 1) or not name.startswith(("blocks.3", "blocks.5"))


@pytest.mark.parametrize("tap", TAPS)
def test_cells_lie_on_the_last_of_eight_pixels(tap: str) -> None:
    assert measure_anchor(efficientnet_lite0(tap, None), 608, 8) == 7.5


@pytest.mark.parametrize(("side", "anchor"), [(854, 5.5), (370, 1.5), (375, 6.5), (481, 0.5)])
def test_cells_are_shifted_on_sides_not_divisible_by_eight(side: int, anchor: float) -> None:
    assert measure_anchor(efficientnet_lite0("stage40", None), side, 8) == anchor


def test_each_axis_has_its_own_anchor(backbone: Backbone) -> None:
    embedder = Embedder(backbone, None)
    (features,) = embedder.embed([embedder.prepare(np.zeros((46, 64, 3), np.uint8))])
    assert (features.grid.anchor_x, features.grid.anchor_y) == (7.5, 5.5)
    assert features.grid.size == (6, 8)
