"""Poses as masks: trunk and limbs filled in, so that a pose can be compared as a mask is.

Geometry: joints are truncated to whole pixels. A pixel belongs to a limb of width w if its distance
to the line between the joints is at most ``ceil(w / 2) + 0.5``, and to the trunk if it is inside
the polygon (even-odd) or within half a pixel of its edge. That is what OpenCV's thick lines and
filled polygons come to, up to single pixels along the edges: OpenCV rounds corners and row ends to
pixels, which changes 1 to 3 per cent of a mask.

Source:
    Wang et al., NeurIPS 2021, appendix, as the authors' code has it (algorithms.md 5.3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unitrack.skeleton import SKELETONS
from unitrack.types import XYXY, PoseObservation

__all__ = ["limb_width", "pose_box", "pose_cover", "pose_mask"]

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Integers = NDArray[np.int64]

_WIDTHS = 20  # of a limb make the extent of the pose
_FEWEST_CORNERS = 3
_EDGE = 0.5  # pixels
_NEAR = 1e-9  # square pixels, so that rounding decides no tie
_BUDGET = 2_097_152  # pixels times lines at once; bounds the memory (float64: 16 MiB each)


@dataclass(frozen=True, slots=True)
class _Outline:
    """A pose as lines and corners, whole pixels.

    Attributes:
        lines: Start and end of every limb and of every edge of the trunk, ``(S, 2, 2)``.
        radii: How far each line reaches to either side, ``(S,)``.
        corners: Of the trunk, in order, ``(E, 2)``; none where fewer than three are there.
    """

    lines: Array
    radii: Array
    corners: Array


def pose_mask(
    pose: PoseObservation, size: tuple[int, int], *, min_width: int = 8
) -> NDArray[np.bool_]:
    """The mask of a pose, bool ``(H, W)``; empty for a pose without joints or outside.

    Args:
        pose: Of any skeleton; joints that are not there are skipped, with their limbs.
        size: Height and width of the picture.
        min_width: Of a limb, pixels (dagger 22).
    """
    height, width = size
    (mask,) = pose_cover([pose], np.arange(height), np.arange(width), min_width=min_width)
    return np.asarray(mask, np.bool_)


def pose_cover(
    poses: Sequence[PoseObservation], down: Integers, along: Integers, *, min_width: int = 8
) -> NDArray[np.bool_]:
    """Which of some rows and columns of pixels each mask covers; no whole mask is made.

    Args:
        poses: N poses of any skeletons.
        down: Pixel rows, ascending, ``(h,)``; every eighth, say.
        along: Pixel columns, ascending, ``(w,)``.
        min_width: Of a limb, pixels (dagger 22).

    Returns:
        ``(N, h, w)``: entry ``[n, i, j]`` is that of pixel ``down[i], along[j]``.
    """
    covered = np.zeros((len(poses), len(down), len(along)), np.bool_)
    for pose, mask in zip(poses, covered, strict=True):
        outline = _outline(pose, min_width)
        if len(outline.lines):
            _fill(mask, outline, down, along)
    return covered


def limb_width(pose: PoseObservation, *, min_width: int = 8) -> int:
    """Width of the limbs in whole pixels: a twentieth of the larger extent of the joints."""
    places = _places(pose)[np.array(pose.visible, np.bool_)]
    extent = int(np.ptp(places, axis=0).max()) if len(places) else 0
    return max(extent // _WIDTHS, min_width)


def pose_box(pose: PoseObservation, *, least: float = 10.0) -> XYXY | None:
    """Smallest box around the joints, image pixels (dagger 23); None for a pose without joints.

    Args:
        pose: Of any skeleton.
        least: Where all joints lie on one vertical or horizontal line, the box extends so far to
            the right of it, or below.
    """
    if not any(pose.visible):
        return None
    x1, y1, x2, y2 = pose.box
    return x1, y1, x2 if x2 > x1 else x1 + least, y2 if y2 > y1 else y1 + least


def _places(pose: PoseObservation) -> Array:
    """Joints as whole pixels, ``(K, 2)``."""
    return np.trunc(np.array(pose.xy, np.float64).reshape(-1, 2))


def _outline(pose: PoseObservation, min_width: int) -> _Outline:
    skeleton, places = SKELETONS[pose.skeleton], _places(pose)
    there = np.array(pose.visible, np.bool_)
    limbs = np.array(skeleton.limbs)
    limbs = limbs[there[limbs].all(axis=1)]
    trunk = np.array(skeleton.trunk)
    trunk = trunk[there[trunk]]
    if len(trunk) < _FEWEST_CORNERS:
        trunk = trunk[:0]
    edges = np.stack([trunk, np.roll(trunk, -1)], axis=1)
    reach = -(-limb_width(pose, min_width=min_width) // 2) + _EDGE
    return _Outline(
        places[np.concatenate([limbs, edges])],
        np.repeat((reach, _EDGE), (len(limbs), len(edges))),
        places[trunk],
    )


def _fill(mask: Flags, outline: _Outline, down: Integers, along: Integers) -> None:
    """Set what the outline covers of ``mask`` ``(h, w)``, band by band."""
    reach = outline.radii.max()
    low, high = outline.lines.min(axis=(0, 1)) - reach, outline.lines.max(axis=(0, 1)) + reach
    top, bottom = np.searchsorted(down, (low[1], high[1]))
    left, right = np.searchsorted(along, (low[0], high[0]))
    x = along[left:right].astype(np.float64)
    step = max(_BUDGET // max(len(outline.lines) * len(x), 1), 1)
    for first in range(top, bottom, step):
        last = min(first + step, bottom)
        y = down[first:last].astype(np.float64)
        mask[first:last, left:right] = _near_lines(outline, x, y) | _inside(outline.corners, x, y)


def _near_lines(outline: _Outline, x: Array, y: Array) -> Flags:
    """Which of the pixels ``(h, w)`` are within reach of a line."""
    start = outline.lines[:, 0]
    way = outline.lines[:, 1] - start
    squared = np.maximum((way**2).sum(axis=1), 1)[:, None, None]  # whole pixels: 0, or at least 1
    across = (x - start[:, :1])[:, None, :]
    beneath = (y - start[:, 1:])[:, :, None]
    dx, dy = way[:, 0, None, None], way[:, 1, None, None]
    part = np.clip((across * dx + beneath * dy) / squared, 0, 1)
    gaps = (across - part * dx) ** 2 + (beneath - part * dy) ** 2
    near: Flags = (gaps <= outline.radii[:, None, None] ** 2 + _NEAR).any(axis=0)
    return near


def _inside(corners: Array, x: Array, y: Array) -> Flags:
    """Which of the pixels ``(h, w)`` are inside a polygon, by the even-odd rule."""
    after = np.roll(corners, -1, axis=0)
    spans = (corners[:, 1, None] <= y) != (after[:, 1, None] <= y)
    rise = np.where(after[:, 1] == corners[:, 1], 1, after[:, 1] - corners[:, 1])
    slope = (after[:, 0] - corners[:, 0]) / rise
    crossing = corners[:, :1] + (y - corners[:, 1:]) * slope[:, None]
    left = spans[:, :, None] & (x < crossing[:, :, None])
    odd: Flags = np.logical_xor.reduce(left, axis=0)
    return odd
