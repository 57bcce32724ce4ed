"""One scored run as a report needs it, read from its folder."""

from __future__ import annotations

import dataclasses
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
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
from unitrack.engine.store import Store as RunFolder
from unitrack.errors import UniTrackError
from unitrack.metrics.base import Partial, Row
from unitrack.metrics.curves import Plot
from unitrack.registry.manager import registry
from unitrack.registry.records import DatasetRecord, MetricRecord
from unitrack.report.statistics import Interval, draw_counts, interval, resample
from unitrack.suite.store import Store

__all__ = [
    "Record",
    "RunData",
    "counted",
    "intervals",
    "metric_record",
    "open_run",
    "read_run",
    "scored_again",
]

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
        row: What a suite calls the backbone; empty where it is named after itself.
        task: What a suite calls the task; likewise.
        store: The store that holds the results; None of a run folder.
        keys: Sequence to its key in the store.
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
    row: str = ""
    task: str = ""
    store: Path | None = None
    keys: Mapping[str, str] = field(default_factory=dict)

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
    record = Record(
        source=folder,
        spec=spec,
        scores=kept["scores"],
        metric=metric_record(spec.data),
        breakdown=kept.get("breakdown", {}),
        frames=kept["frames"],
        timings_s=kept["timings_s"],
        peak_memory_bytes=kept["peak_memory_bytes"],
        failed=kept["failed"],
        asked=asked,
    )
    if not record.scores:
        return dataclasses.replace(record, note="nothing is annotated, so nothing is scored")
    try:
        scored = scored_again(record)
    except UniTrackError as error:
        note = f"scores as the run wrote them, no intervals ({error.where}: {error.what})"
        return dataclasses.replace(record, note=note)
    return dataclasses.replace(
        record,
        scores=scored.scores,
        breakdown=scored.breakdown,
        plots=scored.plots,
        intervals=intervals(spec.data, scored.partials, scored.scores[COMBINED]),
    )


def scored_again(record: Record) -> Scored:
    """Scores from the result files and the data set.

    Raises:
        UniTrackError: If the data set is not where it was, or a result is gone.
    """
    _, metric = open_metric(record.spec.data)
    with open_run(record) as run:
        return score(run.dataset, metric, run.videos, run.results, record.spec.stride)


@contextmanager
def open_run(record: Record) -> Iterator[RunData]:
    """The data set of a record and its result files, for scoring, pictures and archives.

    Raises:
        UniTrackError: If the data set is not where it was.
    """
    offered = registry().get("datasets", record.spec.data)
    assert isinstance(offered, DatasetRecord)
    settings = restore_settings(offered, record.spec.data_settings)
    dataset = open_dataset(offered, Path(record.spec.root), record.spec.split, settings)
    names = [name for name in record.asked["sequences"] if name not in record.failed]
    videos = choose(dataset, names, record.spec.stride, record.spec.limit)
    if record.store is None:
        yield RunData(dataset, videos, RunFolder(record.source).results)
        return
    with tempfile.TemporaryDirectory(prefix="unitrack-results-") as folder:
        for key in record.keys.values():
            for name, content in Store(record.store).results(key).items():
                place = Path(folder) / name
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(content)
        yield RunData(dataset, videos, Path(folder))


def counted(record: Record, names: Sequence[str]) -> dict[str, Partial]:
    """What the metric counted on sequences: as the store has it, or counted again.

    Raises:
        UniTrackError: If a result is damaged or gone, or the data set is not where it was.
    """
    if record.store is None:
        found = scored_again(record).partials
        return {name: found[name] for name in names}
    store = Store(record.store)
    kept = {name: store.partial(record.keys[name]) for name in names}
    return {name: partial for name, partial in kept.items() if partial is not None}


def _written(folder: Path) -> tuple[RunSpec, dict[str, Any], dict[str, Any]]:
    store = RunFolder(folder)
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


def metric_record(data: str) -> MetricRecord:
    """The metric's record; one without main scores where its wheel is gone."""
    try:
        return open_metric(data)[0]
    except UniTrackError:
        return MetricRecord(name=data, factory="")


def intervals(data: str, partials: Mapping[str, Partial], known: Row) -> dict[str, Interval]:
    """Of every score over all sequences; none of a single sequence.

    Args:
        data: The data set, whose metric it is.
        partials: What was counted, by sequence.
        known: The scores over all sequences.
    """
    if len(partials) < 2:  # noqa: PLR2004 - one sequence cannot be drawn differently
        return {}
    _, metric = open_metric(data)
    draws = resample(metric, list(partials.values()), draw_counts(len(partials)))
    found = {name: interval(draws[name]) for name in draws if name in known}
    return {n: ends for n, ends in found.items() if ends is not None and np.isfinite(known[n])}
