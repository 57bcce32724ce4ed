"""Labels that end where the picture has an edge."""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import avg_pool2d, interpolate

__all__ = ["STEP", "follow_edges"]

# The filter is fitted on every fourth pixel: its coefficients vary slowly, the picture does not.
STEP = 4

# Of an object's side, the root of its area: half the side of its windows. Wider ones reach colours
# that belong to others, narrower ones too few of its own.
_SHARE = 1 / 6


def follow_edges(labels: Tensor, image: NDArray[np.uint8], widest: int, epsilon: float) -> Tensor:
    """Enlarge labels of cells by the guided filter, the picture being the guide.

    In every window the label is fitted as an affine function of the colour; each pixel takes the
    mean of the functions of all windows it lies in. Where the colour says nothing, that is a mean
    over the windows; where it changes with the label, the label changes at the colour's edge.

    Half the side of a window is a sixth of the object's (the root of its area), in whole steps of
    `STEP` pixels; an object of less than six steps is enlarged by plain resampling. The background
    has what the objects leave.

    Args:
        labels: ``(K, h, w)``, float, the background first; a cell's sum to one, or nearly so.
        image: RGB, ``(H, W, 3)``.
        widest: Half the side of a window at most, pixels; rounded down to whole steps.
        epsilon: Variance of colour (0..1) that is taken for noise; larger makes edges softer.

    Returns:
        ``(K, H, W)``; sums over K stay what they are, values may leave the range of ``labels`` a
        little.

    Source:
        He, Sun and Tang, Guided Image Filtering, TPAMI 2013; fitted on fewer pixels as in He and
        Sun, Fast Guided Filter, 2015. Windows by size are ours (decision 0019).
    """
    size = (image.shape[0], image.shape[1])
    found = interpolate(labels[None], size, mode="bilinear", align_corners=False)[0]
    reaches = _reaches(labels[1:], size, widest)
    if not any(reaches):
        return found
    total = found.sum(0)
    guide = torch.from_numpy(image.copy()).to(labels.device).permute(2, 0, 1) / labels.new_tensor(
        255
    )
    coarse = (max(1, size[0] // STEP), max(1, size[1] // STEP))
    small = interpolate(guide[None], coarse, mode="area")[0]
    wanted = interpolate(labels[None], coarse, mode="bilinear", align_corners=False)[0]
    for reach in sorted({*reaches} - {0}):
        chosen = [channel for channel, own in enumerate(reaches, 1) if own == reach]
        slopes, offsets = _fit(wanted[chosen], small, reach, epsilon)
        # One label after the other: four maps of the picture's size for each would not be little.
        for channel, slope, offset in zip(chosen, slopes, offsets, strict=True):
            means = _mean(torch.cat([slope, offset[None]]), reach)
            fine = interpolate(means[None], size, mode="bilinear", align_corners=False)[0]
            torch.sum(fine[:3].mul_(guide), dim=0, out=found[channel]).add_(fine[3])
    torch.sub(total, found[1:].sum(0), out=found[0])
    return found


def _reaches(objects: Tensor, size: tuple[int, int], widest: int) -> list[int]:
    """Steps from the middle of each object's windows to their sides."""
    cell = size[0] * size[1] / (objects.shape[1] * objects.shape[2])
    areas = (objects.sum((1, 2)) * cell).clamp_(min=0).tolist()
    return [int(min(widest, _SHARE * math.sqrt(area))) // STEP for area in areas]


def _fit(wanted: Tensor, guide: Tensor, reach: int, epsilon: float) -> tuple[Tensor, Tensor]:
    """Least squares in every window: ``(K, 3, h, w)`` and ``(K, h, w)``."""
    mean, aim = _mean(guide, reach), _mean(wanted, reach)
    squares = _mean((guide[:, None] * guide).flatten(0, 1), reach).view(3, 3, *mean.shape[1:])
    spread = (squares - mean[:, None] * mean).permute(2, 3, 0, 1)
    spread = spread + epsilon * torch.eye(3).to(spread)
    together = _mean((wanted[:, None] * guide).flatten(0, 1), reach).view(-1, 3, *mean.shape[1:])
    shared = together - aim[:, None] * mean
    slopes = torch.linalg.solve(spread, shared.permute(2, 3, 1, 0)).permute(3, 2, 0, 1)
    return slopes, aim - (slopes * mean).sum(1)


def _mean(maps: Tensor, reach: int) -> Tensor:
    """Mean over the part of each window that lies in the map, ``(N, h, w)``."""
    return avg_pool2d(maps[None], 2 * reach + 1, 1, reach, count_include_pad=False)[0]
