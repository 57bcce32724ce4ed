"""Looks at frames whose features are given."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from unitrack.types import CropFeatures, FeatureMap, Grid

__all__ = ["MadeLook", "drifting", "grid", "look", "turning"]

Array = NDArray[np.float64]
STRIDE = 8


@dataclass(frozen=True)
class MadeLook:
    """A frame of a size in pixels, and what a backbone made of it."""

    size: tuple[int, int]
    features: FeatureMap
    picture: NDArray[np.uint8] | None = None

    @property
    def image(self) -> NDArray[np.uint8]:
        assert self.picture is not None, "nobody asked for the picture itself"
        return self.picture

    def whole(self) -> FeatureMap:
        return self.features

    def crops(self, windows: Array, side: int) -> CropFeatures:
        raise AssertionError(f"labels are carried on whole frames, not {windows} at {side}")


def grid(size: tuple[int, int], cells: tuple[int, int], anchor: float = 0.5) -> Grid:
    """Of a picture ``size`` that is stretched to 8 pixels a cell."""
    scale_y, scale_x = (STRIDE * new / old for new, old in zip(cells, size, strict=True))
    return Grid(STRIDE, scale_x, scale_y, 0.0, 0.0, anchor, anchor, cells)


def look(size: tuple[int, int], points: Array, anchor: float = 0.5) -> MadeLook:
    """A frame with features ``(h, w, C)``."""
    height, width, _ = points.shape
    data = torch.from_numpy(points).permute(2, 0, 1)
    return MadeLook(size, FeatureMap(data, grid(size, (height, width), anchor)))


def drifting(
    cells: tuple[int, int], frames: int, channels: int = 8, seed: int = 0, noise: float = 0.3
) -> list[Array]:
    """Random features that move one cell to the right in every frame, and change a little."""
    rng = np.random.default_rng(seed)
    scene = rng.uniform(size=(cells[0], cells[1] + frames, channels)) ** 2
    return [
        scene[:, frames - time : frames - time + cells[1]]
        + noise * rng.uniform(size=(*cells, channels))
        for time in range(frames)
    ]


def turning(size: tuple[int, int], frames: int) -> list[FeatureMap]:
    """Features of no likeness that turn by one cell to the right in each frame."""
    cells = size[0] // STRIDE, size[1] // STRIDE
    points = np.random.default_rng(0).normal(size=(*cells, 64)).astype(np.float32)
    return [look(size, np.roll(points, time, axis=1)).features for time in range(frames)]
