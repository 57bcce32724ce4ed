"""Pictures with an outline, and the painter that lays them over each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unitrack.types import XYXY

__all__ = ["Sprite", "paint"]


@dataclass(frozen=True, slots=True)
class Sprite:
    """A cut-out somewhere on a canvas, parts of it perhaps outside.

    Attributes:
        colour: Float32 ``(h, w, 3)`` in 0..1.
        alpha: Cover, float32 ``(h, w)`` in 0..1.
        left: Canvas column of the first column.
        top: Canvas row of the first row.
    """

    colour: NDArray[np.float32]
    alpha: NDArray[np.float32]
    left: int
    top: int

    @property
    def solid(self) -> NDArray[np.bool_]:
        """The pixels that count as the object: those it covers by more than half."""
        return self.alpha > 0.5  # noqa: PLR2004

    def box(self) -> XYXY:
        """Smallest box around the solid pixels, in canvas pixels; empty sprites have none."""
        rows = np.flatnonzero(self.solid.any(axis=1))
        columns = np.flatnonzero(self.solid.any(axis=0))
        return (
            float(self.left + columns[0]),
            float(self.top + rows[0]),
            float(self.left + columns[-1] + 1),
            float(self.top + rows[-1] + 1),
        )


def paint(
    image: NDArray[np.uint8],
    sprite: Sprite,
    owner: NDArray[np.int16] | None = None,
    number: int = 0,
) -> None:
    """Lay a sprite over an image, in place.

    Args:
        image: ``(H, W, 3)``.
        sprite: In the image's pixels; what lies outside is left out.
        owner: ``(H, W)``; its solid pixels are set to ``number``. None for what owns nothing, such
            as a shadow.
        number: The sprite's mark in ``owner``.
    """
    height, width = sprite.alpha.shape
    x0, y0 = max(sprite.left, 0), max(sprite.top, 0)
    x1 = min(sprite.left + width, image.shape[1])
    y1 = min(sprite.top + height, image.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    inside = np.s_[y0 - sprite.top : y1 - sprite.top, x0 - sprite.left : x1 - sprite.left]
    alpha = sprite.alpha[inside][..., None]
    region = image[y0:y1, x0:x1]
    mixed = region + alpha * (sprite.colour[inside] * np.float32(255) - region)
    region[...] = np.clip(mixed + np.float32(0.5), 0, 255).astype(np.uint8)
    if owner is not None:
        owner[y0:y1, x0:x1][sprite.solid[inside]] = number
