"""ROI-align, one sample at a time (algorithms 5.1)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

__all__ = ["roi_points"]

Array = NDArray[np.float64]


def roi_points(features: Array, boxes: Array, rows: int, columns: int) -> Array:
    """``(C, h, w)`` and ``(N, 4)`` in cells to ``(N, rows * columns, C)``."""
    points = np.zeros((len(boxes), rows * columns, features.shape[0]))
    for number, (x1, y1, x2, y2) in enumerate(boxes):
        bin_w, bin_h = max(x2 - x1, 1.0) / columns, max(y2 - y1, 1.0) / rows
        across, down = math.ceil(bin_w), math.ceil(bin_h)
        for row in range(rows):
            for column in range(columns):
                total = np.zeros(features.shape[0])
                for i in range(down):
                    for j in range(across):
                        y = y1 + row * bin_h + (i + 0.5) * bin_h / down
                        x = x1 + column * bin_w + (j + 0.5) * bin_w / across
                        total += _sample(features, y, x)
                points[number, row * columns + column] = total / (down * across)
    return points


def _sample(features: Array, y: float, x: float) -> Array:
    channels, height, width = features.shape
    if y < -1 or y > height or x < -1 or x > width:
        return np.zeros(channels)
    y, x = min(max(y, 0.0), height - 1.0), min(max(x, 0.0), width - 1.0)
    top, left = int(y), int(x)
    bottom, right = min(top + 1, height - 1), min(left + 1, width - 1)
    down, across = y - top, x - left
    upper = (1 - across) * features[:, top, left] + across * features[:, top, right]
    lower = (1 - across) * features[:, bottom, left] + across * features[:, bottom, right]
    value: Array = (1 - down) * upper + down * lower
    return value
