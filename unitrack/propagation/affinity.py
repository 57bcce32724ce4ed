"""Carry labels to a new frame: each cell takes those of the cells in memory that look most alike.

Nothing of the size targets x sources is ever stored. Frames under the radius are compared window by
window (`unitrack.propagation.tiles`), frames without it in strips of rows; of each only the best
``top_k`` per target are kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import embedding_bag

from unitrack.propagation.config import PropagationConfig
from unitrack.propagation.tiles import Tiling, columns_of_tiles

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
        sources: The memory, at least one frame; all of the same size and with the same labels.
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
    tiling = Tiling.of((height, width), config.radius_cells)
    # A copy under the radius is weighed by fewer targets, if it is the targets that share it: then
    # it is another source, not a further copy of the same.
    apart = config.affinity_norm == "targets"
    for number, source in enumerate(sources):
        if source.everywhere:
            best = _everywhere(query.flatten(0, 1), source.points.flatten(0, 1), config)
            near = tiling.near(best.cells)
            counts = source.everywhere + (0 if apart else source.nearby) * near
            yield _Best(best.logits, best.cells + number * height * width, counts)
    close = [
        n for n, source in enumerate(sources) if source.nearby and (apart or not source.everywhere)
    ]
    if close:
        best = _nearby(query, [sources[n].points for n in close], tiling, config)
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
    query: Tensor, frames: Sequence[Tensor], tiling: Tiling, config: PropagationConfig
) -> _Best:
    """The best of all cells within the radius in several frames."""
    shares = strip = None
    if config.affinity_norm == "targets":
        shares = [_shares(query, frame, tiling) for frame in frames]
        strip = tiling.strip(shares)
    logits, cells = [], []
    for column, products in columns_of_tiles(query, frames, tiling):
        if shares and strip is not None:
            tiling.fill(strip, shares, column)
            products.sub_(tiling.windows(strip)[:, None, :])
        best, places = products.topk(min(config.top_k, products.shape[2]), dim=2)
        logits.append(best)
        cells.append(tiling.cells(places, column, len(frames)))
    last = len(frames) * tiling.size[0] * tiling.size[1] - 1
    joined = tiling.join(torch.stack(cells)).clamp_(0, last)
    return _Best(tiling.join(torch.stack(logits)), joined, torch.ones_like(joined))


def _shares(query: Tensor, frame: Tensor, tiling: Tiling) -> Tensor:
    """Logarithm of what each cell of a frame is divided by, a sum over the targets near it."""
    sums = [products.logsumexp(2) for _, products in columns_of_tiles(frame, [query], tiling)]
    return tiling.join(torch.stack(sums)).view(tiling.size)
