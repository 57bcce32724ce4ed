"""MOTChallenge's scores: distractors are removed, then HOTA, CLEAR and Identity.

Source:
    The MOTChallenge evaluation kit; per frame as trackeval does it.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from unitrack.metrics.base import Metric
from unitrack.metrics.trackeval import Matched
from unitrack_mot.metrics.boxes import Boxes, BoxMetric
from unitrack_mot.metrics.overlap import iou, matched_pairs, overlaps

__all__ = ["mot", "mot20"]

_PEDESTRIAN = 1
# Person on vehicle, static person, distractor, reflection. MOTChallenge 2015 has one class only,
# so that nothing is ever removed there.
_DISTRACTORS = (2, 7, 8, 12)
_NON_MOTORISED_VEHICLE = 6


def mot() -> Metric:
    """Scores of MOTChallenge 2015, 2016 and 2017."""
    return _metric(_DISTRACTORS)


def mot20() -> Metric:
    """Scores of MOTChallenge 2020: non-motorised vehicles are distractors as well."""
    return _metric((*_DISTRACTORS, _NON_MOTORISED_VEHICLE))


def _metric(distractors: tuple[int, ...]) -> Metric:
    return BoxMetric(partial(_matched, np.array(distractors)))


def _matched(distractors: NDArray[np.int64], truth: Boxes, objects: Boxes) -> Matched:
    """One frame: its pedestrians that count, and the boxes that are on no distractor."""
    found = objects.only(objects.labels == _PEDESTRIAN)
    similarity = iou(truth.xyxy, found.xyxy)
    strange = (truth.labels[:, None] == distractors).any(axis=1)
    kept = np.ones(len(found.ids), np.bool_)
    if overlaps(similarity[strange]).any():  # else the assignment, which is slow, removes nobody
        rows, columns = matched_pairs(similarity)
        kept[columns[strange[rows]]] = False
    counted = truth.counted & (truth.labels == _PEDESTRIAN)
    return Matched(truth.ids[counted], found.ids[kept], similarity[counted][:, kept])
