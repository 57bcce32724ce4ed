"""Read the sides of a box off the labels that its first frame lends to the cells of a later one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import normalize

from unitrack.propagation.affinity import Source, propagate
from unitrack.propagation.config import PropagationConfig
from unitrack.propagation.correlation import CONTEXT
from unitrack.types import CropFeatures

__all__ = ["Sides", "SidesConfig", "SidesRead", "fit_box"]

Array = NDArray[np.float64]

_REACH = 2.8  # side of the part of the map that is read, in sides of the box
_STEPS = 4  # edges tried a cell
_ROUNDS = 4
_SHORTEST = 2.0  # cells
_FLOOR = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class SidesConfig:
    """How far a box goes from where correlation has put it to what the labels say.

    Attributes:
        gain: Share of the way where the labels are certain (1 inside, 0 outside); less sure labels
            count less, in proportion.
        hold: What holds the box back while it is fitted: the logarithm of the overlap pays this
            much for each squared share of the side that the middle moves, and for each squared
            logarithm of the change of a side.
    """

    gain: float
    hold: float


@dataclass(frozen=True, slots=True)
class SidesRead:
    """Where a box lies in a crop.

    Attributes:
        shift: Of its middle from the crop's, along x and y as shares of the window, ``(2,)``.
        factor: By which width and height differ from those the crop was cut for, ``(2,)``.
        certainty: Mean label inside less mean label outside, at least 0.
    """

    shift: Array
    factor: Array
    certainty: float


class Sides:
    """The cells of one target's first crop, each labelled by the share of it that the box covers.

    Args:
        side: Of the crops, pixels.
        hold: See `SidesConfig`.
        crop: Has the target in its middle, data ``(1, C, n, n)``.

    Source:
        Propagation of labels as for masks (Wang et al., NeurIPS 2021) with the mask of a box; the
        sides are those of the box with the largest soft overlap with the labels.
    """

    def __init__(self, side: int, hold: float, crop: CropFeatures) -> None:
        self._hold = hold
        # In cells, which are 1 long: cell i covers i..i+1.
        self._middle = (side / 2 - crop.anchor_x) / crop.stride + 0.5
        self._window = (side - 1) / crop.stride
        self._side = self._window / CONTEXT
        line = self._covered(crop.data.shape[-1])
        labels = torch.from_numpy(np.outer(line, line).ravel()[:, None]).to(crop.data)
        self._first = Source(_points(crop.data[0]), labels, everywhere=1, nearby=0)
        self._own = self._fit(crop, np.zeros(2))

    def read(self, crop: CropFeatures, shift: Array) -> SidesRead:
        """Fit a box to the labels around the place that correlation found.

        What the fit makes of the first crop is not the box that was given, because labels spread
        over the edges of cells. Later boxes are told from that one.

        Args:
            crop: Data ``(1, C, n, n)``.
            shift: Of the target from the crop's middle as shares of the window, x and y, ``(2,)``.
        """
        seen, own = self._fit(crop, shift), self._own
        factor = seen.factor / own.factor
        return SidesRead(seen.shift - own.shift * factor, factor, seen.certainty)

    def _fit(self, crop: CropFeatures, shift: Array) -> SidesRead:
        middle = self._middle + shift * self._window
        start = np.concatenate([middle - self._side / 2, middle + self._side / 2])
        size = crop.data.shape[-1]
        count = min(size, round(_REACH * self._side))
        left, top = np.clip(np.round(middle - count / 2), 0, size - count).astype(int)
        part = crop.data[0, :, top : top + count, left : left + count]
        labels = propagate(_points(part), [self._first], PropagationConfig())
        shares = labels.view(count, count).cpu().numpy().astype(np.float64)
        offset = np.array([left, top, left, top], np.float64)
        box, certainty = fit_box(shares, start - offset, self._hold)
        corners = (box + offset).reshape(2, 2)
        return SidesRead(
            shift=(corners.mean(0) - self._middle) / self._window,
            factor=(corners[1] - corners[0]) / self._side,
            certainty=certainty,
        )

    def _covered(self, size: int) -> Array:
        """Share of each row (or column) that the box in the middle covers, ``(n,)``."""
        cells = np.arange(size)
        first, last = self._middle - self._side / 2, self._middle + self._side / 2
        covered: Array = (np.minimum(cells + 1, last) - np.maximum(cells, first)).clip(0)
        return covered


def fit_box(labels: Array, start: Array, hold: float) -> tuple[Array, float]:
    """The box with the largest soft overlap with labels, held back by where it starts.

    The soft overlap is what labels the box covers, over the box's area and the labels outside
    together. All pairs of edges along one axis are tried at once, to a quarter of a cell, then
    those along the other, until nothing changes.

    Args:
        labels: 0 to 1, ``(h, w)``.
        start: ``x1, y1, x2, y2`` in cells; column i covers i..i+1.
        hold: See `SidesConfig`.

    Returns:
        The box, and mean label inside less mean label outside, at least 0. Where nothing is
        labelled, the box it started from, and 0.
    """
    sums = np.pad(labels.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    total = float(sums[-1, -1])
    box = start.copy()
    if not total > _FLOOR:
        return box, 0.0
    for _ in range(_ROUNDS):
        before = box.copy()
        for axis in (0, 1):
            table = sums if axis == 0 else sums.T
            low, high = box[1 - axis], box[3 - axis]
            across = _at(table, np.array([low, high]))
            line = across[1] - across[0]
            box[axis], box[axis + 2] = _best_edges(
                line, high - low, total, start[axis], start[axis + 2], hold
            )
        if np.array_equal(box, before):
            break
    return box, _certainty(sums, box, total)


def _best_edges(
    line: Array, width: float, total: float, first: float, last: float, hold: float
) -> tuple[float, float]:
    """Both edges along one axis.

    Args:
        line: Labels between the other two edges, summed up to each cell's edge, ``(n + 1,)``.
        width: Between the other two edges, cells.
        total: Of all labels.
        first: Edge it starts from.
        last: The other one.
        hold: See `SidesConfig`.
    """
    edges = np.arange((len(line) - 1) * _STEPS + 1) / _STEPS
    reached = _at(line, edges)
    inside = reached - reached[:, None]
    length = edges - edges[:, None]
    fits = length >= min(_SHORTEST, len(line) - 1)
    length = np.where(fits, length, 1.0)
    overlap = inside / (total + length * width - inside)
    moved = ((edges + edges[:, None]) - (first + last)) / (2 * (last - first))
    grown = np.log(length / (last - first))
    value = np.log(np.maximum(overlap, _FLOOR)) - hold * (moved**2 + grown**2)
    one, other = np.unravel_index(np.where(fits, value, -np.inf).argmax(), value.shape)
    return float(edges[one]), float(edges[other])


def _certainty(sums: Array, box: Array, total: float) -> float:
    (left, top), (right, bottom) = box.reshape(2, 2)
    columns = _at(_at(sums, np.array([top, bottom])).T, np.array([left, right]))
    inside = float(columns[1, 1] - columns[1, 0] - columns[0, 1] + columns[0, 0])
    area = float((right - left) * (bottom - top))
    rest = (sums.shape[0] - 1) * (sums.shape[1] - 1) - area
    outside = (total - inside) / rest if rest > _FLOOR else 0.0
    return max(inside / area - outside, 0.0)


def _at(sums: Array, places: Array) -> Array:
    """Rows of sums between cells, linear; outside the map those at its edge."""
    last = len(sums) - 1
    inside = places.clip(0, last)
    below = np.minimum(inside.astype(np.int64), last - 1)
    share = (inside - below).reshape(-1, *(1,) * (sums.ndim - 1))
    found: Array = sums[below] * (1 - share) + sums[below + 1] * share
    return found


def _points(features: Tensor) -> Tensor:
    """Cells at unit length, ``(h, w, C)``."""
    return normalize(features.permute(1, 2, 0), dim=2).contiguous()
