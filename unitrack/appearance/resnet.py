"""ResNets in torchvision's layout, at stride 8.

In layer3 and layer4 every convolution gets stride 1. No dilation is introduced and no weight is
touched, so that both taps have stride 8. Cell ``i`` is centred on pixel ``8 i``, and the map of an
image ``(H, W)`` has ``(ceil(H / 8), ceil(W / 8))`` cells.

Source:
    Wang et al., NeurIPS 2021, appearance model; He et al., CVPR 2016.
"""

from __future__ import annotations

from collections import OrderedDict

from torch import nn

from unitrack.torchvision_compat import declare_missing_operators

__all__ = ["resnet18", "resnet34", "resnet50", "resnet101"]

_LAYERS = ("conv1", "bn1", "relu", "maxpool", "layer1", "layer2", "layer3", "layer4")


def resnet18(tap: str, _settings: object) -> nn.Module:
    """ResNet-18 up to ``tap``; see `_resnet`."""
    return _resnet("resnet18", tap)


def resnet34(tap: str, _settings: object) -> nn.Module:
    """ResNet-34 up to ``tap``; see `_resnet`."""
    return _resnet("resnet34", tap)


def resnet50(tap: str, _settings: object) -> nn.Module:
    """ResNet-50 up to ``tap``; see `_resnet`."""
    return _resnet("resnet50", tap)


def resnet101(tap: str, _settings: object) -> nn.Module:
    """ResNet-101 up to ``tap``; see `_resnet`."""
    return _resnet("resnet101", tap)


def _resnet(name: str, tap: str) -> nn.Module:
    """A ResNet cut after ``tap``.

    Args:
        name: torchvision's name of the model.
        tap: ``layer3`` or ``layer4``.

    Returns:
        A module from images ``(B, 3, H, W)`` to features ``(B, C, ceil(H / 8), ceil(W / 8))``
        after the last ReLU of ``tap``. Its keys are torchvision's.
    """
    declare_missing_operators()
    from torchvision import models

    whole = getattr(models, name)(weights=None)
    for layer in (whole.layer3, whole.layer4):
        for module in layer.modules():
            if isinstance(module, nn.Conv2d):
                module.stride = (1, 1)
    kept = _LAYERS[: _LAYERS.index(tap) + 1]
    return nn.Sequential(OrderedDict((part, getattr(whole, part)) for part in kept))
