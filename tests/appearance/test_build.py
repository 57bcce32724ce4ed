"""A backbone by its record."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from unitrack.appearance.base import AppearanceModel
from unitrack.appearance.build import Backbone, build_backbone
from unitrack.errors import UniTrackError
from unitrack.registry.manager import registry
from unitrack.registry.records import BackboneRecord


def _record() -> BackboneRecord:
    record = registry().get("backbones", "imagenet_r18")
    assert isinstance(record, BackboneRecord)
    return record


@pytest.fixture(scope="module")
def backbone() -> Backbone:
    return build_backbone(_record(), weights="random:3", device="cpu")


def _images(count: int = 2) -> torch.Tensor:
    return torch.randn(count, 3, 40, 64, generator=torch.Generator().manual_seed(0))


def test_it_is_an_appearance_model_of_the_default_tap(backbone: Backbone) -> None:
    model: AppearanceModel = backbone
    assert (model.record.name, model.tap) == ("imagenet_r18", "layer3")
    assert backbone.weights_id == "random:3"
    assert model(_images()).shape == (2, 256, 5, 8)


def test_features_hold_no_gradient_and_repeat(backbone: Backbone) -> None:
    first = backbone(_images())
    assert not first.requires_grad
    assert torch.equal(first, backbone(_images()))


def test_a_batch_of_two_equals_two_batches_of_one(backbone: Backbone) -> None:
    images = _images()
    both = backbone(images)
    for number in range(2):
        alone = backbone(images[number : number + 1])[0]
        assert torch.allclose(both[number], alone, rtol=1e-5, atol=1e-5)


def test_the_layout_of_the_images_in_memory_does_not_matter(backbone: Backbone) -> None:
    images = _images()
    turned = images.contiguous(memory_format=torch.channels_last)
    assert torch.equal(backbone(images), backbone(turned))


def test_bf16_inside_gives_float32_features_close_to_the_exact_ones(backbone: Backbone) -> None:
    half = build_backbone(_record(), weights="random:3", device="cpu", precision="bf16")
    found = half(_images())
    assert found.dtype == torch.float32
    cosine = torch.nn.functional.cosine_similarity(found, backbone(_images()), dim=1)
    assert cosine.min() > 0.99


def test_an_unknown_tap_lists_the_taps() -> None:
    with pytest.raises(UniTrackError, match="no such layer") as caught:
        build_backbone(_record(), tap="layer5", weights="random")
    assert caught.value.where == "--layer layer5"
    assert caught.value.mend == "Layers: layer3, layer4."


def test_faults_of_device_and_precision_come_before_the_weights() -> None:
    with pytest.raises(UniTrackError, match="is no precision"):
        build_backbone(_record(), precision="fp8", weights="missing.pth")


def test_the_anchor_is_the_records_or_else_measured(backbone: Backbone) -> None:
    assert backbone.anchor(608) == 0.5
    module, cpu = backbone._module, torch.device("cpu")
    record = dataclasses.replace(_record(), anchor=None)
    measured = Backbone(record, "layer3", module, weights_id="", device=cpu, dtype=torch.float32)
    assert measured.anchor(608) == 0.5
    assert measured.anchor(608 + 32) == 0.5
    assert len(measured._anchors) == 1
    other = dataclasses.replace(record, anchor=3.5)
    stated = Backbone(other, "layer3", module, weights_id="", device=cpu, dtype=torch.float32)
    assert stated.anchor(608) == 3.5
