"""Boxes as observations of an association head."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from unitrack.association.associator import Tracked
from unitrack.association.kalman import Array
from unitrack.heads.form import Taken
from unitrack.types import (
    BoxObservation,
    FeatureMap,
    Frame,
    Grid,
    Observation,
    SequenceInfo,
    TrackedObject,
)

__all__ = ["Boxes", "authors_grid", "authors_shift"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Boxes:
    """Boxes are filtered in image pixels, and the association's own boxes are reported.

    Attributes:
        min_area: Reported boxes are larger, in square pixels.
        max_aspect: Reported boxes have no larger width / height.
        authors_letterbox: Sample features and report boxes where the authors' program does with a
            letterbox of this height and width, see `authors_grid` and `authors_shift`; None for
            where they are.
    """

    min_area: float = 0.0
    max_aspect: float = np.inf
    authors_letterbox: tuple[int, int] | None = None

    def take(
        self,
        sequence: SequenceInfo,
        frame: Frame,
        features: FeatureMap,
        observations: Sequence[Observation],
    ) -> Taken:
        """All boxes as they are."""
        del frame
        if self.authors_letterbox:
            grid = authors_grid(features.grid, sequence.size, self.authors_letterbox)
            features = FeatureMap(features.data, grid)
        boxes = np.array([seen.box for seen in observations], dtype=np.float64).reshape(-1, 4)
        return Taken(observations, boxes, features)

    def give(self, sequence: SequenceInfo, tracked: Tracked, taken: Taken) -> list[TrackedObject]:
        """The association's boxes, with score and label of the detection."""
        objects, boxes = [], tracked.boxes
        if self.authors_letterbox:
            shift = authors_shift(sequence.size, self.authors_letterbox)
            boxes = boxes + np.array(shift * 2)
        for row in np.flatnonzero(self._reportable(boxes)):
            seen = taken.observations[tracked.detections[row]]
            x1, y1, x2, y2 = boxes[row].tolist()
            box = BoxObservation((x1, y1, x2, y2), seen.score, seen.label)
            objects.append(TrackedObject(int(tracked.ids[row]), box))
        return objects

    def _reportable(self, boxes: Array) -> NDArray[np.bool_]:
        width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
        kept: NDArray[np.bool_] = (width * height > self.min_area) & (
            width <= self.max_aspect * height
        )
        return kept


def authors_grid(grid: Grid, size: tuple[int, int], letterbox: tuple[int, int]) -> Grid:
    """Where the authors' program looks up the features of a box.

    It takes the 1-based corners of the file for 0-based ones, scales by the exact gain (before the
    resized picture is rounded to whole pixels), adds unrounded margins, and divides by the stride
    with no regard to where a cell is centred.

    Args:
        grid: The true geometry; its anchor is kept relative to a ResNet's, 0.5.
        size: Image height and width.
        letterbox: Network input height and width.
    """
    gain = _gain(size, letterbox)
    margin_y, margin_x = (
        (whole - round(side * gain)) / 2 for whole, side in zip(letterbox, size, strict=True)
    )
    return replace(
        grid,
        scale_x=gain,
        scale_y=gain,
        offset_x=margin_x + gain + 0.5,
        offset_y=margin_y + gain + 0.5,
    )


def authors_shift(size: tuple[int, int], letterbox: tuple[int, int]) -> tuple[float, float]:
    """How far to the right and down the authors' program reports a box, in image pixels.

    On the way in it takes the margin of the resized picture, rounded to whole pixels; on the way
    out that of the unrounded one. At most half a network pixel.
    """
    gain = _gain(size, letterbox)
    down, right = ((side * gain - round(side * gain)) / 2 / gain for side in size)
    return right, down


def _gain(size: tuple[int, int], letterbox: tuple[int, int]) -> float:
    return min(letterbox[0] / size[0], letterbox[1] / size[1])
