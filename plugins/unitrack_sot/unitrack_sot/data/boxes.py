"""Boxes of files, ``left, top, width, height``, and boxes inside, ``x1, y1, x2, y2``."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from unitrack_sot.data.rows import Array

__all__ = ["has_area", "inside", "outside", "sound"]


def inside(ltwh: Array, origin: int) -> Array:
    """Boxes of a file as corners.

    Args:
        ltwh: Left, top, width, height, ``(N, 4)``.
        origin: What the file calls the leftmost pixel, 0 or 1.

    Returns:
        Corners in continuous pixels from 0, ``(N, 4)``.
    """
    left_top = ltwh[:, :2] - origin
    return np.concatenate([left_top, left_top + ltwh[:, 2:]], axis=1)


def outside(xyxy: Array, origin: int) -> Array:
    """Corners ``(N, 4)`` as boxes of a file; the inverse of `inside`."""
    return np.concatenate([xyxy[:, :2] + origin, xyxy[:, 2:] - xyxy[:, :2]], axis=1)


def has_area(xyxy: Array) -> NDArray[np.bool_]:
    """Which boxes ``(N, 4)`` have a width and a height."""
    there: NDArray[np.bool_] = (xyxy[:, 2] > xyxy[:, 0]) & (xyxy[:, 3] > xyxy[:, 1])
    return there


def sound(xyxy: Array) -> Array:
    """Corners ``(…, 4)`` with the second not before the first: a negative side becomes none."""
    low = xyxy[..., :2]
    return np.concatenate([low, np.maximum(low, xyxy[..., 2:])], axis=-1)
