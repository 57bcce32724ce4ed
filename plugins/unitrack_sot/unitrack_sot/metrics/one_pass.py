"""Scores of a run from the first frame to the last: success and precision curves.

A curve is made for each sequence, over all its frames; curves are averaged over sequences, never
over frames.

Source:
    Wu, Lim and Yang, PAMI 2015 (OTB); Fan et al., CVPR 2019 (LaSOT); Müller et al., ECCV 2018
    (TrackingNet), each as its own evaluation program does it (benchmarks.md 6.7, 11.5, 12).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unitrack.data.base import Sequence as Video
from unitrack.data.select import whole
from unitrack.metrics.base import Partial, Row, Table
from unitrack.metrics.curves import Curve, Plot
from unitrack.types import SequenceResult
from unitrack_sot.data.boxes import has_area
from unitrack_sot.data.sequence import SotSequence
from unitrack_sot.metrics.pairs import Array, Pairs, distances, iou, pair

__all__ = ["OnePass", "lasot", "sot", "trackingnet"]

OVERLAPS = np.linspace(0, 1, 21)
PIXELS = np.arange(51.0)
SHARES = np.linspace(0, 0.5, 51)
COARSE_PIXELS = np.linspace(0, 50, 21)
COARSE_SHARES = np.linspace(0, 0.5, 21)

SUCCESS, PRECISION, NORMALISED = "success", "precision", "normalised_precision"
_P20 = 20  # index of 20 pixels among PIXELS
_HALF = 10  # index of an overlap of 0.5 among OVERLAPS
_MOST_LINES = 6  # sequences with a line of their own

_PLOTS = {
    SUCCESS: ("Success", "overlap threshold"),
    PRECISION: ("Precision", "threshold of the distance of the centres (pixels)"),
    NORMALISED: ("Normalised precision", "threshold of the distance (sizes of the object)"),
}

Curves = Mapping[str, Array]


@dataclass(frozen=True, slots=True)
class OnePass:
    """One benchmark's way to its curves and scores.

    Attributes:
        thresholds: Curve to the thresholds it is taken at.
        measure: Truth and answer of a sequence to the curves, and the mean overlap.
        rate: Averaged curves to scores, the main one first.
        headline: Curve to the score that its plot shows, e.g. ``AUC``.
    """

    thresholds: Curves
    measure: Callable[[Pairs, Curves], tuple[Curves, float]]
    rate: Callable[[Curves], Row]
    headline: Mapping[str, str]

    def evaluate(self, sequence: Video, result: SequenceResult) -> Partial:
        """Curves of one sequence.

        Raises:
            UniTrackError: If the sequence has no truth.
        """
        curves, overlap = self.measure(pair(sequence, result), self.thresholds)
        return {"curves": curves, "mIoU": overlap}

    def combine(self, partials: Sequence[Partial]) -> Row:
        """The scores of the mean curves."""
        overlap = float(np.mean([partial["mIoU"] for partial in partials]))
        return {**self.rate(_mean(partials)), "mIoU": overlap}

    def resample(
        self, partials: Sequence[Partial], counts: NDArray[np.int64]
    ) -> Mapping[str, Array]:
        """The same of many draws: every score is linear in the curves."""
        rows = [self.combine([partial]) for partial in partials]
        shares = counts / counts.sum(axis=1, keepdims=True)
        return {name: shares @ np.array([row[name] for row in rows]) for name in rows[0]}

    def breakdown(
        self, videos: Mapping[str, Video], partials: Mapping[str, Partial]
    ) -> Mapping[str, Table]:
        """A row for each attribute that the benchmark gives its sequences."""
        attributes: dict[str, list[Partial]] = {}
        for name, partial in partials.items():
            video = whole(videos[name])
            for attribute in video.attributes if isinstance(video, SotSequence) else ():
                attributes.setdefault(attribute, []).append(partial)
        rows = {name: self.combine(attributes[name]) for name in sorted(attributes)}
        return {"attribute": rows} if rows else {}

    def plots(self, partials: Mapping[str, Partial]) -> Mapping[str, Plot]:
        """The mean curves; of a few sequences, those of each as well."""
        count = len(partials)
        lines = {f"mean of {count} sequences" if count > 1 else next(iter(partials)): partials}
        if 1 < count <= _MOST_LINES:
            lines |= {name: {name: partial} for name, partial in partials.items()}
        means = {legend: _mean(list(chosen.values())) for legend, chosen in lines.items()}
        return {
            name: Plot(*_PLOTS[name], "share of frames", self._curves(name, score, means))
            for name, score in self.headline.items()
        }

    def _curves(self, name: str, score: str, means: Mapping[str, Curves]) -> tuple[Curve, ...]:
        x = tuple(self.thresholds[name].tolist())
        return tuple(
            Curve(
                f"{legend}  [{score} {100 * self.rate(curves)[score]:.1f}]",
                x,
                tuple(curves[name].tolist()),
            )
            for legend, curves in means.items()
        )


def _mean(partials: Sequence[Partial]) -> Curves:
    return {
        name: np.mean([partial["curves"][name] for partial in partials], axis=0)
        for name in partials[0]["curves"]
    }


def sot() -> OnePass:
    """OTB's scores, also those of TC128 and TLP: 21 overlaps, strictly above; 51 distances."""
    return OnePass(_FINE, _measure, _rate, {SUCCESS: "AUC", PRECISION: "P@20"})


