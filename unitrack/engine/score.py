"""Score what is written: the run's own results and those of any other tracker alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from unitrack.data.base import Dataset
from unitrack.data.base import Sequence as Video
from unitrack.data.select import subsample, whole
from unitrack.errors import UniTrackError
from unitrack.files import write_atomic
from unitrack.metrics.base import Breakdown, Metric, Partial, Plotting, Table
from unitrack.metrics.curves import Plot
from unitrack.types import SequenceResult

__all__ = [
    "COMBINED",
    "Scored",
    "Scores",
    "check_truth",
    "combine",
    "read_result",
    "score",
    "write_plots",
]

COMBINED = "COMBINED"

Scores = Table
"""Sequence (and `COMBINED`) to score name to value."""


@dataclass(frozen=True, slots=True)
class Scored:
    """All that a metric says about result files.

    Attributes:
        scores: A row a sequence, and the combined one; empty without any truth.
        breakdown: Further tables, e.g. by ``attribute``.
        plots: Curves by file name.
        partials: What was counted on each sequence.
    """

    scores: Scores = field(default_factory=dict)
    breakdown: Mapping[str, Table] = field(default_factory=dict)
    plots: Mapping[str, Plot] = field(default_factory=dict)
    partials: Mapping[str, Partial] = field(default_factory=dict)


def read_result(dataset: Dataset, video: Video, folder: Path, stride: int) -> SequenceResult:
    """The result of one sequence as it is written, cut to the frames of ``video``.

    Raises:
        UniTrackError: If it is absent or malformed.
    """
    result = dataset.read(whole(video), folder)
    return subsample(result, stride=stride, length=video.length)


def score(
    dataset: Dataset, metric: Metric, videos: Mapping[str, Video], folder: Path, stride: int
) -> Scored:
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
    return combine({name: videos[name] for name in partials}, metric, partials)


def combine(videos: Mapping[str, Video], metric: Metric, partials: Mapping[str, Partial]) -> Scored:
    """Scores per sequence and combined, of what was counted before.

    Args:
        videos: Sequences by name; their truth is not read.
        metric: The metric.
        partials: What it counted on each of them; of none the answer is empty.
    """
    if not partials:
        return Scored()
    rows = {name: dict(metric.combine([partial])) for name, partial in partials.items()}
    scores = {COMBINED: dict(metric.combine(list(partials.values()))), **rows}
    return Scored(
        scores,
        metric.breakdown(videos, partials) if isinstance(metric, Breakdown) else {},
        metric.plots(partials) if isinstance(metric, Plotting) else {},
        partials,
    )


def write_plots(plots: Mapping[str, Plot], folder: Path) -> list[Path]:
    """Write every plot as ``folder/<name>.svg``.

    Raises:
        UniTrackError: If the folder cannot be written or the disk is full.
    """
    from unitrack.render.plots import plot_svg

    paths = [folder / f"{name}.svg" for name in plots]
    for path, plot in zip(paths, plots.values(), strict=True):
        write_atomic(path, plot_svg(plot))
    return paths


def check_truth(videos: Mapping[str, Video], where: Path) -> None:
    """Refuse to score a data set that holds no annotation.

    Raises:
        UniTrackError: If no sequence has truth.
    """
    if all(video.truth is None for video in videos.values()):
        raise UniTrackError(
            where, "holds no annotation to score against", "Choose an annotated split with --split."
        )
