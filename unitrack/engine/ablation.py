"""One head under several settings on one pass of the backbone, scored side by side."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unitrack.data.base import Sequence as Video
from unitrack.data.select import expand, whole
from unitrack.engine.inputs import open_metric
from unitrack.engine.plan import Plan, build_head
from unitrack.engine.progress import Progress
from unitrack.engine.score import check_truth, read_result
from unitrack.engine.spec import RunSpec
from unitrack.engine.track import track
from unitrack.heads.base import Crops, Embed, FrameFeatures, TaskHead, Tracker
from unitrack.metrics.base import Partial, Row
from unitrack.types import (
    FeatureMap,
    Frame,
    Observation,
    SequenceInfo,
    SequenceResult,
    TrackedObject,
)

__all__ = ["AblationReport", "AblationRow", "ablate"]

Changed = Mapping[str, Any]
"""Settings of the head by which one row differs from the others; plain JSON values."""


@dataclass(frozen=True, slots=True)
class AblationRow:
    """One line of the table.

    Attributes:
        changed: Settings that make this row.
        scores: Over all sequences: fractions in 0..1, counts as integers.
        ms: The head's own time per frame, without the backbone, milliseconds.
    """

    changed: Changed
    scores: Row
    ms: float


@dataclass(frozen=True, slots=True)
class AblationReport:
    """What an ablation gave.

    Attributes:
        spec: What all rows have in common (its head settings are those of the first row).
        rows: In the order asked for.
        shown: Names of the main scores.
        frames: Frames tracked, once for all rows.
        timings_s: Seconds per stage.
    """

    spec: RunSpec
    rows: tuple[AblationRow, ...]
    shown: tuple[str, ...]
    frames: int
    timings_s: Mapping[str, float]

    def to_json(self) -> dict[str, Any]:
        """Plain values, laid out as in ``results.json``."""
        spec = self.spec
        return {
            "schema": 1,
            "head": spec.head,
            "backbone": spec.backbone,
            "data": spec.data,
            "rows": [
                {"settings": dict(r.changed), "scores": dict(r.scores), "ms": round(r.ms, 3)}
                for r in self.rows
            ],
            "layer": spec.layer,
            "protocol": spec.protocol,
            "observations": spec.observations,
            "frames": self.frames,
            "timings_s": {stage: round(s, 3) for stage, s in self.timings_s.items()},
        }


def ablate(
    specs: Sequence[tuple[Changed, RunSpec]],
    *,
    names: Sequence[str] | None,
    progress: Progress,
) -> AblationReport:
    """Track every sequence once, with one tracker a row in lockstep, and score each row.

    What is scored is what ``unitrack run`` would have written: results go through the benchmark's
    own files. Results are held for one sequence at a time.

    Args:
        specs: At least one row: what it changes, and the whole run; runs differ in the head's
            settings only.
        names: Sequences, or None for all.
        progress: Told what goes on.

    Raises:
        UniTrackError: Before the first frame, if an input is not as it must be or nothing is
            annotated; later, if a frame cannot be decoded.
    """
    plan = Plan.of(specs[0][1], names)
    check_truth(plan.videos, Path(plan.spec.root))
    heads = [plan.head, *(build_head(spec)[0] for _, spec in specs[1:])]
    videos = {name: video for name, video in plan.videos.items() if video.truth is not None}
    record, metric = open_metric(plan.spec.data)
    partials: list[list[Partial]] = [[] for _ in specs]
    together = _Lockstep(heads)
    timings: dict[str, float] = {}
    progress.begin(sum(video.length for video in videos.values()), len(videos))
    for name, video in videos.items():
        results = _tracked(plan, name, video, together, timings, progress)
        for kept, result in zip(partials, results, strict=True):
            kept.append(metric.evaluate(video, _as_written(plan, video, result)))
        progress.finish(name, None)
    frames = sum(video.length for video in videos.values())
    rows = (
        AblationRow(changed, metric.combine(counted), 1e3 * spent / frames)
        for (changed, _), counted, spent in zip(specs, partials, together.seconds, strict=True)
    )
    return AblationReport(plan.spec, tuple(rows), record.scores, frames, timings)


def _tracked(
    plan: Plan,
    name: str,
    video: Video,
    together: _Lockstep,
    timings: dict[str, float],
    progress: Progress,
) -> list[SequenceResult]:
    result = track(
        video,
        plan.observations[name],
        together,
        plan.embedder,
        stage=plan.stage,
        on_frame=lambda: progress.advance(name, 1),
    )
    for stage, seconds in result.timings.items():
        timings[stage] = timings.get(stage, 0.0) + seconds
    return together.results


def _as_written(plan: Plan, video: Video, result: SequenceResult) -> SequenceResult:
    """A result as it reads in the benchmark's files."""
    stride = plan.spec.stride
    with tempfile.TemporaryDirectory() as folder:
        everything = expand(result, stride=stride, length=whole(video).length)
        plan.dataset.write(everything, Path(folder))
        return read_result(plan.dataset, video, Path(folder), stride)


class _Lockstep:
    """Several heads of one kind as one: each frame goes to all of them, in turn."""

    def __init__(self, heads: Sequence[TaskHead]) -> None:
        self._heads = heads
        self.results: list[SequenceResult] = []
        self.seconds = [0.0] * len(heads)

    @property
    def needs(self) -> FrameFeatures | Crops:
        first = self._heads[0].needs
        assert all(head.needs == first for head in self._heads), "one head, other settings"
        return first

    def start(self, sequence: SequenceInfo, embed: Embed) -> _Trackers:
        return _Trackers(self, [head.start(sequence, embed) for head in self._heads])


class _Trackers:
    def __init__(self, owner: _Lockstep, trackers: Sequence[Tracker]) -> None:
        self._owner = owner
        self._trackers = trackers
        self._frames: list[list[tuple[TrackedObject, ...]]] = [[] for _ in trackers]

    def step(
        self, frame: Frame, features: FeatureMap | None, observations: Sequence[Observation]
    ) -> list[TrackedObject]:
        for number, tracker in enumerate(self._trackers):
            start = time.perf_counter()
            self._frames[number].append(tuple(tracker.step(frame, features, observations)))
            self._owner.seconds[number] += time.perf_counter() - start
        return list(self._frames[0][-1])

    def finish(self, result: SequenceResult) -> SequenceResult:
        self._owner.results = [
            tracker.finish(SequenceResult(result.name, tuple(frames)))
            for tracker, frames in zip(self._trackers, self._frames, strict=True)
        ]
        return self._owner.results[0]
