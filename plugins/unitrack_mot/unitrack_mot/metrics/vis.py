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
from numpy.typing import NDArray

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

    def resample(
        self, partials: Sequence[Partial], counts: NDArray[np.int64]
    ) -> Mapping[str, NDArray[np.float64]]:
        """The same of many draws of the videos, over the classes that are annotated in each.

        Among equal scores, the copies of a tube stand together.
        """
        return _means(list(_by_class(partials, times=counts).values()), len(counts))

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
    partials: Sequence[Partial],
    areas: tuple[float, float] = ANY_AREA,
    times: NDArray[np.int64] | None = None,
) -> dict[int, Summary]:
    """Each class that is annotated in some draw; among equal scores the videos go by name.

    Args:
        partials: V of them.
        areas: As in `summary`.
        times: How often each is in a draw, ``(B, V)``; one draw of all when left out.
    """
    if times is None:
        times = np.ones((1, len(partials)), np.int64)
    ordered = sorted(range(len(partials)), key=lambda place: str(partials[place]["name"]))
    labels = sorted({label for partial in partials for label in partial["classes"]})
    found = {}
    for label in labels:
        having = [place for place in ordered if label in partials[place]["classes"]]
        ranked = [partials[place]["classes"][label] for place in having]
        # A class is in few videos, of which there are few different draws.
        different, which = np.unique(times[:, having], axis=0, return_inverse=True)
        found[label] = summary(ranked, different, areas, _LIMITS).of(which.reshape(-1))
    return {label: one for label, one in found.items() if np.isfinite(one.precision).any()}


def _row(classes: Sequence[Summary]) -> Row:
    return {name: float(values[0]) for name, values in _means(classes, 1).items()}


def _means(classes: Sequence[Summary], draws: int) -> dict[str, NDArray[np.float64]]:
    """Means over the classes of each draw, ``(B,)``."""
    recalls = {
        f"AR{limit}": [one.recall[limit].mean(axis=1) for one in classes] for limit in _LIMITS
    }
    parts = {
        "AP": [one.precision.mean(axis=1) for one in classes],
        "AP50": [one.precision[:, _HALF] for one in classes],
        "AP75": [one.precision[:, _THREE_QUARTERS] for one in classes],
        **recalls,
    }
    means = {}
    for name, values in parts.items():
        table = np.array(values).reshape(len(classes), draws)
        known = np.isfinite(table)
        means[name] = np.where(known, table, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return means
