"""Two runs of the same sequences: which is better, how sure that is, and where they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from unitrack.engine.inputs import open_metric
from unitrack.engine.score import COMBINED
from unitrack.errors import UniTrackError
from unitrack.report.record import Record, counted
from unitrack.report.statistics import Interval, draw_counts, interval, resample

__all__ = ["Comparison", "Difference", "compare_records"]

_ROUNDING = 1e-9  # sums of the same numbers in another order


@dataclass(frozen=True, slots=True)
class Difference:
    """One score of two runs.

    Attributes:
        name: Of the score, or of the sequence.
        one: Of the first run; NaN where it has none.
        other: Of the second.
        lower: Whether less is better.
        interval: 95 % of ``other - one`` over draws of the sequences, the same for both runs.
    """

    name: str
    one: float
    other: float
    lower: bool = False
    interval: Interval | None = None

    @property
    def gap(self) -> float:
        """``other - one``."""
        return self.other - self.one

    @property
    def outcome(self) -> str:
        """``win`` where the second is better, ``loss``, ``tie``; empty without a number."""
        if not np.isfinite(self.gap):
            return ""
        if abs(self.gap) < _ROUNDING:
            return "tie"
        return "win" if (self.gap < 0) == self.lower else "loss"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs.

    Attributes:
        one: The first.
        other: The second.
        names: Of the two, as they are told apart.
        score: The score that sequences are compared by.
        scores: Every main score over the sequences that both have.
        sequences: `score` of each of them.
        note: Why there is no interval; empty where there is one.
    """

    one: Record
    other: Record
    names: tuple[str, str]
    score: str
    scores: tuple[Difference, ...]
    sequences: tuple[Difference, ...]
    note: str = ""

    def count(self, outcome: str) -> int:
        """Sequences with an outcome: ``win``, ``loss`` or ``tie`` of the second run."""
        return sum(one.outcome == outcome for one in self.sequences)


def compare_records(
    one: Record, other: Record, names: tuple[str, str], score: str | None = None
) -> Comparison:
    """Compare two runs over the sequences that both have finished.

    Args:
        one: A run.
        other: A run of the same data set, cut alike.
        names: What to call them.
        score: Compare sequences by it; the metric's first when left out.

    Raises:
        UniTrackError: If they are not about the same frames, or the score is not one of theirs.
    """
    _check_alike(one, other)
    shared = [name for name in one.sequences if name in other.scores]
    if not shared:
        raise UniTrackError(
            other.source, f"shares no scored sequence with {one.source}", "Run the same ones."
        )
    mains = one.metric.scores or tuple(one.scores[shared[0]])
    chosen = score or mains[0]
    there = {name for sequence in shared for name in one.scores[sequence]}
    if chosen not in there:
        raise UniTrackError(
            f"--score {chosen}", "is no score of these runs", f"Scores: {', '.join(sorted(there))}."
        )
    lower = one.metric.lower
    rows = tuple(
        Difference(
            name,
            one.scores[name].get(chosen, np.nan),
            other.scores[name].get(chosen, np.nan),
            chosen in lower,
        )
        for name in shared
    )
    paired = _paired(one, other, shared, dict.fromkeys((chosen, *mains)))
    scores = tuple(
        Difference(name, *ends, name in lower, paired.intervals.get(name))
        for name, ends in paired.scores.items()
    )
    return Comparison(one, other, names, chosen, scores, rows, paired.note)


def _check_alike(one: Record, other: Record) -> None:
    for what in ("data", "split", "limit", "stride"):
        mine, theirs = getattr(one.spec, what), getattr(other.spec, what)
        if mine != theirs:
            raise UniTrackError(
                other.source,
                f"is not about the same frames as {one.source} ({what}: {theirs}, not {mine})",
                "Compare runs of the same data set, split, limit and stride.",
            )


@dataclass(frozen=True, slots=True)
class _Paired:
    scores: Mapping[str, tuple[float, float]]
    intervals: Mapping[str, Interval] = field(default_factory=dict)
    note: str = ""


def _paired(
    one: Record, other: Record, shared: Sequence[str], wanted: Mapping[str, None]
) -> _Paired:
    """The wanted scores of both over the shared sequences, and how far their difference varies."""
    try:
        partials = [list(counted(record, shared).values()) for record in (one, other)]
    except UniTrackError as error:
        known = [record.scores.get(COMBINED, {}) for record in (one, other)]
        ends = {n: (known[0].get(n, np.nan), known[1].get(n, np.nan)) for n in wanted}
        note = f"no intervals: {error.where}: {error.what}"
        if len(shared) < max(len(one.sequences), len(other.sequences)):
            return _Paired({}, note=f"{note}; no combined scores, as the sequences differ")
        return _Paired(ends, note=note)
    _, metric = open_metric(one.spec.data)
    rows = [metric.combine(found) for found in partials]
    scores = {n: (rows[0].get(n, np.nan), rows[1].get(n, np.nan)) for n in wanted}
    scores = {name: ends for name, ends in scores.items() if np.isfinite(ends).any()}
    if len(shared) < 2:  # noqa: PLR2004 - one sequence cannot be drawn differently
        return _Paired(scores, note="one sequence only, so there is no interval")
    counts = draw_counts(len(shared))
    draws = [resample(metric, found, counts) for found in partials]
    gaps = {n: draws[1][n] - draws[0][n] for n in scores if n in draws[0] and n in draws[1]}
    found = {name: interval(gap) for name, gap in gaps.items()}
    return _Paired(scores, {name: ends for name, ends in found.items() if ends is not None})
