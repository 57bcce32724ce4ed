"""J, F and their statistics as the benchmark defines them: loops over pixels and frames.

Source:
    benchmarks.md 5.7; nothing of the plugin is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, sqrt

import numpy as np
from numpy.typing import NDArray

__all__ = ["boundary", "contour", "decay", "region"]

Mask = NDArray[np.bool_]


def region(true: Mask, found: Mask) -> float:
    """Intersection over union; 1 if both are empty."""
    pairs = list(zip(true.ravel().tolist(), found.ravel().tolist(), strict=True))
    union = sum(a or b for a, b in pairs)
    return sum(a and b for a, b in pairs) / union if union else 1.0


def boundary(mask: Mask) -> set[tuple[int, int]]:
    """Pixels that differ from the right, the lower, or the lower-right neighbour."""
    height, width = mask.shape
    points = set()
    for y in range(height):
        for x in range(width):
            last_row, last_column = y == height - 1, x == width - 1
            neighbours = []
            if not last_column:
                neighbours.append((y, x + 1))
            if not last_row:
                neighbours.append((y + 1, x))
            if not last_row and not last_column:
                neighbours.append((y + 1, x + 1))
            if any(mask[y, x] != mask[place] for place in neighbours):
                points.add((y, x))
    return points


def _dilated(points: set[tuple[int, int]], radius: int) -> set[tuple[int, int]]:
    return {
        (y + dy, x + dx)
        for y, x in points
        for dy in range(-radius, radius + 1)
        for dx in range(-radius, radius + 1)
        if dy * dy + dx * dx <= radius * radius
    }


def contour(true: Mask, found: Mask) -> float:
    """Boundary F-measure."""
    height, width = true.shape
    radius = ceil(0.008 * sqrt(height * height + width * width))
    wanted, got = boundary(true), boundary(found)
    if not wanted and not got:
        return 1.0
    if not got:
        precision, recall = 1.0, 0.0
    elif not wanted:
        precision, recall = 0.0, 1.0
    else:
        precision = len(got & _dilated(wanted, radius)) / len(got)
        recall = len(wanted & _dilated(got, radius)) / len(wanted)
    both = precision + recall
    return 2 * precision * recall / both if both else 0.0


def decay(values: Sequence[float]) -> float:
    """Mean of the first of four bins less that of the last; bins share their edges."""
    edges = []
    for number in range(5):
        place = 1 + number * (len(values) - 1) / 4 + 1e-10
        whole = floor(place)
        rest = place - whole
        if rest > 0.5 or (rest == 0.5 and whole % 2 == 1):
            whole += 1
        edges.append(whole - 1)
    first = values[edges[0] : edges[1] + 1]
    last = values[edges[3] : edges[4] + 1]
    return sum(first) / len(first) - sum(last) / len(last)
