"""The template of every head that links given observations: box tracking and its kin."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from unitrack.association.associator import Associator, Detections, Tracked
from unitrack.association.base import Similarity
from unitrack.association.config import AssociationConfig
from unitrack.association.kalman import Array
from unitrack.heads.base import Embed, FrameFeatures
from unitrack.types import (
    BoxObservation,
    FeatureMap,
    Frame,
    Grid,
    Observation,
    SequenceInfo,
    SequenceResult,
    TrackedObject,
)

__all__ = ["AssociationHead", "authors_grid", "authors_shift"]

_LOG = logging.getLogger("unitrack")


@dataclass(frozen=True, slots=True, kw_only=True)
class AssociationHead:
    """Boxes in, boxes with identities out.

    Attributes:
        similarity: Compares looks.
        config: How tracklets are matched and live.
        letterbox: Height and width that frames are fitted into, or None for native size.
        conf_thres: Observations with a higher score take part.
        lost_frames: Frames a tracklet may stay unseen; None for one second.
        min_box_area: Reported boxes are larger, in square pixels.
        max_aspect: Reported boxes have no larger width / height.
        authors_geometry: Sample features and report boxes where the authors' program does, see
            `authors_grid` and `authors_shift`.
    """

    similarity: Similarity
    config: AssociationConfig
    letterbox: tuple[int, int] | None = None
    conf_thres: float = 0.5
    lost_frames: int | None = None
    min_box_area: float = 0.0
    max_aspect: float = np.inf
    authors_geometry: bool = False

    @property
    def needs(self) -> FrameFeatures:
        """Whole frames."""
        return FrameFeatures(letterbox=self.letterbox)

    def start(self, sequence: SequenceInfo, embed: Embed) -> _Tracker:
        """A fresh tracker for one sequence."""
        del embed
        # A hair above fps, because fps / stride may fall a hair below a whole number.
        second = int(sequence.fps + 1e-6)
        lost_frames = second if self.lost_frames is None else self.lost_frames
        return _Tracker(self, sequence, Associator(self.config, self.similarity, lost_frames))


class _Tracker:
    """One sequence: observations to arrays, arrays to tracked objects."""

    def __init__(
        self, head: AssociationHead, sequence: SequenceInfo, associator: Associator
    ) -> None:
        self._head = head
        self._sequence = sequence
        self._associator = associator
        self._authors = head.letterbox if head.authors_geometry else None
        self._given = 0
        self._taken = 0

    def step(
        self, frame: Frame, features: FeatureMap | None, observations: Sequence[Observation]
    ) -> list[TrackedObject]:
        """Link one frame's observations to those before."""
        assert features is not None, "the engine gives what `needs` asks for"
        kept = [seen for seen in observations if seen.score > self._head.conf_thres]
        self._given += len(observations)
        self._taken += len(kept)
        if self._authors:
            grid = authors_grid(features.grid, self._sequence.size, self._authors)
            features = FeatureMap(features.data, grid)
        tracked = self._associator.step(
            Detections(
                boxes=np.array([seen.box for seen in kept], dtype=np.float64).reshape(-1, 4),
                labels=np.array([seen.label for seen in kept], dtype=np.int64),
                looks=self._head.similarity.describe(frame, features, kept),
            )
        )
        return self._objects(tracked, kept)

    def finish(self, result: SequenceResult) -> SequenceResult:
        """The result as it is; warn if the score left nothing to track."""
        if self._given and not self._taken:
            _LOG.warning(
                "%s: all %d observations have a score of %g or less, so nothing was tracked; "
                "lower the limit with --set conf_thres=",
                self._sequence.name,
                self._given,
                self._head.conf_thres,
            )
        return result

    def _objects(self, tracked: Tracked, kept: Sequence[Observation]) -> list[TrackedObject]:
        objects, boxes = [], tracked.boxes
        if self._authors:
            boxes = boxes + np.array(authors_shift(self._sequence.size, self._authors) * 2)
        for row in np.flatnonzero(_reportable(boxes, self._head)):
            seen = kept[tracked.detections[row]]
            x1, y1, x2, y2 = boxes[row].tolist()
            box = BoxObservation((x1, y1, x2, y2), seen.score, seen.label)
            objects.append(TrackedObject(int(tracked.ids[row]), box))
        return objects


def _reportable(boxes: Array, head: AssociationHead) -> NDArray[np.bool_]:
    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    kept: NDArray[np.bool_] = (width * height > head.min_box_area) & (
        width <= head.max_aspect * height
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
