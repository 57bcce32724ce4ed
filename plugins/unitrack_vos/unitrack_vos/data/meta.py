"""``meta.json`` of YouTube-VOS: the objects of each video, their categories and their frames."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unitrack.errors import UniTrackError
from unitrack_vos.data.labels import LAST_ID

__all__ = ["UNSEEN", "Listed", "class_numbers", "read_meta"]

UNSEEN = 1000
"""Class numbers up to here are of categories seen in training; larger ones are of others."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One video.

    Attributes:
        categories: Object to category, empty where none is told.
        stems: Frames in which some object is asked for.
    """

    categories: Mapping[int, str]
    stems: tuple[str, ...]


def read_meta(file: Path) -> dict[str, Listed]:
    """Videos by name; empty without the file.

    Raises:
        UniTrackError: Naming the video and the object, if something is not as it must be.
    """
    if not file.is_file():
        return {}
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UniTrackError(
            file, f"cannot be read ({error})", "Restore it, or remove it to do without."
        ) from error
    videos = _mapping(content, "videos", str(file))
    return {name: _listed(video, f"{file}: {name}") for name, video in videos.items()}


def _listed(video: object, where: str) -> Listed:
    categories: dict[int, str] = {}
    stems: set[str] = set()
    for key, known in _mapping(video, "objects", where).items():
        if not key.isdecimal() or not 1 <= int(key) <= LAST_ID:
            raise UniTrackError(
                f"{where}: object {key}", "is no number in 1..254", "Restore the file."
            )
        frames = known.get("frames", []) if isinstance(known, dict) else None
        if not isinstance(frames, list) or not all(isinstance(stem, str) for stem in frames):
            raise UniTrackError(
                f"{where}: object {key}", "has no list of frames", "Restore the file."
            )
        categories[int(key)] = str(known.get("category", ""))
        stems.update(frames)
    return Listed(categories, tuple(sorted(stems)))


def _mapping(value: object, key: str, where: str) -> Mapping[str, Any]:
    """``value[key]``, an object of JSON whose values are looked at later (hence Any)."""
    inner = value.get(key) if isinstance(value, dict) else None
    if not isinstance(inner, dict):
        raise UniTrackError(where, f"has no {key}", "Restore the file.")
    return inner


def class_numbers(training: Iterable[Listed], others: Iterable[Listed]) -> dict[str, int]:
    """Number the categories, each kind by name; 0 where none is told, or training is unknown.

    Args:
        training: The videos of the training split.
        others: Those of the split that is used.
    """
    seen, all_of_them = (
        {name for video in videos for name in video.categories.values()} - {""}
        for videos in (training, others)
    )
    numbers = {name: number for number, name in enumerate(sorted(seen), start=1)}
    unseen = sorted(all_of_them - seen)
    if not seen:
        return dict.fromkeys(["", *unseen], 0)
    return {"": 0, **numbers, **{name: n for n, name in enumerate(unseen, start=UNSEEN + 1)}}
