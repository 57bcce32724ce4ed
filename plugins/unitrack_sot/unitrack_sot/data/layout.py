"""Where the sequences of a benchmark are, and in which order."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TypeVar

from unitrack.errors import UniTrackError

__all__ = ["check_split", "find_files", "in_order", "key", "none_found", "selected"]

_LOG = logging.getLogger("unitrack")
_DEPTH = 3  # folders between the root and a sequence's files, the sequence's own counted

Item = TypeVar("Item")


def key(name: str) -> str:
    """A name as all tools spell it: ``Jogging.1``, ``Jogging_1`` and ``jogging-1`` are one."""
    return re.sub(r"[._-](\d)$", r"-\1", name.lower().removeprefix("tpl_"))


def check_split(benchmark: str, split: str | None, known: Collection[str]) -> None:
    """Refuse a split that the benchmark does not have.

    Raises:
        UniTrackError: Naming those that it has.
    """
    if split is not None and split not in known:
        raise UniTrackError(
            f"--split {split}",
            f"{benchmark} has no such split",
            f"Splits: {', '.join(known) or 'none; leave it out'}.",
        )


def find_files(root: Path, pattern: str) -> list[Path]:
    """Files of a name in the folders below ``root``, the least deep first, then by name.

    A root is the folder that holds the sequences, or any of the few folders around it.

    Args:
        root: Where to begin.
        pattern: Of the file's name, e.g. ``*_gt.txt``.
    """
    depths = (sorted(root.glob("*/" * depth + pattern)) for depth in range(1, _DEPTH + 1))
    # A folder that a Mac's archive leaves beside, __MACOSX, and hidden ones hold no sequence.
    return [
        path
        for path in chain.from_iterable(depths)
        if path.is_file()
        and not any(part.startswith((".", "__")) for part in path.relative_to(root).parts)
    ]


def in_order(
    found: Iterable[Item], listed: Sequence[str], name: Callable[[Item], str]
) -> list[Item]:
    """One of each name, in the benchmark's order; what it does not list comes behind, by name."""
    places = {key(one): place for place, one in enumerate(listed)}
    unique: dict[str, Item] = {}
    for one in found:
        unique.setdefault(key(name(one)), one)
    return [
        one
        for _, one in sorted(
            unique.items(), key=lambda item: (places.get(item[0], len(places)), item[0])
        )
    ]


def selected(
    benchmark: str,
    root: Path,
    found: Sequence[Item],
    split: str | None,
    splits: Mapping[str, Sequence[str]],
    name: Callable[[Item], str],
) -> list[Item]:
    """What belongs to a split, in its order; everything where none is named.

    Raises:
        UniTrackError: If there is no such split, or nothing of it is there.
    """
    check_split(benchmark, split, splits)
    if split is None:
        return list(found)
    listed = splits[split]
    wanted = {key(one) for one in listed}
    chosen = in_order((one for one in found if key(name(one)) in wanted), listed, name)
    if not chosen:
        raise UniTrackError(
            root,
            f"holds no sequence of the split {split}",
            "Leave --split out to take every annotated sequence.",
        )
    if len(chosen) < len(listed):
        _LOG.warning(
            "%s: %d of %d sequences of the split %s are absent",
            root, len(listed) - len(chosen), len(listed), split,
        )  # fmt: skip
    return chosen


def none_found(benchmark: str, root: Path, layout: str) -> UniTrackError:
    """The fault of a root that holds no sequence.

    Args:
        benchmark: Name of the data set.
        root: Where it was looked for.
        layout: What was looked for, e.g. ``<Sequence>/groundtruth.txt``.
    """
    tried = ", ".join(str(root / ("*/" * depth + layout)) for depth in range(_DEPTH))
    return UniTrackError(
        root,
        f"holds no sequence of {benchmark} (looked for {tried})",
        f"Give --root the folder that holds {layout}.",
    )
