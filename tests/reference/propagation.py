"""Propagation of labels, target by target, every copy of a frame written out (algorithms 2.2-2.3).

The radius is a matrix, the affinities of all sources are a matrix, and the choice is a sort.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["Copy", "memory_at", "propagate", "unit"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Copy:
    """One frame in memory: unit features ``(h, w, C)``, labels ``(h * w, K)``."""

    points: Array
    labels: Array
    long_term: bool


def propagate(
    query: Array,
    memory: list[Copy],
    *,
    temperature: float = 0.05,
    top_k: int = 10,
    radius: float = 12.0,
    radius_long_term: bool = False,
    norm: str = "sources",
) -> Array:
    """Labels of the frame ``query`` ``(h, w, C)``: ``(h * w, K)``."""
    height, width, channels = query.shape
    cells = height * width
    targets = query.reshape(cells, channels)
    affinity = np.concatenate(
        [copy.points.reshape(cells, channels) @ targets.T / temperature for copy in memory]
    )
    allowed = np.concatenate(
        [
            np.ones((cells, cells), bool)
            if copy.long_term and not radius_long_term
            else _within(height, width, radius)
            for copy in memory
        ]
    )
    labels = np.concatenate([copy.labels for copy in memory])
    if norm == "targets":
        for source in range(len(affinity)):
            over = [math.exp(affinity[source, j]) for j in range(cells) if allowed[source, j]]
            affinity[source] -= math.log(sum(over))
    affinity[~allowed] = -1e10
    found = np.zeros((cells, labels.shape[1]))
    for target in range(cells):
        chosen = np.argsort(-affinity[:, target], kind="stable")[:top_k]
        logits = affinity[chosen, target]
        if norm == "sources":
            weights = np.exp(logits - logits.max())
            weights /= weights.sum()
        else:
            weights = np.exp(logits)
        for weight, source in zip(weights, chosen, strict=True):
            found[target] += weight * labels[source]
    return found


def memory_at(
    frames: list[tuple[Array, Array]],
    time: int,
    recent: int,
    annotated: tuple[int, ...] = (0,),
    *,
    dedup: bool = False,
) -> list[Copy]:
    """What frame ``time`` looks back at: the annotated frames, and the ``recent`` last ones.

    Args:
        frames: Features and labels of every frame before ``time``, frame 0 being annotated.
        time: Of the target, at least 1.
        recent: Frames before it, those before frame 0 being frame 0.
        annotated: Frames that are kept.
        dedup: No frame twice.
    """
    long = [index for index in annotated if index < time]
    short = [max(0, index) for index in range(time - recent, time)]
    if dedup:
        short = [index for index in sorted(set(short)) if index not in long]
    return [Copy(*frames[index], True) for index in long] + [
        Copy(*frames[index], False) for index in short
    ]


def unit(points: Array) -> Array:
    """Unit length along the last axis, the length being at least 1e-12."""
    result: Array = points / np.maximum(np.linalg.norm(points, axis=-1, keepdims=True), 1e-12)
    return result


@lru_cache
def _within(height: int, width: int, radius: float) -> NDArray[np.bool_]:
    """``(h * w, h * w)``: whether two cells are nearer than the radius."""
    near = np.zeros((height * width, height * width), bool)
    for first in range(height * width):
        for second in range(height * width):
            down = first // width - second // width
            across = first % width - second % width
            near[first, second] = math.sqrt(down * down + across * across) < radius
    return near
