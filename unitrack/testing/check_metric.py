"""Promises of a metric: 1 for perfection, blind to names and order, additive over sequences."""

from __future__ import annotations

import math
import pickle
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import cast

from unitrack.errors import UniTrackError
from unitrack.metrics.base import Metric, Row
from unitrack.registry.records import MetricRecord
from unitrack.testing.scenes import Scene, perfect
from unitrack.testing.subject import Subject
from unitrack.types import (
    BoxObservation,
    MaskObservation,
    PoseObservation,
    SequenceResult,
    TrackedObject,
)

__all__ = ["CHECKS"]

_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class _Untold(Scene):
    """A video whose truth is kept back, as in a benchmark's test split."""

    @property
    def truth(self) -> None:  # type: ignore[override]
        """Nothing is told."""


def check_gives_the_scores_it_names(subject: Subject[MetricRecord]) -> None:
    """Every score that the record names is in the row, finite; fractions lie in 0..1."""
    scene = _one(subject)
    row = _row(subject, (scene, perfect(scene)))
    missing = [name for name in subject.record.scores if name not in row]
    assert subject.record.scores, f"{subject}: scores is empty"
    assert not missing, f"{subject}: no {', '.join(missing)} in {sorted(row)}"
    for name in subject.record.scores:
        value = row[name]
        assert math.isfinite(value), f"{subject}: {name} is {value}"
        assert isinstance(value, int) or value <= 1 + _TOLERANCE, f"{subject}: {name} is {value}"


def check_a_perfect_result_scores_one(subject: Subject[MetricRecord]) -> None:
    """The truth as a result scores the best there is, alone and over several sequences."""
    main, one = subject.record.scores[0], _one(subject)
    for scenes in ((one,), (one, _other(subject))):
        row = _row(subject, *((scene, perfect(scene)) for scene in scenes))
        best = subject.record.best
        assert abs(row[main] - best) <= _TOLERANCE, f"{subject}: {main} is {row[main]}, not {best}"


def check_a_worse_result_scores_less(subject: Subject[MetricRecord]) -> None:
    """A result that misses an object half of the time, or gives nothing at all, scores less."""
    main, scene = subject.record.scores[0], _one(subject)
    missed = replace(
        perfect(scene),
        frames=tuple(
            tuple(t for t in frame if t.id != 1 or index % 2 == 0)
            for index, frame in enumerate(perfect(scene).frames)
        ),
    )
    nothing = SequenceResult(scene.name, ((),) * scene.length)
    worse, worst = (_row(subject, (scene, result))[main] for result in (missed, nothing))
    best = subject.record.best
    assert worst <= worse < best, f"{subject}: {main}: {worse} with misses, {worst} with nothing"


def check_ids_may_be_renamed(subject: Subject[MetricRecord]) -> None:
    """Where identities are the tracker's own, other numbers for them give the same scores."""
    if subject.record.stage == "propagation":
        return
    scene = _one(subject)
    result = _flawed(scene)
    renamed = replace(
        result,
        frames=tuple(
            tuple(replace(one, id=1000 - 6 * one.id) for one in frame) for frame in result.frames
        ),
    )
    rows = [_row(subject, (scene, given)) for given in (result, renamed)]
    assert _same(*rows), f"{subject}: {rows}"


def check_the_order_of_sequences_does_not_matter(subject: Subject[MetricRecord]) -> None:
    """Sequences combined in another order give the same scores."""
    pairs = [(scene, _flawed(scene)) for scene in (_one(subject), _other(subject))]
    rows = [_row(subject, *order) for order in (pairs, pairs[::-1])]
    assert _same(*rows), f"{subject}: {rows}"


