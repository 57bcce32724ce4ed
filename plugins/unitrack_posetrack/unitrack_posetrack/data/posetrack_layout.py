"""Where the sequences of a PoseTrack folder are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from unitrack.errors import UniTrackError

__all__ = ["SPLITS", "Place", "find_places"]

SPLITS = ("train", "val", "test")


@dataclass(frozen=True, slots=True)
class Place:
    """One sequence.

    Attributes:
        name: Of its file, without the end.
        top: The folder that images are named from.
        file: The annotation; None where there is none.
        images: Folder of the images, where it can be told without the annotation.
    """

    name: str
    top: Path
    file: Path | None
    images: Path | None = None


def find_places(data: str, root: Path, split: str | None) -> list[Place]:
    """The sequences of a split by name; without one, every annotated sequence of all splits.

    Args:
        data: Name of the data set, for messages.
        root: The folder that holds ``annotations`` and ``images``, or its parent.
        split: One of `SPLITS`; with one, folders of images without annotation count too.

    Raises:
        UniTrackError: If there is no such split, or nothing of it.
    """
    if split is not None and split not in SPLITS:
        raise UniTrackError(
            f"--split {split}", f"{data} has no such split", f"Splits: {', '.join(SPLITS)}."
        )
    top = _top(root)
    found = [place for name in (split,) if name for place in _of_split(top, name)]
    if split is None:
        found = [place for name in SPLITS for place in _annotated(top, name)]
    if not found:
        wanted = split or "{" + ",".join(SPLITS) + "}"
        raise UniTrackError(
            top / "annotations" / wanted,
            f"holds no sequence of {data}",
            "Give --root the folder that holds annotations/ and images/.",
        )
    return found


def _top(root: Path) -> Path:
    inside = sorted(path for path in root.iterdir() if path.is_dir()) if root.is_dir() else []
    for folder in (root, *inside):
        if (folder / "annotations").is_dir() or (folder / "images").is_dir():
            return folder
    raise UniTrackError(
        root,
        "holds neither annotations nor images, nor does a folder in it",
        "Give --root the folder that holds annotations/ and images/.",
    )


def _annotated(top: Path, split: str) -> Iterator[Place]:
    for file in sorted((top / "annotations" / split).glob("*.json")):
        if not file.name.startswith("."):
            yield Place(file.stem, top, file)


def _of_split(top: Path, split: str) -> list[Place]:
    places = {place.name: place for place in _annotated(top, split)}
    for folder in (top / "images" / split).glob("*"):
        if folder.is_dir() and not folder.name.startswith("."):
            places.setdefault(folder.name, Place(folder.name, top, None, folder))
    return [places[name] for name in sorted(places)]
