"""Metric ``youtube_vis``: average precision and recall of tubes.

Source:
    Yang et al., ICCV 2019; the evaluator of YouTube-VIS. Our own form of it, because it would have
    to be run three times in trackeval for the three numbers of tubes a video may have, and there a
    tube of identity 0 lets its match be matched again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

import numpy as np

from unitrack.data.base import Sequence as Video
from unitrack.errors import UniTrackError
from unitrack.metrics.base import Metric, Partial, Row, Table
from unitrack.types import SequenceResult
from unitrack_mot.data.vis_tubes import Tube, tubes_of
from unitrack_mot.metrics.vis_ap import ANY_AREA, MOST, Ranked, Summary, summary
from unitrack_mot.metrics.vis_overlap import mean_areas, tube_iou

__all__ = ["youtube_vis"]

_LIMITS = (1, 10, MOST)
_HALF, _THREE_QUARTERS = 0, 5  # places of 0.5 and 0.75 among the thresholds
_SIZES = {
    "small": (0.0, 128.0**2),
    "medium": (128.0**2, 256.0**2),
    "large": (256.0**2, np.inf),
}


@runtime_checkable
class _Named(Protocol):
    """A video that knows the names of its classes."""

    @property
    def categories(self) -> Mapping[int, str]:
        """Class to its name."""


def youtube_vis() -> Metric:
    """AP, AP50, AP75, AR1, AR10 over all classes, and each of them by class and by size."""
    return _YoutubeVis()


class _YoutubeVis:
    def evaluate(self, sequence: Video, result: SequenceResult) -> Partial:
        """Overlaps and scores of one video; what is done with them depends on the others.

        Raises:
            UniTrackError: If the sequence has no truth.
        """
        if sequence.truth is None:
            raise UniTrackError(
                sequence.name, "has no annotation", "Choose an annotated split with --split."
            )
        true = list(tubes_of(sequence.truth).values())
        found = list(tubes_of(result.frames).values())
        labels = {tube.label for tube in (*true, *found)}
        return {
            "name": sequence.name,
            "classes": {
                label: _ranked(
                    [tube for tube in found if tube.label == label],
                    [tube for tube in true if tube.label == label],
                )
                for label in sorted(labels)
            },
        }

    def combine(self, partials: Sequence[Partial]) -> Row:
        """Means over the classes that are annotated; all 0 where none is."""
        return _row(list(_by_class(partials).values()))

    def breakdown(
        self, videos: Mapping[str, Video], partials: Mapping[str, Partial]
    ) -> Mapping[str, Table]:
        """By ``class``, under its name where the videos know it, and by ``size``."""
        names = {
            label: name
            for video in videos.values()
            if isinstance(video, _Named)
            for label, name in video.categories.items()
        }
        counted = list(partials.values())
        classes = {
            names.get(label, str(label)): _row([one]) for label, one in _by_class(counted).items()
        }
        sizes = {name: _by_class(counted, areas) for name, areas in _SIZES.items()}
        return {
            "class": classes,
            "size": {name: _row(list(found.values())) for name, found in sizes.items() if found},
        }


def _ranked(found: Sequence[Tube], true: Sequence[Tube]) -> Ranked:
    scores = np.array([tube.score for tube in found], np.float64)
    order = np.argsort(-scores, kind="stable")[:MOST]
    kept = [found[row] for row in order]
    return Ranked(
        scores[order],
        tube_iou(kept, true),
        mean_areas(kept),
        mean_areas(true),
        np.array([not tube.counted for tube in true], np.bool_),
    )


def _by_class(
    partials: Sequence[Partial], areas: tuple[float, float] = ANY_AREA
) -> dict[int, Summary]:
    """Each annotated class over all videos; among equal scores the videos go by name."""
    ordered = sorted(partials, key=lambda partial: partial["name"])
    labels = sorted({label for partial in ordered for label in partial["classes"]})
    found = {
        label: summary(
            [partial["classes"][label] for partial in ordered if label in partial["classes"]],
            areas,
            _LIMITS,
        )
        for label in labels
    }
    return {label: one for label, one in found.items() if one is not None}


def _row(classes: Sequence[Summary]) -> Row:
    if not classes:
        return dict.fromkeys(("AP", "AP50", "AP75", *(f"AR{n}" for n in _LIMITS)), 0.0)
    precision = np.mean([one.precision for one in classes], axis=0)
    return {
        "AP": float(precision.mean()),
        "AP50": float(precision[_HALF]),
        "AP75": float(precision[_THREE_QUARTERS]),
        **{f"AR{n}": float(np.mean([one.recall[n] for one in classes])) for n in _LIMITS},
    }
