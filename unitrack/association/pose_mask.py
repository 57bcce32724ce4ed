"""Poses as masks: trunk and limbs filled in, so that a pose can be compared as a mask is.

Joints are truncated to whole pixels. A pixel belongs to a limb of width w if its distance to the
line between the joints is at most ``ceil(w / 2) + 0.5``, and to the trunk if it is inside the
polygon (even-odd) or within half a pixel of its edge. OpenCV, which the authors draw with, rounds
corners and row ends to pixels; that changes 1 to 3 per cent of a mask, along its edge.

Nothing is painted: a column of pixels meets a line of some width in one stretch and a polygon in a
few, and these stretches are the run lengths of the mask.

Source:
    Wang et al., NeurIPS 2021, appendix, as the authors' code has it (algorithms.md 5.3).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from unitrack.skeleton import SKELETONS, Skeleton
from unitrack.types import MaskObservation, PoseObservation

__all__ = ["limb_width", "pose_boxes", "pose_mask", "pose_masks"]

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Stretches = tuple[Array, Array]
"""First and last row of a stretch in each column, ``(S, C)``; the last before the first for none"""

_WIDTHS = 20  # of a limb make the extent of the pose
_FEWEST_CORNERS = 3
_EDGE = 0.5  # pixels
_NEAR = 1e-9  # pixels, so that rounding decides no tie


def pose_masks(
    poses: Sequence[PoseObservation], size: tuple[int, int], *, min_width: int = 8
) -> list[MaskObservation]:
    """One mask a pose, with its score and label; empty for a pose without joints or outside.

    Args:
        poses: Of any skeletons; joints that are not there are skipped, with their limbs.
        size: Height and width of the picture.
        min_width: Of a limb, pixels (dagger 22).
    """
    return [
        MaskObservation(size, _counts(pose, size, min_width), pose.score, pose.label)
        for pose in poses
    ]


def pose_mask(
    pose: PoseObservation, size: tuple[int, int], *, min_width: int = 8
) -> NDArray[np.bool_]:
    """The mask of one pose, bool ``(H, W)``; see `pose_masks`."""
    return pose_masks([pose], size, min_width=min_width)[0].mask


def limb_width(pose: PoseObservation, *, min_width: int = 8) -> int:
    """Width of the limbs in whole pixels: a twentieth of the larger extent of the joints."""
    places = _places(pose)[np.array(pose.visible, np.bool_)]
    extent = int(np.ptp(places, axis=0).max()) if len(places) else 0
    return max(extent // _WIDTHS, min_width)


def pose_boxes(poses: Sequence[PoseObservation], *, least: float = 10.0) -> Array:
    """Smallest box around the joints of each pose (dagger 23).

    Args:
        poses: N poses of any skeletons.
        least: Where all joints lie on one vertical or horizontal line, the box extends so far to
            the right of it, or below.

    Returns:
        ``x1, y1, x2, y2``, image pixels, ``(N, 4)``; NaN for a pose without joints.
    """
    boxes = np.array([pose.box for pose in poses], np.float64).reshape(-1, 4)
    boxes[:, 2:] += least * (boxes[:, 2:] == boxes[:, :2])
    boxes[[not any(pose.visible) for pose in poses]] = np.nan
    return boxes


def _counts(pose: PoseObservation, size: tuple[int, int], min_width: int) -> bytes:
    """COCO's compressed run lengths."""
    from pycocotools import mask as coco

    height, width = size
    firsts, stops = _runs(*_columns(pose, size, min_width), height)
    edges = np.stack([firsts, stops], axis=1).ravel()
    ends = [height * width] if not len(edges) or edges[-1] < height * width else []
    counts = np.diff(np.concatenate([edges, ends]), prepend=0).astype(np.int64).tolist()
    coded: bytes = coco.frPyObjects({"size": [height, width], "counts": counts}, height, width)[
        "counts"
    ]
    return coded


