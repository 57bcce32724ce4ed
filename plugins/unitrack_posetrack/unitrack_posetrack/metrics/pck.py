"""PCK: share of joints that are found within a part of the person's size.

Source:
    Yang and Ramanan, TPAMI 2013; normaliser, first frame and what counts as in the evaluation of
    Jabri et al., NeurIPS 2020, which Wang et al., NeurIPS 2021, use (benchmarks.md 8.6).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from unitrack.data.base import Sequence as Video
from unitrack.data.base import Truth
from unitrack.errors import UniTrackError
from unitrack.metrics.base import Metric, Partial, Row, Table
from unitrack.skeleton import SKELETONS
from unitrack.types import PoseObservation, SequenceResult, TrackedObject

__all__ = ["THRESHOLDS", "distances", "pck"]

THRESHOLDS = (0.1, 0.2, 0.3, 0.4, 0.5)
_SIZE = 0.6  # of a person, in diagonals of the box around the joints

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]


def pck() -> Metric:
    """PCK at 0.1 to 0.5 for poses that are given in the first frame, mean over joints.

    A joint that the head calls "not visible" is left out, as in the authors' evaluation (dagger
    44); ``undefined`` is the share of such joints, and ``PCK-all@...`` counts them as wrong. A pose
    that is missing as a whole is wrong in every joint. Joints that are never annotated are left out
    of the mean; one that is never found scores 0.
    """
    return _Pck()


def distances(true: Array, found: Array, both: Flags) -> Array:
    """Errors relative to the size of the person: 0.6 diagonals of the tight box around the joints.

    Args:
        true: Annotated joints, pixels, ``(N, J, 2)``.
        found: The same joints as they were found, ``(N, J, 2)``.
        both: Which are both annotated and found, ``(N, J)``; only these make the box.

    Returns:
        ``(N, J)``; infinite where not both are there, or the box has no extent and the joint is
        not exactly right.
    """
    inside = both[..., None]
    low = np.where(inside, true, np.inf).min(axis=1, initial=np.inf)
    high = np.where(inside, true, -np.inf).max(axis=1, initial=-np.inf)
    sides = np.where(np.isfinite(low), high - low, 0)
    size = np.broadcast_to(_SIZE * np.hypot(sides[:, :1], sides[:, 1:]), both.shape)
    gaps = np.where(inside, found - true, np.inf)
    errors = np.hypot(gaps[..., 0], gaps[..., 1])
    relative: Array = np.divide(errors, size, out=np.full(both.shape, np.inf), where=size > 0)
    relative[errors == 0] = 0
    return relative


@dataclass(frozen=True, slots=True)
class _Pck:
    def evaluate(self, sequence: Video, result: SequenceResult) -> Partial:
        """Count on one sequence.

        Raises:
            UniTrackError: If the sequence has no truth.
        """
        if sequence.truth is None:
            raise UniTrackError(
                sequence.name, "has no annotation", "Choose an annotated split with --split."
            )
        pairs = _pairs(sequence.truth[1:], result.frames[1:])
        true, asked = _joints([known for known, _ in pairs])
        found, seen = _joints([other or known for known, other in pairs])
        there = np.array([other is not None for _, other in pairs], np.bool_)[:, None]
        errors = distances(true, found, asked & seen & there)
        near = errors[..., None] <= np.array(THRESHOLDS)
        return {
            "skeleton": pairs[0][0].skeleton if pairs else "",
            "hits": near.sum(axis=0),  # (J, thresholds)
            "asked": asked.sum(axis=0),  # (J,)
            "undefined": (asked & ~seen & there).sum(axis=0),  # (J,)
        }

    def combine(self, partials: Sequence[Partial]) -> Row:
        """Counts are summed per joint, then the mean over joints is taken."""
        hits, asked, undefined = _summed(partials)
        return _row(hits, asked, undefined)

    def resample(
        self, partials: Sequence[Partial], counts: NDArray[np.int64]
    ) -> Mapping[str, Array]:
        """The same of many draws of the sequences."""
        return _rows(*_summed(partials, counts))

    def breakdown(
        self, videos: Mapping[str, Video], partials: Mapping[str, Partial]
    ) -> Mapping[str, Table]:
        """The same scores of each joint."""
        del videos
        hits, asked, undefined = _summed(list(partials.values()))
        names = next(
            (SKELETONS[p["skeleton"]].joints for p in partials.values() if p["skeleton"]), ()
        )
        return {
            "joint": {
                name: _row(hits[:, [joint]], asked[:, [joint]], undefined[:, [joint]])
                for joint, name in enumerate(names)
            }
        }


def _pairs(
    truth: Truth, frames: Sequence[Sequence[TrackedObject]]
) -> list[tuple[PoseObservation, PoseObservation | None]]:
    """Every annotated pose, and what was found under its identity."""
    found = []
    for known, given in zip(truth, frames, strict=True):
        poses = {one.id: one.observation for one in given}
        found += [
            (cast("PoseObservation", one.observation), poses.get(one.id))
            for one in known
            if one.counted
        ]
    return cast("list[tuple[PoseObservation, PoseObservation | None]]", found)


def _joints(poses: Sequence[PoseObservation]) -> tuple[Array, Flags]:
    """Places ``(N, J, 2)`` and whether they are there ``(N, J)``."""
    count = len(poses[0].xy) if poses else 0
    places = np.array([pose.xy for pose in poses], np.float64).reshape(len(poses), count, 2)
    return places, np.array([pose.visible for pose in poses], np.bool_).reshape(len(poses), count)


def _summed(
    partials: Sequence[Partial], times: NDArray[np.int64] | None = None
) -> tuple[Array, Array, Array]:
    """Hits ``(B, J, thresholds)``, joints asked for and joints called not visible, ``(B, J)``.

    Args:
        partials: N of them.
        times: How often each is in a draw, ``(B, N)``; one draw of all when left out.
    """
    if times is None:
        times = np.ones((1, len(partials)), np.int64)
    # A clip of one frame asks for nothing, and does not say how many joints there are.
    there = [place for place, partial in enumerate(partials) if partial["skeleton"]]
    if not there:
        nothing = np.zeros((len(times), 0))
        return np.zeros((len(times), 0, len(THRESHOLDS))), nothing, nothing
    weights = times[:, there].astype(np.float64)
    hits, asked, undefined = (
        np.tensordot(weights, np.array([partials[k][name] for k in there], np.float64), 1)
        for name in ("hits", "asked", "undefined")
    )
    return hits, asked, undefined


def _row(hits: Array, asked: Array, undefined: Array) -> Row:
    """The scores of the first draw."""
    return {name: float(values[0]) for name, values in _rows(hits, asked, undefined).items()}


def _rows(hits: Array, asked: Array, undefined: Array) -> dict[str, Array]:
    """The scores of each draw, ``(B,)``: means over the joints that are asked for."""
    known = asked > 0
    joints = np.maximum(known.sum(axis=1), 1)[:, None]
    rows: dict[str, Array] = {}
    for name, whole in (("PCK", asked - undefined), ("PCK-all", asked)):
        shares = np.where(known[..., None], hits / np.maximum(whole, 1)[..., None], 0.0)
        means = shares.sum(axis=1) / joints
        rows |= {f"{name}@{t}": means[:, k] for k, t in enumerate(THRESHOLDS)}
    rows["undefined"] = undefined.sum(axis=1) / np.maximum(asked.sum(axis=1), 1)
    return rows
