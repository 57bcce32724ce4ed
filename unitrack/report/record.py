"""One scored run as a report needs it, read from its folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np

from unitrack.data.base import Dataset
from unitrack.data.base import Sequence as Video
from unitrack.engine.inputs import choose, open_dataset, open_metric
from unitrack.engine.score import COMBINED, Scored, Scores, score
from unitrack.engine.settings import restore_settings
from unitrack.engine.spec import RunSpec
from unitrack.engine.store import Store
from unitrack.errors import UniTrackError
from unitrack.metrics.curves import Plot
from unitrack.registry.manager import registry
from unitrack.registry.records import DatasetRecord, MetricRecord
from unitrack.report.statistics import Interval, draw_counts, interval, resample

__all__ = ["Record", "RunData", "open_run", "read_run"]

_NOT_A_RUN = "Give folders that unitrack run or unitrack bench suite wrote."


@dataclass(frozen=True, slots=True)
class Record:
    """One cell of the tables.

    Attributes:
        source: The folder it was read from.
        spec: What was run.
        scores: Sequence and ``COMBINED`` to score to value; empty without truth.
        intervals: Score to its 95 % interval; empty where there is none.
        breakdown: Further tables by what their rows are.
        plots: Curves by name.
        metric: Which scores are the main ones, and of which less is better.
        frames: Frames tracked.
        timings_s: Seconds per stage.
        peak_memory_bytes: Largest resident size.
        failed: Sequence to one line.
        asked: ``run.json``: command, versions, digests (plain JSON values, hence Any).
        note: Why there are no intervals or curves; empty where there is nothing to say.
    """

    source: Path
    spec: RunSpec
    scores: Scores
    metric: MetricRecord
    intervals: Mapping[str, Interval] = field(default_factory=dict)
    breakdown: Mapping[str, Scores] = field(default_factory=dict)
    plots: Mapping[str, Plot] = field(default_factory=dict)
    frames: int = 0
    timings_s: Mapping[str, float] = field(default_factory=dict)
    peak_memory_bytes: int = 0
    failed: Mapping[str, str] = field(default_factory=dict)
    asked: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""

    @property
    def sequences(self) -> list[str]:
        """Names of the scored sequences."""
        return [name for name in self.scores if name != COMBINED]


@dataclass(frozen=True, slots=True)
class RunData:
    """The data set of a run, and the sequences that are finished.

    Attributes:
        dataset: The data set.
        videos: By name, cut as the run was.
        results: Folder of the result files.
    """

    dataset: Dataset
    videos: Mapping[str, Video]
    results: Path


def read_run(folder: Path) -> Record:
    """A run folder, scored again from its result files where its data set is still there.

    Raises:
        UniTrackError: If it is no run folder, or the run has not ended.
    """
    spec, asked, kept = _written(folder)
    metric = _metric_record(spec.data)
    fields = {
        "frames": kept["frames"],
        "timings_s": kept["timings_s"],
        "peak_memory_bytes": kept["peak_memory_bytes"],
        "failed": kept["failed"],
        "asked": asked,
    }
    if not kept["scores"]:
        return Record(folder, spec, {}, metric, note="not annotated: no scores", **fields)
    try:
        scored = _scored(spec, open_run(folder))
    except UniTrackError as error:
        note = f"scores as the run wrote them, no intervals ({error.where}: {error.what})"
        return Record(
            folder, spec, kept["scores"], metric, breakdown=kept.get("breakdown", {}), note=note,
            **fields,
        )  # fmt: skip
    return Record(
        folder, spec, scored.scores, metric, breakdown=scored.breakdown, plots=scored.plots,
        intervals=_intervals(spec, scored), **fields,
    )  # fmt: skip


def open_run(folder: Path) -> RunData:
    """The data set of a run folder, for scoring and for pictures.

    Raises:
        UniTrackError: If it is no run folder, or the data set is not where it was.
    """
    spec, asked, kept = _written(folder)
    record = registry().get("datasets", spec.data)
    assert isinstance(record, DatasetRecord)
    settings = restore_settings(record, spec.data_settings)
    dataset = open_dataset(record, Path(spec.root), spec.split, settings)
    names = [name for name in asked["sequences"] if name not in kept["failed"]]
    videos = choose(dataset, names, spec.stride, spec.limit)
    return RunData(dataset, videos, Store(folder).results)


def _written(folder: Path) -> tuple[RunSpec, dict[str, Any], dict[str, Any]]:
    store = Store(folder)
    asked = store.asked()
    if asked is None:
        raise UniTrackError(folder, "is no run folder", _NOT_A_RUN)
    try:
        kept = json.loads(store.results_json.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UniTrackError(
            store.results_json, "is not there, or not whole", "Let the run end: run it again."
        ) from error
    return RunSpec.from_json(asked["spec"], store.run_json), asked, cast("dict[str, Any]", kept)


def _metric_record(data: str) -> MetricRecord:
    """The metric's record; one without main scores where its wheel is gone."""
    try:
        return open_metric(data)[0]
    except UniTrackError:
        return MetricRecord(name=data, factory="")


def _scored(spec: RunSpec, run: RunData) -> Scored:
    _, metric = open_metric(spec.data)
    return score(run.dataset, metric, run.videos, run.results, spec.stride)


def _intervals(spec: RunSpec, scored: Scored) -> dict[str, Interval]:
    """Of every score over all sequences; none of a single sequence."""
    if len(scored.partials) < 2:  # noqa: PLR2004 - one sequence cannot be resampled
        return {}
    _, metric = open_metric(spec.data)
    partials = list(scored.partials.values())
    draws = resample(metric, partials, draw_counts(len(partials)))
    found = {name: interval(values) for name, values in draws.items()}
    known = scored.scores[COMBINED]
    return {
        name: ends
        for name, ends in found.items()
        if ends is not None and name in known and np.isfinite(known[name])
    }
