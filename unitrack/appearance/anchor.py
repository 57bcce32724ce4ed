"""Where the cells of a network lie in its input, measured on the architecture."""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn

__all__ = ["PERIOD", "measure_anchor"]

# Sides that are equal modulo this are padded alike by every layer of a network whose own total
# stride divides it.
PERIOD = 32
_LENGTH = 288  # of the measured axis, at least; far more than the footprint's spread
_WIDTH = 32  # of the other axis
# So small that no activation leaves its linear part, however often shortcuts double the value.
_FAINT = 1e-12


def measure_anchor(module: nn.Module, side: int, stride: int) -> float:
    """The continuous input pixel on which cell 0 is centred, along one axis.

    A copy of the architecture with constant positive weights is a linear smoothing of its input;
    the centroid of the gradient of a central cell is that cell's centre.

    Args:
        module: The backbone; it is not changed.
        side: Length of the input along this axis, in pixels.
        stride: Input pixels per cell.

    Returns:
        The centre, to the nearest half pixel; pixel ``i`` covers ``i..i+1``.
    """
    twin = _smoothing_twin(module)
    length = _LENGTH + side % PERIOD
    image = torch.full((1, 3, length, _WIDTH), _FAINT)
    with torch.inference_mode(False), torch.enable_grad():
        image = image.clone().requires_grad_()
        features: Tensor = twin(image)
        cell = features.shape[2] // 2
        middle = features[0, :, cell, features.shape[3] // 2].sum()
        (gradient,) = torch.autograd.grad(middle, image)
    profile = gradient.double().sum(dim=(0, 1, 3))
    centre = (profile * (torch.arange(length) + 0.5)).sum() / profile.sum()
    return round(2 * (float(centre) - stride * cell)) / 2


def _smoothing_twin(module: nn.Module) -> nn.Module:
    """A copy in which every weight is equal and positive: convolutions average, norms pass.

    Maximum pooling becomes average pooling of the same geometry. Norms over channels pass as well:
    they would take away the mean, which is all that there is. Attention, which looks everywhere and
    is always added to what it looks at, adds nothing.
    """
    with torch.inference_mode(False):
        twin = copy.deepcopy(module).to("cpu", torch.float32)
        for name, parameter in twin.named_parameters():
            constant = 1.0 / parameter[0].numel() if parameter.ndim > 1 else 1.0
            parameter.requires_grad_(False).fill_(0.0 if name.endswith("bias") else constant)
        for name, buffer in twin.named_buffers():
            if name.endswith(("running_mean", "running_var")):
                buffer.fill_(float(name.endswith("var")))
        _make_linear(twin)
    twin.eval()
    return twin


def _make_linear(module: nn.Module) -> None:
    for name, child in module.named_children():
        kind = type(child).__name__
        if isinstance(child, nn.MaxPool2d):
            pool = nn.AvgPool2d(child.kernel_size, child.stride, child.padding, child.ceil_mode)
            setattr(module, name, pool)
        elif "Norm" in kind and _weighs_channels(child) and not _has_statistics(child):
            setattr(module, name, nn.Identity())
        elif "Attention" in kind:
            setattr(module, name, _Silent())
        else:
            _make_linear(child)


def _weighs_channels(module: nn.Module) -> bool:
    """Whether it has one number per channel at most, unlike a convolution with its norm."""
    return all(parameter.ndim <= 1 for parameter in module.parameters())


def _has_statistics(module: nn.Module) -> bool:
    return any(name.endswith("running_mean") for name, _ in module.named_buffers())


class _Silent(nn.Module):
    """Adds nothing."""

    def forward(self, values: Tensor, *_: object, **__: object) -> Tensor:
        """Zeros."""
        return torch.zeros_like(values)
