"""What a backbone is worth, measured on one picture."""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import normalize

from unitrack.appearance.embed import Embedder
from unitrack.types import FeatureMap

__all__ = ["alignment", "correspondence", "principal_colours", "warped"]

# Hard enough that an untrained network, good at slight changes, is told from a trained one.
_ANGLE_DEGREES, _ZOOM = 20.0, 1.25
_CONTRAST, _BRIGHTNESS, _NOISE = 0.35, 90.0, 12.0  # grey levels of 255
_PLACES = 4  # of the patch of `alignment` along each axis
_PATCH = 8  # pixels, its side
_NEAR = 4  # cells around the strongest one that its centre is taken over


def warped(image: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """The same picture, turned, enlarged, dimmed and noisy, and how its points moved.

    Returns:
        The picture, ``(H, W, 3)``, and a matrix ``(2, 3)`` from a point of the original, ``x, y``
        in continuous pixels, to the same point of the picture.
    """
    height, width = image.shape[:2]
    turn = math.radians(_ANGLE_DEGREES)
    linear = _ZOOM * np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    centre = np.array([width, height]) / 2
    forward = np.column_stack([linear, centre - linear @ centre])
    columns, rows = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    there = np.stack([columns, rows], axis=-1) - forward[:, 2]
    source = there @ np.linalg.inv(linear).T
    # grid_sample counts from -1 at the left edge to 1 at the right one.
    places = torch.from_numpy(2 * source / [width, height] - 1).float()[None]
    pixels = torch.tensor(image).permute(2, 0, 1)[None].float()
    looked_up = torch.nn.functional.grid_sample(
        pixels, places, mode="bilinear", padding_mode="reflection", align_corners=False
    )
    noise = torch.randn(looked_up.shape, generator=torch.Generator().manual_seed(0)) * _NOISE
    dimmed = (looked_up * _CONTRAST + _BRIGHTNESS + noise).round().clamp(0, 255)
    return dimmed[0].permute(1, 2, 0).to(torch.uint8).numpy(), forward


def correspondence(embedder: Embedder, image: NDArray[np.uint8]) -> float:
    """Share of the cells of a picture that find their place in the warped one.

    Every cell looks for the most similar cell (cosine) of all; it is right when that is at most
    one cell off along each axis. Cells that the warp moves out of the picture do not count.

    Args:
        embedder: The backbone.
        image: RGB, ``(H, W, 3)``.
    """
    moved, forward = warped(image)
    one, other = embedder.embed([embedder.prepare(image), embedder.prepare(moved)])
    first, second = (normalize(features.data.flatten(1), dim=0) for features in (one, other))
    found = (first.T @ second).argmax(dim=1).cpu().numpy()
    rows, columns = one.grid.size
    there = np.stack(np.divmod(np.arange(rows * columns), columns)[::-1], axis=1)
    wanted = _cells(other, _pixels(one, there) @ forward[:, :2].T + forward[:, 2])
    inside = ((wanted >= 0) & (wanted <= [columns - 1, rows - 1])).all(axis=1)
    off = np.abs(np.stack(np.divmod(found, columns)[::-1], axis=1) - wanted)
    return float((off[inside] <= 1.0).all(axis=1).mean())


def _pixels(features: FeatureMap, cells: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cell coordinates ``(N, 2)``, ``x, y``, to image pixels."""
    return features.grid.to_pixels(np.tile(cells.astype(np.float64), 2))[:, :2]


def _cells(features: FeatureMap, pixels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Image pixels ``(N, 2)``, ``x, y``, to cell coordinates."""
    return features.grid.to_cells(np.tile(pixels, 2))[:, :2]


def alignment(embedder: Embedder, image: NDArray[np.uint8]) -> tuple[float, float]:
    """How far the answer to a small change moves when the change does, and where it lies.

    A patch of the picture is inverted, at places on a lattice of eight pixels in its middle; the
    answer is where features differ from those of the picture alone.

    Args:
        embedder: The backbone.
        image: RGB, ``(H, W, 3)``, at least 64 pixels a side.

    Returns:
        Pixels that one cell stands for, by the way of the answer; and the larger mean distance
        along an axis, in pixels, between the answer and the patch. The second is small for
        untrained weights when the anchor is right; trained kernels may lean to one side.
    """
    height, width = image.shape[:2]
    (plain,) = embedder.embed([embedder.prepare(image)])
    centres, answers = [], []
    for row in range(_PLACES):
        for column in range(_PLACES):
            left, top = _place(width, column), _place(height, row)
            changed = image.copy()
            changed[top : top + _PATCH, left : left + _PATCH] ^= 0xFF
            (features,) = embedder.embed([embedder.prepare(changed)])
            answers.append(_centre((features.data - plain.data).abs().sum(dim=0)))
            centres.append([left + _PATCH / 2, top + _PATCH / 2])
    found, wanted = np.array(answers), np.array(centres)
    moved, ways = found - found.mean(axis=0), wanted - wanted.mean(axis=0)
    off = (_pixels(plain, found) - wanted).mean(axis=0)
    return float((ways * ways).sum() / (moved * ways).sum()), float(np.abs(off).max())


def _place(side: int, number: int) -> int:
    """Where the patch begins along an axis: in the middle half, an odd number of cells apart.

    An even number would lie in the same part of every token of a network of coarse tokens.
    """
    cells = max(side // (2 * _PLACES) // 8, 1)
    return (side // 32 + number * (cells - (cells % 2 == 0))) * 8


def _centre(energy: Tensor) -> NDArray[np.float64]:
    """Centre of mass ``x, y`` of a map ``(h, w)``, in cells, around its strongest cell."""
    values = energy.double().cpu().numpy()
    row, column = np.unravel_index(int(values.argmax()), values.shape)
    rows, columns = np.indices(values.shape)
    near = (np.abs(rows - row) <= _NEAR) & (np.abs(columns - column) <= _NEAR)
    values = np.where(near, values, 0.0)
    centre: NDArray[np.float64] = np.array([(columns * values).sum(), (rows * values).sum()])
    centre /= values.sum()
    return centre


def principal_colours(features: Tensor) -> NDArray[np.uint8]:
    """The three directions in which features differ most, as red, green and blue.

    Args:
        features: ``(C, h, w)``.

    Returns:
        ``(h, w, 3)``; each colour from its 2nd to its 98th percentile. The sign of a direction is
        chosen so that its largest entry is positive.
    """
    points = features.detach().double().cpu().flatten(1).T
    points = points - points.mean(dim=0)
    # Of the smaller of the two square matrices.
    _, directions = torch.linalg.eigh(points.T @ points)
    axes = directions[:, -3:].flip(1)
    signs = axes.gather(0, axes.abs().argmax(dim=0, keepdim=True)).sign()
    parts = (points @ (axes * signs)).numpy()
    low, high = np.percentile(parts, [2, 98], axis=0)
    scaled = (parts - low) / np.maximum(high - low, 1e-12)
    colours: NDArray[np.uint8] = (scaled.clip(0, 1) * 255).round().astype(np.uint8)
    return colours.reshape(*features.shape[1:], -1)
