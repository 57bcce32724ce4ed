"""Carry labels to a new frame: each cell takes those of the cells in memory that look most alike.

Nothing of the size targets x sources is ever stored. Frames under the radius are compared around
strips of columns (`unitrack.propagation.strips`), frames without it some rows at a time; of each
only the best ``top_k`` per target are kept. Under the radius these are chosen in two steps: the
places with the largest maxima over the frames, then the best in these places.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import embedding_bag

from unitrack.propagation.config import PropagationConfig
from unitrack.propagation.strips import Strips, strips_of_products

__all__ = ["Source", "propagate"]

# Products with an unrestricted frame that are held at once; small enough to stay in the cache.
_CHUNK = 4_194_304


@dataclass(frozen=True, slots=True)
class Source:
    """One remembered frame.

    Copies of a frame are equal, so they are compared once and counted as often.

    Attributes:
        points: Features of the cells, unit length along C, ``(h, w, C)``.
        labels: Labels of the cells, ``(h * w, K)``.
        everywhere: Copies that every target may look at.
        nearby: Copies that only targets within the radius may look at.
    """

    points: Tensor
    labels: Tensor
    everywhere: int
    nearby: int


@dataclass(frozen=True, slots=True)
class _Best:
    """The best sources of each target; the further fields follow ``logits``.

    Attributes:
        logits: ``(P, k)``; minus infinity where there are fewer.
        cells: Row of each in the table of all labels.
        counts: How many copies of it there are.
    """

    logits: Tensor
    cells: Tensor
    counts: Tensor


def propagate(query: Tensor, sources: Sequence[Source], config: PropagationConfig) -> Tensor:
    """Carry labels to a new frame by weighted nearest neighbours.

    Args:
        query: Features of the new frame, unit length along C, ``(h, w, C)``.
        sources: The memory, at least one frame; all of the same size and with the same labels. A
            single one that is looked at from everywhere may have another size than ``query``.
        config: How the cells look back.

    Returns:
        Labels of the new frame, ``(h * w, K)``, on the device and in the dtype of ``query``. With
        ``affinity_norm="sources"`` each is a mean of labels in memory.

    Source:
        Wang et al., NeurIPS 2021, propagation; the order (choose ``top_k`` first, then the softmax
        over these) and the radius, which leaves out the annotated frames, are those of the
        authors' code. ``affinity_norm="targets"`` is the paper's equation 1.
    """
    scaled = query / config.temperature
    found = list(_best(scaled, sources, config))
    logits, order = torch.cat([part.logits for part in found], 1).topk(
        min(config.top_k, sum(part.logits.shape[1] for part in found)), dim=1
    )
    cells = torch.cat([part.cells for part in found], 1).gather(1, order)
    counts = torch.cat([part.counts for part in found], 1).gather(1, order)
    # Only top_k copies in all take part: the last source may take part with some of its copies.
    left = (config.top_k - (counts.cumsum(1) - counts)).clamp_min_(0)
    counts = torch.minimum(counts, left).to(logits.dtype)
    if config.affinity_norm == "sources":
        weights = counts * (logits - logits[:, :1]).exp()
        weights /= weights.sum(1, keepdim=True)
    else:
        weights = counts * logits.exp()
    table = torch.cat([source.labels for source in sources])
    labels: Tensor = embedding_bag(cells, table, per_sample_weights=weights, mode="sum")
    return labels


def _best(query: Tensor, sources: Sequence[Source], config: PropagationConfig) -> Iterator[_Best]:
    """The best sources of each target: of every unrestricted frame, and of all others together."""
    height, width = query.shape[:2]
    around = Strips.of((height, width), config.radius_cells)
    # A copy under the radius is weighed by fewer targets, if it is the targets that share it: then
    # it is another source, not a further copy of the same.
    apart = config.affinity_norm == "targets"
    for number, source in enumerate(sources):
        if source.everywhere:
            best = _everywhere(query.flatten(0, 1), source.points.flatten(0, 1), config)
            near = around.near(best.cells)
            counts = source.everywhere + (0 if apart else source.nearby) * near
            yield _Best(best.logits, best.cells + number * height * width, counts)
    close = [
        n for n, source in enumerate(sources) if source.nearby and (apart or not source.everywhere)
    ]
    if close:
        best = _nearby(query, [sources[n].points for n in close], around, config)
        numbers, copies = (
            torch.tensor(values, device=query.device)
            for values in (close, [sources[n].nearby for n in close])
        )
        frames, cells = best.cells // (height * width), best.cells % (height * width)
        yield _Best(best.logits, numbers[frames] * (height * width) + cells, copies[frames])


def _everywhere(query: Tensor, keys: Tensor, config: PropagationConfig) -> _Best:
    """The best of all cells of one frame: ``(P, C)`` and ``(Q, C)``."""
    shares = None
    if config.affinity_norm == "targets":
        shares = torch.cat([part.logsumexp(1) for part in _products(keys, query)])
    found = []
    for products in _products(query, keys):
        logits = products if shares is None else products.sub_(shares)
        found.append(logits.topk(min(config.top_k, len(keys)), dim=1))
    logits, cells = (torch.cat(parts) for parts in zip(*found, strict=True))
    return _Best(logits, cells, torch.ones_like(cells))


def _products(query: Tensor, keys: Tensor) -> Iterator[Tensor]:
    """Inner products ``(rows, Q)``, some rows at a time; the memory is used again for the next."""
    rows = max(1, min(len(query), _CHUNK // len(keys)))
    products = query.new_empty(rows, len(keys))
    for part in torch.split(query, rows):
        yield torch.mm(part, keys.T, out=products[: len(part)])


def _nearby(
    query: Tensor, frames: Sequence[Tensor], around: Strips, config: PropagationConfig
) -> _Best:
    """The best of all cells within the radius in several frames."""
    shares = ring = None
    if config.affinity_norm == "targets":
        shares = [_shares(query, frame, around) for frame in frames]
        ring = around.ring(shares)
    entries = _Entries(*around.entries(len(frames), query.device), len(frames))
    logits, cells = [], []
    for strip, products in strips_of_products(query, frames, around):
        if shares and ring is not None:
            around.fill(ring, shares, strip)
            products.sub_(ring[..., None])
        largest = around.largest(products, strip)
        best, places, numbers = _choose(largest, products, entries, config.top_k)
        logits.append(best)
        cells.append(around.cells(places, strip) + numbers * (around.size[0] * around.size[1]))
    last = len(frames) * around.size[0] * around.size[1] - 1
    joined = around.join(cells).clamp_(0, last)
    return _Best(around.join(logits), joined, torch.ones_like(joined))


def _shares(query: Tensor, frame: Tensor, around: Strips) -> Tensor:
    """Logarithm of what each cell of a frame is divided by, a sum over the targets near it."""
    sums = [
        around.largest(products, strip).logsumexp(1)
        for strip, products in strips_of_products(frame, [query], around)
    ]
    return around.join(sums).view(around.size)


@dataclass(frozen=True, slots=True)
class _Entries:
    """Where the products of targets with blocks of sources lie in memory.

    Attributes:
        targets: ``(P,)``; with ``blocks`` it adds up to the entry of a block's first member.
        blocks: ``(B,)``.
        step: From a member of a block to the next.
        members: Of a block.
    """

    targets: Tensor
    blocks: Tensor
    step: int
    members: int


def _choose(
    largest: Tensor, products: Tensor, entries: _Entries, top_k: int
) -> tuple[Tensor, Tensor, Tensor]:
    """The best products of each target.

    They are in the blocks with the largest maxima, as many as are wanted: were one elsewhere, each
    of these blocks would have a better one.

    Args:
        largest: Of each block, ``(P, B)``; minus infinity where the block is forbidden.
        products: All of them, contiguous.
        entries: Where they are.
        top_k: How many are wanted.

    Returns:
        Products, blocks and numbers within the block, ``(P, k)`` each, the best first.
    """
    maxima, blocks = largest.topk(min(top_k, largest.shape[1]), dim=1, sorted=False)
    first = entries.targets[:, None] + entries.blocks[blocks]
    forbidden = maxima == -math.inf
    first.masked_fill_(forbidden, 0)  # it may lie outside of the memory
    members = torch.arange(entries.members, device=largest.device)[:, None] * entries.step
    found = products.view(-1)[first[:, None] + members]
    found.masked_fill_(forbidden[:, None], -math.inf)
    best, places = found.flatten(1).topk(min(top_k, found[0].numel()), dim=1)
    return best, blocks.gather(1, places % blocks.shape[1]), places // blocks.shape[1]
