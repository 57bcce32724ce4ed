"""Networks of stages (ResNet, ConvNeXt, EfficientNet, Swin and their kin) at stride 8.

Where every layer that halves the map can be told to leave it, the strides after the third are
removed, without dilation, as the paper does with ResNets. Elsewhere the network is left as it is
and its coarser maps are enlarged.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from torch import Tensor, nn
from torch.nn.functional import interpolate, pad

from unitrack_timm.backbones.tokens import STRIDE

__all__ = ["Pyramid", "remove_strides"]

Pool = nn.AvgPool2d | nn.MaxPool2d


class Pyramid(nn.Module):
    """A network up to one stage, as a dense backbone.

    A picture is padded with zeros (the mean colour) on the right and below until every layer
    divides it evenly.

    Args:
        network: timm's model (it has no types, hence Any).
        level: Index of the stage among those that timm names.
        reduction: Pixels per cell of its map.
        multiple: Pixels that the sides of the network's input must be divisible by.
    """

    def __init__(self, network: Any, level: int, *, reduction: int, multiple: int) -> None:
        super().__init__()
        network.prune_intermediate_layers([level], prune_norm=True, prune_head=True)
        self.network = network
        self._level, self._reduction, self._multiple = level, reduction, multiple

    def forward(self, images: Tensor) -> Tensor:
        """Images ``(B, 3, H, W)`` to features ``(B, C, ceil(H / 8), ceil(W / 8))``."""
        height, width = images.shape[-2:]
        below, right = -height % self._multiple, -width % self._multiple
        (features,) = self.network.forward_intermediates(
            pad(images, (0, right, 0, below)) if below or right else images,
            indices=[self._level],
            stop_early=True,
            output_fmt="NCHW",
            intermediates_only=True,
        )
        assert isinstance(features, Tensor)
        if self._reduction != STRIDE:
            features = interpolate(
                features,
                scale_factor=self._reduction / STRIDE,
                mode="bilinear",
                align_corners=False,
                recompute_scale_factor=False,
            )
        return features[..., : -(-height // STRIDE), : -(-width // STRIDE)]


def remove_strides(network: nn.Module, last_strided: str) -> None:
    """Let no layer after the module called ``last_strided`` make the map smaller.

    A convolution of stride 2 keeps its kernel and is evaluated everywhere; one that did not pad
    looks to the right and below. Pooling whose windows do not overlap is left out.
    """
    for name, module in _after(network, last_strided):
        if isinstance(module, nn.Conv2d) and module.stride != (1, 1):
            if _keeps_size(module):
                module.stride = (1, 1)
            else:
                network.set_submodule(name, _looking_below(module))
        elif isinstance(module, nn.AvgPool2d | nn.MaxPool2d):
            _remove_pool(network, name, module)


def _after(network: nn.Module, name: str) -> Iterator[tuple[str, nn.Module]]:
    modules = list(network.named_modules())
    inside = [
        place for place, (other, _) in enumerate(modules) if f"{other}.".startswith(f"{name}.")
    ]
    yield from modules[inside[-1] + 1 :]


def _keeps_size(convolution: nn.Conv2d) -> bool:
    """Whether it would give a map as large as its input, were its stride 1."""
    if type(convolution) is not nn.Conv2d:
        return True  # timm's own kinds lay out their padding when they see the picture
    edges, around = convolution.kernel_size, convolution.padding
    return isinstance(around, str) or all(
        2 * each >= edge - 1 for each, edge in zip(around, edges, strict=True)
    )


class _LookingBelow(nn.Conv2d):
    """A convolution of stride 1 that also looks at zeros on the right of its input and below."""

    def forward(self, images: Tensor) -> Tensor:
        """``(B, C, h, w)`` to ``(B, C', h, w)``."""
        below, right = (edge - 1 for edge in self.kernel_size)
        return super().forward(pad(images, (0, right, 0, below)))


def _looking_below(plain: nn.Conv2d) -> nn.Conv2d:
    convolution = _LookingBelow(
        plain.in_channels,
        plain.out_channels,
        plain.kernel_size,  # type: ignore[arg-type]
        groups=plain.groups,
        bias=plain.bias is not None,
    )
    convolution.weight, convolution.bias = plain.weight, plain.bias
    return convolution


def _remove_pool(network: nn.Module, name: str, pool: Pool) -> None:
    kernel, stride = (
        value if isinstance(value, tuple) else (value, value)
        for value in (pool.kernel_size, pool.stride)
    )
    if stride == (1, 1):
        return
    if kernel == stride:
        network.set_submodule(name, nn.Identity())
    else:
        pool.stride = 1
