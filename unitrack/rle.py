"""Run lengths of COCO's compressed masks, read without decoding a picture.

Source:
    pycocotools, ``maskApi.c``: five bits a character, the sign in the last one; from the fourth
    count on, the difference to the count before the last is stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unitrack.types import MaskObservation

__all__ = ["Runs", "first_fault", "foreground"]

Integers = NDArray[np.int64]

_FIRST = 48  # character that stands for 0
_MORE, _SIGN, _BITS = 0x20, 0x10, 5
_MOST_CHARACTERS = 8  # of one count: 40 bits, far more than any picture needs
_CHUNK = 2048  # masks examined at once; bounds the memory of `first_fault`


@dataclass(frozen=True, slots=True)
class Runs:
    """The foreground of N masks of one size, as runs down the columns.

    Pixel ``(row, column)`` has the position ``column * height + row``.

    Attributes:
        first: Position of the first pixel of each run, ``(R,)``.
        stop: Position after its last pixel, ``(R,)``.
        owner: Number of the mask, ascending, ``(R,)``.
    """

    first: Integers
    stop: Integers
    owner: Integers


def foreground(masks: Sequence[MaskObservation]) -> Runs:
    """All runs of masks whose counts are sound (see `first_fault`)."""
    counts, lengths = _undone(*_numbers([mask.counts for mask in masks]))
    stops = _running_sums(counts, lengths)
    odd = _place(lengths) % 2 == 1
    owner = np.repeat(np.arange(len(masks)), lengths)
    return Runs(stops[odd] - counts[odd], stops[odd], owner[odd])


def first_fault(masks: Sequence[MaskObservation]) -> tuple[int, str] | None:
    """Number of the first mask whose counts are no run lengths of its size, and what is wrong.

    pycocotools itself reads on beyond the picture, or gives another mask, without a word.
    """
    for start in range(0, len(masks), _CHUNK):
        part = masks[start : start + _CHUNK]
        if _sound(part):
            continue
        for number, mask in enumerate(part, start):
            if what := _fault(mask):
                return number, what
    return None


def _sound(masks: Sequence[MaskObservation]) -> bool:
    """Whether all are without fault, at once."""
    coded = [mask.counts for mask in masks]
    if any(_unreadable(one) for one in coded):
        return False
    counts, lengths = _undone(*_numbers(coded))
    sums = np.add.reduceat(counts, np.cumsum(lengths) - lengths)
    areas = np.array([height * width for height, width in (mask.size for mask in masks)])
    return bool((counts >= 0).all() and (sums == areas).all())


def _fault(mask: MaskObservation) -> str:
    if _unreadable(mask.counts):
        return "its run lengths cannot be decoded"
    counts, _ = _undone(*_numbers([mask.counts]))
    if (counts < 0).any():
        return "it has a run of negative length"
    height, width = mask.size
    if counts.sum() != height * width:
        return f"its runs fill {counts.sum()} pixels, not {width} x {height}"
    return ""


def _unreadable(coded: bytes) -> bool:
    """Whether it is empty, holds other characters, or ends within a count."""
    codes = np.frombuffer(coded, np.uint8)
    if not len(codes) or codes.min() < _FIRST or codes.max() >= _FIRST + 2 * _MORE:
        return True
    ends = np.flatnonzero(((codes - _FIRST) & _MORE) == 0)
    if not len(ends) or ends[-1] != len(codes) - 1:
        return True
    return bool(np.diff(ends, prepend=-1).max() > _MOST_CHARACTERS)


def _numbers(coded: Sequence[bytes]) -> tuple[Integers, Integers]:
    """The stored numbers of all masks one after the other, and how many each mask has."""
    codes = np.frombuffer(b"".join(coded), np.uint8).astype(np.int64) - _FIRST
    ends = np.flatnonzero((codes & _MORE) == 0)
    width = np.diff(ends, prepend=-1)
    if not len(ends):
        return np.zeros(0, np.int64), np.zeros(len(coded), np.int64)
    parts = (codes & (_MORE - 1)) << (_BITS * _place(width))
    numbers = np.add.reduceat(parts, ends - width + 1)
    numbers -= ((codes[ends] & _SIGN) != 0).astype(np.int64) << (_BITS * width)
    borders = np.cumsum([len(one) for one in coded])
    return numbers, np.diff(np.searchsorted(ends, borders), prepend=0)


def _undone(numbers: Integers, lengths: Integers) -> tuple[Integers, Integers]:
    """Counts from what is stored: differences at distance 2, but for the first three."""
    place = _place(lengths)
    chain = np.where(place == 0, 0, 2 - place % 2)
    key = 3 * np.repeat(np.arange(len(lengths)), lengths) + chain
    order = np.argsort(key, kind="stable")
    counts = np.empty_like(numbers)
    counts[order] = _running_sums(numbers[order], np.bincount(key, minlength=1))
    return counts, lengths


def _running_sums(values: Integers, lengths: Integers) -> Integers:
    """Sums from the beginning of each stretch; ``lengths`` are those of the stretches."""
    sums: Integers = np.cumsum(values)
    starts = np.cumsum(lengths) - lengths
    before = np.where(starts > 0, sums[starts - 1], 0) if len(values) else np.zeros_like(starts)
    sums -= np.repeat(before, lengths)
    return sums


def _place(lengths: Integers) -> Integers:
    """0, 1, 2, … within each stretch."""
    starts = np.cumsum(lengths) - lengths
    place: Integers = np.arange(int(lengths.sum()), dtype=np.int64) - np.repeat(starts, lengths)
    return place
