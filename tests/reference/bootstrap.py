"""Draws of sequences and correlations, as they are written in a book."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from unitrack.metrics.base import Metric, Partial


def draws(
    metric: Metric, partials: Sequence[Partial], counts: NDArray[np.int64]
) -> dict[str, NDArray[np.float64]]:
    """Every draw combined by itself, its sequences written out."""
    rows = []
    for draw in counts:
        chosen = []
        for partial, times in zip(partials, draw, strict=True):
            chosen += [partial] * int(times)
        rows.append(metric.combine(chosen))
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: np.array([row.get(name, math.nan) for row in rows]) for name in names}


def correlation(x: Sequence[float], y: Sequence[float]) -> tuple[float, float]:
    """Pearson's r, and the same of the ranks."""
    return _pearson(x, y), _pearson(_ranks(x), _ranks(y))


def _pearson(x: Sequence[float], y: Sequence[float]) -> float:
    mean_x, mean_y = math.fsum(x) / len(x), math.fsum(y) / len(y)
    products = math.fsum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
    squares = [math.fsum((a - m) ** 2 for a in v) for v, m in ((x, mean_x), (y, mean_y))]
    return products / math.sqrt(squares[0] * squares[1])


def _ranks(values: Sequence[float]) -> list[float]:
    """Mean place of each value among all."""
    return [
        1 + sum(other < value for other in values) + (values.count(value) - 1) / 2
        for value in values
    ]
