"""The box that overlaps labels most, by loops over every pair of edges."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

__all__ = ["certainty", "fit", "value"]

Array = NDArray[np.float64]

STEPS = 4
FLOOR = 1e-9


def covered(labels: Array, box: list[float]) -> float:
    """Sum of the labels, each by the share of its cell that the box covers."""
    found = 0.0
    for row in range(labels.shape[0]):
        for column in range(labels.shape[1]):
            across = max(0.0, min(column + 1, box[2]) - max(column, box[0]))
            down = max(0.0, min(row + 1, box[3]) - max(row, box[1]))
            found += labels[row, column] * across * down
    return found


def value(labels: Array, box: list[float], start: Array, hold: float) -> float:
    """What is maximised."""
    inside = covered(labels, box)
    area = (box[2] - box[0]) * (box[3] - box[1])
    found = math.log(max(inside / (labels.sum() + area - inside), FLOOR))
    for axis in (0, 1):
        side = start[axis + 2] - start[axis]
        moved = (box[axis] + box[axis + 2] - start[axis] - start[axis + 2]) / 2 / side
        grown = math.log((box[axis + 2] - box[axis]) / side)
        found -= hold * (moved**2 + grown**2)
    return found


def fit(labels: Array, start: Array, hold: float, rounds: int = 4) -> list[float]:
    """First the edges along x, then those along y, from where the box starts."""
    box = [float(edge) for edge in start]
    for _ in range(rounds):
        for axis in (0, 1):
            cells = labels.shape[1 - axis]
            edges = [step / STEPS for step in range(cells * STEPS + 1)]
            best, chosen = -math.inf, box
            for first in edges:
                for last in edges:
                    if last - first >= min(2.0, cells):
                        tried = list(box)
                        tried[axis], tried[axis + 2] = first, last
                        found = value(labels, tried, start, hold)
                        if found > best + 1e-12:
                            best, chosen = found, tried
            box = chosen
    return box


def certainty(labels: Array, box: list[float]) -> float:
    """Mean label inside less mean label outside."""
    inside = covered(labels, box)
    area = (box[2] - box[0]) * (box[3] - box[1])
    outside = (float(labels.sum()) - inside) / (labels.size - area)
    return max(inside / area - outside, 0.0)
