"""COCO's average precision and recall, for tubes.

Source:
    Lin et al., ECCV 2014, as the YouTube-VIS evaluator has it (design: benchmarks.md 9.5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["ANY_AREA", "MOST", "THRESHOLDS", "Ranked", "Summary", "summary"]

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

THRESHOLDS: Array = np.linspace(0.5, 0.95, 10)  # not arange, which is a few ulp above
_RECALLS: Array = np.linspace(0.0, 1.0, 101)
_TINY = np.spacing(1)
_SAME = 1 - 1e-10  # two tubes of this overlap match at any threshold

MOST = 100
"""Tubes of one class that a video may have; those of the lowest scores are left out."""

ANY_AREA = (0.0, np.inf)


@dataclass(frozen=True, slots=True)
class Ranked:
    """Tubes of one class in one video, the most confident first.

    Attributes:
        scores: Descending, ``(D,)``, D at most `MOST`.
        ious: Overlap with each annotated tube, ``(D, G)``.
        found_areas: Mean areas in pixels, ``(D,)``.
        true_areas: The same of the annotated tubes, ``(G,)``.
        crowds: Annotated tubes that are not scored, ``(G,)``.
    """

    scores: Array
    ious: Array
    found_areas: Array
    true_areas: Array
    crowds: Flags


@dataclass(frozen=True, slots=True)
class Summary:
    """What one class scores in draws of some videos; NaN in a draw where nothing annotated counts.

    Attributes:
        precision: At each of `THRESHOLDS`, the mean over 101 recalls, ``(B, 10)``.
        recall: The recall reached, likewise, by the number of tubes that a video may have.
    """

    precision: Array
    recall: dict[int, Array]

    def of(self, draws: NDArray[np.int64]) -> Summary:
        """The same of these draws, by their places."""
        recall = {limit: values[draws] for limit, values in self.recall.items()}
        return Summary(self.precision[draws], recall)


@dataclass(frozen=True, slots=True)
class _Judged:
    """Ranked tubes of one video at each threshold: on a true one, and not to be counted."""

    hits: Flags  # (10, D)
    spared: Flags  # (10, D)
    positives: int  # annotated tubes that count


def summary(
    videos: Sequence[Ranked],
    times: NDArray[np.int64],
    areas: tuple[float, float] = ANY_AREA,
    limits: Sequence[int] = (MOST,),
) -> Summary:
    """Precision and recall of one class.

    Args:
        videos: In an order that decides between equal scores.
        times: How often each video is in a draw, ``(B, V)``.
        areas: Annotated tubes of a smaller or larger mean area are not scored, nor are those found
            on them, nor those found of such an area on nothing.
        limits: Numbers of tubes a video may have, for the recalls.
    """
    judged = [_judge(video, areas) for video in videos]
    counted = (times @ np.array([one.positives for one in judged])).astype(np.float64)
    positives = np.where(counted > 0, counted, np.nan)[:, None]
    return Summary(
        _precision(videos, judged, times, positives),
        {limit: _recall(judged, times, limit) / positives for limit in limits},
    )


def _judge(video: Ranked, areas: tuple[float, float]) -> _Judged:
    """Match greedily, the most confident tube first, at all thresholds at once.

    A tube takes the annotated one of the largest overlap (the last of equals) that is not taken;
    one that is not scored only if there is no other. Crowds are never taken.
    """
    low, high = areas
    aside = video.crowds | (video.true_areas < low) | (video.true_areas > high)
    shape = (len(THRESHOLDS), len(video.scores))
    hits, spared = np.zeros(shape, np.bool_), np.zeros(shape, np.bool_)
    free = np.ones((len(THRESHOLDS), len(aside)), np.bool_)
    least = np.minimum(THRESHOLDS, _SAME)[:, None]
    levels = np.arange(len(THRESHOLDS))
    for column, ious in enumerate(video.ious if len(aside) else ()):
        possible = free & (ious >= least)
        counted = possible & ~aside
        possible = np.where(counted.any(axis=1, keepdims=True), counted, possible)
        ranked = np.where(possible, ious, -1.0)
        best = len(aside) - 1 - np.argmax(ranked[:, ::-1], axis=1)
        found = possible[levels, best]
        hits[:, column] = found & ~aside[best]
        spared[:, column] = found & aside[best]
        free[levels[found], best[found]] = video.crowds[best[found]]
    odd = (video.found_areas < low) | (video.found_areas > high)
    spared |= ~hits & odd
    return _Judged(hits, spared, int(np.count_nonzero(~aside)))


def _precision(
    videos: Sequence[Ranked], judged: Sequence[_Judged], times: NDArray[np.int64], positives: Array
) -> Array:
    """Mean precision on the envelope at 101 recalls, at each threshold, ``(B, 10)``."""
    scores = np.concatenate([video.scores for video in videos])
    order = np.argsort(-scores, kind="stable")
    owners = np.repeat(np.arange(len(videos)), [len(video.scores) for video in videos])[order]
    hits = np.concatenate([one.hits for one in judged], axis=1)[:, order]
    spared = np.concatenate([one.spared for one in judged], axis=1)[:, order]
    weights = times[:, owners]
    levels = [
        _level(weights * hit, weights * (~hit & ~aside), positives)
        for hit, aside in zip(hits, spared, strict=True)
    ]
    return np.stack(levels, axis=1)


def _level(hits: NDArray[np.int64], false: NDArray[np.int64], positives: Array) -> Array:
    """One threshold: of each draw the hits and the false alarms of every tube, ``(B, D)``."""
    right = np.cumsum(hits, axis=1, dtype=np.float64)
    wrong = np.cumsum(false, axis=1, dtype=np.float64)
    recall = right / positives
    precision = right / (right + wrong + _TINY)
    envelope = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
    # How many of the 101 recalls are reached at each tube for the first time; the others count 0.
    reached = np.diff(np.searchsorted(_RECALLS, recall, side="right"), axis=1, prepend=0)
    means: Array = (reached * envelope).sum(axis=1) / len(_RECALLS)
    means[np.isnan(positives[:, 0])] = np.nan
    return means


def _recall(judged: Sequence[_Judged], times: NDArray[np.int64], limit: int) -> Array:
    """Hits among the first tubes of each video, at each threshold, ``(B, 10)``."""
    hits = [np.count_nonzero(one.hits[:, :limit], axis=1) for one in judged]
    counted: Array = (times @ np.array(hits)).astype(np.float64)
    return counted
