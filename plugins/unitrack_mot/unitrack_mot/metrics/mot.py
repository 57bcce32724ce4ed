"""MOTChallenge's scores: distractors are removed, then HOTA, CLEAR and Identity.

Source:
    The MOTChallenge evaluation kit; per frame as trackeval does it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from unitrack.data.base import Sequence as Video
from unitrack.errors import UniTrackError
from unitrack.metrics import trackeval
from unitrack.metrics.base import Metric, Partial, Row
from unitrack.metrics.trackeval import Matched
from unitrack.types import SequenceResult, TrackedObject, TruthObject
from unitrack_mot.metrics.overlap import box_array, iou, matched_pairs

__all__ = ["mot", "mot20"]

_PEDESTRIAN = 1
# Person on vehicle, static person, distractor, reflection. MOTChallenge 2015 has one class only,
# so that nothing is ever removed there.
_DISTRACTORS = frozenset({2, 7, 8, 12})
_NON_MOTORISED_VEHICLE = 6


def mot() -> Metric:
    """Scores of MOTChallenge 2015, 2016 and 2017."""
    return _Mot(_DISTRACTORS)


def mot20() -> Metric:
    """Scores of MOTChallenge 2020: non-motorised vehicles are distractors as well."""
    return _Mot(_DISTRACTORS | {_NON_MOTORISED_VEHICLE})


@dataclass(frozen=True, slots=True)
class _Mot:
    distractors: frozenset[int]

    def evaluate(self, sequence: Video, result: SequenceResult) -> Partial:
        if sequence.truth is None:
            raise UniTrackError(
                sequence.name, "has no annotation", "Choose an annotated split with --split."
            )
        return trackeval.evaluate(
            [self._matched(*frame) for frame in zip(sequence.truth, result.frames, strict=True)]
        )

    def combine(self, partials: Sequence[Partial]) -> Row:
        return trackeval.combine(partials)

    def _matched(self, truth: Sequence[TruthObject], objects: Sequence[TrackedObject]) -> Matched:
        found = [tracked for tracked in objects if tracked.observation.label == _PEDESTRIAN]
        similarity = iou(
            box_array([known.observation.box for known in truth]),
            box_array([tracked.observation.box for tracked in found]),
        )
        labels = np.array([known.observation.label for known in truth], np.int64)
        rows, columns = matched_pairs(similarity)
        removed = columns[np.isin(labels[rows], list(self.distractors))]
        kept = np.setdiff1d(np.arange(len(found)), removed)
        counted = np.array([known.counted for known in truth], bool) & (labels == _PEDESTRIAN)
        return Matched(
            truth_ids=np.array([known.id for known in truth], np.int64)[counted],
            found_ids=np.array([tracked.id for tracked in found], np.int64)[kept],
            similarity=similarity[counted][:, kept],
        )
