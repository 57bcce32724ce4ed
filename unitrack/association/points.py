"""The feature vectors of each observation: a grid laid over a box, or the cells of a mask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from unitrack.association.descriptors import Descriptors
from unitrack.association.features import roi_points
from unitrack.association.silhouette import Silhouette
from unitrack.types import FeatureMap, Observation

__all__ = ["Points", "box_points", "silhouette_points"]

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

_TAPS = 4  # cells that a bilinear value is made of
_TIE = 9  # decimals to which distances are compared, so that rounding decides no tie


@dataclass(frozen=True, slots=True)
class Points:
    """The points of N objects.

    Attributes:
        looks: Raw feature vectors; an object that vanishes between the cells has none.
        middles: Row in ``looks.points`` of each object's middle point, ``(N,)``; meaningless for
            an object without points.
    """

    looks: Descriptors
    middles: Integers


def box_points(
    features: FeatureMap, observations: Sequence[Observation], grid: tuple[int, int]
) -> Points:
    """A regular grid of points over each box; the middle one is ``(rows // 2, columns // 2)``."""
    boxes = np.array([seen.box for seen in observations], dtype=np.float64).reshape(-1, 4)
    points = roi_points(features.data, torch.from_numpy(features.grid.to_cells(boxes)), *grid)
    rows, columns = grid
    middle = (rows // 2) * columns + columns // 2
    return Points(
        Descriptors(points.flatten(0, 1), (rows * columns,) * len(points)),
        np.arange(len(points)) * rows * columns + middle,
    )


def silhouette_points(features: FeatureMap, silhouettes: Sequence[Silhouette], most: int) -> Points:
    """The cells of each mask; the middle one is nearest to the centre of mass.

    Of a mask of more than ``most`` cells, features and mask are scaled down together until about so
    many are left: features outside the mask count as 0, between cells they are bilinear.

    Args:
        features: Of the frame.
        silhouettes: Masks on its cells.
        most: About so many points an object are kept at most.

    Source:
        Wang et al., NeurIPS 2021, appendix, as the authors' code has it.
    """
    channels, height, width = features.data.shape
    cells = features.data.permute(1, 2, 0).reshape(height * width, channels)
    taken = [
        _shrunk(one, most, (height, width)) if len(one.rows) > most else _whole(one, width)
        for one in silhouettes
    ]
    counts = [len(one.taps) for one in taken]
    points = _gathered(cells, taken)
    owner = np.repeat(np.arange(len(taken)), counts)
    places = np.concatenate([one.places for one in taken]) if taken else np.zeros((0, 2))
    return Points(Descriptors(points, tuple(counts)), _middles(places, owner, len(taken)))


@dataclass(frozen=True, slots=True)
class _Taken:
    """The points of one object.

    Attributes:
        taps: Numbers of the cells that each point is made of, ``(s, 1)`` or ``(s, 4)``.
        weights: Their weights, the same shape.
        places: Row and column of each point on the map, perhaps the shrunk one, ``(s, 2)``.
    """

    taps: Integers
    weights: Array
    places: Array


def _whole(silhouette: Silhouette, width: int) -> _Taken:
    taps = (silhouette.rows * width + silhouette.columns)[:, None]
    places = np.stack([silhouette.rows, silhouette.columns], axis=1).astype(np.float64)
    return _Taken(taps, np.ones(taps.shape), places)


def _shrunk(silhouette: Silhouette, most: int, size: tuple[int, int]) -> _Taken:
    """Every point of the shrunk map whose nearest cell belongs to the mask."""
    factor = np.sqrt(most / len(silhouette.rows))
    inside = np.zeros(size, np.bool_)
    inside[silhouette.rows, silhouette.columns] = True
    rows, columns = (np.arange(int(side * factor)) for side in size)
    nearest = [(places / factor).astype(np.int64) for places in (rows, columns)]
    row, column = np.nonzero(inside[np.ix_(*nearest)])
    (top, below, down), (left, right, across) = (
        _between(places, factor, side) for places, side in ((row, size[0]), (column, size[1]))
    )
    ends = [(top, left), (top, right), (below, left), (below, right)]
    shares = [
        (1 - down) * (1 - across), (1 - down) * across, down * (1 - across), down * across,
    ]  # fmt: skip
    taps = np.stack([y * size[1] + x for y, x in ends], axis=1)
    weights = np.stack(
        [share * inside[y, x] for share, (y, x) in zip(shares, ends, strict=True)], 1
    )
    return _Taken(taps, weights, np.stack([row, column], axis=1).astype(np.float64))


def _between(places: Integers, factor: float, side: int) -> tuple[Integers, Integers, Array]:
    """The two cells that a place of the shrunk map lies between, and the share of the second."""
    exact = np.maximum((places + 0.5) / factor - 0.5, 0.0)
    first = exact.astype(np.int64)
    return first, np.minimum(first + 1, side - 1), exact - first


def _gathered(cells: Tensor, taken: Sequence[_Taken]) -> Tensor:
    """Weighted sums of cells ``(h * w, C)``: the points of all objects, ``(P, C)``."""
    index = np.concatenate([one.taps[:, 0] for one in taken]) if taken else np.zeros(0, np.int64)
    exact = cells.dtype == torch.float64
    points = cells[torch.from_numpy(index).to(cells.device)]
    points = points.to(torch.float64 if exact else torch.float32)
    mixed = [one for one in taken if one.taps.shape[1] == _TAPS]
    if not mixed:
        return points
    several = [np.full(len(one.taps), one.taps.shape[1] == _TAPS) for one in taken]
    rows = torch.from_numpy(np.flatnonzero(np.concatenate(several))).to(cells.device)
    taps = torch.from_numpy(np.concatenate([one.taps for one in mixed])).to(cells.device)
    weights = torch.from_numpy(np.concatenate([one.weights for one in mixed])).to(points)
    total = torch.zeros(len(rows), points.shape[1]).to(points)
    for tap in range(_TAPS):
        total += cells[taps[:, tap]] * weights[:, tap, None]
    points[rows] = total
    return points


def _middles(places: Array, owner: Integers, count: int) -> Integers:
    """Number of the point nearest to each object's mean place; of several the first."""
    sizes = np.bincount(owner, minlength=count)
    means = [np.bincount(owner, axis, count) / np.maximum(sizes, 1) for axis in places.T]
    away = places - np.stack(means, axis=1)[owner]
    order = np.lexsort((np.round((away**2).sum(axis=1), _TIE), owner))
    starts = np.cumsum(sizes) - sizes
    middles = np.zeros(count, np.int64)
    middles[sizes > 0] = order[starts[sizes > 0]]
    return middles
