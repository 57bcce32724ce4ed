"""Parts of a picture in which people are not annotated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unitrack.types import XYXY
from unitrack_posetrack.data.document import Polygon

__all__ = ["IgnoredRegion", "inside"]


@dataclass(frozen=True, slots=True)
class IgnoredRegion:
    """An observation of nobody: the evaluation takes no notice of joints in it.

    Attributes:
        polygon: Corners in image pixels, in order.
    """

    polygon: Polygon

    @property
    def box(self) -> XYXY:
        """Smallest box around the region."""
        xs, ys = zip(*self.polygon or ((0.0, 0.0),), strict=True)
        return min(xs), min(ys), max(xs), max(ys)

    @property
    def score(self) -> float:
        """A region is certain."""
        return 1.0

    @property
    def label(self) -> int:
        """Of no class."""
        return 0


def inside(points: NDArray[np.float64], polygon: Polygon) -> NDArray[np.bool_]:
    """Which points are inside a polygon by the even-odd rule; those on its border are not.

    Args:
        points: ``(..., 2)``.
        polygon: E corners; the last is joined to the first.

    Returns:
        ``(...)``.
    """
    if not polygon:
        return np.zeros(points.shape[:-1], np.bool_)
    start = np.array(polygon, np.float64)
    end = np.roll(start, -1, axis=0)
    x, y = points[..., None, 0], points[..., None, 1]
    (x0, y0), (x1, y1) = start.T, end.T
    # Twice the area of the triangle of edge and point: 0 on the line, else its sign says the side.
    area = (x1 - x0) * (y - y0) - (x - x0) * (y1 - y0)
    between = (np.minimum(x0, x1) <= x) & (x <= np.maximum(x0, x1))
    between &= (np.minimum(y0, y1) <= y) & (y <= np.maximum(y0, y1))
    crossed = ((y0 <= y) != (y1 <= y)) & ((area > 0) == (y1 > y0))
    odd = np.logical_xor.reduce(crossed, axis=-1)
    border = ((area == 0) & between).any(axis=-1)
    found: NDArray[np.bool_] = odd & ~border
    return found
