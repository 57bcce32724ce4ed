"""VOT's scores: accuracy, robustness and expected average overlap of runs with restarts.

Source:
    Kristan et al., "The Visual Object Tracking VOT2016 Challenge Results", ECCV workshops 2016, and
    VOT2019, ICCV workshops; formulas as the VOT toolkit has them (benchmarks.md 16).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from unitrack.data.base import Sequence as Video
from unitrack.data.select import whole
from unitrack.errors import UniTrackError
from unitrack.metrics.base import Metric, Partial, Row, Table
from unitrack.metrics.curves import Curve, Plot
from unitrack.types import SequenceResult, Target, TrackedObject
from unitrack_sot.data.polygon import outlines, overlaps
from unitrack_sot.data.restart import Failure
from unitrack_sot.data.vot import VotSequence
from unitrack_sot.metrics.one_pass import sot
from unitrack_sot.metrics.pairs import Array, told

__all__ = ["Vot", "eao_curve", "vot2016", "vot2019"]

_BURN_IN_FRAMES = 10  # after a start, the start included
_SENSITIVITY_FRAMES = 30.0

STARTED, FOLLOWED, LOST, PAUSED = "started", "followed", "lost", "paused"

Segment = tuple[tuple[float, ...], bool]
"""Overlaps of the frames of one stretch, its start first, and whether it ended in a failure."""


def vot2016() -> Metric:
    """Expected average overlap over sequences of 108 to 371 frames."""
    return Vot((108, 371))


def vot2019() -> Metric:
    """Expected average overlap over sequences of 46 to 291 frames."""
    return Vot((46, 291))


@dataclass(frozen=True, slots=True)
class Vot:
    """Scores of VOT; of a run in one pass, OTB's.

    Attributes:
        interval: Shortest and longest sequence that the expected average overlap is taken over.
    """

    interval: tuple[int, int]

    def evaluate(self, sequence: Video, result: SequenceResult) -> Partial:
        """Stretches between starts and failures, and the overlap in each frame.

        Raises:
            UniTrackError: If the sequence has no truth.
        """
        if _is_one_pass(sequence):
            return _ONE_PASS.evaluate(sequence, result)
        states = _states(result.frames)
        overlap = _overlaps(sequence, result, states)
        scored = np.array([state == FOLLOWED for state in states])
        for start in (index for index, state in enumerate(states) if state == STARTED):
            scored[start : start + _BURN_IN_FRAMES] = False
        return {
            "segments": tuple(_segments(states, overlap)),
            "overlaps": overlap,
            "scored": scored,
            "lost": np.array([state == LOST for state in states]),
        }

    def combine(self, partials: Sequence[Partial]) -> Row:
        """Sequences weigh as much as they are long; the overlap is expected over all stretches.

        ``EAO`` is missing where no stretch tells anything about sequences of the interval. ``R`` is
        failures a frame: tables show fractions in percent, which makes it failures in 100 frames.
        """
        if _are_one_pass(partials):
            return _ONE_PASS.combine(partials)
        lengths = np.array([len(one["overlaps"]) for one in partials])
        failures = np.array([one["lost"].sum() for one in partials])
        accuracy = np.array([_mean(one["overlaps"][one["scored"]]) for one in partials])
        weighted = float((failures * lengths).sum() / lengths.sum())
        # Expected average overlap first: it is the benchmark's main score.
        return {
            **self._eao(partials),
            "A": float((accuracy * lengths).sum() / lengths.sum()),
            "R": float(failures.sum() / lengths.sum()),
            "failures": int(failures.sum()),
            "weighted_failures": weighted,
            "reliability": float(np.exp(-_SENSITIVITY_FRAMES * weighted / lengths.mean())),
        }

    def breakdown(
        self, videos: Mapping[str, Video], partials: Mapping[str, Partial]
    ) -> Mapping[str, Table]:
        """Accuracy and failures over the frames of each tag."""
        if _are_one_pass(list(partials.values())):
            return {}
        tagged: dict[str, list[Partial]] = {}
        for name, one in partials.items():
            video = videos[name]  # of a cut one it is not known which frames are left
            for tag, there in video.tags.items() if isinstance(video, VotSequence) else ():
                if there.any():
                    tagged.setdefault(tag, []).append(
                        {
                            "overlaps": one["overlaps"][one["scored"] & there],
                            "lost": one["lost"][there],
                        }
                    )
        rows = {tag: _tag_row(found) for tag, found in sorted(tagged.items())}
        return {"tag": rows} if rows else {}

    def plots(self, partials: Mapping[str, Partial]) -> Mapping[str, Plot]:
        """Expected overlap by the length of a sequence."""
        if _are_one_pass(list(partials.values())):
            return _ONE_PASS.plots(partials)
        curve = self._expected(list(partials.values()))
        low, high = self.interval
        score = self._eao(list(partials.values()))
        legend = f"EAO {100 * score['EAO']:.1f}" if score else "EAO not defined"
        x = tuple(float(length) for length in range(1, len(curve) + 1))
        return {
            "expected_overlap": Plot(
                f"Expected average overlap, {low} to {high} frames",
                "length of a sequence (frames)",
                "expected overlap",
                (Curve(legend, x, tuple(curve.tolist())),),
            )
        }

    def _eao(self, partials: Sequence[Partial]) -> dict[str, float]:
        low, high = self.interval
        expected = self._expected(partials)[low - 1 : high]
        return {"EAO": float(expected.mean())} if len(expected) else {}

    def _expected(self, partials: Sequence[Partial]) -> Array:
        """The curve up to the longest stretch.

        Where a tracker has failed so often that no stretch reaches the interval, though a video
        does, the toolkit gives no number; here the curve goes on to the longest video, near 0.
        """
        segments = list(chain.from_iterable(one["segments"] for one in partials))
        curve = eao_curve(segments)
        longest = max(len(one["overlaps"]) for one in partials) - 1
        short = len(curve) < self.interval[0] <= longest
        return eao_curve(segments, longest) if short else curve


_ONE_PASS = sot()


def eao_curve(segments: Sequence[Segment], longest: int = 0) -> Array:
    """Expected average overlap of a sequence of 1, 2, … frames after its first.

    A stretch that ended in a failure stands for longer sequences as well, with an overlap of 0 in
    the frames that it has not; another stands for those up to its own length.

    Args:
        segments: Stretches; the overlap of their first frame is not used.
        longest: Go on to so many frames, if no stretch is longer; some stretch must have failed.

    Returns:
        As many values as the longest stretch has frames after its first, or ``longest``.
    """
    longest = max(longest, *(len(found) - 1 for found, _ in segments))
    values = np.zeros((len(segments), longest))
    known = np.zeros((len(segments), longest), np.bool_)
    for row, (found, failed) in enumerate(segments):
        values[row, : len(found) - 1] = found[1:]
        known[row, : longest if failed else len(found) - 1] = True
    means = values.cumsum(axis=1) / np.arange(1, longest + 1)
    curve: Array = (means * known).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return curve


def _is_one_pass(video: Video) -> bool:
    video = whole(video)
    return isinstance(video, VotSequence) and video.one_pass


def _are_one_pass(partials: Sequence[Partial]) -> bool:
    return all("curves" in one for one in partials)


def _states(frames: Sequence[Sequence[TrackedObject]]) -> list[str]:
    """What happened in each frame; a tracker that gives nothing has lost the object as well."""
    states: list[str] = []
    for frame in frames:
        seen = frame[0].observation if frame else None
        down = not states or states[-1] in (LOST, PAUSED)
        if not states or isinstance(seen, Target) or (down and seen and not _lost(seen)):
            states.append(STARTED)
        elif _lost(seen):
            states.append(LOST)
        elif seen is None:
            states.append(PAUSED if down else LOST)
        else:
            states.append(FOLLOWED)
    return states


def _lost(seen: object) -> bool:
    return isinstance(seen, Failure)


def _overlaps(video: Video, result: SequenceResult, states: Sequence[str]) -> Array:
    """Overlap in each frame that is followed, clipped to the picture; 1 at a start, else 0."""
    truth = told(video)
    found = np.array([state == STARTED for state in states], np.float64)
    rows = [index for index, state in enumerate(states) if state == FOLLOWED]
    answers = [result.frames[index][0].observation for index in rows]
    true = [truth[index][0].observation for index in rows]
    if rows:
        found[rows] = overlaps(outlines(answers), outlines(true), _bounds(video))
    return found


def _bounds(video: Video) -> tuple[int, int] | None:
    """Size of the picture, as far as it is known: scoring does without images."""
    try:
        return video.size
    except UniTrackError:
        return None


def _segments(states: Sequence[str], overlap: Array) -> Iterable[Segment]:
    starts = [index for index, state in enumerate(states) if state == STARTED]
    for start, behind in zip(starts, [*starts[1:], len(states)], strict=True):
        inside = states[start:behind]
        failed = LOST in inside
        end = start + inside.index(LOST) if failed else behind
        yield tuple(overlap[start:end].tolist()), failed


def _tag_row(found: Sequence[Partial]) -> Row:
    overlap, lost = (np.concatenate([one[name] for one in found]) for name in ("overlaps", "lost"))
    return {"A": _mean(overlap), "R": float(lost.mean()), "frames": len(lost)}


def _mean(values: Array) -> float:
    """As the toolkit has it, 0 where nothing is scored."""
    return float(values.mean()) if len(values) else 0.0
