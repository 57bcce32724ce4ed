"""Score what is written: the run's own results and those of any other tracker alike."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from unitrack.data.base import Dataset
from unitrack.data.base import Sequence as Video
from unitrack.data.select import subsample, whole
from unitrack.errors import UniTrackError
from unitrack.metrics.base import Metric
from unitrack.types import SequenceResult

__all__ = ["COMBINED", "Scores", "read_result", "score"]

COMBINED = "COMBINED"

Scores = Mapping[str, Mapping[str, float | int]]
"""Sequence (and `COMBINED`) to score name to value."""


def read_result(dataset: Dataset, video: Video, folder: Path, stride: int) -> SequenceResult:
    """The result of one sequence as it is written, cut to the frames of ``video``.

    Raises:
        UniTrackError: If it is absent or malformed.
    """
    result = dataset.read(whole(video), folder)
    return subsample(result, stride=stride, length=video.length)


def score(
    dataset: Dataset, metric: Metric, videos: Mapping[str, Video], folder: Path, stride: int
) -> dict[str, dict[str, float | int]]:
    """Scores per sequence and combined, of result files in the benchmark's own form.

    Sequences without truth are left out; without any truth the answer is empty.

    Raises:
        UniTrackError: If a result or an annotation is absent or malformed.
    """
    partials = {
        name: metric.evaluate(video, read_result(dataset, video, folder, stride))
        for name, video in videos.items()
        if video.truth is not None
    }
    if not partials:
        return {}
    rows = {name: dict(metric.combine([partial])) for name, partial in partials.items()}
    return {COMBINED: dict(metric.combine(list(partials.values()))), **rows}


def check_truth(videos: Mapping[str, Video], where: Path) -> None:
    """Refuse to score a data set that holds no annotation.

    Raises:
        UniTrackError: If no sequence has truth.
    """
    if all(video.truth is None for video in videos.values()):
        raise UniTrackError(
            where, "holds no annotation to score against", "Choose an annotated split with --split."
        )
