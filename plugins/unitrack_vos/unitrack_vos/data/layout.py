"""Where the sequences of a DAVIS folder are, and which belong to a split."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from unitrack.data.frames import image_size, list_images
from unitrack.errors import UniTrackError
from unitrack_vos.data.sequence import MaskSequence
from unitrack_vos.data.splits import DAVIS2016, DAVIS2017

__all__ = ["Place", "find_sequences", "open_sequence"]

_LOG = logging.getLogger("unitrack")

_FPS = 24.0  # nominal
_SPLITS: Mapping[str, Mapping[str, tuple[str, ...]]] = {"2016": DAVIS2016, "2017": DAVIS2017}

# Names that the folder with JPEGImages/ and Annotations/ has had, below what people call the root.
_FOLDERS = ("", "DAVIS", "trainval", "test-dev", "test-challenge")


@dataclass(frozen=True, slots=True)
class Place:
    """One sequence on disk."""

    images: Path
    annotations: Path


def find_sequences(root: Path, year: str, split: str | None, resolution: str) -> list[Place]:
    """The sequences of a split in its order, or all that are annotated, by name.

    ``root`` holds ``Annotations/``, or ``DAVIS/``, or a folder a year or a split.

    Raises:
        UniTrackError: If there is none, or no such split.
    """
    listed = None if split is None else _listed(root, year, split)
    for base in _bases(root, year):
        found = _inside(base, resolution)
        chosen = _chosen(found, listed)
        if chosen:
            absent = len(listed or ()) - len(chosen)
            if listed and absent:
                _LOG.warning(
                    "%s: %d of %d sequences of the split %s are absent",
                    base, absent, len(listed), split,
                )  # fmt: skip
            return chosen
    raise _nothing(root, year, split, resolution)


def _bases(root: Path, year: str) -> Iterator[Path]:
    for top in (root, root / "DAVIS", root / year, root / "DAVIS" / year):
        for name in _FOLDERS:
            yield top / name


def _inside(base: Path, resolution: str) -> dict[str, Place]:
    folder = base / "Annotations" / resolution
    if not folder.is_dir():
        return {}
    return {
        path.name: Place(base / "JPEGImages" / resolution / path.name, path)
        for path in sorted(folder.iterdir())
        if path.is_dir() and list_images(path)
    }


def _chosen(found: Mapping[str, Place], listed: Sequence[str] | None) -> list[Place]:
    if listed is not None:
        return [found[name] for name in listed if name in found]
    places = list(found.values())
    # Of a test split only first frames are annotated.
    return [place for place in places if len(list_images(place.annotations)) > 1] or places


def _listed(root: Path, year: str, split: str) -> Sequence[str]:
    """Names of a split: of a list beside the data, else of the benchmark's own."""
    lists = [base / "ImageSets" / year for base in _bases(root, year)]
    for file in (folder / f"{split}.txt" for folder in lists):
        if file.is_file():
            return _names(file)
    known = _SPLITS[year]
    if split not in known:
        there = {path.stem for folder in lists for path in folder.glob("*.txt")}
        raise UniTrackError(
            f"--split {split}",
            f"davis{year} has no such split",
            f"Splits: {', '.join(sorted(there | set(known)))}.",
        )
    return known[split]


def _names(file: Path) -> list[str]:
    """A name a line, or (DAVIS 2016) the paths of an image and its annotation a line."""
    try:
        lines = file.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UniTrackError(file, f"cannot be read ({error})", "Restore or remove it.") from error
    firsts = [Path(line.split()[0]) for line in lines if line.strip()]
    return list(dict.fromkeys(p.parent.name if p.suffix else p.name for p in firsts))


def _nothing(root: Path, year: str, split: str | None, resolution: str) -> UniTrackError:
    other = "480p" if resolution == "Full-Resolution" else "Full-Resolution"
    for base in _bases(root, year):
        if (base / "Annotations" / other).is_dir() and not _inside(base, resolution):
            return UniTrackError(
                base / "Annotations" / resolution,
                f"is not there, but {other} is",
                f"--set data.resolution={other}",
            )
    if split is not None and any(_inside(base, resolution) for base in _bases(root, year)):
        return UniTrackError(
            root,
            f"holds no sequence of the split {split}",
            "Leave --split out to take every annotated sequence.",
        )
    looked = ", ".join(f"{top}/Annotations/{resolution}" for top in (root, root / "DAVIS"))
    return UniTrackError(
        root,
        f"holds no sequence of davis{year} (looked in {looked}, and below {year}/ and trainval/)",
        "Give --root the folder that holds JPEGImages/ and Annotations/.",
    )


def open_sequence(place: Place, *, merged: bool) -> MaskSequence:
    """One sequence; its pictures are not decoded yet.

    Raises:
        UniTrackError: If its first picture is none.
    """
    images, annotations = list_images(place.images), list_images(place.annotations)
    stems = tuple(path.stem for path in images or annotations)
    index = {stem: number for number, stem in enumerate(stems)}
    return MaskSequence(
        name=place.annotations.name,
        fps=_FPS,
        size=image_size((images or annotations)[0]),
        stems=stems,
        images=tuple(images),
        folder=place.annotations,
        annotations={index[p.stem]: p for p in annotations if p.stem in index},
        strangers=tuple(path for path in annotations if path.stem not in index),
        merged=merged,
    )
