"""Score settings of an association head on all cases, on features that are computed once."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch

import numpy as np

import unitrack
from benchmarks.selection.cases import BACKBONES, Case
from benchmarks.selection.features import Embedders, Kept, keep
from unitrack.association.base import SimilaritySettings
from unitrack.association.descriptors import Descriptors
from unitrack.association.similarity import rsm
from unitrack.data.base import Dataset
from unitrack.data.base import Sequence as Video
from unitrack.data.select import expand, select, whole
from unitrack.engine.inputs import open_metric
from unitrack.engine.score import read_result
from unitrack.engine.settings import resolve_settings
from unitrack.heads.base import TaskHead
from unitrack.metrics.base import Metric
from unitrack.registry.manager import registry
from unitrack.registry.records import HeadRecord, load
from unitrack.testing.scenes import embed
from unitrack.types import (
    FeatureMap,
    Frame,
    Observation,
    SequenceInfo,
    SequenceResult,
    TrackedObject,
)

__all__ = ["Candidate", "score_case"]

Scores = Mapping[str, float]

Values = Mapping[str, Any]
"""Settings as ``--set`` takes them."""

# Data sets whose metrics score a head, where they are not the clip's own: tubes, and switches.
_SCORED_AS = {"vis": ("youtube_vis", "kitti_mots")}

_REMEMBERED = 64
_NO_PICTURE = np.zeros((1, 1, 3), np.uint8)


@dataclass(frozen=True)
class Candidate:
    """Named settings."""

    name: str
    protocol: str
    values: Values


def score_case(
    case: Case,
    backbone: str,
    candidates: Sequence[Candidate],
    cache: Path,
    embedders: Embedders,
) -> list[Scores]:
    """The scores of every candidate in one case, in lockstep on the same features."""
    heads = [_head(case.head, candidate) for candidate in candidates]
    settings = None if case.seed is None else {"seed": case.seed}
    dataset = unitrack.dataset(case.data, root=case.root, settings=settings)
    metrics = [open_metric(name)[1] for name in _SCORED_AS.get(case.head, (case.data,))]
    (video,) = (one for one in dataset.sequences() if one.name == case.sequence)
    folder = cache / backbone / case.clip / f"{case.head}-{video.name}"
    embedder = embedders.get(BACKBONES[backbone], letterbox=case.head == "mot")
    kept = keep(video, folder, embedder)
    cut = select(video, stride=case.stride, limit=None)
    with _described_once():
        results = _track(case, cut, kept, heads)
    if case.head != "vis":  # whose tubes have scores, for which files of KITTI-MOTS have no place
        results = [_as_written(dataset, cut, result, case.stride) for result in results]
    return [_row(metrics, cut, result) for result in results]


def _row(metrics: Sequence[Metric], video: Video, result: SequenceResult) -> Scores:
    rows = [metric.combine([metric.evaluate(video, result)]) for metric in metrics]
    return {name: value for row in rows for name, value in row.items()}


def _head(name: str, candidate: Candidate) -> TaskHead:
    record = registry().get("heads", name)
    assert isinstance(record, HeadRecord)
    settings = resolve_settings(record, candidate.protocol, {}, candidate.values)
    made: TaskHead = cast("Any", load(record.factory))(settings, registry().get)
    return made


def _track(case: Case, video: Video, kept: Kept, heads: Sequence[TaskHead]) -> list[SequenceResult]:
    info = SequenceInfo(video.name, video.fps, video.size, video.length)
    observations = video.observations(case.observations)
    trackers = [head.start(info, embed) for head in heads]
    found: list[list[tuple[TrackedObject, ...]]] = [[] for _ in heads]
    for index in range(video.length):
        frame = Frame(index, str(index), _NO_PICTURE)
        features = kept[index * case.stride]
        for frames, tracker in zip(found, trackers, strict=True):
            frames.append(tuple(tracker.step(frame, features, observations[index])))
    return [
        tracker.finish(SequenceResult(video.name, tuple(frames)))
        for tracker, frames in zip(trackers, found, strict=True)
    ]


@contextmanager
def _described_once() -> Iterator[None]:
    """Let candidates that describe the same observations in the same way share the work."""
    known: dict[object, tuple[FeatureMap, Descriptors]] = {}
    kind = type(rsm(SimilaritySettings()))
    describe = kind.describe

    def described(
        self: Any, frame: Frame, features: FeatureMap, seen: Sequence[Observation]
    ) -> Descriptors:
        settings: SimilaritySettings = self.settings
        one_by_one = tuple(id(getattr(one, "observation", one)) for one in seen)
        key = (settings.shape, settings.roi_grid, settings.max_points, features.grid, one_by_one)
        if key not in known or known[key][0].data is not features.data:
            if len(known) > _REMEMBERED:
                known.clear()
            known[key] = features, describe(self, frame, features, seen)
        return known[key][1]

    with patch.object(kind, "describe", described):
        yield


def _as_written(
    dataset: Dataset, video: Video, result: SequenceResult, stride: int
) -> SequenceResult:
    with tempfile.TemporaryDirectory() as folder:
        dataset.write(expand(result, stride=stride, length=whole(video).length), Path(folder))
        return read_result(dataset, video, Path(folder), stride)
