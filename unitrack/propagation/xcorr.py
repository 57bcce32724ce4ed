"""Find a box by cross-correlation with the features of its first frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from unitrack.propagation.correlation import Block, Readout, Response, hann, target_cells
from unitrack.types import CropFeatures

__all__ = ["XCorr", "XCorrConfig", "correlate"]

_GAIN = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class XCorrConfig:
    """How the template is cut and kept, and how a response is read.

    Attributes:
        side: Of the crops, pixels.
        block: Cells of the template, see `target_cells`.
        update: Weight of each later frame in the template, a running mean; 0 keeps the first.
        keep: Weight of the first frame beside that mean, however long ago it is.
        readout: ``centred`` reads no displacement where the template was cut, and a cell as long as
            it is. ``authors`` subtracts half the response's side and takes the response for the
            whole window: one cell too far to the top left (at 65 cells), 1.25 times too far.
    """

    side: int = 520
    block: Block = "authors"
    update: float = 0.0
    keep: float = 0.0
    readout: Readout = "centred"


class XCorr:
    """A `BoxFilter`: the target's block of features slides over the windowed search features.

    Source:
        Wang et al., NeurIPS 2021, box propagation; Bertinetto et al., ECCVW 2016 (SiamFC). The
        paper's text takes the template of the frame before in one place and that of the first
        frame in another, which is what the authors' program does.
    """

    def __init__(self, config: XCorrConfig) -> None:
        self._config = config
        self._first: Tensor | None = None  # (C, s, s)
        self._mean: Tensor | None = None
        self._template: Tensor | None = None
        self._start = 0  # of the template's cells, along both axes

    @property
    def adapts(self) -> bool:
        """Only with a running mean."""
        return self._config.update > 0

    def learn(self, crop: CropFeatures) -> None:
        """Take the block of one crop, data ``(1, C, n, n)``, as the template, or blend it in."""
        size = crop.data.shape[-1]
        config = self._config
        cells = target_cells(size, config.side, crop.stride, crop.anchor_x, config.block)
        seen = crop.data[0, :, cells, cells].clone()
        self._start = cells.start
        if self._first is None or self._mean is None:
            self._first = self._mean = self._template = seen
            return
        self._mean = torch.lerp(self._mean, seen, config.update)
        self._template = torch.lerp(self._mean, self._first, config.keep)

    def respond(self, crops: CropFeatures) -> Response:
        """Correlate every crop, data ``(Q, C, n, n)``; the response has ``n - s + 1`` rows."""
        assert self._template is not None, "a target is learnt before it is looked for"
        size = crops.data.shape[-1]
        found = correlate(crops.data * hann(size, crops.data.device), self._template)
        values = (_GAIN * found).cpu().numpy()
        side = values.shape[-1]
        offsets = np.arange(side, dtype=np.float64)
        if self._config.readout == "authors":
            return Response(values, offsets - side / 2, 1 / side, circular=False)
        step = crops.stride / (self._config.side - 1)
        return Response(values, offsets - self._start, step, circular=False)


def correlate(search: Tensor, template: Tensor) -> Tensor:
    """Valid cross-correlation, summed over the channels.

    One matrix product gives every pair of a search cell and a template cell; the response is the
    sum along its diagonals. A convolution with one output channel takes five times as long on CPU.

    Args:
        search: ``(Q, C, n, n)``.
        template: ``(C, s, s)``.

    Returns:
        ``(Q, n - s + 1, n - s + 1)``.
    """
    count, channels, size, _ = search.shape
    width = template.shape[-1]
    rows = search.permute(0, 2, 3, 1).reshape(-1, channels)  # a view if channels lie last
    pairs = (rows @ template.reshape(channels, -1)).view(count, size, size, width, width)
    crop, row, column, down, across = pairs.stride()
    left = size - width + 1
    diagonals = pairs.as_strided(
        (count, left, left, width, width), (crop, row, column, row + down, column + across)
    )
    return diagonals.sum((3, 4))