def check_one_sequence_is_its_own_combination(subject: Subject[MetricRecord]) -> None:
    """Fractions of a sequence alone are those of the sequence counted twice."""
    pair = (_one(subject), _flawed(_one(subject)))
    alone, twice = _row(subject, pair), _row(subject, pair, pair)
    fractions = [name for name in subject.record.scores if isinstance(alone[name], float)]
    differing = {name: (alone[name], twice[name]) for name in fractions
                 if abs(alone[name] - twice[name]) > _TOLERANCE}  # fmt: skip
    assert not differing, f"{subject}: {differing}"


def check_counts_can_travel(subject: Subject[MetricRecord]) -> None:
    """What was counted in another process combines to the same scores."""
    metric = _metric(subject)
    scenes = (_one(subject), _other(subject))
    counted = [metric.evaluate(scene, _flawed(scene)) for scene in scenes]
    # Ours a line ago, so that nothing foreign is unpickled.
    travelled = [pickle.loads(pickle.dumps(partial)) for partial in counted]  # noqa: S301
    assert _same(metric.combine(counted), metric.combine(travelled)), f"{subject}"


def check_empty_frames_are_ordinary(subject: Subject[MetricRecord]) -> None:
    """A result without any object is scored, not refused."""
    scene = _one(subject)
    _row(subject, (scene, SequenceResult(scene.name, ((),) * scene.length)))


def check_a_sequence_without_truth_is_refused(subject: Subject[MetricRecord]) -> None:
    """Scoring where the truth is kept back is a fault the user can mend."""
    try:
        scene = _one(subject)
        untold = _Untold(**{field.name: getattr(scene, field.name) for field in fields(scene)})
        _metric(subject).evaluate(untold, perfect(scene))
    except UniTrackError:
        return
    raise AssertionError(f"{subject}: a sequence without truth was scored")


def _one(subject: Subject[MetricRecord]) -> Scene:
    """A video for this kind of metric."""
    record = subject.record
    # VOT's expected overlap is defined for videos of 109 frames or more.
    length = 120 if (record.stage, record.shape) == ("propagation", "box") else 24
    return Scene("one", length=length, stage=record.stage, shape=record.shape)


def _other(subject: Subject[MetricRecord]) -> Scene:
    one = _one(subject)
    return replace(one, name="other", length=one.length + 6, seed=5)


def _metric(subject: Subject[MetricRecord]) -> Metric:
    return cast("Metric", subject.build())


def _row(subject: Subject[MetricRecord], *pairs: tuple[Scene, SequenceResult]) -> Row:
    metric = _metric(subject)
    return metric.combine([metric.evaluate(scene, result) for scene, result in pairs])


def _flawed(scene: Scene) -> SequenceResult:
    """One object is missed now and then, and identities change half-way where they may.

    No two identities have one score: a metric that ranks them may break ties as its benchmark does.
    """
    result = perfect(scene)
    half = scene.length // 2 if scene.stage == "association" else scene.length
    return replace(
        result,
        frames=tuple(
            tuple(
                _scored(replace(one, id=one.id + (50 if index >= half else 0)))
                for one in frame
                if (index + one.id) % 5
            )
            for index, frame in enumerate(result.frames)
        ),
    )


def _scored(one: TrackedObject) -> TrackedObject:
    """The object with a score of its identity's own."""
    seen = one.observation
    assert isinstance(seen, BoxObservation | MaskObservation | PoseObservation)
    return replace(one, observation=replace(seen, score=1 / (1 + one.id)))


def _same(one: Mapping[str, float], other: Mapping[str, float]) -> bool:
    return one.keys() == other.keys() and all(
        abs(one[name] - other[name]) <= _TOLERANCE for name in one
    )


CHECKS = (
    check_gives_the_scores_it_names,
    check_a_perfect_result_scores_one,
    check_a_worse_result_scores_less,
    check_ids_may_be_renamed,
    check_the_order_of_sequences_does_not_matter,
    check_one_sequence_is_its_own_combination,
    check_counts_can_travel,
    check_empty_frames_are_ordinary,
    check_a_sequence_without_truth_is_refused,
)
