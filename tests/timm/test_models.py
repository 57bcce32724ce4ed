"""Any model of timm: geometry, taps, and what cannot be used."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import interpolate

from unitrack.appearance.build import build_backbone
from unitrack.appearance.embed import Embedder
from unitrack.appearance.quality import alignment
from unitrack.data.synth.texture import fractal_noise
from unitrack.errors import UniTrackError
from unitrack.registry.manager import registry
from unitrack.registry.records import BackboneRecord
from unitrack_timm.names import to_attribute, to_model
from unitrack_timm.settings import TokenSettings
from unitrack_timm.timm_models import create, shape_of

# Strides removed: plain, antialiased, without padding, with squeeze-and-excitation, padded as
# TensorFlow does, densely connected.
UNSTRIDED = (
    *("test_resnet", "resnet10t", "test_convnext", "test_efficientnet", "mobilenetv3_small_050"),
    *("tf_efficientnet_lite0", "regnetx_002", "densenet121", "test_byobnet", "resnet50_clip_gap"),
)
ENLARGED = ("swin_s3_tiny_224", "hrnet_w18_small")
TOKENS = ("test_vit", "test_vit2", "test_vit3", "vit_tiny_patch16_224")
DENSE = ("enlarge", "overlap", "resample")

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        # Of timm's own, about its own older code.
        warnings.filterwarnings("ignore", category=UserWarning, module="timm")
        yield


@pytest.fixture
def picture() -> NDArray[np.uint8]:
    rng = np.random.default_rng(0)
    planes = [fractal_noise(rng, (160, 192)) for _ in range(3)]
    return (np.stack(planes, axis=-1) * 40 + 128).clip(0, 255).astype(np.uint8)


def _record(model: str) -> BackboneRecord:
    record = registry().get("backbones", f"timm/{model}")
    assert isinstance(record, BackboneRecord)
    return record


def _settings(dense: str) -> TokenSettings:
    return TokenSettings.model_validate({"dense": dense})


@pytest.mark.parametrize("model", [*UNSTRIDED, *ENLARGED])
def test_every_stage_has_one_cell_per_eight_pixels(model: str) -> None:
    record = _record(model)
    assert bool(shape_of(model).last_strided) == (model in UNSTRIDED)
    assert record.settings == ""
    for tap, channels in record.taps.items():
        backbone = build_backbone(record, tap=tap, weights="random", device="cpu")
        for height, width in ((64, 96), (45, 70)):
            found = backbone(torch.zeros(1, 3, height, width)).shape
            assert found == (1, channels, -(-height // 8), -(-width // 8)), tap


@pytest.mark.parametrize("dense", DENSE)
@pytest.mark.parametrize("model", TOKENS)
def test_tokens_have_one_cell_per_eight_pixels(model: str, dense: str) -> None:
    record = _record(model)
    assert record.anchor == 4.0
    backbone = build_backbone(record, weights="random", device="cpu", settings=_settings(dense))
    for height, width in ((64, 96), (45, 70), (8, 8), (41, 23)):
        found = backbone(torch.zeros(1, 3, height, width)).shape
        assert found == (1, record.taps["norm"], -(-height // 8), -(-width // 8))


@pytest.mark.parametrize("model", ["test_resnet", "test_convnext", "test_efficientnet", "test_vit"])
def test_cells_lie_where_they_are_said_to_lie(model: str, picture: NDArray[np.uint8]) -> None:
    record = _record(model)
    for dense in DENSE if record.settings else ("",):
        settings = _settings(dense) if dense else None
        backbone = build_backbone(record, weights="random", device="cpu", settings=settings)
        pixels, off = alignment(Embedder(backbone), picture)
        assert pixels == pytest.approx(8.0, rel=0.15), dense
        assert off < 3.0, dense


def test_a_removed_stride_changes_no_weight_and_adds_no_dilation() -> None:
    for tap in _record("resnet10t").taps:
        backbone = build_backbone(_record("resnet10t"), tap=tap, weights="random", device="cpu")
        for name, module in backbone._module.named_modules():
            if isinstance(module, nn.Conv2d):
                assert module.dilation == (1, 1)
                late = "layer3" in name or "layer4" in name
                assert not late or module.stride == (1, 1)


def test_timms_resnet_gives_what_ours_gives() -> None:
    ours = registry().get("backbones", "imagenet_r18")
    assert isinstance(ours, BackboneRecord)
    one = build_backbone(ours, tap="layer4", weights="random:3", device="cpu")
    other = build_backbone(_record("resnet18"), tap="layer4", weights="random", device="cpu")
    state = {f"network.{key}": value for key, value in one._module.state_dict().items()}
    other._module.load_state_dict(state, strict=True)
    images = torch.randn(1, 3, 64, 80, generator=torch.Generator().manual_seed(0))
    assert torch.allclose(one(images), other(images), atol=1e-4)
    assert other.anchor(64) == one.anchor(64) == 0.5


def _native(model: Any, images: Tensor) -> Tensor:
    """What timm gives after the last block and norm."""
    (features,) = model.forward_intermediates(
        images, indices=1, norm=True, output_fmt="NCHW", intermediates_only=True
    )
    assert isinstance(features, Tensor)
    return features


@pytest.mark.parametrize("dense", DENSE)
def test_tokens_are_those_of_timm(dense: str) -> None:
    backbone = build_backbone(
        _record("test_vit"), weights="random:1", device="cpu", settings=_settings(dense)
    )
    theirs = create("test_vit").eval()
    kept = {k: v for k, v in theirs.state_dict().items() if k.startswith(("head", "fc_norm"))}
    ours = backbone._module.state_dict()
    theirs.load_state_dict({key.removeprefix("network."): v for key, v in ours.items()} | kept)
    images = torch.randn(1, 3, 64, 96, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        found = backbone(images)
        if dense == "enlarge":
            larger = interpolate(images, (128, 192), mode="bicubic", align_corners=False)
            assert torch.allclose(found, _native(theirs, larger), atol=1e-4)
        elif dense == "resample":
            coarse = _native(theirs, images)
            wanted = interpolate(coarse, (8, 12), mode="bilinear", align_corners=False)
            assert torch.allclose(found, wanted, atol=1e-4)
        else:
            patches = backbone._module.get_submodule("network.patch_embed.proj")
            padded = nn.functional.pad(images, (4, 4, 4, 4), mode="reflect")
            every_second = patches(padded)[..., ::2, ::2]
            assert torch.allclose(every_second, theirs.patch_embed.proj(padded)[..., :4, :6])


def test_inner_blocks_can_be_tapped_and_differ() -> None:
    record = _record("vit_tiny_patch16_224")
    assert list(record.taps) == ["blocks.2", "blocks.5", "blocks.8", "norm"]
    images = torch.randn(1, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    maps = [build_backbone(record, tap=t, weights="random", device="cpu") for t in record.taps]
    features = [backbone(images) for backbone in maps]
    assert all(not torch.allclose(one, features[0]) for one in features[1:])
    blocks = len(list(maps[0]._module.get_submodule("network.blocks").children()))
    assert blocks == 3


def test_statistics_are_those_that_timm_states() -> None:
    record = _record("vit_tiny_patch16_224.augreg_in21k")
    assert (record.mean, record.std) == ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
    assert record.licence == "apache-2.0"
    assert record.weights[0].url == "hf://timm/vit_tiny_patch16_224.augreg_in21k/model.safetensors"
    assert _record("resnet10t.c3_in1k").mean == (0.485, 0.456, 0.406)


@pytest.mark.parametrize("model", ["levit_128s", "beit_base_patch16_224", "pit_ti_224"])
def test_a_model_for_one_size_of_picture_is_refused(model: str) -> None:
    with pytest.raises(UniTrackError, match=r"no (pictures|map)") as caught:
        _record(model)
    assert caught.value.where == f"--backbone timm/{model}"
    assert str(caught.value).count("\n") == 1


def test_a_model_that_timm_does_not_have_is_answered_with_the_nearest() -> None:
    with pytest.raises(UniTrackError, match="timm has no such model") as caught:
        _record("vit_smal_patch16_224")
    assert "vit_small_patch16_224" in caught.value.mend


def test_names_survive_being_attributes() -> None:
    import timm

    for name in ["resnet18", *timm.list_pretrained()]:
        assert "__" not in name
        assert to_attribute(name).isidentifier()
        assert to_model(to_attribute(name)) == name


def test_members_are_found_by_a_part_of_their_name() -> None:
    found = registry().members("dinov2")
    assert "timm/vit_small_patch14_reg4_dinov2.lvd142m" in found
    assert "timm/vit_small_patch14_reg4_dinov2" in found
    assert all("dinov2" in name for name in found)
