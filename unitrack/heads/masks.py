"""Masks, and what is drawn as masks (poses), as observations of an association head."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unitrack.association.associator import Tracked
from unitrack.association.kalman import Array
from unitrack.association.silhouette import (
    Cells,
    Silhouette,
    cover,
    deviation_boxes,
    kept_once,
    nearest_pixels,
    true_pixels,
)
from unitrack.errors import UniTrackError
from unitrack.heads.form import Taken
from unitrack.types import (
    FeatureMap,
    Frame,
    Grid,
    MaskObservation,
    Observation,
    SequenceInfo,
    TrackedObject,
)

__all__ = ["Draw", "Masks", "Place"]

Draw = Callable[[Sequence[Observation], tuple[int, int]], Sequence[MaskObservation]]
"""Observations and the picture's height and width to one mask of that size each."""

Place = Callable[[Sequence[Observation]], Array]
"""Observations to boxes ``x1, y1, x2, y2`` ``(N, 4)``; NaN where nothing is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Masks:
    """Observations are described by the cells that they cover, and reported as they are.

    By itself it takes masks. Their boxes come from the spread of their cells, and everything is
    filtered in cells. A mask that covers no cell's centre has no looks; it is taken as one cell
    around the middle of its pixels, and linked by overlap.

    Attributes:
        draw: Makes masks of other observations, e.g. of poses; None for masks.
        place: Boxes of other observations, in any one unit; None for `deviation_boxes` of the mask.
        mad_factor: Sides of a box in mean absolute deviations of the cells.
        duplicate_iou: Of two observations of one class whose boxes overlap by more, the first in
            the list is kept; None keeps all.
        keep_vanished: Take part with a mask that covers no cell; else it is dropped.
        authors_geometry: Sample masks where the authors' program does, see
            `unitrack.association.silhouette.nearest_pixels`.
    """

    draw: Draw | None = None
    place: Place | None = None
    mad_factor: float = 4.0
    duplicate_iou: float | None = 0.7
    keep_vanished: bool = True
    authors_geometry: bool = False

    def take(
        self,
        sequence: SequenceInfo,
        frame: Frame,
        features: FeatureMap,
        observations: Sequence[Observation],
    ) -> Taken:
        """Silhouettes, without duplicates and without what is not there at all.

        Raises:
            UniTrackError: If an observation is no mask, or of another size than the picture.
        """
        where = f"{sequence.name}: frame {frame.name}"
        drawn = self.draw(observations, sequence.size) if self.draw else observations
        masks = [_checked(where, number, one, sequence.size) for number, one in enumerate(drawn)]
        cells = cover(masks, *self._pixels(features.grid, sequence.size))
        if self.place:
            boxes = self.place(observations)
        else:
            boxes = deviation_boxes(cells, self.mad_factor)
            self._place_vanished(boxes, masks, features.grid)
        kept = self._kept(boxes, cells, observations)
        silhouettes = cells.silhouettes(observations)
        return Taken([silhouettes[row] for row in np.flatnonzero(kept)], boxes[kept], features)

    def give(self, sequence: SequenceInfo, tracked: Tracked, taken: Taken) -> list[TrackedObject]:
        """The observations themselves."""
        del sequence
        objects = []
        for identity, row in zip(tracked.ids, tracked.detections, strict=True):
            seen = taken.observations[row]
            assert isinstance(seen, Silhouette)
            objects.append(TrackedObject(int(identity), seen.observation))
        return objects

    def _pixels(
        self, grid: Grid, size: tuple[int, int]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        return nearest_pixels(grid, size) if self.authors_geometry else true_pixels(grid)

    def _place_vanished(self, boxes: Array, masks: Sequence[MaskObservation], grid: Grid) -> None:
        """Boxes of masks that cover no cell, in place; what has no pixel either stays without."""
        lacking = np.flatnonzero(np.isnan(boxes[:, 0])).tolist()
        rows = [row for row in lacking if masks[row].area]
        if not rows:
            return
        pixels = grid.to_cells(np.array([masks[row].box for row in rows]))
        middles = (pixels[:, :2] + pixels[:, 2:]) / 2
        half = self.mad_factor / 2  # of one cell, the least deviation
        boxes[rows] = np.concatenate([middles - half, middles + half], axis=1)

    def _kept(
        self, boxes: Array, cells: Cells, observations: Sequence[Observation]
    ) -> NDArray[np.bool_]:
        kept = np.logical_not(np.isnan(boxes).any(axis=1))
        if not self.keep_vanished:
            kept &= cells.counts > 0
        if self.duplicate_iou is not None:
            labels = np.array([seen.label for seen in observations], np.int64)
            kept[kept] = kept_once(boxes[kept], labels[kept], self.duplicate_iou)
        return kept


def _checked(where: str, number: int, seen: Observation, size: tuple[int, int]) -> MaskObservation:
    if not isinstance(seen, MaskObservation):
        raise UniTrackError(
            f"{where}: observation {number}",
            f"is a {type(seen).__name__}, not a mask",
            "Give masks, or choose a head for what is observed: unitrack list heads",
        )
    if seen.size != size:
        found, stated = (f"{width}x{height}" for height, width in (seen.size, size))
        raise UniTrackError(
            f"{where}: observation {number}",
            f"is a mask of {found}, but the picture is {stated}",
            "Give masks of the size of the picture.",
        )
    return seen
