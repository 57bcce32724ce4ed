"""Small networks in torchvision's layout, at stride 8.

Source:
    Sandler et al., CVPR 2018 (MobileNetV2); Iandola et al., 2016 (SqueezeNet 1.1).
"""

from __future__ import annotations

from collections import OrderedDict

from torch import Tensor, nn
from torch.nn.functional import pad

from unitrack.torchvision_compat import declare_missing_operators

__all__ = ["mobilenet_v2", "squeezenet1_1"]

# Tap to the last of torchvision's `features` that it needs; the number in a tap's name counts its
# channels.
_MOBILENET = {"stage32": 6, "stage96": 13, "stage320": 17}
_MOBILENET_STRIDED = 4  # the layers up to here halve the picture three times
_SQUEEZENET = {"stage256": 7}
# Input pixels that the unpadded layers of SqueezeNet need beyond eight per cell.
_SQUEEZENET_MARGIN = 7


def mobilenet_v2(tap: str, _settings: object) -> nn.Module:
    """MobileNetV2 up to ``tap``, the strides after the third removed.

    Args:
        tap: ``stage32``, ``stage96`` or ``stage320``.

    Returns:
        A module from images ``(B, 3, H, W)`` to features ``(B, C, ceil(H / 8), ceil(W / 8))``, the
        linear output of the stage's last block; cell ``i`` is centred on pixel ``8 i``. Its keys
        are torchvision's.
    """
    declare_missing_operators()
    from torchvision import models

    layers = models.mobilenet_v2(weights=None).features[: _MOBILENET[tap] + 1]
    for layer in layers[_MOBILENET_STRIDED + 1 :]:
        for module in layer.modules():
            if isinstance(module, nn.Conv2d):
                module.stride = (1, 1)
    return nn.Sequential(OrderedDict(features=layers))


def squeezenet1_1(tap: str, _settings: object) -> nn.Module:
    """SqueezeNet 1.1 up to ``tap``.

    Its first layers do not pad, so that a map would be smaller than the picture; here the picture
    is padded on the right and below, as far as the last cell looks.

    Args:
        tap: ``stage256``.

    Returns:
        A module from images ``(B, 3, H, W)`` to features ``(B, 256, ceil(H / 8), ceil(W / 8))``;
        cell ``i`` is centred on pixel ``8 i + 7``. Its keys are torchvision's.
    """
    declare_missing_operators()
    from torchvision import models

    layers = models.squeezenet1_1(weights=None).features[: _SQUEEZENET[tap] + 1]
    return _PaddedBelow(layers)


class _PaddedBelow(nn.Module):
    """Layers that do not pad, given enough of a picture for one cell per eight pixels."""

    def __init__(self, features: nn.Module) -> None:
        super().__init__()
        self.features = features

    def forward(self, images: Tensor) -> Tensor:
        """Images ``(B, 3, H, W)`` to features ``(B, C, ceil(H / 8), ceil(W / 8))``."""
        below, right = (-side % 8 + _SQUEEZENET_MARGIN for side in images.shape[-2:])
        features: Tensor = self.features(pad(images, (0, right, 0, below)))
        return features
