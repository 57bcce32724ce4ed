"""Backbones: a sound one, and flawed ones."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def pool(tap: str, settings: object) -> nn.Module:
    del tap, settings
    return nn.AvgPool2d(8)


def coarse_pool(tap: str, settings: object) -> nn.Module:
    del tap, settings
    return nn.AvgPool2d(16)


class _Noisy(nn.Module):
    def forward(self, images: Tensor) -> Tensor:
        return nn.functional.avg_pool2d(images, 8) + torch.rand(1)


def noisy_pool(tap: str, settings: object) -> nn.Module:
    del tap, settings
    return _Noisy()


class _Mixing(nn.Module):
    def forward(self, images: Tensor) -> Tensor:
        return nn.functional.avg_pool2d(images - images.mean(), 8)


def mixing_pool(tap: str, settings: object) -> nn.Module:
    del tap, settings
    return _Mixing()


class _Constant(nn.Module):
    def forward(self, images: Tensor) -> Tensor:
        return nn.functional.avg_pool2d(torch.ones_like(images), 8)


def constant_pool(tap: str, settings: object) -> nn.Module:
    del tap, settings
    return _Constant()
