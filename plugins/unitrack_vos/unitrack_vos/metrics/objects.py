"""J and F of each object over its sequence, and what is made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unitrack.data.base import Sequence as Video
from unitrack.errors import UniTrackError
from unitrack.metrics.base import Row, Table
from unitrack.types import MaskObservation, SequenceResult, TrackedObject, TruthObject
from unitrack_vos.metrics.contour import region_and_contour

__all__ = [
    "Followed",
    "Masks",
    "decay",
    "follow",
    "masks",
    "mean",
    "quality",
    "resampled",
    "table",
]

Masks = dict[int, MaskObservation]
"""Identity to mask, in one frame."""

Values = NDArray[np.float64]

_SUCCESS = 0.5
_QUARTERS = 4


@dataclass(frozen=True, slots=True)
class Followed:
    """One object of one sequence.

    Attributes:
        name: ``<sequence>_<identity>``.
        label: Its class number.
        region: J in each frame that counts, ``(T,)``.
        contour: F likewise.
    """

    name: str
    label: int
    region: Values
    contour: Values


def masks(sequence: Video, result: SequenceResult) -> tuple[list[Masks], list[Masks]]:
    """The truth and the result, per frame.

    Raises:
        UniTrackError: If the sequence has no truth.
    """
    if sequence.truth is None:
        raise UniTrackError(
            sequence.name, "has no annotation", "Choose an annotated split with --split."
        )
    true = [_by_id(one for one in frame if one.counted) for frame in sequence.truth]
    return true, [_by_id(frame) for frame in result.frames]


def _by_id(objects: Iterable[TruthObject | TrackedObject]) -> Masks:
    return {
        one.id: one.observation for one in objects if isinstance(one.observation, MaskObservation)
    }


def follow(
    name: str, identity: int, true: Sequence[Masks], found: Sequence[Masks], frames: Iterable[int]
) -> Followed:
    """Compare one object with what was found of it.

    Args:
        name: Of the sequence.
        identity: Of the object, in both.
        true: The truth per frame.
        found: The result per frame.
        frames: Those that count; an object that is not there in one of them is hidden.
    """
    label = next(frame[identity].label for frame in true if identity in frame)
    pairs = [_compare(true[t].get(identity), found[t].get(identity)) for t in frames]
    values = np.array(pairs, np.float64).reshape(-1, 2)
    return Followed(f"{name}_{identity}", label, values[:, 0], values[:, 1])


def _compare(true: MaskObservation | None, found: MaskObservation | None) -> tuple[float, float]:
    known = true or found
    if known is None:
        return 1.0, 1.0
    nothing = MaskObservation.of(np.zeros(known.size, np.bool_))
    return region_and_contour(true or nothing, found or nothing)


def mean(objects: Iterable[Followed]) -> Row:
    """J and F, each the mean over the objects of the mean over an object's frames.

    Objects without a frame that counts are left out; without any other there is nothing to say.
    """
    known = [one for one in objects if len(one.region)]
    if not known:
        return {}
    region = float(np.mean([one.region.mean() for one in known]))
    contour = float(np.mean([one.contour.mean() for one in known]))
    return {"J&F": (region + contour) / 2, "J": region, "F": contour}


def quality(objects: Iterable[Followed]) -> Row:
    """The same, with the share of frames above one half, and the loss from begin to end."""
    known = [one for one in objects if len(one.region)]
    row = dict(mean(known))
    for letter, each in (
        ("J", [one.region for one in known]),
        ("F", [one.contour for one in known]),
    ):
        if each:
            row[f"{letter}-recall"] = float(np.mean([(v > _SUCCESS).mean() for v in each]))
            row[f"{letter}-decay"] = float(np.mean([decay(v) for v in each]))
    return row


def decay(values: Values) -> float:
    """Mean of the first quarter of the frames less that of the last; neighbours share a frame.

    The published tools keep the quarters' edges in 8 bits, which wrap in videos of more than 257
    frames; these do not.
    """
    edges = np.round(np.linspace(1, len(values), _QUARTERS + 1) + 1e-10).astype(int) - 1
    first, last = values[edges[0] : edges[1] + 1], values[edges[-2] : edges[-1] + 1]
    return float(first.mean() - last.mean())


def table(objects: Iterable[Followed]) -> Table:
    """A row an object, those without a frame that counts left out."""
    return {one.name: quality([one]) for one in objects if len(one.region)}


def resampled(
    objects: Sequence[Sequence[Followed]],
    counts: NDArray[np.int64],
    rate: Callable[[Iterable[Followed]], Row],
) -> dict[str, Values]:
    """Means over the objects of many draws of the sequences.

    Args:
        objects: Those of each sequence, N.
        counts: How often each sequence is in a draw, ``(B, N)``.
        rate: Scores of objects that are the mean of the scores of each, e.g. `quality`.

    Returns:
        Score to values ``(B,)``; NaN of a draw without an object that counts.
    """
    known = [(row, one) for row, found in enumerate(objects) for one in found if len(one.region)]
    if not known:
        return {}
    rows = [rate([one]) for _, one in known]
    weights = counts[:, [row for row, _ in known]]
    number = weights.sum(axis=1)
    return {
        name: np.divide(
            weights @ np.array([row[name] for row in rows]),
            number,
            out=np.full(len(counts), np.nan),
            where=number > 0,
        )
        for name in rows[0]
    }
