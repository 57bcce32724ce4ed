"""Find a box by a discriminative correlation filter: ridge regression over all cyclic shifts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from unitrack.propagation.correlation import (
    CONTEXT,
    Block,
    Readout,
    Response,
    hann,
    target_cells,
)
from unitrack.types import CropFeatures

__all__ = ["Dcf", "DcfConfig", "TemplateWindow", "Update"]

TemplateWindow = Literal["box", "hann", "none"]
Update = Literal["separate", "num_den"]

_RATE = 0.01  # weight of each later frame
_RIDGE = 1e-4
_SPREAD = 0.1  # standard deviation of the label as a share of the target's side


@dataclass(frozen=True, slots=True, kw_only=True)
class DcfConfig:
    """How the filter is trained, kept and read.

    Attributes:
        side: Of the crops, pixels.
        template_window: What the training crop is multiplied by: the block of the box, which
            erases all context; a Hann window; nothing.
        block: Cells of that block, see `target_cells`.
        update: ``separate`` keeps running means of the regression weights and of the template;
            ``num_den`` of the filter's numerator and of its denominator.
        ridge_per_channel: Add the ridge once a channel instead of once.
        readout: ``centred`` takes a cell as long as it is; ``authors`` takes the map for the whole
            window, 0.2 % less.
    """

    side: int = 520
    template_window: TemplateWindow = "box"
    block: Block = "authors"
    update: Update = "separate"
    ridge_per_channel: bool = False
    readout: Readout = "centred"


class Dcf:
    """A `BoxFilter`: ridge regression from all cyclic shifts of a crop to a Gaussian label.

    Source:
        Wang et al., NeurIPS 2021, box propagation; Wang et al., arXiv 1704.04057 (DCFNet). As in
        the authors' program the ridge is added after the sum over channels and it is the template
        that is conjugated; the paper's single-channel formulae say otherwise.
    """

    def __init__(self, config: DcfConfig) -> None:
        self._config = config
        self._template: Tensor | None = None  # spectrum, (C, n, n // 2 + 1)
        self._weight: Tensor | None = None  # with "num_den" the power instead, (n, n // 2 + 1)

    @property
    def adapts(self) -> bool:
        """Always."""
        return True

    def learn(self, crop: CropFeatures) -> None:
        """Regress on one crop, data ``(1, C, n, n)``, and blend the outcome in."""
        template = torch.fft.rfft2(self._windowed(crop))
        weight = (template.real.square() + template.imag.square()).sum(0)
        if self._config.update == "separate":
            weight = self._regress(weight, len(template))
        if self._template is not None and self._weight is not None:
            template = _blend(self._template, template)
            weight = _blend(self._weight, weight)
        self._template, self._weight = template, weight

    def respond(self, crops: CropFeatures) -> Response:
        """Regress every crop, data ``(Q, C, n, n)``; the response is circular, ``(Q, n, n)``."""
        assert self._template is not None, "a target is learnt before it is looked for"
        assert self._weight is not None
        size = crops.data.shape[-1]
        spectrum = torch.fft.rfft2(crops.data * hann(size, crops.data.device))
        separate = self._config.update == "separate"
        weight = self._weight if separate else self._regress(self._weight, len(self._template))
        shared = (spectrum * self._template.conj()).sum(1)
        # The size is said, so that even maps come back even.
        values = torch.fft.irfft2(weight * shared, s=(size, size)).cpu().numpy()
        index = np.arange(size, dtype=np.float64)
        offsets = np.where(index > size / 2, index - size, index)
        authors = self._config.readout == "authors"
        step = 1 / size if authors else crops.stride / (self._config.side - 1)
        return Response(values, offsets, step, circular=True)

    def _windowed(self, crop: CropFeatures) -> Tensor:
        """The training crop, ``(C, n, n)``."""
        features, config = crop.data[0], self._config
        size = features.shape[-1]
        match config.template_window:
            case "none":
                return features
            case "hann":
                return features * hann(size, features.device)
            case "box":
                cells = target_cells(size, config.side, crop.stride, crop.anchor_x, config.block)
                windowed = torch.zeros_like(features)
                windowed[:, cells, cells] = features[:, cells, cells]
                return windowed

    def _regress(self, power: Tensor, channels: int) -> Tensor:
        """Spectrum of the label over that of the ridge problem, ``(n, n // 2 + 1)``, real."""
        ridge = _RIDGE * (channels if self._config.ridge_per_channel else 1)
        return _label(len(power), power.device) / (power + ridge)


def _blend(old: Tensor, new: Tensor) -> Tensor:
    return old * (1 - _RATE) + new * _RATE


@lru_cache(maxsize=8)
def _label(size: int, device: torch.device) -> Tensor:
    """Spectrum of a Gaussian around index (0, 0) of a cyclic map, ``(size, size // 2 + 1)``.

    The Gaussian is the same to both sides of 0, so that its spectrum is real.
    """
    index = torch.arange(size, dtype=torch.float64)
    distance = torch.minimum(index, size - index)
    line = torch.exp(-0.5 * (distance / (_SPREAD * size / CONTEXT)).square())
    spectrum: Tensor = torch.fft.rfft2(line[:, None] * line).real
    return spectrum.to(device, torch.float32)
