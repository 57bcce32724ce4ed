"""What a tracklet remembers of its looks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import torch
from torch import Tensor

from unitrack.association.descriptors import Descriptors

__all__ = ["Memory", "MemoryMode", "recall", "remember"]

MemoryMode = Literal["last", "smooth", "both", "pool"]

Memory = tuple[Tensor, ...]
"""Descriptors ``(s, C)`` of one or several observations of one tracklet."""

_KEEP = 0.9  # share of the past in a smoothed descriptor


def remember(past: Memory, seen: Tensor, mode: MemoryMode, pool_size: int) -> Memory:
    """Take a new observation ``(s, C)`` into the memory of a tracklet.

    Args:
        past: The memory so far; empty for a new tracklet.
        seen: Descriptor of the observation; a view of a whole frame's tensor is copied. Without
            points it tells nothing, and the past is kept.
        mode: ``last`` keeps this observation; ``smooth`` averages over time, and keeps the past
            where the number of points has changed; ``both`` keeps that average and this
            observation; ``pool`` keeps the last ``pool_size``.
        pool_size: Observations in a pool, at least 1.

    Source:
        The authors' code keeps ``last`` and ``smooth``; the paper's wording suggests ``pool``.
    """
    if not len(seen):
        return past
    if mode == "last":
        return (seen.clone(),)
    if mode == "pool":
        return (*past, seen.clone())[-pool_size:]
    average = past[0] if past else seen.clone()
    if past and average.shape == seen.shape:
        average = _KEEP * average + (1 - _KEEP) * seen
    return (average, seen.clone()) if mode == "both" else (average,)


def recall(memories: Iterable[Memory]) -> Descriptors:
    """The memories of several tracklets (at least one) as one set of objects."""
    listed = list(memories)
    return Descriptors(
        torch.cat([part for memory in listed for part in memory]),
        tuple(sum(len(part) for part in memory) for memory in listed),
    )
