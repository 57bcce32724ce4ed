"""A ResNet written out as functions of a torchvision state dict, in float64."""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as nnf
from torch import Tensor

State = Mapping[str, Tensor]


def _norm(images: Tensor, state: State, name: str) -> Tensor:
    mean, var, weight, bias = (
        state[f"{name}.{part}"].double()[:, None, None]
        for part in ("running_mean", "running_var", "weight", "bias")
    )
    return (images - mean) / torch.sqrt(var + 1e-5) * weight + bias


def _conv(images: Tensor, state: State, name: str, stride: int, padding: int) -> Tensor:
    weight = state[f"{name}.weight"].double()
    return nnf.conv2d(images, weight, stride=stride, padding=padding)


def _block(images: Tensor, state: State, name: str, stride: int) -> Tensor:
    """Basic block, or bottleneck with the stride in its 3x3 convolution."""
    bottleneck = f"{name}.conv3.weight" in state
    strides, paddings = ((1, stride, 1), (0, 1, 0)) if bottleneck else ((stride, 1), (1, 1))
    out = images
    for number, (step, padding) in enumerate(zip(strides, paddings, strict=True), start=1):
        out = _norm(
            _conv(out, state, f"{name}.conv{number}", step, padding), state, f"{name}.bn{number}"
        )
        if number < len(strides):
            out = out.clamp(min=0)
    if f"{name}.downsample.0.weight" in state:
        short = _conv(images, state, f"{name}.downsample.0", stride, 0)
        images = _norm(short, state, f"{name}.downsample.1")
    return (out + images).clamp(min=0)


def features(images: Tensor, state: State, last_layer: int) -> Tensor:
    """Output of ``layer{last_layer}``, layers 3 and 4 without stride."""
    out = _norm(_conv(images.double(), state, "conv1", 2, 3), state, "bn1").clamp(min=0)
    out = nnf.max_pool2d(out, 3, 2, 1)
    for layer in range(1, last_layer + 1):
        block = 0
        while f"layer{layer}.{block}.conv1.weight" in state:
            stride = 2 if layer == 2 and block == 0 else 1
            out = _block(out, state, f"layer{layer}.{block}", stride)
            block += 1
    return out