def _columns(
    pose: PoseObservation, size: tuple[int, int], min_width: int
) -> tuple[Stretches, Array]:
    """The stretches of the columns that the pose may meet, whole rows of the picture; columns."""
    height, width = size
    skeleton, places = SKELETONS[pose.skeleton], _places(pose)
    limbs, trunk = _present(skeleton, np.array(pose.visible, np.bool_))
    edges = np.stack([trunk, np.roll(trunk, -1)], axis=1)
    reach = -(-limb_width(pose, min_width=min_width) // 2) + _EDGE
    lines = places[np.concatenate([limbs, edges])]
    left = lines[..., 0].min(initial=width) - reach
    right = lines[..., 0].max(initial=0) + reach
    x = np.arange(max(np.floor(left), 0), min(np.ceil(right) + 1, width))
    radii = np.repeat((reach, _EDGE), (len(limbs), len(edges)))
    parts = [_of_lines(lines, radii, x), _of_polygon(places[trunk], x)]
    low, high = (np.concatenate(ends) for ends in zip(*parts, strict=True))
    rows = np.maximum(np.ceil(low - _NEAR), 0), np.minimum(np.floor(high + _NEAR), height - 1)
    return rows, x


def _places(pose: PoseObservation) -> Array:
    """Joints as whole pixels, ``(K, 2)``."""
    return np.trunc(np.array(pose.xy, np.float64).reshape(-1, 2))


def _present(skeleton: Skeleton, there: Flags) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Limbs between joints that are there, ``(L, 2)``; joints around the trunk, ``(E,)``."""
    limbs, trunk = np.array(skeleton.limbs), np.array(skeleton.trunk)
    trunk = trunk[there[trunk]]
    enough = len(trunk) >= _FEWEST_CORNERS
    return limbs[there[limbs].all(axis=1)], trunk if enough else trunk[:0]


def _of_lines(lines: Array, radii: Array, x: Array) -> Stretches:
    """Where columns meet lines with round ends: the hull of two discs and what is between them.

    Args:
        lines: Start and end, ``(S, 2, 2)``.
        radii: How far each line reaches to either side, ``(S,)``.
        x: Columns, ``(C,)``.
    """
    start, end = lines[:, 0, :, None], lines[:, 1, :, None]
    reach = radii[:, None]
    parts = [_of_discs(centre, reach, x) for centre in (start, end)]
    parts.append(_of_bars(start, end - start, reach, x))
    low = np.min([part[0] for part in parts], axis=0)
    high = np.max([part[1] for part in parts], axis=0)
    return low, high


def _of_discs(centre: Array, reach: Array, x: Array) -> Stretches:
    squared = reach**2 - (x - centre[:, 0]) ** 2
    half = np.where(squared >= 0, np.sqrt(np.maximum(squared, 0)), -np.inf)
    return centre[:, 1] - half, centre[:, 1] + half


def _of_bars(start: Array, way: Array, reach: Array, x: Array) -> Stretches:
    """Rectangles along the lines: what lies beside a line, and not beyond its ends.

    Two conditions on ``y``: the way along the line is in ``0..length``, and the distance from it at
    most ``reach``. Each is an interval, unless the line is upright or level.
    """
    dx, dy = way[:, 0], way[:, 1]
    across = x - start[:, 0]
    length = np.hypot(dx, dy)
    along = _between(-across * dx, length**2 - across * dx, dy)
    beside = _between(across * dy - reach * length, across * dy + reach * length, dx)
    low, high = np.maximum(along[0], beside[0]), np.minimum(along[1], beside[1])
    empty = (low > high) | (length == 0)
    return (
        np.where(empty, np.inf, start[:, 1] + low),
        np.where(empty, -np.inf, start[:, 1] + high),
    )


def _between(low: Array, high: Array, factor: Array) -> Stretches:
    """Every ``y`` with ``low <= factor * y <= high``; where the factor is 0 all of them or none."""
    level = factor == 0
    divisor = np.where(level, 1, factor)
    ends = low / divisor, high / divisor
    free = np.where((low <= 0) & (high >= 0), np.inf, -np.inf)
    return (
        np.where(level, -free, np.minimum(*ends)),
        np.where(level, free, np.maximum(*ends)),
    )


def _of_polygon(corners: Array, x: Array) -> Stretches:
    """Where columns are inside a polygon, by the even-odd rule; `_of_lines` adds its edge."""
    after = np.roll(corners, -1, axis=0)
    meets = (corners[:, :1] <= x) != (after[:, :1] <= x)
    run = np.where(after[:, :1] == corners[:, :1], 1, after[:, :1] - corners[:, :1])
    slope = (after[:, 1:] - corners[:, 1:]) / run
    crossings = np.where(meets, corners[:, 1:] + (x - corners[:, :1]) * slope, np.inf)
    crossings = np.sort(crossings, axis=0)
    # An outline that closes meets a column an even number of times.
    pairs = len(corners) // 2
    low, high = crossings[0 : 2 * pairs : 2], crossings[1 : 2 * pairs : 2]
    return low, np.where(np.isfinite(high), high, -np.inf)


def _runs(columns: Stretches, x: Array, height: int) -> Stretches:
    """First position and position after the last of every run, in order down the columns."""
    low, high = (part.T for part in columns)  # (C, S)
    offsets = np.broadcast_to(height * x[:, None], low.shape)
    there = low <= high
    firsts, stops = (low + offsets)[there], (high + 1 + offsets)[there]
    order = np.argsort(firsts, kind="stable")
    firsts, reached = firsts[order], np.maximum.accumulate(stops[order])
    fresh = np.flatnonzero(firsts[1:] > reached[:-1]) + 1
    starts = np.concatenate([firsts[:1], firsts[fresh]])
    return starts, np.concatenate([reached[fresh - 1], reached[-1:]])
