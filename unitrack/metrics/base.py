"""The role of a metric: additive over sequences, so that they can be scored anywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from unitrack.data.base import Sequence as Video
from unitrack.metrics.curves import Plot
from unitrack.types import SequenceResult

__all__ = ["Breakdown", "Metric", "Partial", "Plotting", "Resampled", "Row", "Table"]

Partial = Mapping[str, Any]
"""Counts of one sequence; their form is private to the metric that made them (hence Any)."""

Row = Mapping[str, float | int]
"""Score name to value: fractions in 0..1, counts as integers."""


Table = Mapping[str, Row]
"""Row name to row."""


class Metric(Protocol):
    """A family of scores."""

    def evaluate(self, sequence: Video, result: SequenceResult) -> Partial:
        """Count on one sequence.

        Raises:
            UniTrackError: If the sequence has no truth.
        """

    def combine(self, partials: Sequence[Partial]) -> Row:
        """The scores over one or several sequences, as the benchmark combines them."""


@runtime_checkable
class Breakdown(Protocol):
    """A metric that can say more than a row a sequence."""

    def breakdown(
        self, videos: Mapping[str, Video], partials: Mapping[str, Partial]
    ) -> Mapping[str, Table]:
        """Further tables by what their rows are, e.g. ``attribute`` or ``object``.

        Args:
            videos: Sequences by name.
            partials: What `Metric.evaluate` counted on each.
        """


@runtime_checkable
class Plotting(Protocol):
    """A metric with curves."""

    def plots(self, partials: Mapping[str, Partial]) -> Mapping[str, Plot]:
        """Plots by file name (without its end), over the sequences by name."""


@runtime_checkable
class Resampled(Protocol):
    """A metric that scores thousands of draws of its sequences at once."""

    def resample(
        self, partials: Sequence[Partial], counts: NDArray[np.int64]
    ) -> Mapping[str, NDArray[np.float64]]:
        """What `Metric.combine` gives of each draw, as far as a draw changes it.

        Args:
            partials: What `Metric.evaluate` counted, N of them.
            counts: How often each sequence is in a draw, ``(B, N)``; no draw is empty.

        Returns:
            Score to its value in each draw, ``(B,)``; NaN where a draw has none.
        """
