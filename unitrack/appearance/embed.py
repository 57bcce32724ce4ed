"""Pictures to feature maps: scaling on the CPU, one batch through the network."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from unitrack.appearance.build import Backbone
from unitrack.appearance.normalise import normalise
from unitrack.appearance.resize import Prepared, letterbox, stretch
from unitrack.types import FeatureMap, Grid

__all__ = ["Embedder", "Prepared"]


class Embedder:
    """A backbone together with the input size that a head wants.

    Args:
        backbone: The appearance model.
        letterbox: Network input (height, width) that pictures are scaled and padded to, or None.
        stretch: Network input (height, width) that pictures are scaled to, each axis on its own,
            or None. With neither, pictures keep their size.
    """

    def __init__(
        self,
        backbone: Backbone,
        letterbox: tuple[int, int] | None = None,
        stretch: tuple[int, int] | None = None,
    ) -> None:
        self.backbone = backbone
        self.letterbox = letterbox
        self.stretch = stretch

    def prepare(self, image: NDArray[np.uint8]) -> Prepared:
        """Scale one picture, RGB ``(H, W, 3)``; CPU only, safe on any thread."""
        if self.stretch is not None:
            return stretch(image, self.stretch)
        if self.letterbox is not None:
            return letterbox(image, self.letterbox)
        return Prepared(image, 1.0, 1.0, 0.0, 0.0)

    def normalise(self, image: NDArray[np.uint8]) -> Tensor:
        """A picture as the backbone wants it, in its own size: ``(3, H, W)``, on the device."""
        # A copy, because decoded pictures may be read-only, of which torch warns.
        batch = torch.from_numpy(image[None].copy()).to(self.backbone.device)
        return normalise(batch, self.backbone.record)[0]

    def features(self, batch: NDArray[np.uint8]) -> Tensor:
        """Pictures of one size, RGB ``(B, H, W, 3)``, to features ``(B, C, h, w)``."""
        images = torch.from_numpy(batch).to(self.backbone.device)
        return self.backbone(normalise(images, self.backbone.record))

    def embed(self, prepared: Sequence[Prepared]) -> list[FeatureMap]:
        """Run pictures of one size through the network, as one batch."""
        if not prepared:
            return []
        batch = np.stack([one.image for one in prepared])
        features = self.features(batch)
        rows, columns = batch.shape[1:3]
        anchor_y, anchor_x = self.backbone.anchor(rows), self.backbone.anchor(columns)
        size = (features.shape[-2], features.shape[-1])
        stride = self.backbone.record.stride
        return [
            FeatureMap(
                data,
                Grid(
                    stride=stride,
                    scale_x=one.scale_x,
                    scale_y=one.scale_y,
                    offset_x=one.offset_x,
                    offset_y=one.offset_y,
                    anchor_x=anchor_x,
                    anchor_y=anchor_y,
                    size=size,
                ),
            )
            for data, one in zip(features, prepared, strict=True)
        ]
