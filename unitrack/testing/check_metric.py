"""Promises of a metric: 1 for perfection, blind to names and order, additive over sequences."""

from __future__ import annotations

import math
import pickle
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast

from unitrack.errors import UniTrackError
from unitrack.metrics.base import Metric, Row
from unitrack.registry.records import MetricRecord
from unitrack.testing.scenes import Scene, perfect
from unitrack.testing.subject import Subject
from unitrack.types import SequenceResult

__all__ = ["CHECKS"]

_ONE, _OTHER = Scene("one", length=24), Scene("other", length=30, seed=5)
_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class _Untold(Scene):
    """A video whose truth is kept back, as in a benchmark's test split."""

    @property
    def truth(self) -> None:  # type: ignore[override]
        """Nothing is told."""


def check_gives_the_scores_it_names(subject: Subject[MetricRecord]) -> None:
    """Every score that the record names is in the row, finite; fractions lie in 0..1."""
    row = _row(subject, (_ONE, perfect(_ONE)))
    missing = [name for name in subject.record.scores if name not in row]
    assert subject.record.scores, f"{subject}: scores is empty"
    assert not missing, f"{subject}: no {', '.join(missing)} in {sorted(row)}"
    for name in subject.record.scores:
        value = row[name]
        assert math.isfinite(value), f"{subject}: {name} is {value}"
        assert isinstance(value, int) or value <= 1 + _TOLERANCE, f"{subject}: {name} is {value}"


def check_a_perfect_result_scores_one(subject: Subject[MetricRecord]) -> None:
    """The truth as a result scores 1, alone and over several sequences."""
    main = subject.record.scores[0]
    for scenes in ((_ONE,), (_ONE, _OTHER)):
        row = _row(subject, *((scene, perfect(scene)) for scene in scenes))
        assert abs(row[main] - 1) <= _TOLERANCE, f"{subject}: {main} is {row[main]}"


def check_a_worse_result_scores_less(subject: Subject[MetricRecord]) -> None:
    """A result that misses an object, or gives nothing at all, scores below 1."""
    main = subject.record.scores[0]
    missed = replace(
        perfect(_ONE),
        frames=tuple(tuple(t for t in frame if t.id != 1) for frame in perfect(_ONE).frames),
    )
    nothing = SequenceResult(_ONE.name, ((),) * _ONE.length)
    worse, worst = (_row(subject, (_ONE, result))[main] for result in (missed, nothing))
    assert worst <= worse < 1, f"{subject}: {main}: {worse} with a miss, {worst} with nothing"


def check_ids_may_be_renamed(subject: Subject[MetricRecord]) -> None:
    """Other numbers for the same identities give the same scores."""
    result = _flawed(_ONE)
    renamed = replace(
        result,
        frames=tuple(
            tuple(replace(one, id=1000 - 6 * one.id) for one in frame) for frame in result.frames
        ),
    )
    rows = [_row(subject, (_ONE, given)) for given in (result, renamed)]
    assert _same(*rows), f"{subject}: {rows}"


def check_the_order_of_sequences_does_not_matter(subject: Subject[MetricRecord]) -> None:
    """Sequences combined in another order give the same scores."""
    pairs = [(scene, _flawed(scene)) for scene in (_ONE, _OTHER)]
    rows = [_row(subject, *order) for order in (pairs, pairs[::-1])]
    assert _same(*rows), f"{subject}: {rows}"


def check_one_sequence_is_its_own_combination(subject: Subject[MetricRecord]) -> None:
    """Fractions of a sequence alone are those of the sequence counted twice."""
    pair = (_ONE, _flawed(_ONE))
    alone, twice = _row(subject, pair), _row(subject, pair, pair)
    fractions = [name for name in subject.record.scores if isinstance(alone[name], float)]
    differing = {name: (alone[name], twice[name]) for name in fractions
                 if abs(alone[name] - twice[name]) > _TOLERANCE}  # fmt: skip
    assert not differing, f"{subject}: {differing}"


def check_counts_can_travel(subject: Subject[MetricRecord]) -> None:
    """What was counted in another process combines to the same scores."""
    metric = _metric(subject)
    counted = [metric.evaluate(scene, _flawed(scene)) for scene in (_ONE, _OTHER)]
    # Ours a line ago, so that nothing foreign is unpickled.
    travelled = [pickle.loads(pickle.dumps(partial)) for partial in counted]  # noqa: S301
    assert _same(metric.combine(counted), metric.combine(travelled)), f"{subject}"


def check_empty_frames_are_ordinary(subject: Subject[MetricRecord]) -> None:
    """A result without any object is scored, not refused."""
    _row(subject, (_ONE, SequenceResult(_ONE.name, ((),) * _ONE.length)))


def check_a_sequence_without_truth_is_refused(subject: Subject[MetricRecord]) -> None:
    """Scoring where the truth is kept back is a fault the user can mend."""
    try:
        _metric(subject).evaluate(_Untold("untold", _ONE.length), perfect(_ONE))
    except UniTrackError:
        return
    raise AssertionError(f"{subject}: a sequence without truth was scored")


def _metric(subject: Subject[MetricRecord]) -> Metric:
    return cast("Metric", subject.build())


def _row(subject: Subject[MetricRecord], *pairs: tuple[Scene, SequenceResult]) -> Row:
    metric = _metric(subject)
    return metric.combine([metric.evaluate(scene, result) for scene, result in pairs])


def _flawed(scene: Scene) -> SequenceResult:
    """One object is missed now and then, and identities change half-way."""
    result = perfect(scene)
    half = scene.length // 2
    return replace(
        result,
        frames=tuple(
            tuple(
                replace(one, id=one.id + (50 if index >= half else 0))
                for one in frame
                if (index + one.id) % 5
            )
            for index, frame in enumerate(result.frames)
        ),
    )


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
