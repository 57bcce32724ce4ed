"""8-bit pictures to what a backbone was trained on."""

from __future__ import annotations

import torch
from torch import Tensor

from unitrack.registry.records import BackboneRecord

__all__ = ["normalise"]

_SRGB_TO_Y = (0.212671, 0.715160, 0.072169)  # ITU-R BT.709 primaries, white point D65
_LINEAR_BELOW = 0.008856  # of relative luminance; CIE 1976


def normalise(images: Tensor, record: BackboneRecord) -> Tensor:
    """Put pictures into the colour order, range and statistics of a backbone.

    ``lab_l`` takes the lightness of 8-bit Lab, normalises it once with the first mean and std, and
    then triples it.

    Args:
        images: RGB, uint8, ``(B, H, W, 3)``.
        record: Its ``colour``, ``input_range``, ``mean`` and ``std`` are used.

    Returns:
        ``(B, 3, H, W)``, float32, channels last, on the device of ``images``.

    Source:
        Wang et al., NeurIPS 2021, input; the order of steps for Lab is that of the authors'
        propagation code, their association code triples first.
    """
    planes = images.permute(0, 3, 1, 2)
    if record.colour == "lab_l":
        lightness = _affine(_lightness(planes), record, channels=1)
        return lightness.repeat(1, 3, 1, 1).contiguous(memory_format=torch.channels_last)
    if record.colour == "bgr":
        planes = planes.flip(1)
    values = planes.to(torch.float32, memory_format=torch.channels_last)
    return _affine(values, record, channels=3)


def _affine(values: Tensor, record: BackboneRecord, *, channels: int) -> Tensor:
    """``(range(v) - mean) / std`` as one product and one sum, in place."""
    low, high = record.input_range
    std = torch.tensor(record.std[:channels], dtype=torch.float64)
    mean = torch.tensor(record.mean[:channels], dtype=torch.float64)
    gain = ((high - low) / 255.0 / std).to(values).view(-1, 1, 1)
    shift = ((low - mean) / std).to(values).view(-1, 1, 1)
    return values.mul_(gain).add_(shift)


def _lightness(planes: Tensor) -> Tensor:
    """L of 8-bit Lab, 0..255 in whole steps, ``(B, 1, H, W)``, of RGB ``(B, 3, H, W)``."""
    steps = torch.arange(256, dtype=torch.float32, device=planes.device) / 255.0
    linear = torch.where(steps > 0.04045, ((steps + 0.055) / 1.055) ** 2.4, steps / 12.92)  # noqa: PLR2004 - sRGB
    luminance = sum(
        weight * linear[planes[:, i : i + 1].long()] for i, weight in enumerate(_SRGB_TO_Y)
    )
    assert isinstance(luminance, Tensor)
    lightness = torch.where(
        luminance > _LINEAR_BELOW, 116.0 * luminance ** (1 / 3) - 16.0, 903.3 * luminance
    )
    return (lightness * 2.55).round().clamp(0, 255)
