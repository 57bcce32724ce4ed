"""PoseTrack's scores by loops and by trying every assignment, joint after joint.

Source:
    benchmarks.md 7.6 and 7.7; correspondences as py-motmetrics documents them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from math import hypot, nan, sqrt

__all__ = ["Frame", "Someone", "scores"]

Point = tuple[float, float]
Pair = tuple[int, int]


@dataclass(frozen=True)
class Someone:
    """A person: identity, joints (None for those that are not there), their scores, head size."""

    id: int
    joints: Sequence[Point | None]
    scores: Sequence[float]
    head: float = nan


Frame = tuple[Sequence[Someone], Sequence[Someone]]
"""Who is annotated and who was found."""


def scores(clips: Sequence[Sequence[Frame]], joints: int, *, clean: bool) -> dict[str, float]:
    """All scores; frames without annotated people are left out already."""
    mota, idf1, motp, precision, recall = [], [], [], [], []
    switches = 0
    for joint in range(joints):
        counts = [_track(clip if clean else clip[:-1], joint, clean=clean) for clip in clips]
        total: Counter[str] = sum((count for count, _ in counts), Counter())
        switches += total["switch"]
        if total["object"]:
            faults = total["miss"] + total["switch"] + total["false"]
            mota.append(1 - faults / total["object"])
            recall.append(total["hit"] / total["object"])
        if total["hit"] + total["false"]:
            precision.append(total["hit"] / (total["hit"] + total["false"]))
        gaps = sum(gap for _, gap in counts)
        motp.append(1 - gaps / total["hit"] if total["hit"] else 0.0)
        parts = [(2 * c["same"], c["object"] + c["prediction"]) for c, _ in counts]
        if clean:
            parts = [(sum(same for same, _ in parts), sum(all_ for _, all_ in parts))]
        if all(all_ for _, all_ in parts):
            idf1.append(sum(same / all_ for same, all_ in parts) / len(parts))
    frames = [frame for clip in clips for frame in clip]
    curves = [_precision(frames, joint) for joint in range(joints)]
    return {
        "MOTA": _mean(mota),
        "IDF1": _mean(idf1),
        "IDSW": switches,
        "AP": _mean([area for area, _ in curves]),
        "PCKh": _mean([share for _, share in curves]),
        "MOTP": _mean(motp),
        "Prec": _mean(precision),
        "Rec": _mean(recall),
    }


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _gap(true: Someone, found: Someone, joint: int) -> float | None:
    """Distance in heads, None where the two cannot match."""
    one, other = true.joints[joint], found.joints[joint]
    if one is None or other is None:
        return None
    gap = hypot(one[0] - other[0], one[1] - other[1]) / true.head
    return gap if gap <= 0.5 else None


def _track(clip: Sequence[Frame], joint: int, *, clean: bool) -> tuple[Counter[str], float]:
    """Counts of one joint in one clip, and the sum of distances."""
    memory = _Memory(clean=clean)
    for everybody, seen in clip:
        if not clean and not (everybody and seen):
            memory.counts.update(["object", "prediction", "miss", "false"])
            continue
        true = [one for one in everybody if one.joints[joint] is not None]
        found = [one for one in seen if one.joints[joint] is not None]
        memory.step(true, found, joint)
    memory.counts["same"] = _most(memory.together)
    return memory.counts, memory.gaps


class _Memory:
    """Who was paired with whom, and what has happened, of one joint."""

    def __init__(self, *, clean: bool) -> None:
        self.clean = clean
        self.counts: Counter[str] = Counter()
        self.together: Counter[Pair] = Counter()
        self.gaps = 0.0
        self.partner: dict[int, int] = {}
        self.owner: dict[int, int] = {}
        self.known: set[int] = set()

    def step(self, true: Sequence[Someone], found: Sequence[Someone], joint: int) -> None:
        near: dict[Pair, float] = {}
        for row, one in enumerate(true):
            for column, other in enumerate(found):
                gap = _gap(one, other, joint)
                if gap is not None:
                    near[row, column] = gap
                    self.together[one.id, other.id] += 1
        if not self.clean:
            self.gaps += sum(near.values())
        kept = self.kept(true, found, near)
        rows, columns = [row for row, _ in kept], [column for _, column in kept]
        rest = {p: gap for p, gap in near.items() if p[0] not in rows and p[1] not in columns}
        fresh = _assign(rest)
        for row, column in fresh:
            self.pair(true[row].id, found[column].id, rest[row, column])
        hits = len(kept) + len(fresh)
        self.counts["object"] += len(true)
        self.counts["prediction"] += len(found)
        self.counts["hit"] += hits
        self.counts["miss"] += len(true) - hits
        self.counts["false"] += len(found) - hits

    def kept(
        self, true: Sequence[Someone], found: Sequence[Someone], near: dict[Pair, float]
    ) -> list[Pair]:
        """Who belonged together still does, where near enough."""
        pairs: list[Pair] = []
        for row, one in enumerate(true):
            for column, other in enumerate(found):
                free = column not in [pair[1] for pair in pairs]
                if free and (row, column) in near and self.partner.get(one.id) == other.id:
                    pairs.append((row, column))
                    self.known.add(other.id)
                    self.gaps += near[row, column]
        return pairs

    def pair(self, who: int, whom: int, gap: float) -> None:
        """A new pair; each of its events adds the distance once more."""
        events = 1
        if who in self.partner and self.partner[who] != whom:
            self.counts["switch"] += 1
            events += whom not in self.known
        if self.owner.get(whom, who) != who:
            events += 1 + (who not in self.partner)
        self.gaps += gap if self.clean else events * gap
        self.partner[who], self.owner[whom] = whom, who
        self.known.add(whom)


def _choices(pairs: Sequence[Pair]) -> Iterator[list[Pair]]:
    """Every way of making pairs of some rows and columns."""
    rows, columns = sorted({row for row, _ in pairs}), sorted({column for _, column in pairs})
    padded = [*columns, *[None] * len(rows)]
    for chosen in set(permutations(padded, len(rows))):
        yield [
            (row, c)
            for row, c in zip(rows, chosen, strict=True)
            if (row, c) in pairs and c is not None
        ]


def _assign(near: dict[Pair, float]) -> list[Pair]:
    """As many pairs as can be, and of these those of least total distance."""
    if not near:
        return []
    ways = _choices(list(near))
    return min(ways, key=lambda way: (-len(way), sum(near[pair] for pair in way)))


def _most(together: Counter[Pair]) -> int:
    if not together:
        return 0
    return max(sum(together[pair] for pair in way) for way in _choices(list(together)))


def _precision(frames: Sequence[Frame], joint: int) -> tuple[float, float]:
    """Area under the curve, and the share of annotated joints that are found; nan without any."""
    total, found = 0, []
    for everybody, seen in frames:
        total += sum(one.joints[joint] is not None for one in everybody)
        mine = _whose(everybody, seen)
        for column, other in enumerate(seen):
            if other.joints[joint] is None:
                continue
            row = mine.get(column)
            right = row is not None and _gap(everybody[row], other, joint) is not None
            found.append((other.scores[joint], right))
    points: dict[float, list[int]] = defaultdict(lambda: [0, 0])
    for threshold in {score for score, _ in found}:
        kept = [right for score, right in found if score >= threshold]
        points[threshold] = [sum(kept), len(kept)]
    curve = sorted((hits / total, hits / count) for hits, count in points.values())
    area, before = 0.0, 0.0
    for place, (recall, _) in enumerate(curve):
        area += (recall - before) * max(precision for _, precision in curve[place:])
        before = recall
    return area, sum(right for _, right in found) / total


def _whose(everybody: Sequence[Someone], seen: Sequence[Someone]) -> dict[int, int]:
    """Poses that were found to the people they are assigned to."""
    shares = [
        [
            sum(_gap(one, other, joint) is not None for joint in range(len(one.joints)))
            / max(sum(joint is not None for joint in one.joints), 1)
            for one in everybody
        ]
        for other in seen
    ]
    best = [row.index(max(row)) if row else -1 for row in shares]
    mine = {}
    for person in range(len(everybody)):
        mine_here = [c for c in range(len(seen)) if best[c] == person and shares[c][person] > 0]
        if mine_here:
            mine[max(mine_here, key=lambda c: (shares[c][person], -c))] = person
    return mine


def head_size(box: tuple[float, float, float, float]) -> float:
    """0.6 diagonals of the head box."""
    return 0.6 * sqrt((box[2] - box[0]) ** 2 + (box[3] - box[1]) ** 2)
