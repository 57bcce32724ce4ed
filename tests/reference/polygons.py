"""Overlap of polygons, slow and plain."""

from __future__ import annotations

from collections.abc import Sequence

Point = tuple[float, float]


def clip_convex(subject: Sequence[Point], clip: Sequence[Point]) -> list[Point]:
    """What of ``subject`` is inside the convex ``clip``.

    Source:
        Sutherland and Hodgman, Communications of the ACM 1974.
    """
    if signed_area(clip) < 0:
        clip = clip[::-1]
    kept = list(subject)
    for (ax, ay), (bx, by) in zip(clip, [*clip[1:], clip[0]], strict=True):
        before, kept = kept, []

        def side(point: Point, a: Point = (ax, ay), b: Point = (bx, by)) -> float:
            return (b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0])

        for start, end in zip(before, [*before[1:], *before[:1]], strict=True):
            if side(start) >= 0:
                kept.append(start)
            if side(start) * side(end) < 0:
                share = side(start) / (side(start) - side(end))
                kept.append(
                    (
                        start[0] + share * (end[0] - start[0]),
                        start[1] + share * (end[1] - start[1]),
                    )
                )
    return kept


def signed_area(polygon: Sequence[Point]) -> float:
    """The shoelace formula; 0 for fewer than three corners."""
    total = 0.0
    for (ax, ay), (bx, by) in zip(polygon, [*polygon[1:], *polygon[:1]], strict=True):
        total += ax * by - bx * ay
    return total / 2


def overlap_convex(one: Sequence[Point], other: Sequence[Point]) -> float:
    """Intersection over union of two convex polygons."""
    shared = abs(signed_area(clip_convex(one, other)))
    union = abs(signed_area(one)) + abs(signed_area(other)) - shared
    return shared / union if union > 0 else 0.0


def overlap_counted(
    one: Sequence[Point], other: Sequence[Point], size: tuple[int, int], finer: int = 1
) -> float:
    """The same by counting points, ``finer`` by ``finer`` in each pixel of a picture.

    With ``finer`` 1 it is the way of tools that draw both regions and count pixels.
    """
    both = either = 0
    for row in range(size[0] * finer):
        for column in range(size[1] * finer):
            point = (column + 0.5) / finer, (row + 0.5) / finer
            a, b = contains(one, point), contains(other, point)
            both += a and b
            either += a or b
    return both / either if either else 0.0


def contains(polygon: Sequence[Point], point: Point) -> bool:
    """Even-odd rule: does a ray to the left cross the outline an odd number of times?"""
    inside = False
    for (ax, ay), (bx, by) in zip(polygon, [*polygon[1:], *polygon[:1]], strict=True):
        if (ay <= point[1]) != (by <= point[1]):
            x = ax + (point[1] - ay) / (by - ay) * (bx - ax)
            inside ^= x < point[0]
    return inside
