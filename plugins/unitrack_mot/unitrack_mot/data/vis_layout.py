"""Where the annotations and the images of YouTube-VIS are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from unitrack.errors import UniTrackError
from unitrack_mot.data.vis_json import Annotation, read_annotation

__all__ = ["SPLITS", "Part", "find_parts"]

SPLITS = ("train", "valid", "val", "test")
"""Names of the splits; ``val`` is how some tools call a part of ``train``."""

# As the releases of 2019, 2021 and 2022 have them, and as the tools around them do; the last is
# that of the paper's own code.
_FILES = (
    "{split}/instances.json",
    "{split}.json",
    "annotations/{split}.json",
    "annotations/instances_{split}.json",
    "annotations/instances_{split}_sub.json",
)


@dataclass(frozen=True, slots=True)
class Part:
    """One split on disk.

    Attributes:
        name: Of the split.
        top: Folder above the annotation and the images.
        annotation: What its file says.
        images: Folder that the names of the images are relative to.
    """

    name: str
    top: Path
    annotation: Annotation
    images: Path


def find_parts(root: Path, split: str | None) -> list[Part]:
    """The split that is asked for, or every one that is annotated, or every one.

    Args:
        root: The folder with ``train/``, ``valid/`` and ``test/``; one of these; or the one above.
        split: One of `SPLITS`, or None.

    Raises:
        UniTrackError: If there is no such split, nothing, or too much; or a file is malformed.
    """
    if split is not None and split not in SPLITS:
        raise UniTrackError(
            f"--split {split}", "YouTube-VIS has no such split", f"Splits: {', '.join(SPLITS)}."
        )
    parts = _under(root, split)
    if not parts and root.is_dir():
        below = {
            folder: found
            for folder in sorted(root.iterdir())
            if folder.is_dir() and (found := _under(folder, split))
        }
        if len(below) > 1:
            names = ", ".join(folder.name for folder in below)
            raise UniTrackError(root, f"holds several data sets: {names}", "Give one with --root.")
        parts = next(iter(below.values()), [])
    if not parts:
        wanted = ", ".join(form.format(split=split or "<split>") for form in _FILES)
        raise UniTrackError(
            root,
            f"holds no annotation file of YouTube-VIS (looked for {wanted})",
            "Give --root the folder that holds train/, valid/ or test/.",
        )
    annotated = [part for part in parts if part.annotation.entries is not None]
    chosen = annotated or parts
    _check_names(chosen)
    return chosen


def _under(root: Path, split: str | None) -> list[Part]:
    found = []
    for name in (split,) if split else SPLITS:
        file, top = next(_files(root, name), (None, root))
        if file is not None:
            tried = (top / name / "JPEGImages", top / "JPEGImages")
            images = next((folder for folder in tried if folder.is_dir()), tried[0])
            found.append(Part(name, top, read_annotation(file), images))
    return found


def _files(root: Path, split: str) -> Iterator[tuple[Path, Path]]:
    """Annotation files of a split that are there, with the folder they were looked for in."""
    tops = (root, root.parent) if root.name == split else (root,)
    for top in tops:
        for form in _FILES:
            file = top / form.format(split=split)
            if file.is_file():
                yield file, top


def _check_names(parts: list[Part]) -> None:
    names = Counter(video.name for part in parts for video in part.annotation.videos)
    name, times = next(iter(names.most_common(1)), ("", 0))
    if times > 1:
        where = parts[0].annotation.path if len(parts) == 1 else parts[0].top
        raise UniTrackError(
            where,
            f"has {times} videos of the name {name!r}",
            "Choose one split with --split, or give the videos folders of their own.",
        )
