"""Region similarity J and contour accuracy F of one object in one frame.

Source:
    Perazzi et al., "A Benchmark Dataset and Evaluation Methodology for Video Object Segmentation",
    CVPR 2016; the details are those of the benchmark's own evaluation (benchmarks.md 5.7).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from unitrack.types import MaskObservation

__all__ = ["boundary", "contour_accuracy", "region_and_contour", "tolerance"]

_TOLERANCE = 0.008  # of the image's diagonal

Mask = NDArray[np.bool_]


def tolerance(size: tuple[int, int]) -> int:
    """How many pixels a contour may be off in an image of this height and width."""
    return math.ceil(_TOLERANCE * math.hypot(*size))


def region_and_contour(true: MaskObservation, found: MaskObservation) -> tuple[float, float]:
    """J and F of two masks of one size, each in 0..1.

    J is intersection over union, 1 where both are empty. F see `contour_accuracy`.
    """
    radius = tolerance(true.size)
    window = _window(true, found)
    if window is None:
        return 1.0, 1.0
    first, second = (_decoded(mask, window) for mask in (true, found))
    union = np.count_nonzero(first | second)
    region = np.count_nonzero(first & second) / union
    return region, contour_accuracy(first, second, radius)


def _window(true: MaskObservation, found: MaskObservation) -> tuple[slice, slice] | None:
    """The part of the image outside of which neither mask has a pixel or a contour."""
    boxes = np.array([mask.box for mask in (true, found) if mask.area]).astype(int)
    if not len(boxes):
        return None
    left, top = np.maximum(boxes[:, :2].min(axis=0) - 1, 0)
    right, bottom = boxes[:, 2:].max(axis=0) + 1
    return np.s_[top:bottom, left:right]


def _decoded(mask: MaskObservation, window: tuple[slice, slice]) -> Mask:
    """A part of a mask; the frame is neither turned to rows nor copied, as `mask.mask` does."""
    from pycocotools import mask as coco

    part: Mask = coco.decode(mask.rle).view(np.bool_)[window]
    return part


def contour_accuracy(true: Mask, found: Mask, radius: int) -> float:
    """F: harmonic mean of the shares of both contours that lie within ``radius`` of the other.

    The definition dilates each contour with a disk and looks where the other one meets it. That is
    to ask for each point of a contour whether the nearest one of the other is near enough, and
    there are few of them.

    Args:
        true: ``(H, W)``.
        found: ``(H, W)``.
        radius: Pixels.

    Returns:
        1 where neither has a contour, 0 where only one has.
    """
    first, second = (np.argwhere(boundary(mask)) for mask in (true, found))
    if not len(first) or not len(second):
        return float(len(first) == len(second))
    precision, recall = _near(second, first, radius), _near(first, second, radius)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _near(points: NDArray[np.intp], others: NDArray[np.intp], radius: int) -> float:
    """Share of the points that have one of the others within the radius."""
    # Squares of distances between pixels are whole, so that the bound is between two of them.
    bound = math.sqrt(radius**2 + 0.5)
    distances, _ = cKDTree(others).query(points, distance_upper_bound=bound)
    return float(np.isfinite(distances).mean())


def boundary(mask: Mask) -> Mask:
    """Pixels that differ from their right, lower or lower-right neighbour.

    The last row is compared to the right only, the last column downwards only.
    """
    edge = np.zeros_like(mask)
    right, down = mask[:, :-1] != mask[:, 1:], mask[:-1] != mask[1:]
    edge[:, :-1] |= right
    edge[:-1] |= down
    edge[:-1, :-1] |= mask[:-1, :-1] != mask[1:, 1:]
    return edge
