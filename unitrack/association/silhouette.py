"""Masks on the feature map: which cells each covers, its box, and which masks are one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unitrack.association.assign import overlaps
from unitrack.rle import Runs, foreground
from unitrack.types import XYXY, Grid, MaskObservation, Observation

__all__ = [
    "Cells",
    "Silhouette",
    "cover",
    "deviation_boxes",
    "kept_once",
    "nearest_pixels",
    "true_pixels",
]

Array = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Silhouette:
    """An observation, and the cells of the feature map that it covers.

    Attributes:
        observation: What was seen.
        rows: Row of each cell, ``(s,)``; none for what vanishes between the cells.
        columns: Column of each, ``(s,)``; cells are ordered row by row.
    """

    observation: Observation
    rows: Integers
    columns: Integers

    @property
    def box(self) -> XYXY:
        """Box of the observation, image pixels."""
        return self.observation.box

    @property
    def score(self) -> float:
        """Confidence of the observation."""
        return self.observation.score

    @property
    def label(self) -> int:
        """Class number of the observation."""
        return self.observation.label


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of N masks, one mask after the other, each row by row.

    Attributes:
        rows: ``(P,)``.
        columns: ``(P,)``.
        counts: Cells of each mask, ``(N,)``; some may be 0.
    """

    rows: Integers
    columns: Integers
    counts: Integers

    def silhouettes(self, observations: Sequence[Observation]) -> list[Silhouette]:
        """Each observation with its cells (views, no copy)."""
        edges = np.cumsum(self.counts)[:-1]
        parts = zip(
            observations,
            np.split(self.rows, edges) if len(self.counts) else [],
            np.split(self.columns, edges) if len(self.counts) else [],
            strict=True,
        )
        return [Silhouette(*part) for part in parts]


def true_pixels(grid: Grid) -> tuple[Integers, Integers]:
    """The pixel on which each row of cells is centred, ``(h,)``, and each column, ``(w,)``.

    They may lie outside the picture, where a map is larger than the picture it was made from.
    """
    rows, columns = (np.arange(count, dtype=np.float64) for count in grid.size)
    zeros = [np.zeros(count) for count in grid.size]
    down = grid.to_pixels(np.stack([zeros[0], rows, zeros[0], rows], axis=1))[:, 1]
    along = grid.to_pixels(np.stack([columns, zeros[1], columns, zeros[1]], axis=1))[:, 0]
    return np.floor(down).astype(np.int64), np.floor(along).astype(np.int64)


def nearest_pixels(grid: Grid, size: tuple[int, int]) -> tuple[Integers, Integers]:
    """The pixels that the authors' program samples: the picture divided evenly among the cells.

    Off the true ones by up to a cell at the far edges, where sides are no multiples of the stride.

    Args:
        grid: Its size alone counts.
        size: Image height and width.
    """
    down, along = (
        np.arange(cells) * side // cells for cells, side in zip(grid.size, size, strict=True)
    )
    return down, along


def cover(masks: Sequence[MaskObservation], down: Integers, along: Integers) -> Cells:
    """The cells whose pixel belongs to a mask; nothing is decoded.

    The pixels of all cells are put in the order in which masks are stored, so that a run of a mask
    is a stretch of cells found by bisection.

    Args:
        masks: Of one size.
        down: Pixel row of each row of cells, ascending, ``(h,)``.
        along: Pixel column of each column of cells, ascending, ``(w,)``.
    """
    if not masks:
        return Cells(*(np.zeros(0, np.int64) for _ in range(3)))
    height, width = masks[0].size
    rows = np.flatnonzero((down >= 0) & (down < height))
    columns = np.flatnonzero((along >= 0) & (along < width))
    pixels = (along[columns, None] * height + down[rows]).ravel()
    owner, cell = _inside(foreground(masks), pixels)
    row, column = rows[cell % max(len(rows), 1)], columns[cell // max(len(rows), 1)]
    order = np.lexsort((column, row, owner))
    counts = np.bincount(owner, minlength=len(masks))
    return Cells(row[order], column[order], counts)


def _inside(runs: Runs, pixels: Integers) -> tuple[Integers, Integers]:
    """Pairs of mask and index into ``pixels`` (ascending) such that the mask covers the pixel."""
    low, high = (np.searchsorted(pixels, edge) for edge in (runs.first, runs.stop))
    lengths = high - low
    ends = np.cumsum(lengths)
    steps = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - lengths, lengths)
    return np.repeat(runs.owner, lengths), np.repeat(low, lengths) + steps


def deviation_boxes(cells: Cells, factor: float = 4.0) -> Array:
    """Box around each mask, from the mean absolute deviation of its cells.

    A filled rectangle of an even number of cells, at least 4, gets its own box.

    Args:
        cells: N masks.
        factor: Sides are this often the deviation, which counts as one cell at least.

    Returns:
        ``x1, y1, x2, y2`` in cells, cell ``i`` being centred on ``i``, ``(N, 4)``; NaN for
        a mask without cells.

    Source:
        Wang et al., NeurIPS 2021, appendix, as the authors' code has it.
    """
    count = len(cells.counts)
    owner = np.repeat(np.arange(count), cells.counts)
    middles, halves = [], []
    with np.errstate(invalid="ignore"):
        for place in (cells.columns, cells.rows):
            middle = np.bincount(owner, place, count) / cells.counts
            deviation = np.bincount(owner, np.abs(place - middle[owner]), count) / cells.counts
            middles.append(middle)
            halves.append(factor / 2 * np.maximum(deviation, 1.0))
    middle, half = np.stack(middles, axis=1), np.stack(halves, axis=1)
    return np.concatenate([middle - half, middle + half], axis=1)


def kept_once(boxes: Array, labels: Integers, limit: float) -> NDArray[np.bool_]:
    """Which boxes stay when each one, in order, removes those after it that lie on it.

    Args:
        boxes: ``x1, y1, x2, y2``, ``(N, 4)``.
        labels: Class numbers, ``(N,)``; different classes do not remove each other.
        limit: Overlap (plain IoU) above which two boxes are one.
    """
    same = np.triu(overlaps(boxes, boxes, plus_one=False) > limit, k=1)
    same &= labels[:, None] == labels
    kept = np.ones(len(boxes), np.bool_)
    for row in np.flatnonzero(same.any(axis=1)):  # few: those that remove anything at all
        if kept[row]:
            kept[same[row]] = False
    return kept
