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
_CHUNK = 524_288

# Affinities kept between the two directions; larger sets compute them twice instead.
_KEPT = 16_777_216


@dataclass(frozen=True, slots=True)
class _Side:
    """The objects of one side.

    Attributes:
        points: Unit vectors of all objects, ``(P, C)``.
        counts: Vectors per object.
        owner: Object of each vector, ``(P,)``.
        grams: Inner products within each object, ``(s, s)`` each; one tensor when all are equal.
        lacking: Zero rows that would fill each object to the largest, ``(N,)``; all 0 when ragged
            sets are taken as they are.
    """

    points: Tensor
    counts: tuple[int, ...]
    owner: Tensor
    grams: Tensor | tuple[Tensor, ...]
    lacking: Tensor

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
        kept = (first.points * scale) @ second.points.T
        forth = _half(first, second, lambda rows: kept[rows], scale)
        back = _half(second, first, lambda rows: kept[:, rows].T.contiguous(), scale)
    else:
        forth = _half(first, second, lambda rows: _logits(first, second, rows, scale), scale)
        back = _half(second, first, lambda rows: _logits(second, first, rows, scale), scale)
    return (forth + back.T) / 2


def _side(objects: Descriptors, padding: Padding) -> _Side:
    points = normalize(objects.points, dim=1, eps=_FLOOR)
    counts = torch.tensor(objects.counts, device=points.device, dtype=torch.long)
    lacking = counts.max() - counts if padding == "authors" and len(counts) else counts * 0
    return _Side(
        points=points,
        counts=objects.counts,
        owner=torch.repeat_interleave(counts),
        grams=_grams(points, objects.counts),
        lacking=lacking.to(points.dtype),
    )


def _grams(points: Tensor, counts: tuple[int, ...]) -> Tensor | tuple[Tensor, ...]:
    if len(set(counts)) == 1:
        stacked = points.view(len(counts), counts[0], -1)
        return torch.bmm(stacked, stacked.mT)
    return tuple(part @ part.T for part in torch.split(points, list(counts)))


def _logits(queries: _Side, keys: _Side, rows: slice, scale: float) -> Tensor:
    return (queries.points[rows] * scale) @ keys.points.T


def _half(queries: _Side, keys: _Side, affinity: Callable[[slice], Tensor], scale: float) -> Tensor:
    """Cosine of every query object with its reconstruction from every key object: ``(N, M)``.

    Args:
        queries: The objects that are rebuilt.
        keys: The objects that they are rebuilt from.
        affinity: Scaled cosines of some query points with all key points, ``(rows, Q)``.
        scale: What the cosines were multiplied by.
    """
    step = max(1, _CHUNK // max(1, len(keys.points)))
    zero_keys = keys.lacking.sum()
    inner, squares = [], []
    for start in range(0, len(queries.points), step):
        logits = affinity(slice(start, start + step))
        weights = _weights(logits, zero_keys)
        if isinstance(keys.grams, Tensor):
            dots, lengths = _equal_blocks(weights, logits, keys.grams)
        else:
            dots, lengths = _ragged_blocks(weights, logits, keys.grams)
        inner.append(dots)
        squares.append(lengths)
    numerator = queries.sum_per_object(torch.cat(inner)) / scale
    rebuilt = queries.sum_per_object(torch.cat(squares)) + _zero_row_lengths(queries, keys)
    own = queries.sum_per_object(queries.points.square().sum(1, keepdim=True))
    return numerator / (_length(rebuilt) * _length(own))


def _weights(logits: Tensor, zero_keys: Tensor) -> Tensor:
    """Softmax of each row ``(rows, Q)``, shared with a number of zero points (logit 0)."""
    weights = logits.softmax(1)
    if zero_keys > 0:
        weights.mul_((logits.logsumexp(1, keepdim=True) - zero_keys.log()).sigmoid_())
    return weights


def _equal_blocks(weights: Tensor, logits: Tensor, grams: Tensor) -> tuple[Tensor, Tensor]:
    """Per query point and key object, both ``(rows, M)``: w·l and wᵀGw. Overwrites ``weights``."""
    shape = (len(weights), len(grams), -1)
    blocks = weights.view(shape).transpose(0, 1)
    lengths = torch.bmm(blocks, grams).mul_(blocks).sum(2).T
    dots = weights.mul_(logits).view(shape).sum(2)
    return dots, lengths


def _ragged_blocks(
    weights: Tensor, logits: Tensor, grams: tuple[Tensor, ...]
) -> tuple[Tensor, Tensor]:
    """The same for key objects of different lengths."""
    dots = weights.new_empty(len(weights), len(grams))
    lengths = torch.empty_like(dots)
    start = 0
    for number, gram in enumerate(grams):
        own = slice(start, start + len(gram))
        dots[:, number] = (weights[:, own] * logits[:, own]).sum(1)
        lengths[:, number] = (weights[:, own] @ gram).mul_(weights[:, own]).sum(1)
        start += len(gram)
    return dots, lengths


def _zero_row_lengths(queries: _Side, keys: _Side) -> Tensor:
    """What the zero rows of the queries add to the squared length of a reconstruction: ``(N, M)``.

    A zero row attends to all M·s_max columns alike, so that it becomes the sum of the key object's
    points divided by that number.
    """
    columns = len(keys.points) + keys.lacking.sum()
    sums = keys.sum_per_object(keys.points).square().sum(1)
    return queries.lacking[:, None] * (sums / columns.square())[None, :]


def _length(squares: Tensor) -> Tensor:
    return squares.clamp(min=0).sqrt_().clamp_(min=_FLOOR)
