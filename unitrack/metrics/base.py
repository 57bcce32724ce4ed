"""The role of a metric: additive over sequences, so that they can be scored anywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from unitrack.data.base import Sequence as Video
from unitrack.types import SequenceResult

__all__ = ["Metric", "Partial", "Row"]

Partial = Mapping[str, Any]
"""Counts of one sequence; their form is private to the metric that made them (hence Any)."""

Row = Mapping[str, float | int]
"""Score name to value: fractions in 0..1, counts as integers."""


class Metric(Protocol):
    """A family of scores."""

    def evaluate(self, sequence: Video, result: SequenceResult) -> Partial:
        """Count on one sequence.

        Raises:
            UniTrackError: If the sequence has no truth.
        """

    def combine(self, partials: Sequence[Partial]) -> Row:
        """The scores over one or several sequences, as the benchmark combines them."""
