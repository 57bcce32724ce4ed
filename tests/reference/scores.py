"""HOTA at one threshold, CLEAR and Identity, by loops and by trying every assignment.

Source:
    The formulas of benchmarks.md section 3; nothing of trackeval is used.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import log10, sqrt

import numpy as np
from numpy.typing import NDArray

__all__ = ["Frame", "clear", "hota", "identity"]

Frame = tuple[Sequence[int], Sequence[int], NDArray[np.float64]]
"""Identities of the truth, identities of the tracker, similarity of every pair."""

Pairs = list[tuple[int, int]]
_EPS = 2.2e-16
_FOLLOWED = 1000.0  # outweighs every similarity: last frame's partner goes first


def hota(frames: Sequence[Frame], alpha: float) -> dict[str, float]:
    """HOTA and what it is made of, at the similarity threshold ``alpha``."""
    true, found = _counts(t for t, _, _ in frames), _counts(f for _, f, _ in frames)
    alignment = _alignment(frames, true, found)
    matched: Counter[tuple[int, int]] = Counter()
    located = 0.0
    for true_ids, found_ids, similarity in frames:
        wanted = [
            [
                alignment[true_id, found_id] * similarity[row, column]
                for column, found_id in enumerate(found_ids)
            ]
            for row, true_id in enumerate(true_ids)
        ]
        for row, column in _best(wanted):
            if similarity[row, column] >= alpha - _EPS:
                matched[true_ids[row], found_ids[column]] += 1
                located += similarity[row, column]
    return _hota_row(true, found, matched, located)


def clear(frames: Sequence[Frame], threshold: float = 0.5) -> dict[str, float]:
    """The CLEAR MOT scores and counts."""
    counts: Counter[str] = Counter()
    agreement = 0.0
    before: dict[int, int] = {}  # truth to tracker in the last frame that had both
    last: dict[int, int] = {}  # truth to the tracker that had it last, ever
    seen, times, pieces = _counts(t for t, _, _ in frames), Counter[int](), Counter[int]()
    for true_ids, found_ids, similarity in frames:
        pairs: Pairs = []
        if true_ids and found_ids:
            pairs = _best(_followed(true_ids, found_ids, similarity, before, threshold))
            now = {true_ids[row]: found_ids[column] for row, column in pairs}
            counts["IDSW"] += sum(t in last and last[t] != f for t, f in now.items())
            pieces.update(t for t in now if t not in before)
            times.update(list(now))
            last |= now
            before = now
        agreement += sum(similarity[pair] for pair in pairs)
        counts["CLR_TP"] += len(pairs)
        counts["CLR_FN"] += len(true_ids) - len(pairs)
        counts["CLR_FP"] += len(found_ids) - len(pairs)
    for true_id, total in seen.items():
        share = times[true_id] / total
        counts["MT" if share > 0.8 else "PT" if share >= 0.2 else "ML"] += 1
    counts["Frag"] = sum(number - 1 for number in pieces.values())
    return _clear_row(counts, agreement)


def identity(frames: Sequence[Frame], threshold: float = 0.5) -> dict[str, float]:
    """The Identity scores and counts: one tracker identity for each true one, all along."""
    true, found = _counts(t for t, _, _ in frames), _counts(f for _, f, _ in frames)
    together: Counter[tuple[int, int]] = Counter()
    for true_ids, found_ids, similarity in frames:
        for row, true_id in enumerate(true_ids):
            for column, found_id in enumerate(found_ids):
                together[true_id, found_id] += bool(similarity[row, column] >= threshold)
    rows, columns = sorted(true), sorted(found)
    wanted = [[float(together[row, column]) for column in columns] for row in rows]
    hits = sum(together[rows[row], columns[column]] for row, column in _best(wanted))
    misses, ghosts = sum(true.values()) - hits, sum(found.values()) - hits
    return {
        "IDTP": hits,
        "IDFN": misses,
        "IDFP": ghosts,
        "IDF1": hits / max(1.0, hits + misses / 2 + ghosts / 2),
        "IDR": hits / max(1, hits + misses),
        "IDP": hits / max(1, hits + ghosts),
    }


def _alignment(
    frames: Sequence[Frame], true: Mapping[int, int], found: Mapping[int, int]
) -> dict[tuple[int, int], float]:
    """How much of both lives each pair spends together."""
    shared = {(t, f): 0.0 for t in true for f in found}
    for true_ids, found_ids, similarity in frames:
        for row, true_id in enumerate(true_ids):
            for column, found_id in enumerate(found_ids):
                here = similarity[row, column]
                rivals = similarity[row].sum() + similarity[:, column].sum() - here
                if rivals > 0:
                    shared[true_id, found_id] += here / rivals
    return {(t, f): value / (true[t] + found[f] - value) for (t, f), value in shared.items()}


def _hota_row(
    true: Mapping[int, int],
    found: Mapping[int, int],
    matched: Mapping[tuple[int, int], int],
    located: float,
) -> dict[str, float]:
    hits, trues, founds = sum(matched.values()), sum(true.values()), sum(found.values())
    sums = dict.fromkeys(("AssA", "AssRe", "AssPr"), 0.0)
    for (t, f), number in matched.items():
        sums["AssA"] += number * number / (true[t] + found[f] - number)
        sums["AssRe"] += number * number / true[t]
        sums["AssPr"] += number * number / found[f]
    row = {name: value / max(1, hits) for name, value in sums.items()}
    row["DetA"] = hits / max(1, trues + founds - hits)
    row["DetRe"], row["DetPr"] = hits / max(1, trues), hits / max(1, founds)
    row["LocA"] = located / hits if hits else 1.0
    row["HOTA"] = sqrt(row["DetA"] * row["AssA"])
    row["OWTA"] = sqrt(row["DetRe"] * row["AssA"])
    return row


def _followed(
    true_ids: Sequence[int],
    found_ids: Sequence[int],
    similarity: NDArray[np.float64],
    before: Mapping[int, int],
    threshold: float,
) -> list[list[float]]:
    """Similarity of possible pairs, far more for those who were together a frame ago."""
    return [
        [
            similarity[row, column] + _FOLLOWED * (before.get(true_id) == found_id)
            if similarity[row, column] >= threshold - _EPS
            else 0.0
            for column, found_id in enumerate(found_ids)
        ]
        for row, true_id in enumerate(true_ids)
    ]


def _clear_row(counts: Mapping[str, int], agreement: float) -> dict[str, float]:
    hits, ghosts, switches = counts["CLR_TP"], counts["CLR_FP"], counts["IDSW"]
    total = max(1, hits + counts["CLR_FN"])
    return {
        **{name: counts[name] for name in ("CLR_TP", "CLR_FN", "CLR_FP", "IDSW", "Frag")},
        **{name: counts[name] for name in ("MT", "PT", "ML")},
        "MOTA": (hits - ghosts - switches) / total,
        "MODA": (hits - ghosts) / total,
        "MOTAL": (hits - ghosts - (log10(switches) if switches else 0)) / total,
        "sMOTA": (agreement - ghosts - switches) / total,
        "MOTP": agreement / max(1, hits),
        "CLR_Re": hits / total,
        "CLR_Pr": hits / max(1, hits + ghosts),
    }


def _counts(ids: Iterable[Sequence[int]]) -> Counter[int]:
    """Frames in which each identity occurs."""
    return Counter(identity for frame in ids for identity in frame)


def _best(wanted: Sequence[Sequence[float]]) -> Pairs:
    """The one-to-one pairs, each of a positive value, with the largest sum: all are tried."""

    def after(row: int, taken: frozenset[int]) -> tuple[float, Pairs]:
        if row == len(wanted):
            return 0.0, []
        best = after(row + 1, taken)
        for column, value in enumerate(wanted[row]):
            if value > 0 and column not in taken:
                rest, pairs = after(row + 1, taken | {column})
                if value + rest > best[0]:
                    best = value + rest, [(row, column), *pairs]
        return best

    return after(0, frozenset())[1]
