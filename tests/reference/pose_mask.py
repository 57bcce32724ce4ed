"""A pose as a mask, pixel by pixel: distance to a segment, and point in polygon."""

from __future__ import annotations

from math import ceil, hypot, trunc

from unitrack.skeleton import SKELETONS
from unitrack.types import PoseObservation

__all__ = ["pose_mask"]

Point = tuple[int, int]
_NEAR = 1e-9


def pose_mask(pose: PoseObservation, size: tuple[int, int], min_width: int = 8) -> list[list[bool]]:
    """Rows of pixels."""
    skeleton = SKELETONS[pose.skeleton]
    places = [(trunc(x), trunc(y)) for x, y in pose.xy]
    there = [place for place, seen in zip(places, pose.visible, strict=True) if seen]
    if not there:
        return [[False] * size[1] for _ in range(size[0])]
    extent = max(
        max(x for x, _ in there) - min(x for x, _ in there),
        max(y for _, y in there) - min(y for _, y in there),
    )
    reach = ceil(max(extent // 20, min_width) / 2) + 0.5
    limbs = [
        (places[start], places[end])
        for start, end in skeleton.limbs
        if pose.visible[start] and pose.visible[end]
    ]
    trunk = [places[joint] for joint in skeleton.trunk if pose.visible[joint]]
    if len(trunk) < 3:
        trunk = []

    def covers(x: int, y: int) -> bool:
        edges = list(zip(trunk, trunk[1:] + trunk[:1], strict=True))
        return (
            any(_distance((x, y), *limb) <= reach + _NEAR for limb in limbs)
            or any(_distance((x, y), *edge) <= 0.5 + _NEAR for edge in edges)
            or _inside((x, y), edges)
        )

    return [[covers(x, y) for x in range(size[1])] for y in range(size[0])]


def _distance(point: Point, start: Point, end: Point) -> float:
    along = (end[0] - start[0], end[1] - start[1])
    to = (point[0] - start[0], point[1] - start[1])
    length = hypot(*along)
    if length == 0 or (place := (to[0] * along[0] + to[1] * along[1]) / length) <= 0:
        return hypot(*to)
    if place >= length:
        return hypot(point[0] - end[0], point[1] - end[1])
    return abs(to[0] * along[1] - to[1] * along[0]) / length


def _inside(point: Point, edges: list[tuple[Point, Point]]) -> bool:
    """Whether a ray to the right crosses the outline an odd number of times; whole numbers only."""
    odd = False
    for (x0, y0), (x1, y1) in edges:
        if (y0 <= point[1]) == (y1 <= point[1]):
            continue
        side = (x1 - x0) * (point[1] - y0) - (point[0] - x0) * (y1 - y0)
        odd ^= side > 0 if y1 > y0 else side < 0
    return odd
