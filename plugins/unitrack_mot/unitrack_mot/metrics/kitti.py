"""KITTI's scores for cars: what KITTI does not ask for is removed, then HOTA, CLEAR, Identity.

Source:
    The KITTI tracking evaluation; per frame as trackeval does it.
"""

from __future__ import annotations

from unitrack.metrics.base import Metric
from unitrack.metrics.trackeval import Matched
from unitrack_mot.data.kitti import CLASSES
from unitrack_mot.metrics.boxes import Boxes, BoxMetric
from unitrack_mot.metrics.overlap import EPS, iou, matched_pairs, share_inside

__all__ = ["kitti_2d_box"]

_CAR, _VAN, _IGNORED = CLASSES["Car"], CLASSES["Van"], CLASSES["DontCare"]
_MIN_HEIGHT_PIXELS = 25
_MAX_SHARE_INSIDE = 0.5


def kitti_2d_box() -> Metric:
    """Scores of cars."""
    return BoxMetric(_matched)


def _matched(truth: Boxes, objects: Boxes) -> Matched:
    """One frame without vans, hidden cars, small boxes and regions not to care about."""
    known = truth.only((truth.labels == _CAR) | (truth.labels == _VAN))
    regions = truth.only(truth.labels == _IGNORED)
    found = objects.only(objects.labels == _CAR)
    similarity = iou(known.xyxy, found.xyxy)
    asked = known.counted & (known.labels == _CAR)

    inside = share_inside(found.xyxy, regions.xyxy) > _MAX_SHARE_INSIDE + EPS
    small = found.xyxy[:, 3] - found.xyxy[:, 1] <= _MIN_HEIGHT_PIXELS + EPS
    removed = small | inside.any(axis=1)
    rows, columns = matched_pairs(similarity)
    removed[columns] = ~asked[rows]  # whoever is on a car or van is judged by that alone
    return Matched(known.ids[asked], found.ids[~removed], similarity[asked][:, ~removed])
