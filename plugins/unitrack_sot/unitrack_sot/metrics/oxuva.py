"""OxUvA's scores: is the object found where it is, and said to be absent where it is not?

Source:
    Valmadre et al., "Long-term Tracking in the Wild: A Benchmark", ECCV 2018.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from unitrack.data.base import Sequence as Video
from unitrack.errors import UniTrackError
from unitrack.metrics.base import Metric, Partial, Row
from unitrack.types import SequenceResult
from unitrack_sot.data.boxes import has_area
from unitrack_sot.metrics.pairs import Array, iou, pair

__all__ = ["max_geometric_mean", "oxuva"]

_OVERLAP = 0.5  # from which on an object is found


def oxuva() -> Metric:
    """True positive and true negative rate, and the largest geometric mean of them."""
    return _Oxuva()


@dataclass(frozen=True, slots=True)
class _Oxuva:
    def evaluate(self, sequence: Video, result: SequenceResult) -> Partial:
        """Counts over the annotated frames after the first; the first is given."""
        pairs = pair(sequence, result)
        after = slice(1 if pairs.first else 0, None)
        there, said = pairs.counted[after], pairs.found[after]
        true, found = (_clipped(boxes, sequence) for boxes in (pairs.true[after], said))
        claimed = has_area(said)
        hit = claimed & (iou(true, found) >= _OVERLAP)
        return {
            "TP": int((there & hit).sum()),
            "FN": int((there & ~hit).sum()),
            "TN": int((~there & ~claimed).sum()),
            "FP": int((~there & claimed).sum()),
        }

    def combine(self, partials: Sequence[Partial]) -> Row:
        """Counts are summed over all sequences, then rates are taken; of nothing the rate is 1."""
        counts = {name: sum(one[name] for one in partials) for name in ("TP", "FN", "TN", "FP")}
        positive, negative = counts["TP"] + counts["FN"], counts["TN"] + counts["FP"]
        tpr = counts["TP"] / positive if positive else 1.0
        tnr = counts["TN"] / negative if negative else 1.0
        return {
            "MaxGM": max_geometric_mean(tpr, tnr),
            "TPR": tpr,
            "TNR": tnr,
            "GM": float(np.sqrt(tpr * tnr)),
            **counts,
        }


def max_geometric_mean(tpr: float, tnr: float) -> float:
    """The best geometric mean that is left when a share of the claims is withdrawn at random.

    Of the share p, true positives fall to ``(1 - p) TPR`` and true negatives rise to
    ``(1 - p) TNR + p``; their product is a parabola in p.

    Args:
        tpr: True positive rate, 0..1.
        tnr: True negative rate, 0..1; 0 for a tracker that never says that the object is absent.
    """
    bend, slope = (tnr - 1) * tpr, tpr * (1 - tnr) - tnr * tpr
    shares = [0.0, 1.0]
    if bend < 0:
        shares.append(min(max(-slope / (2 * bend), 0.0), 1.0))
    return float(np.sqrt(max(tpr * (1 - p) * (tnr + p * (1 - tnr)) for p in shares)))


def _clipped(xyxy: Array, video: Video) -> Array:
    """Boxes inside the picture.

    Without images no box is clipped by its true size; then they are in fractions of it.
    """
    try:
        height, width = video.size
    except UniTrackError:
        height, width = 1, 1
    return np.clip(xyxy, 0, [width, height] * 2)
