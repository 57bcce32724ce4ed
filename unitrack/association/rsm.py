"""Reconstruction similarity: how well two objects rebuild each other out of the crowd."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor
from torch.nn.functional import normalize

from unitrack.association.descriptors import Descriptors

__all__ = ["Padding", "reconstruction_similarity"]

Padding = Literal["authors", "exact"]

# Below this length a reconstruction counts as nothing: a cosine is free of scale, so this constant
# alone decides when a tiny one stops to matter.
_FLOOR = 1e-12

# Affinities worked on at once (rows x all columns); small enough to stay near the processor.
_CHUNK = 393_216

# Affinities kept between the two directions; larger sets compute them twice instead.
_KEPT = 16_777_216


@dataclass(frozen=True, slots=True)
class _Side:
    """The objects of one side.

    Attributes:
        points: Unit vectors of all objects, ``(P, C)``.
        counts: Vectors per object.
        owner: Object of each vector, ``(P,)``.
        grams: Inner products within each object, ``(s, s)`` each.
        lacking: Zero rows that would fill each object to the largest, ``(N,)``; all 0 when ragged
            sets are taken as they are.
    """

    points: Tensor
    counts: tuple[int, ...]
    owner: Tensor
    grams: tuple[Tensor, ...]
    lacking: Tensor

    @property
    def equal(self) -> bool:
        """Whether all objects have the same number of vectors."""
        return len(set(self.counts)) == 1

    def sum_per_object(self, values: Tensor) -> Tensor:
        """Sum rows ``(P, K)`` over each object: ``(N, K)``."""
        zeros = values.new_zeros(len(self.counts), values.shape[1])
        return zeros.index_add_(0, self.owner, values)


def reconstruction_similarity(
    tracklets: Descriptors,
    detections: Descriptors,
    *,
    scale: float = 100.0,
    padding: Padding = "authors",
) -> Tensor:
    """Compare every tracklet with every detection, given all of them.

    Each point of a tracklet is rebuilt as a softmax-weighted mean of *all* detection points; the
    part that one detection contributes is compared with the tracklet by a cosine, and likewise in
    the other direction. Nothing is rebuilt in fact: the inner product of an object and its
    reconstruction needs the affinities only, and the length of a reconstruction needs the inner
    products among the points of the rebuilding object.

    Args:
        tracklets: N sets of points; any lengths.
        detections: M sets of points; any lengths.
        scale: Multiplies the cosines before the softmax; no unit.
        padding: ``authors`` gives the values of sets filled with zero rows to the largest set of
            their side (no such row is stored); ``exact`` takes the sets as they are.

    Returns:
        Similarity ``(N, M)`` in ``[-1, 1]``.

    Source:
        Wang et al., NeurIPS 2021, section on association; the scale and the zero rows are those of
        the authors' code.
    """
    first, second = _side(tracklets, padding), _side(detections, padding)
    if not tracklets.counts or not detections.counts:
        return first.points.new_zeros(len(tracklets), len(detections))
    if len(first.points) * len(second.points) <= _KEPT:
        kept = first.points @ second.points.T
        forth = _half(first, second, lambda rows: kept[rows], scale)
        back = _half(second, first, lambda rows: kept[:, rows].T.contiguous(), scale)
    else:
        forth = _half(first, second, lambda rows: first.points[rows] @ second.points.T, scale)
        back = _half(second, first, lambda rows: second.points[rows] @ first.points.T, scale)
    return (forth + back.T) / 2


def _side(objects: Descriptors, padding: Padding) -> _Side:
    points = normalize(objects.points, dim=1, eps=_FLOOR)
    counts = torch.tensor(objects.counts, device=points.device, dtype=torch.long)
    lacking = counts.max() - counts if padding == "authors" and len(counts) else counts * 0
    return _Side(
        points=points,
        counts=objects.counts,
        owner=torch.repeat_interleave(counts),
        grams=tuple(part @ part.T for part in torch.split(points, list(objects.counts))),
        lacking=lacking.to(points.dtype),
    )


def _half(queries: _Side, keys: _Side, affinity: Callable[[slice], Tensor], scale: float) -> Tensor:
    """Cosine of every query object with its reconstruction from every key object: ``(N, M)``.

    Args:
        queries: The objects that are rebuilt.
        keys: The objects that they are rebuilt from.
        affinity: Cosines of some query points with all key points, ``(rows, Q)``.
        scale: Multiplies the cosines before the softmax.
    """
    step = max(1, _CHUNK // max(1, len(keys.points)))
    reduce = _equal_blocks if keys.equal else _ragged_blocks
    stacked = torch.stack(keys.grams) if keys.equal else torch.empty(0)
    inner, squares = [], []
    for start in range(0, len(queries.points), step):
        cosines = affinity(slice(start, start + step))
        weights, total = _weights(cosines, float(keys.lacking.sum()), scale)
        dots, lengths = reduce(weights, cosines, keys, stacked)
        inner.append(dots / total)
        squares.append(lengths / total.square())
    numerator = queries.sum_per_object(torch.cat(inner))
    rebuilt = queries.sum_per_object(torch.cat(squares)) + _zero_row_lengths(queries, keys)
    lengths = torch.stack([gram.trace() for gram in queries.grams])[:, None]
    return numerator / (_length(rebuilt) * _length(lengths))


def _weights(cosines: Tensor, zero_keys: float, scale: float) -> tuple[Tensor, Tensor]:
    """Softmax numerators ``(rows, Q)`` and denominators ``(rows, 1)``, largest exponent 0.

    ``zero_keys`` points of affinity 0 enter the denominator only.
    """
    top = cosines.amax(1, keepdim=True)
    if zero_keys:
        top = top.clamp(min=0)
    weights = (cosines - top).mul_(scale).exp_()
    return weights, weights.sum(1, keepdim=True) + zero_keys * torch.exp(-scale * top)


def _equal_blocks(
    weights: Tensor, cosines: Tensor, keys: _Side, grams: Tensor
) -> tuple[Tensor, Tensor]:
    """Per query point and key object, both ``(rows, M)``: w·a and wᵀGw. Overwrites ``weights``."""
    rows, objects = len(weights), len(keys.counts)
    blocks = weights.view(rows, objects, -1)
    spread = torch.bmm(blocks.transpose(0, 1), grams).transpose(0, 1)
    lengths = spread.mul_(blocks).sum(2)
    dots = weights.mul_(cosines).view(rows, objects, -1).sum(2)
    return dots, lengths


def _ragged_blocks(
    weights: Tensor, cosines: Tensor, keys: _Side, _: Tensor
) -> tuple[Tensor, Tensor]:
    """The same for key objects of different lengths."""
    dots = weights.new_empty(len(weights), len(keys.counts))
    lengths = torch.empty_like(dots)
    start = 0
    for number, (count, gram) in enumerate(zip(keys.counts, keys.grams, strict=True)):
        block = weights[:, start : start + count]
        dots[:, number] = (block * cosines[:, start : start + count]).sum(1)
        lengths[:, number] = (block @ gram).mul_(block).sum(1)
        start += count
    return dots, lengths


def _zero_row_lengths(queries: _Side, keys: _Side) -> Tensor:
    """What the zero rows of the queries add to the squared length of a reconstruction: ``(N, M)``.

    A zero row attends to all M·s_max columns alike, so that it becomes the sum of the key object's
    points divided by that number.
    """
    columns = len(keys.points) + keys.lacking.sum()
    sums = torch.stack([gram.sum() for gram in keys.grams])
    return queries.lacking[:, None] * (sums / columns.square())[None, :]


def _length(squares: Tensor) -> Tensor:
    return squares.clamp(min=0).sqrt_().clamp_(min=_FLOOR)
