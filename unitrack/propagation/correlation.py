"""What both ways to find a box by correlation share: the target's cells, the window, the answer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from unitrack.types import CropFeatures

__all__ = ["CONTEXT", "Block", "BoxFilter", "Peak", "Readout", "Response", "hann", "target_cells"]

CONTEXT = 4.5
"""A crop shows so many times the width and height of the box."""

Block = Literal["authors", "centred"]
Readout = Literal["centred", "authors"]


@dataclass(frozen=True, slots=True)
class Response:
    """How well a target's filter fits at each displacement.

    Attributes:
        values: ``(Q, n, n)``, one map a crop, the larger the better.
        offsets: Displacement that each index along an axis stands for, in steps, ``(n,)``.
        step: One step as a share of the crop's window.
        circular: Whether the last index neighbours the first.
    """

    values: NDArray[np.float32]
    offsets: NDArray[np.float64]
    step: float
    circular: bool


@dataclass(frozen=True, slots=True)
class Peak:
    """The best of a `Response`.

    Attributes:
        crop: Number of the crop.
        value: Of the response there.
        shift: Displacement along x and y as shares of that crop's window, ``(2,)``.
    """

    crop: int
    value: float
    shift: NDArray[np.float64]

    @classmethod
    def of(cls, response: Response, weights: NDArray[np.float64], *, subcell: bool = False) -> Peak:
        """Weigh each crop's maximum, take the largest; of equal ones the first.

        Args:
            response: One map a crop.
            weights: Of the crops, ``(Q,)``.
            subcell: Refine each axis by the vertex of the parabola through three neighbours.
        """
        flat = response.values.reshape(len(response.values), -1)
        places = flat.argmax(1)
        crop = int((flat.max(1) * weights).argmax())
        best = response.values[crop]
        row, column = divmod(int(places[crop]), best.shape[1])
        steps = response.offsets[[column, row]]
        if subcell:
            lines = ((best[row], column), (best[:, column], row))
            steps = steps + [_vertex(line, at, circular=response.circular) for line, at in lines]
        return cls(crop, float(best[row, column]), steps * response.step)


class BoxFilter(Protocol):
    """How one target looks, and where in a crop that is found again."""

    @property
    def adapts(self) -> bool:
        """Whether it wants to learn from every frame, not from the first alone."""

    def learn(self, crop: CropFeatures) -> None:
        """Take in one crop that has the target in its middle."""

    def respond(self, crops: CropFeatures) -> Response:
        """Look for the target in crops whose middles are where it was."""


def target_cells(size: int, side: int, stride: int, anchor: float, block: Block) -> slice:
    """Rows (and columns) of a crop's map that the target covers.

    Args:
        size: Cells along the axis.
        side: Of the crop, pixels.
        stride: Crop pixels per cell.
        anchor: Continuous crop pixel of the centre of cell 0.
        block: ``authors`` counts from the middle of the map (25..38 of 65 cells); ``centred`` takes
            as many cells around the middle of the crop (26..39 with a ResNet, whose cell ``i``
            lies on pixel ``8 i``).

    Source:
        Wang et al., NeurIPS 2021, box propagation. The authors' block is for a ResNet 0.94 cells
        off the middle of the box, which changes what a filter sees, and not where it points.
    """
    half = max(int(size // (2 * CONTEXT)), 1)
    if block == "authors":
        return slice(size // 2 - half, size // 2 + half)
    middle = (side / 2 - anchor) / stride
    start = round(middle - (2 * half - 1) / 2)
    return slice(start, start + 2 * half)


@lru_cache(maxsize=8)
def hann(size: int, device: torch.device) -> Tensor:
    """Outer product of two symmetric Hann windows, 0 at the edges, ``(size, size)``."""
    line = torch.hann_window(size, periodic=False, dtype=torch.float64)
    return (line[:, None] * line).to(device, torch.float32)


def _vertex(line: NDArray[np.float32], at: int, *, circular: bool) -> float:
    """Where between -0.5 and 0.5 around ``at`` the parabola peaks; 0 at an open end."""
    if not circular and not 0 < at < len(line) - 1:
        return 0.0
    before, here, after = (float(line[(at + side) % len(line)]) for side in (-1, 0, 1))
    bend = before - 2 * here + after
    return (before - after) / (2 * bend) if bend < 0 else 0.0
