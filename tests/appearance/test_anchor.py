"""Where cells lie, measured on architectures whose answer is known."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from unitrack.appearance.anchor import measure_anchor
from unitrack.appearance.resnet import resnet18, resnet50


def _stem(padding: int) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(3, 4, 3, stride=2, padding=padding),
        nn.BatchNorm2d(4),
        nn.ReLU6(),
        nn.MaxPool2d(3, 2, padding=padding),
        nn.Conv2d(4, 4, 3, stride=2, padding=padding),
    ).eval()


@pytest.mark.parametrize(("tap", "side"), [("layer3", 608), ("layer3", 1083), ("layer4", 427)])
def test_a_resnets_cells_lie_on_the_first_of_eight_pixels(tap: str, side: int) -> None:
    assert measure_anchor(resnet18(tap, None), side, 8) == 0.5


def test_a_bottleneck_resnets_cells_lie_there_too() -> None:
    assert measure_anchor(resnet50("layer3", None), 480, 8) == 0.5


def test_without_padding_cells_lie_in_the_middle_of_what_they_see() -> None:
    assert measure_anchor(_stem(0), 100, 8) == 7.5
    assert measure_anchor(_stem(1), 100, 8) == 0.5


def test_the_patches_of_a_transformer_are_centred_on_themselves() -> None:
    assert measure_anchor(nn.Conv2d(3, 2, 8, stride=8), 64, 8) == 4.0


def test_measuring_changes_nothing_and_works_in_inference_mode() -> None:
    module = _stem(1)
    before = {key: value.clone() for key, value in module.state_dict().items()}
    with torch.inference_mode():
        measure_anchor(module, 64, 8)
    assert all(torch.equal(value, before[key]) for key, value in module.state_dict().items())
    assert isinstance(module.get_submodule("3"), nn.MaxPool2d)
