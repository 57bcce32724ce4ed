"""How long the rest of a suite takes, from what the store has measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from unitrack.suite.records import DONE, CellState
from unitrack.suite.run import state
from unitrack.suite.store import Store
from unitrack.suite.survey import Surveyed, Surveyor
from unitrack.suite.table import Table

__all__ = ["Outlook", "look_ahead"]

# What a rate is looked up by, the closest kin first: each a choice among head, backbone, layer,
# data set and device.
_KIN = ((0, 1, 2, 3, 4), (0, 1, 2, 4), (0, 4))


@dataclass(frozen=True, slots=True)
class Outlook:
    """One cell before it is run.

    Attributes:
        state: Where it stands.
        sequences: How many it has.
        finished: How many of them are in the store.
        frames: Frames that are left to track.
        seconds: For these on one worker; None where nothing like it was run yet.
    """

    state: CellState
    sequences: int
    finished: int
    frames: int
    seconds: float | None


def look_ahead(table: Table, store: Store) -> list[Outlook]:
    """What a run of the suite would do; nothing is tracked, fetched or kept.

    Args:
        table: Its cells.
        store: The store; it need not exist.
    """
    surveyor = Surveyor(fetch=False)
    rates = _rates(store)
    return [_outlook(store, surveyor.survey(cell), rates) for cell in table.cells]


def _outlook(store: Store, surveyed: Surveyed, rates: Mapping[Sequence[str], float]) -> Outlook:
    found = state(store, surveyed)
    asked = surveyed.sequences.values()
    finished = len(asked) if found.state == DONE else sum(store.has(one.key) for one in asked)
    left = [
        one.length
        for name, one in surveyed.sequences.items()
        if found.state != DONE and name not in found.failed and not store.has(one.key)
    ]
    seconds: float | None = 0.0
    if left:
        spec = surveyed.spec
        rate = _rate(rates, (spec.head, spec.backbone, spec.layer, spec.data, spec.device))
        seconds = None if rate is None else rate * sum(left)
    return Outlook(found, len(surveyed.sequences), finished, sum(left), seconds)


def _rates(store: Store) -> dict[Sequence[str], float]:
    """Seconds a frame of every kind of cell that was scored."""
    frames: dict[Sequence[str], int] = {}
    seconds: dict[Sequence[str], float] = {}
    for cell in store.cells():
        spec = cell.spec
        words = (spec["head"], spec["backbone"], spec["layer"], spec["data"], spec["device"])
        for kin in _kin(words):
            frames[kin] = frames.get(kin, 0) + sum(s["frames"] for s in cell.sequences.values())
            seconds[kin] = seconds.get(kin, 0.0) + sum(
                s["timings_s"]["total"] for s in cell.sequences.values()
            )
    return {kin: seconds[kin] / frames[kin] for kin in frames if frames[kin]}


def _rate(rates: Mapping[Sequence[str], float], words: Sequence[str]) -> float | None:
    return next((rates[kin] for kin in _kin(words) if kin in rates), None)


def _kin(words: Sequence[str]) -> list[Sequence[str]]:
    return [tuple(words[place] for place in chosen) for chosen in _KIN]