def lasot() -> OnePass:
    """The same with the distance in sizes of the object, up to half of it."""
    headline = {SUCCESS: "AUC", PRECISION: "P@20", NORMALISED: "NP"}
    return OnePass(_FINE, _measure, _rate_normalised, headline)


def trackingnet() -> OnePass:
    """Of boxes in whole pixels; a score is the area below its curve, also the precision."""
    headline = {SUCCESS: "AUC", PRECISION: "P", NORMALISED: "NP"}
    return OnePass(_COARSE, _measure_rounded, _rate_areas, headline)


_FINE: Curves = {SUCCESS: OVERLAPS, PRECISION: PIXELS, NORMALISED: SHARES}
_COARSE: Curves = {SUCCESS: OVERLAPS, PRECISION: COARSE_PIXELS, NORMALISED: COARSE_SHARES}


def _measure(pairs: Pairs, thresholds: Curves) -> tuple[Curves, float]:
    """OTB's rule; where nothing counts, a frame stays in the denominators and is never a hit."""
    true, found = pairs.true, _repeated(pairs)
    counted = pairs.counted
    overlap = np.where(counted, iou(true, found), -1.0)
    sizes = np.where(counted[:, None], true[:, 2:] - true[:, :2], 1.0)
    distance, relative = (
        np.where(counted, distances(true, found, unit), np.inf) for unit in (1.0, sizes)
    )
    curves = {
        SUCCESS: _share(overlap[:, None] > thresholds[SUCCESS]),
        PRECISION: _share(distance[:, None] <= thresholds[PRECISION]),
        NORMALISED: _share(relative[:, None] <= thresholds[NORMALISED]),
    }
    return curves, float(overlap[counted].mean()) if counted.any() else 0.0


def _repeated(pairs: Pairs) -> Array:
    """The answers; the first is the given box, and where there is none the last one stands."""
    found = pairs.found.copy()
    if pairs.first and pairs.counted[0]:
        found[0] = pairs.true[0]
    last = np.maximum.accumulate(np.where(has_area(found), np.arange(len(found)), 0))
    return found[last]


def _measure_rounded(pairs: Pairs, thresholds: Curves) -> tuple[Curves, float]:
    """TrackingNet's rule: an overlap *at* a threshold is a hit, no answer is a box of nothing."""
    true, found = _whole_pixels(pairs.true), _whole_pixels(pairs.found)
    if pairs.first:
        found[0] = true[0]
    overlap = iou(true, found)
    sizes = np.maximum(true[:, 2:] - true[:, :2], 1.0)
    curves = {
        SUCCESS: _share(overlap[:, None] >= thresholds[SUCCESS]),
        PRECISION: _share(distances(true, found)[:, None] <= thresholds[PRECISION]),
        NORMALISED: _share(distances(true, found, sizes)[:, None] <= thresholds[NORMALISED]),
    }
    return curves, float(overlap.mean()) if len(overlap) else 0.0


def _whole_pixels(xyxy: Array) -> Array:
    """Left, top, width and height rounded, half to even, as corners."""
    left_top = xyxy[:, :2]
    # Widths are differences of corners: what a file gives as 2.5 must not become 2.4999….
    rounded = np.rint(np.round(np.hstack([left_top, xyxy[:, 2:] - left_top]), 6))
    return np.hstack([rounded[:, :2], rounded[:, :2] + rounded[:, 2:]])


def _share(hits: NDArray[np.bool_]) -> Array:
    """Share of the frames ``(N, T)`` that are hits, per threshold; 0 of no frames."""
    share: Array = hits.mean(axis=0) if len(hits) else np.zeros(hits.shape[1])
    return share


def _rate(curves: Curves) -> Row:
    return {
        "AUC": float(curves[SUCCESS].mean()),
        "P@20": float(curves[PRECISION][_P20]),
        "SR0.5": float(curves[SUCCESS][_HALF]),
    }


def _rate_normalised(curves: Curves) -> Row:
    return {**_rate(curves), "NP": float(curves[NORMALISED].mean())}


def _rate_areas(curves: Curves) -> Row:
    names = {"AUC": SUCCESS, "P": PRECISION, "NP": NORMALISED}
    return {score: _area(curves[name]) for score, name in names.items()}


def _area(curve: Array) -> float:
    """Area below a curve of equal steps, by trapezia, on an axis from 0 to 1."""
    return float((curve[1:] + curve[:-1]).mean() / 2)
