"""Score settings of an association head on all cases, on features that are computed once."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

import unitrack
from benchmarks.selection.cases import BACKBONES, Case
from benchmarks.selection.features import Embedders, Kept, keep
from unitrack.data.base import Dataset
from unitrack.data.base import Sequence as Video
from unitrack.data.select import expand, select
from unitrack.engine.inputs import open_metric
from unitrack.engine.score import read_result
from unitrack.engine.settings import resolve_settings
from unitrack.heads.base import TaskHead
from unitrack.registry.manager import registry
from unitrack.registry.records import HeadRecord, load
from unitrack.testing.scenes import embed
from unitrack.types import Frame, SequenceInfo, SequenceResult, TrackedObject

__all__ = ["Candidate", "Outcome", "score_case"]

Values = Mapping[str, Any]
"""Settings as ``--set`` takes them."""

_NO_PICTURE = np.zeros((1, 1, 3), np.uint8)


@dataclass(frozen=True)
class Candidate:
    """Named settings."""

    name: str
    protocol: str
    values: Values


@dataclass(frozen=True)
class Outcome:
    """What a candidate got in one case.

    Attributes:
        scores: Over all sequences of the case.
        ms: Of association, per frame.
    """

    scores: Mapping[str, float]
    ms: float


def score_case(
    case: Case,
    backbone: str,
    candidates: Sequence[Candidate],
    cache: Path,
    embedders: Embedders,
) -> list[Outcome]:
    """Every candidate in lockstep over the sequences of one case."""
    heads = [_head(case.head, candidate) for candidate in candidates]
    settings = None if case.seed is None else {"seed": case.seed}
    dataset = unitrack.dataset(case.data, root=case.root, settings=settings)
    _, metric = open_metric(case.data)
    (video,) = (one for one in dataset.sequences() if one.name == case.sequence)
    folder = cache / backbone / case.clip / f"{case.head}-{video.name}"
    embedder = embedders.get(BACKBONES[backbone], letterbox=case.head == "mot")
    kept = keep(video, folder, embedder)
    cut = select(video, stride=case.stride, limit=None)
    results, seconds = _track(case, cut, kept, heads)
    scores = [
        metric.combine([metric.evaluate(cut, _as_written(dataset, cut, result, case.stride))])
        for result in results
    ]
    return [
        Outcome(dict(row), 1e3 * spent / cut.length)
        for row, spent in zip(scores, seconds.tolist(), strict=True)
    ]


def _head(name: str, candidate: Candidate) -> TaskHead:
    record = registry().get("heads", name)
    assert isinstance(record, HeadRecord)
    settings = resolve_settings(record, candidate.protocol, {}, candidate.values)
    made: TaskHead = cast("Any", load(record.factory))(settings, registry().get)
    return made


def _track(
    case: Case, video: Video, kept: Kept, heads: Sequence[TaskHead]
) -> tuple[list[SequenceResult], np.ndarray]:
    info = SequenceInfo(video.name, video.fps, video.size, video.length)
    observations = video.observations(case.observations)
    trackers = [head.start(info, embed) for head in heads]
    found: list[list[tuple[TrackedObject, ...]]] = [[] for _ in heads]
    spent = np.zeros(len(heads))
    for index in range(video.length):
        frame = Frame(index, str(index), _NO_PICTURE)
        features = kept[index * case.stride]
        for number, tracker in enumerate(trackers):
            start = time.perf_counter()
            found[number].append(tuple(tracker.step(frame, features, observations[index])))
            spent[number] += time.perf_counter() - start
    results = [
        tracker.finish(SequenceResult(video.name, tuple(frames)))
        for tracker, frames in zip(trackers, found, strict=True)
    ]
    return results, spent


def _as_written(
    dataset: Dataset, video: Video, result: SequenceResult, stride: int
) -> SequenceResult:
    from unitrack.data.select import whole

    with tempfile.TemporaryDirectory() as folder:
        dataset.write(expand(result, stride=stride, length=whole(video).length), Path(folder))
        return read_result(dataset, video, Path(folder), stride)
