"""What the metrics of boxes share: frames as arrays, and the way through trackeval.

A metric of one benchmark is then one function: who of a frame is scored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, pairwise

import numpy as np
from numpy.typing import NDArray

from unitrack.data.base import Sequence as Video
from unitrack.errors import UniTrackError
from unitrack.metrics import trackeval
from unitrack.metrics.base import Partial, Row
from unitrack.metrics.trackeval import Matched
from unitrack.types import SequenceResult, TrackedObject, TruthObject

__all__ = ["BoxMetric", "Boxes", "found_boxes", "true_boxes"]


@dataclass(frozen=True, slots=True)
class Boxes:
    """Objects of one frame.

    Attributes:
        ids: ``(N,)``.
        xyxy: Corners in continuous pixels, ``(N, 4)``.
        labels: Class numbers, ``(N,)``.
        counted: False where the benchmark does not score the entry, ``(N,)``.
    """

    ids: NDArray[np.int64]
    xyxy: NDArray[np.float64]
    labels: NDArray[np.int64]
    counted: NDArray[np.bool_]

    def only(self, kept: NDArray[np.bool_] | slice) -> Boxes:
        """Some of the objects."""
        return Boxes(self.ids[kept], self.xyxy[kept], self.labels[kept], self.counted[kept])


@dataclass(frozen=True, slots=True)
class BoxMetric:
    """HOTA, CLEAR and Identity of boxes.

    Attributes:
        match: The truth and the result of one frame to what is scored of them.
    """

    match: Callable[[Boxes, Boxes], Matched]

    def evaluate(self, sequence: Video, result: SequenceResult) -> Partial:
        """Count on one sequence.

        Raises:
            UniTrackError: If the sequence has no truth.
        """
        if sequence.truth is None:
            raise UniTrackError(
                sequence.name, "has no annotation", "Choose an annotated split with --split."
            )
        frames = zip(true_boxes(sequence.truth), found_boxes(result.frames), strict=True)
        return trackeval.evaluate([self.match(true, found) for true, found in frames])

    def combine(self, partials: Sequence[Partial]) -> Row:
        """The scores over one or several sequences: counts are summed, then ratios are taken."""
        return trackeval.combine(partials)

    def resample(
        self, partials: Sequence[Partial], counts: NDArray[np.int64]
    ) -> Mapping[str, NDArray[np.float64]]:
        """The same of many draws of the sequences."""
        return trackeval.resample(partials, counts)


def true_boxes(frames: Sequence[Sequence[TruthObject]]) -> list[Boxes]:
    """The truth of each frame."""
    return _by_frame(frames, (true.counted for true in chain.from_iterable(frames)))


def found_boxes(frames: Sequence[Sequence[TrackedObject]]) -> list[Boxes]:
    """The result of each frame; all of it counts."""
    return _by_frame(frames, (True for _ in chain.from_iterable(frames)))


def _by_frame(
    frames: Sequence[Sequence[TruthObject | TrackedObject]], counted: Iterable[bool]
) -> list[Boxes]:
    """One array over all frames, then views: several times faster than an array a frame."""
    objects = list(chain.from_iterable(frames))
    count = len(objects)
    corners = chain.from_iterable(one.observation.box for one in objects)
    whole = Boxes(
        ids=np.fromiter((one.id for one in objects), np.int64, count),
        xyxy=np.fromiter(corners, np.float64, 4 * count).reshape(count, 4),
        labels=np.fromiter((one.observation.label for one in objects), np.int64, count),
        counted=np.fromiter(counted, np.bool_, count),
    )
    edges = accumulate((len(frame) for frame in frames), initial=0)
    return [whole.only(slice(first, last)) for first, last in pairwise(edges)]
