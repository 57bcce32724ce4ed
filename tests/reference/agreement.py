"""Which identity follows which object, by trying every assignment."""

from __future__ import annotations

import math
from itertools import permutations

from unitrack.data.base import Truth
from unitrack.types import MaskObservation, Observation, PoseObservation, SequenceResult


def frames(truth: Truth, result: SequenceResult) -> list[float]:
    """Mean overlap of each frame under the assignment whose overlaps add up to most."""
    true = sorted({one.id for frame in truth for one in frame if one.counted})
    found = sorted({one.id for frame in result.frames for one in frame})
    found += [-1 - k for k in range(len(true))]  # nobody
    best, values = -1.0, [math.nan] * len(truth)
    for chosen in permutations(found, len(true)):
        follower = dict(zip(true, chosen, strict=True))
        sums = [
            _sum(known, given, follower) for known, given in zip(truth, result.frames, strict=True)
        ]
        total = math.fsum(part for part, _ in sums)
        if total > best + 1e-12:
            best, values = total, [part / n if n else math.nan for part, n in sums]
    return values


def _sum(known: object, given: object, follower: dict[int, int]) -> tuple[float, int]:
    counted = [one for one in known if one.counted]  # type: ignore[attr-defined]
    total = 0.0
    for one in counted:
        for other in given:  # type: ignore[attr-defined]
            if follower[one.id] == other.id:
                total += overlap(one.observation, other.observation)
    return total, len(counted)


def overlap(one: Observation, other: Observation) -> float:
    """Of two observations of one kind."""
    if isinstance(one, MaskObservation) and isinstance(other, MaskObservation):
        both, either = (one.mask & other.mask).sum(), (one.mask | other.mask).sum()
        return float(both / either) if either else 0.0
    if isinstance(one, PoseObservation) and isinstance(other, PoseObservation):
        x0, y0, x1, y1 = one.box
        reach = 0.2 * math.hypot(x1 - x0, y1 - y0)
        hits = sum(
            a and b and math.dist(p, q) <= reach
            for a, b, p, q in zip(one.visible, other.visible, one.xy, other.xy, strict=True)
        )
        return hits / max(sum(one.visible), 1)
    (a0, b0, a1, b1), (c0, d0, c1, d1) = one.box, other.box
    shared = max(min(a1, c1) - max(a0, c0), 0) * max(min(b1, d1) - max(b0, d0), 0)
    union = (a1 - a0) * (b1 - b0) + (c1 - c0) * (d1 - d0) - shared
    return shared / union if union > 0 else 0.0
