"""Classes of the mask benchmarks, and how identities and classes share one number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

__all__ = [
    "IGNORED",
    "KITTI_CLASSES",
    "MOTS_CLASSES",
    "PER_CLASS",
    "file_ids",
    "own_ids",
]

IGNORED = 10
"""Label of the region in which nothing is scored."""

MOTS_CLASSES: Mapping[int, str] = {2: "pedestrian"}
KITTI_CLASSES: Mapping[int, str] = {1: "car", 2: "pedestrian"}

PER_CLASS = 1000
"""A file's identity is ``class * 1000 + instance``."""

Pair = tuple[int, int]
"""Identity and class."""


def own_ids(read: Iterable[Pair]) -> dict[Pair, int]:
    """Identities of a file to identities of ours, the inverse of `file_ids`.

    The class is taken out of the number, unless that would make one of two: instances of different
    classes may have the same number, and files of other programs need not follow the rule at all.

    Args:
        read: Every identity in a file with its class.
    """
    pairs = set(read)
    taken_out = {pair: pair[0] - PER_CLASS * pair[1] for pair in pairs}
    fits = all(0 <= instance < PER_CLASS for instance in taken_out.values())
    if fits and len(set(taken_out.values())) == len(pairs):
        return taken_out
    return {pair: pair[0] for pair in pairs}


def file_ids(written: Iterable[Pair]) -> dict[Pair, int]:
    """Identities of ours to those of a file, ``class * 1000 + instance``, no two the same.

    An identity below 1000 is an instance; one that already is of this form stays. If there is any
    other, all are numbered anew in the order given. A class of more than 999 instances, for which
    the form has no room, is numbered on: evaluators read the class from its own column.

    Args:
        written: Every identity with its class, in the order of appearance.
    """
    pairs = dict.fromkeys(written)
    simple = {
        (identity, label): identity if _is_formed(identity, label) else PER_CLASS * label + identity
        for identity, label in pairs
    }
    room = all(_is_formed(number, label) for (_, label), number in simple.items())
    if room and len(set(simple.values())) == len(pairs):
        return simple
    numbers: dict[int, int] = {}
    anew = {}
    for identity, label in pairs:
        numbers[label] = numbers.get(label, 0) + 1
        anew[identity, label] = PER_CLASS * label + numbers[label]
    return anew


def _is_formed(identity: int, label: int) -> bool:
    return identity // PER_CLASS == label
