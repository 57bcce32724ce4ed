"""How sure a score is, and what goes with what: resampling of sequences, ranks, correlations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unitrack.metrics.base import Metric, Partial, Resampled

__all__ = [
    "DRAWS",
    "Correlation",
    "Interval",
    "correlate",
    "draw_counts",
    "interval",
    "ranks",
    "resample",
]

DRAWS = 1000
_SEED = 0
_PERCENT = (2.5, 97.5)
_FEWEST_POINTS = 3  # two points lie on a line whatever they are

Interval = tuple[float, float]
"""Low and high end."""

Array = NDArray[np.float64]


def draw_counts(sequences: int, draws: int = DRAWS) -> NDArray[np.int64]:
    """How often each sequence is in a draw of as many with replacement, ``(draws, sequences)``.

    The same for the same number of sequences: two runs over the same sequences are drawn alike, so
    that their draws can be compared in pairs.
    """
    generator = np.random.default_rng(_SEED)
    return generator.multinomial(sequences, np.full(sequences, 1 / sequences), size=draws)


def resample(
    metric: Metric, partials: Sequence[Partial], counts: NDArray[np.int64]
) -> dict[str, Array]:
    """The scores of each draw.

    Args:
        metric: Combines the partials.
        partials: One a sequence, N.
        counts: How often each is in a draw, ``(B, N)``.

    Returns:
        Score to its value in each draw, ``(B,)``; NaN where a draw has none.

    Source:
        Efron, "Bootstrap methods: another look at the jackknife", 1979.
    """
    if isinstance(metric, Resampled):
        return dict(metric.resample(partials, counts))
    # Few sequences have few different draws.
    different, which = np.unique(counts, axis=0, return_inverse=True)
    rows = [
        metric.combine([partials[k] for k in np.repeat(np.arange(len(draw)), draw).tolist()])
        for draw in different
    ]
    names = dict.fromkeys(name for row in rows for name in row)
    return {
        name: np.array([row.get(name, np.nan) for row in rows])[which.reshape(-1)] for name in names
    }


def interval(values: Array) -> Interval | None:
    """The middle 95 % of the draws; None where not even half of them have a value."""
    known = values[np.isfinite(values)]
    if 2 * len(known) < len(values) or not len(known):
        return None
    low, high = np.percentile(known, _PERCENT)
    return float(low), float(high)


def ranks(values: Mapping[str, float], *, lower: bool = False) -> dict[str, float]:
    """Place of each name, 1 the best, equal values sharing the mean of their places.

    Values that are no finite number have no place.
    """
    from scipy.stats import rankdata

    known = {name: value for name, value in values.items() if np.isfinite(value)}
    signed = np.array(list(known.values())) * (1 if lower else -1)
    return dict(zip(known, rankdata(signed).tolist(), strict=True)) if known else {}


@dataclass(frozen=True, slots=True)
class Correlation:
    """How two measures of the same things go together.

    Attributes:
        points: How many things both measures have.
        pearson: Pearson's r.
        spearman: Spearman's rho.
    """

    points: int
    pearson: float
    spearman: float


def correlate(one: Mapping[str, float], other: Mapping[str, float]) -> Correlation | None:
    """Correlation over the names that both have; None below three, or where one does not vary."""
    from scipy.stats import pearsonr, spearmanr

    names = [n for n in one if n in other and np.isfinite(one[n]) and np.isfinite(other[n])]
    x, y = (np.array([values[name] for name in names]) for values in (one, other))
    if len(names) < _FEWEST_POINTS or np.ptp(x) == 0 or np.ptp(y) == 0:
        return None
    return Correlation(len(names), float(pearsonr(x, y)[0]), float(spearmanr(x, y)[0]))
