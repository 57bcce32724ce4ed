"""KITTI's scores for cars: what KITTI does not ask for is removed, then HOTA, CLEAR, Identity.

Source:
    The KITTI tracking evaluation; per frame as trackeval does it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from unitrack.data.base import Sequence as Video
from unitrack.errors import UniTrackError
from unitrack.metrics import trackeval
from unitrack.metrics.base import Metric, Partial, Row
from unitrack.metrics.trackeval import Matched
from unitrack.types import SequenceResult, TrackedObject, TruthObject
from unitrack_mot.data.kitti import CLASSES
from unitrack_mot.metrics.overlap import EPS, box_array, iou, matched_pairs, share_inside

__all__ = ["kitti_2d_box"]

_CAR, _VAN, _IGNORED = CLASSES["Car"], CLASSES["Van"], CLASSES["DontCare"]
_MIN_HEIGHT_PIXELS = 25
_MAX_SHARE_INSIDE = 0.5


def kitti_2d_box() -> Metric:
    """Scores of cars."""
    return _KittiCars()


class _KittiCars:
    def evaluate(self, sequence: Video, result: SequenceResult) -> Partial:
        if sequence.truth is None:
            raise UniTrackError(sequence.name, "has no annotation", "Restore label_02/.")
        return trackeval.evaluate(
            [_matched(*frame) for frame in zip(sequence.truth, result.frames, strict=True)]
        )

    def combine(self, partials: Sequence[Partial]) -> Row:
        return trackeval.combine(partials)


def _matched(truth: Sequence[TruthObject], objects: Sequence[TrackedObject]) -> Matched:
    """One frame without vans, hidden cars, small boxes and regions not to care about."""
    known = [one for one in truth if one.observation.label in (_CAR, _VAN)]
    regions = [one.observation.box for one in truth if one.observation.label == _IGNORED]
    found = [one for one in objects if one.observation.label == _CAR]
    boxes = box_array([one.observation.box for one in found])
    similarity = iou(box_array([one.observation.box for one in known]), boxes)
    asked = np.array([one.counted and one.observation.label == _CAR for one in known], bool)

    rows, columns = matched_pairs(similarity)
    inside = share_inside(boxes, box_array(regions)) > _MAX_SHARE_INSIDE + EPS
    removed = (boxes[:, 3] - boxes[:, 1] <= _MIN_HEIGHT_PIXELS + EPS) | inside.any(axis=1)
    removed[columns] = ~asked[rows]
    return Matched(
        truth_ids=np.array([one.id for one in known], np.int64)[asked],
        found_ids=np.array([one.id for one in found], np.int64)[~removed],
        similarity=similarity[asked][:, ~removed],
    )
