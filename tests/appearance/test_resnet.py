"""ResNets: torchvision's layout, no strides in layer3 and layer4, no dilation."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from tests.reference import resnet as reference
from unitrack.appearance import resnet
from unitrack.torchvision_compat import declare_missing_operators

declare_missing_operators()
from torchvision import models  # noqa: E402 - only importable after the line above


def _shaken(module: nn.Module) -> nn.Module:
    """Running statistics and scales as different from each other as trained ones."""
    generator = torch.Generator().manual_seed(3)
    for name, tensor in module.state_dict().items():
        if name.endswith(("running_var", "running_mean", "bias")) or tensor.ndim == 1:
            tensor.copy_(torch.rand(tensor.shape, generator=generator) + 0.5)
    return module.eval().requires_grad_(requires_grad=False)


@pytest.mark.parametrize(
    ("name", "tap"), [("resnet18", "layer3"), ("resnet18", "layer4"), ("resnet50", "layer3")]
)
def test_features_equal_those_of_a_network_written_out_by_hand(name: str, tap: str) -> None:
    module = _shaken(getattr(resnet, name)(tap, None))
    images = torch.randn(1, 3, 21, 18, generator=torch.Generator().manual_seed(1))
    expected = reference.features(images, module.state_dict(), int(tap[-1]))
    found = module(images)
    assert found.shape == expected.shape
    assert torch.allclose(found.double(), expected, rtol=1e-4, atol=1e-4 * expected.max().item())


@pytest.mark.parametrize("name", ["resnet18", "resnet34", "resnet50", "resnet101"])
def test_keys_are_those_of_torchvision_up_to_the_tap(name: str) -> None:
    with torch.device("meta"):
        whole = getattr(models, name)(weights=None).state_dict()
        for tap, after in (("layer3", ("layer4.", "fc.")), ("layer4", ("fc.",))):
            found = getattr(resnet, name)(tap, None).state_dict()
            wanted = {k: v.shape for k, v in whole.items() if not k.startswith(after)}
            assert {k: v.shape for k, v in found.items()} == wanted


@pytest.mark.parametrize("size", [(64, 64), (65, 71), (33, 8), (1, 90)])
def test_the_map_has_one_cell_for_each_eight_pixels_begun(size: tuple[int, int]) -> None:
    module = resnet.resnet18("layer4", None).eval()
    with torch.inference_mode():
        found = module(torch.zeros(1, 3, *size))
    assert found.shape == (1, 512, math.ceil(size[0] / 8), math.ceil(size[1] / 8))


def test_no_convolution_is_dilated_and_none_of_the_last_layers_strided() -> None:
    with torch.device("meta"):
        module = resnet.resnet50("layer4", None)
    for name, part in module.named_modules():
        if isinstance(part, nn.Conv2d):
            assert part.dilation == (1, 1)
            assert part.stride == (1, 1) or not name.startswith(("layer3", "layer4"))
