"""The frozen values that flow between the rooms.

Coordinates: boxes are ``x1, y1, x2, y2`` in continuous image pixels, 0-based, pixel ``i`` covering
``i..i+1``. Each benchmark's own convention lives in its reader and writer and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor

__all__ = [
    "XYXY",
    "BoxObservation",
    "CropFeatures",
    "FeatureMap",
    "Frame",
    "Grid",
    "MaskObservation",
    "Observation",
    "PoseObservation",
    "SequenceInfo",
    "SequenceResult",
    "Target",
    "TrackedObject",
    "TruthObject",
]

XYXY = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Frame:
    """One decoded picture.

    Attributes:
        index: 0-based position in the sequence.
        name: The benchmark's own frame number or file stem.
        image: RGB, uint8, ``(H, W, 3)``.
    """

    index: int
    name: str
    image: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Grid:
    """The only place where image pixels and feature cells are converted.

    Image pixel ``x`` becomes network pixel ``n = x * scale + offset`` and cell coordinate
    ``u = (n - anchor) / stride``; cell ``i`` is centred on ``u = i``.

    Attributes:
        stride: Network pixels per cell.
        scale_x: Network pixels per image pixel, horizontally.
        scale_y: The same, vertically.
        offset_x: Network pixel of the image's left edge.
        offset_y: Network pixel of the image's upper edge.
        anchor_x: Network pixel (continuous) of the centre of column 0.
        anchor_y: Network pixel (continuous) of the centre of row 0.
        size: Cells, ``(rows, columns)``, read from the network's output.
    """

    stride: int
    scale_x: float
    scale_y: float
    offset_x: float
    offset_y: float
    anchor_x: float
    anchor_y: float
    size: tuple[int, int]

    def to_cells(self, xyxy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Image pixels ``(N, 4)`` to cell coordinates ``(N, 4)``."""
        return (xyxy * self._scale + self._offset - self._anchor) / self.stride

    def to_pixels(self, xyxy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Cell coordinates ``(N, 4)`` to image pixels ``(N, 4)``; the inverse of `to_cells`."""
        return (xyxy * self.stride + self._anchor - self._offset) / self._scale

    def indices_to_cells(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Pixel indices ``(N, 2)``, whole at the centres of pixels, to cell coordinates.

        Index ``i`` of the image is index ``i * scale + offset`` of the network's input; so with an
        anchor of 0.5 cell ``u`` lies at index ``u * stride`` there, whatever the scale.
        """
        shift = self._offset[:2] + 0.5 - self._anchor[:2]
        return (xy * self._scale[:2] + shift) / self.stride

    def cells_to_indices(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Cell coordinates ``(N, 2)`` to pixel indices; the inverse of `indices_to_cells`."""
        shift = self._offset[:2] + 0.5 - self._anchor[:2]
        return (xy * self.stride - shift) / self._scale[:2]

    @property
    def _scale(self) -> NDArray[np.float64]:
        return np.array([self.scale_x, self.scale_y] * 2)

    @property
    def _offset(self) -> NDArray[np.float64]:
        return np.array([self.offset_x, self.offset_y] * 2)

    @property
    def _anchor(self) -> NDArray[np.float64]:
        return np.array([self.anchor_x, self.anchor_y] * 2)


@dataclass(frozen=True, slots=True)
class FeatureMap:
    """Features of one frame: ``data`` ``(C, h, w)``, float, on the run's device."""

    data: Tensor
    grid: Grid


@dataclass(frozen=True, slots=True)
class CropFeatures:
    """Features of a batch of crops of one size.

    Attributes:
        data: ``(Q, C, h, w)``, float, on the run's device.
        stride: Crop pixels per cell.
        anchor_x: Continuous crop pixel of the centre of column 0, as in `Grid`.
        anchor_y: The same of row 0.
    """

    data: Tensor
    stride: int
    anchor_x: float
    anchor_y: float


class Observation(Protocol):
    """What a detector (or the truth without its ids) says about one object in one frame."""

    @property
    def box(self) -> XYXY:
        """Bounding box in image pixels."""

    @property
    def score(self) -> float:
        """Confidence, on the detector's own scale."""

    @property
    def label(self) -> int:
        """Class number of the benchmark."""


@dataclass(frozen=True, slots=True)
class BoxObservation:
    """One box: corners in image pixels, confidence, class number."""

    xyxy: XYXY
    score: float = 1.0
    label: int = 1

    @property
    def box(self) -> XYXY:
        """The box itself, so that every kind of observation can be asked for one."""
        return self.xyxy


@dataclass(frozen=True, slots=True)
class MaskObservation:
    """One mask, kept run-length encoded: small, comparable, and the same in any process.

    Attributes:
        size: Height and width of the picture, pixels.
        counts: COCO's compressed run lengths, column by column.
        score: Confidence.
        label: Class number of the benchmark.
    """

    size: tuple[int, int]
    counts: bytes
    score: float = 1.0
    label: int = 1

    @classmethod
    def of(cls, mask: NDArray[np.bool_], score: float = 1.0, label: int = 1) -> MaskObservation:
        """Encode a mask, bool ``(H, W)``."""
        from pycocotools import mask as coco

        coded = coco.encode(np.asfortranarray(mask, np.uint8))
        return cls((mask.shape[0], mask.shape[1]), coded["counts"], score, label)

    @property
    def rle(self) -> dict[str, object]:
        """What pycocotools takes."""
        return {"size": list(self.size), "counts": self.counts}

    @property
    def mask(self) -> NDArray[np.bool_]:
        """The mask, bool ``(H, W)``; decoded at each call."""
        from pycocotools import mask as coco

        decoded: NDArray[np.bool_] = np.ascontiguousarray(coco.decode(self.rle)).astype(bool)
        return decoded

    @property
    def area(self) -> int:
        """Pixels of the mask."""
        from pycocotools import mask as coco

        return int(coco.area(self.rle))

    @property
    def box(self) -> XYXY:
        """Smallest box around the mask, image pixels; of no extent for an empty one."""
        from pycocotools import mask as coco

        left, top, width, height = coco.toBbox(self.rle).tolist()
        return left, top, left + width, top + height


@dataclass(frozen=True, slots=True)
class PoseObservation:
    """One pose.

    Attributes:
        xy: Joints, continuous image pixels, in the order of the skeleton.
        visible: Whether each joint is there at all; the place of an absent one means nothing.
        score: Confidence of the whole pose.
        label: Class number of the benchmark.
        skeleton: Name in `unitrack.skeleton.SKELETONS`.
        head: Box of the head, image pixels, where the benchmark annotates one.
        joint_scores: Confidence of each joint, where the detector gives one.
    """

    xy: tuple[tuple[float, float], ...]
    visible: tuple[bool, ...]
    score: float = 1.0
    label: int = 1
    skeleton: str = "posetrack15"
    head: XYXY | None = None
    joint_scores: tuple[float, ...] | None = None

    @property
    def box(self) -> XYXY:
        """Smallest box around the joints that are there; of no extent at the origin if none is."""
        there = [point for point, seen in zip(self.xy, self.visible, strict=True) if seen]
        if not there:
            return 0.0, 0.0, 0.0, 0.0
        xs, ys = zip(*there, strict=True)
        return min(xs), min(ys), max(xs), max(ys)


@dataclass(frozen=True, slots=True)
class Target:
    """What a protocol gives to a propagation head: an identity, and where it is now.

    It is an `Observation` that knows whom it belongs to. Given again, it restarts that identity;
    an unknown identity is one more object to follow.
    """

    id: int
    observation: Observation

    @property
    def box(self) -> XYXY:
        """Bounding box of the observation."""
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
class TrackedObject:
    """An observation with the identity the tracker gave it; ids count from 1."""

    id: int
    observation: Observation


@dataclass(frozen=True, slots=True)
class TruthObject:
    """One annotated object.

    Attributes:
        id: Identity in the annotation.
        observation: Place and class (``observation.label``).
        counted: False where the benchmark says that the entry is not to be scored.
    """

    id: int
    observation: Observation
    counted: bool = True


@dataclass(frozen=True, slots=True)
class SequenceInfo:
    """What a tracker may know of a sequence before its first frame.

    Attributes:
        name: Name of the sequence.
        fps: Frames per second of the frames that are run.
        size: Height and width in pixels.
        length: Frames that are run.
    """

    name: str
    fps: float
    size: tuple[int, int]
    length: int


@dataclass(frozen=True, slots=True)
class SequenceResult:
    """All that a tracker said about one sequence.

    Attributes:
        name: Name of the sequence.
        frames: Tracked objects per 0-based frame index.
        timings: Seconds per stage.
    """

    name: str
    frames: tuple[tuple[TrackedObject, ...], ...]
    timings: Mapping[str, float] = field(default_factory=dict)
