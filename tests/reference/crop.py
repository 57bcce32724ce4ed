"""Crops of a frame, one output pixel at a time (algorithms 4.1)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

__all__ = ["crop"]

Array = NDArray[np.float64]


def crop(
    image: Array, centre: tuple[float, float], width: float, height: float, side: int
) -> Array:
    """A window of ``(C, H, W)`` as a square ``(C, side, side)``; outside the frame is 0.

    ``centre`` is in pixel *indices* (the middle of the first pixel is 0): index ``c - width / 2``
    goes to output index 0, ``c + width / 2`` to output index ``side - 1``.
    """
    found = np.zeros((len(image), side, side))
    for row in range(side):
        y = centre[1] - height / 2 + row * height / (side - 1)
        for column in range(side):
            x = centre[0] - width / 2 + column * width / (side - 1)
            left, top = math.floor(x), math.floor(y)
            for j, down in ((top, 1 - (y - top)), (top + 1, y - top)):
                for i, across in ((left, 1 - (x - left)), (left + 1, x - left)):
                    if 0 <= j < image.shape[1] and 0 <= i < image.shape[2]:
                        found[:, row, column] += down * across * image[:, j, i]
    return found
