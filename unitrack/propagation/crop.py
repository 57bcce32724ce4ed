"""Cut windows out of a normalised frame, on its own device."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import grid_sample

__all__ = ["cut"]


def cut(image: Tensor, windows: NDArray[np.float64], side: int) -> Tensor:
    """Stretch windows to squares, bilinear, without anti-alias; outside the frame is 0.

    The centre of the first output pixel samples the window's left edge, that of the last its right
    edge: the gain is ``(side - 1) / width`` (algorithms.md 4.1).

    Args:
        image: Normalised, ``(3, H, W)``.
        windows: ``x1, y1, x2, y2`` in continuous image pixels, ``(Q, 4)``.
        side: Of the squares, pixels.

    Returns:
        ``(Q, 3, side, side)``, on the device of ``image``.
    """
    height, width = image.shape[1:]
    corners = torch.from_numpy(windows)
    steps = torch.linspace(0, 1, side, dtype=torch.float64)
    xs = corners[:, 0:1] + (corners[:, 2:3] - corners[:, 0:1]) * steps
    ys = corners[:, 1:2] + (corners[:, 3:4] - corners[:, 1:2]) * steps
    grid = torch.stack(
        [
            (2 * xs / width - 1)[:, None, :].expand(-1, side, -1),
            (2 * ys / height - 1)[:, :, None].expand(-1, -1, side),
        ],
        dim=3,
    )
    return grid_sample(
        image.expand(len(windows), -1, -1, -1),
        grid.to(image.device, image.dtype),
        mode="bilinear",
        padding_mode="zeros",
        align_corners=False,
    )
