"""A picture that is a formula: features can be had anywhere, at any size, and moved exactly."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray

from unitrack.types import CropFeatures, FeatureMap

__all__ = ["FieldLook"]

Array = NDArray[np.float64]


@dataclass
class FieldLook:
    """A `Look` at waves, moved as a whole.

    Every cell's features are cosines and sines of waves at its place, so that all are equally long,
    and any two places look different.

    Attributes:
        shift: Where the picture's origin has moved, image pixels, x and y.
        zoom: How much larger it has become, about its origin.
        wavelength: Of the waves, image pixels, about.
        stride: Crop pixels per cell.
        anchor: Continuous crop pixel of cell 0's centre.
        cells: Along the map; None for as many as a ResNet gives.
        size: Of the picture.
        gain: All features are multiplied by it.
        target: Width of the target where ``zoom`` is 1, image pixels.
        looks: Windows of each look so far.
    """

    shift: tuple[float, float] = (0.0, 0.0)
    zoom: float = 1.0
    wavelength: float = 20.0
    stride: int = 8
    anchor: float = 0.5
    cells: int | None = None
    size: tuple[int, int] = (400, 600)
    gain: float = 1.0
    target: float = 60.0
    looks: list[Array] = field(default_factory=list)

    def crops(self, windows: Array, side: int) -> CropFeatures:
        self.looks.append(windows)
        cells = self.cells or -(-side // self.stride)
        share = (self.anchor + self.stride * np.arange(cells) - 0.5) / (side - 1)
        corners, spans = windows[:, None, :2], windows[:, None, 2:] - windows[:, None, :2]
        places = (corners + spans * share[:, None] - np.array(self.shift)) / self.zoom
        rng = np.random.default_rng(0)
        angles, lengths = rng.uniform(0, 2 * np.pi, 24), rng.uniform(0.6, 1.6, 24)
        waves = 2 * np.pi / (lengths * self.wavelength)
        phase_x = places[:, None, None, :, 0] * (np.cos(angles) * waves)[:, None, None]
        phase_y = places[:, None, :, None, 1] * (np.sin(angles) * waves)[:, None, None]
        phase = phase_x + phase_y
        misfit = np.abs(np.log(spans[:, 0, 0] / (4.5 * self.target * self.zoom)))
        gains = self.gain * 0.5 ** (misfit / np.log(1.0275))
        data = np.concatenate([np.cos(phase), np.sin(phase)], axis=1) * gains[:, None, None, None]
        return CropFeatures(
            torch.from_numpy(data.astype(np.float32)), self.stride, self.anchor, self.anchor
        )

    @property
    def image(self) -> NDArray[np.uint8]:
        raise AssertionError("boxes are followed by their features")

    def whole(self) -> FeatureMap:
        raise AssertionError("boxes are found in crops")
