"""Scaling by the letter of algorithms.md 1.3: float64, one output pixel at a time."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray


def box_axis(values: NDArray[np.float64], new: int) -> NDArray[np.float64]:
    """Exact box filter along the first axis; edge pixels count by their covered share."""
    old = len(values)
    out = np.zeros((new, *values.shape[1:]))
    for d in range(new):
        start, end = d * old / new, (d + 1) * old / new
        for s in range(old):
            share = min(s + 1, end) - max(s, start)
            if share > 0:
                out[d] += share * values[s] / (end - start)
    return out


def two_point_axis(values: NDArray[np.float64], new: int) -> NDArray[np.float64]:
    """The interpolation of the given formula along the first axis."""
    old = len(values)
    ratio = new / old
    out = np.zeros((new, *values.shape[1:]))
    for d in range(new):
        s = math.floor(d * (1 / ratio))  # its last bit matters where the product is whole
        f = float(np.float32((d + 1) - (s + 1) * ratio))
        f = 0.0 if f <= 0 else f - math.floor(f)
        out[d] = (1 - f) * values[s] + f * values[min(s + 1, old - 1)]
    return out


def resize(image: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.float64]:
    """``(H, W, C)`` to ``(*size, C)``, not rounded."""
    shrinks = size[0] <= image.shape[0] and size[1] <= image.shape[1]
    axis = box_axis if shrinks else two_point_axis
    tall = axis(image.astype(np.float64), size[0])
    return axis(tall.swapaxes(0, 1), size[1]).swapaxes(0, 1)
