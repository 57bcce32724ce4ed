"""Reconstruction similarity, point by point (algorithms 6.1)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

__all__ = ["padded", "similarity", "zero_padded_similarity"]

Array = NDArray[np.float64]
EPSILON = 1e-12


def similarity(
    tracklets: list[Array], detections: list[Array], scale: float, padding: str
) -> Array:
    """RSM of every pair: ``(N, M)``."""
    first, second = [_unit(t) for t in tracklets], [_unit(d) for d in detections]
    forth = _half(first, second, scale, padding)
    back = _half(second, first, scale, padding)
    return (forth + back.T) / 2


def zero_padded_similarity(tracklets: list[Array], detections: list[Array], scale: float) -> Array:
    """The authors' form, with the zero rows really there."""
    return similarity(padded(tracklets), padded(detections), scale, "exact")


def padded(objects: list[Array]) -> list[Array]:
    """Every set filled with zero rows to the largest."""
    most = max(len(points) for points in objects)
    return [
        np.vstack([points, np.zeros((most - len(points), points.shape[1]))]) for points in objects
    ]


def _half(queries: list[Array], keys: list[Array], scale: float, padding: str) -> Array:
    """``cos(t_i, t̂_ij)`` for every i and j."""
    longest_key = max(len(key) for key in keys)
    longest_query = max(len(query) for query in queries)
    zero_keys = sum(longest_key - len(key) for key in keys) if padding == "authors" else 0
    found = np.zeros((len(queries), len(keys)))
    for i, query in enumerate(queries):
        rebuilt = [np.zeros_like(query) for _ in keys]
        for row, point in enumerate(query):
            logits = [scale * float(point @ other) for key in keys for other in key]
            top = max([*logits, 0.0] if zero_keys else logits)
            total = sum(math.exp(x - top) for x in logits) + zero_keys * math.exp(-top)
            weights = iter([math.exp(x - top) / total for x in logits])
            for j, key in enumerate(keys):
                for other in key:
                    rebuilt[j][row] += next(weights) * other
        for j, key in enumerate(keys):
            square = float((rebuilt[j] ** 2).sum())
            if padding == "authors":
                mean = key.sum(0) / (len(keys) * longest_key)
                square += (longest_query - len(query)) * float(mean @ mean)
            inner = float((query * rebuilt[j]).sum())
            norms = max(math.sqrt(square), EPSILON) * max(float(np.linalg.norm(query)), EPSILON)
            found[i, j] = inner / norms
    return found


def _unit(points: Array) -> Array:
    result: Array = points / np.maximum(np.linalg.norm(points, axis=1, keepdims=True), EPSILON)
    return result
