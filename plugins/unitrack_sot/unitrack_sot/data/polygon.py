"""Regions with corners: what is annotated and answered in VOT, and how far two of them overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unitrack.types import XYXY, Observation

__all__ = ["PolygonObservation", "outline", "outlines", "overlaps", "start_box"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PolygonObservation:
    """A region given by its corners.

    Attributes:
        polygon: Corners in continuous image pixels, in the order of the outline.
        score: Confidence.
        label: Class number.
    """

    polygon: tuple[tuple[float, float], ...]
    score: float = 1.0
    label: int = 1

    @property
    def box(self) -> XYXY:
        """Smallest upright box around the corners, whatever corner comes first."""
        xs, ys = zip(*self.polygon, strict=True)
        return min(xs), min(ys), max(xs), max(ys)


def outline(seen: Observation) -> tuple[tuple[float, float], ...]:
    """The corners of what was seen; those of its box where it is no polygon."""
    if isinstance(seen, PolygonObservation):
        return seen.polygon
    x1, y1, x2, y2 = seen.box
    return (x1, y1), (x2, y1), (x2, y2), (x1, y2)


def outlines(seen: Sequence[Observation]) -> Array:
    """Corners of several regions, ``(N, K, 2)``; the last corner repeats where one has fewer."""
    corners = [outline(one) for one in seen]
    most = max(map(len, corners), default=4)
    filled = [(*own, *own[-1:] * (most - len(own))) for own in corners]
    return np.array(filled, np.float64).reshape(len(corners), most, 2)


def start_box(polygon: Sequence[tuple[float, float]]) -> XYXY:
    """The upright box that a tracker starts from: centre and area of a rotated rectangle.

    Source:
        The VOT initialisation of SiamFC and its successors (pysot, got10k toolkit): the min/max
        box, shrunk about the mean of the corners to the rectangle's area, and one pixel added.
    """
    corners = np.array(polygon, np.float64)
    sides = corners.max(axis=0) - corners.min(axis=0)
    edges = np.linalg.norm(corners[:2] - corners[1:3], axis=1)
    around = float(sides.prod())
    shrink = np.sqrt(edges.prod() / around) if around > 0 else 1.0
    low, high = (corners.mean(axis=0) + sign * (shrink * sides + 1) / 2 for sign in (-1, 1))
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def overlaps(first: Array, second: Array, size: tuple[int, int] | None = None) -> Array:
    """Intersection over union of two regions per frame, exact to rounding.

    The plane is cut into horizontal slabs at every corner and at every crossing of two edges.
    Within a slab no two edges cross, so that all widths are linear in y and their means are those
    half-way up. Regions may be concave; of one that crosses itself what is inside counts by the
    even-odd rule.

    Args:
        first: Corners, ``(N, A, 2)``.
        second: Corners, ``(N, B, 2)``.
        size: Height and width of the picture; what is outside is left out of both. None counts all.

    Returns:
        ``(N,)``, 0 where neither has an area.

    Source:
        VOT's overlap, clipped to the picture. Its toolkit counts pixels of a drawn region instead;
        docs/decisions/0014-scoring-one-object.md says how far that is off.
    """
    levels = np.sort(_levels(first, second, size), axis=1)
    heights, middle = np.diff(levels, axis=1), (levels[:, 1:] + levels[:, :-1]) / 2
    own, other = (_intervals(corners, middle, size) for corners in (first, second))
    low = np.maximum(own[:, :, :, None, 0], other[:, :, None, :, 0])
    high = np.minimum(own[:, :, :, None, 1], other[:, :, None, :, 1])
    shared = _area(np.clip(high - low, 0, None).sum(axis=(2, 3)), heights)
    union = sum(_area((part[..., 1] - part[..., 0]).sum(axis=2), heights) for part in (own, other))
    union = union - shared
    return np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)


def _area(widths: Array, heights: Array) -> Array:
    area: Array = (widths * heights).sum(axis=1)
    return area


def _levels(first: Array, second: Array, size: tuple[int, int] | None) -> Array:
    """Heights at which the plane is cut, ``(N, L)``."""
    both = (first, second)
    levels = [corners[..., 1] for corners in both]
    levels += [_crossings(*pair) for pair in ((first, second), (first, first), (second, second))]
    if size is None:
        return np.concatenate(levels, axis=1)
    height, width = size
    for x in (0.0, float(width)):
        edge = np.broadcast_to(np.array([(x, 0.0), (x, float(height))]), (len(first), 2, 2))
        levels += [_crossings(corners, edge) for corners in both]
    inside: Array = np.clip(np.concatenate(levels, axis=1), 0, height)
    return inside


def _crossings(one: Array, other: Array) -> Array:
    """Heights at which edges of two outlines cross, ``(N, A * B)``.

    Where two do not, a corner's height, which is a level anyway.
    """
    start, along = one[:, :, None], (np.roll(one, -1, axis=1) - one)[:, :, None]
    other_start = other[:, None]
    other_along = (np.roll(other, -1, axis=1) - other)[:, None]
    between = other_start - start
    turn = _cross(along, other_along)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = _cross(between, other_along) / turn
        other_share = _cross(between, along) / turn
    meet = (share >= 0) & (share <= 1) & (other_share >= 0) & (other_share <= 1)
    heights = np.where(
        meet, start[..., 1] + np.where(meet, share, 0) * along[..., 1], start[..., 1]
    )
    return heights.reshape(len(one), -1)


def _cross(one: Array, other: Array) -> Array:
    product: Array = one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0]
    return product


def _intervals(corners: Array, levels: Array, size: tuple[int, int] | None) -> Array:
    """What of a region lies at each level: pairs of left and right ends, ``(N, L, P, 2)``."""
    below = np.roll(corners, -1, axis=1)
    x0, y0, x1, y1 = (part[:, None, :] for part in (*_split(corners), *_split(below)))
    middle = levels[:, :, None]
    crosses = (y0 <= middle) != (y1 <= middle)
    rise = np.where(crosses, y1 - y0, 1.0)
    x = x0 + (middle - y0) / rise * (x1 - x0)
    # What does not cross goes behind all that does, in pairs of no width.
    beyond = corners[..., 0].max(axis=1)[:, None, None]
    ends = np.sort(np.where(crosses, x, beyond), axis=2)
    if ends.shape[2] % 2:
        ends = np.concatenate([ends, np.broadcast_to(beyond, (*ends.shape[:2], 1))], axis=2)
    if size is not None:
        ends = np.clip(ends, 0, size[1])
    return ends.reshape(*ends.shape[:2], -1, 2)


def _split(points: Array) -> tuple[Array, Array]:
    return points[..., 0], points[..., 1]
