"""Networks of this wheel that differ from the core's ResNets."""

from __future__ import annotations

from torch import nn

from unitrack.appearance.resnet import resnet18
from unitrack_ssl.settings import CrwSettings

__all__ = ["crw_r18"]


def crw_r18(tap: str, settings: CrwSettings) -> nn.Module:
    """ResNet-18 whose convolutions see zeros or the mirrored picture beyond its border.

    Source:
        Jabri et al., NeurIPS 2020: trained with mirrored borders.
    """
    network = resnet18(tap, None)
    if settings.padding == "reflect":
        for name, part in list(network.named_modules()):
            if isinstance(part, nn.Conv2d) and any(part.padding):
                network.set_submodule(name, _mirrored(part))
    return network


def _mirrored(plain: nn.Conv2d) -> nn.Conv2d:
    """The same convolution, padded by reflection; padding is laid out when it is made."""
    mirrored = nn.Conv2d(
        plain.in_channels,
        plain.out_channels,
        plain.kernel_size,  # type: ignore[arg-type]
        plain.stride,  # type: ignore[arg-type]
        plain.padding,  # type: ignore[arg-type]
        bias=plain.bias is not None,
        padding_mode="reflect",
    )
    mirrored.weight = plain.weight
    return mirrored
