"""Metrics: a sound one, and flawed ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from unitrack.errors import UniTrackError
from unitrack.testing.scenes import Scene
from unitrack.types import (
    SequenceResult,
)


class Agreement:
    """Share of true objects whose identity is the one most often given to it."""

    def evaluate(self, sequence: Any, result: SequenceResult) -> dict[str, Any]:
        if sequence.truth is None:
            raise UniTrackError(sequence.name, "has no truth", "Score another split.")
        given = [{one.observation.box: one.id for one in frame} for frame in result.frames]
        pairs = [
            (one.id, ids.get(one.observation.box))
            for frame, ids in zip(sequence.truth, given, strict=True)
            for one in frame
        ]
        found = [(true, known) for true, known in pairs if known is not None]
        best = sum(
            max(found.count((true, known)) for known in {k for t, k in found if t == true})
            for true in {true for true, _ in found}
        )
        return {"agreed": best, "all": len(pairs), "found": len(found)}

    def combine(self, partials: Sequence[Any]) -> dict[str, float | int]:
        total = sum(one["all"] for one in partials)
        return {
            "agreement": float(sum(one["agreed"] for one in partials) / total),
            "missed": total - sum(one["found"] for one in partials),
        }


class _Flawed(Agreement):
    def __init__(self, flaw: str) -> None:
        self.flaw = flaw

    def evaluate(self, sequence: Any, result: SequenceResult) -> dict[str, Any]:
        match self.flaw:
            case "needs no truth":
                return super().evaluate(Scene(length=sequence.length), result)
            case "cannot travel":
                return {**super().evaluate(sequence, result), "how": lambda: 0}
            case "reads names":
                counted = super().evaluate(sequence, result)
                odd = sum(one.id % 2 for frame in result.frames for one in frame)
                return {**counted, "agreed": counted["agreed"] - odd}
            case "ranks":
                ranked = [
                    (-one.observation.score, one.id, index)
                    for index, frame in enumerate(result.frames)
                    for one in frame
                ]
                return {**super().evaluate(sequence, result), "agreed": min(ranked)[2]}
            case _:
                return super().evaluate(sequence, result)

    def combine(self, partials: Sequence[Any]) -> dict[str, float | int]:
        row = super().combine(partials[:1] if self.flaw == "first counts" else partials)
        share, count = row["agreement"], len(partials)
        flawed = {
            "percent": 100 * share,
            "generous": 1.0,
            "piles up": share / count**2,
            "pile of halves": share if share == 1 else share / count,
        }
        if self.flaw == "forgets":
            del row["agreement"]
            return row
        return {**row, "agreement": flawed.get(self.flaw, share)}


def __getattr__(name: str) -> Any:
    """Factories by flaw, for records to point to: ``metric_piles_up``."""
    kind, _, flaw = name.partition("_")
    if kind != "metric":
        raise AttributeError(name)
    return lambda: _Flawed(flaw.replace("_", " "))
