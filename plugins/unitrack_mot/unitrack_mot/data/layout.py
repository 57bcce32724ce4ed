"""Where the sequences of a MOTChallenge folder are, and in which order."""

from __future__ import annotations

import configparser
import logging
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from unitrack.data.frames import image_size, list_images
from unitrack.errors import UniTrackError
from unitrack_mot.data.splits import Benchmark

__all__ = ["Info", "find_sequences", "read_info"]

_LOG = logging.getLogger("unitrack")

# MOTChallenge 2015 ships no seqinfo.ini; rates by the start of the sequence's name.
_MOT15_FPS = {
    "TUD": 25.0, "PETS": 7.0, "ETH": 14.0, "KITTI": 10.0, "ADL": 30.0, "Venice": 30.0,
    "AVG": 2.5,
}  # fmt: skip
_USUAL_FPS = 30.0

# Sequences with fewer annotated frames than images.
_ANNOTATED = {"ETH-Pedcross2": 837}


@dataclass(frozen=True, slots=True)
class Info:
    """What is known of a sequence without its frames."""

    fps: float
    size: tuple[int, int]
    length: int
    images: Path


def find_sequences(benchmark: Benchmark, root: Path, split: str | None) -> list[Path]:
    """Folders of the sequences, in order.

    ``root`` may hold the sequences, or ``train/`` and ``test/``, or the benchmark's folder.

    Raises:
        UniTrackError: If there is none, or no such split.
    """
    if split is not None and split not in benchmark.splits:
        raise UniTrackError(
            f"--split {split}",
            f"{benchmark.name} has no such split",
            f"Splits: {', '.join(benchmark.splits) or 'none; leave it out'}.",
        )
    tried = list(_candidates(benchmark, root, split))
    for folders in tried:
        found = sorted({path for folder in folders for path in _inside(folder)})
        if found:
            return _selected(benchmark, found, split)
    looked = ", ".join(str(folder) for folders in tried for folder in folders)
    raise UniTrackError(
        root,
        f"holds no sequence of {benchmark.name} (looked in {looked})",
        "Give --root the folder whose subfolders hold img1/, det/ or gt/.",
    )


def _candidates(benchmark: Benchmark, root: Path, split: str | None) -> Iterator[tuple[Path, ...]]:
    splits = (split,) if split else ("train", "test")
    if split is None or root.name in (split, *(f"{n}-{split}" for n in benchmark.folders)):
        yield (root,)
    for top in (root, *(root / name for name in benchmark.folders)):
        yield tuple(top / part for part in splits)
        yield tuple(top / "images" / part for part in splits)  # as the paper's code has it
        yield tuple(top / f"{name}-{part}" for name in benchmark.folders for part in splits)
    if split is not None:
        yield (root,)


def _inside(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [path for path in folder.iterdir() if path.is_dir() and _is_sequence(path)]


def _is_sequence(path: Path) -> bool:
    return (path / "seqinfo.ini").is_file() or any(
        (path / part).is_dir() for part in ("img1", "gt", "det")
    )


def _selected(benchmark: Benchmark, found: Sequence[Path], split: str | None) -> list[Path]:
    listed = benchmark.splits[split] if split else _every_name(benchmark)
    ordered = sorted(found, key=lambda path: (_place(path.name, listed), path.name))
    if split is None:
        annotated = [path for path in ordered if (path / "gt" / "gt.txt").is_file()]
        return annotated or ordered
    chosen = [path for path in ordered if _place(path.name, listed) < len(listed)]
    if not chosen:
        raise UniTrackError(
            found[0].parent,
            f"holds no sequence of the split {split}",
            "Leave --split out to take every annotated sequence.",
        )
    absent = [name for name in listed if not any(_is_named(path.name, name) for path in chosen)]
    if absent:
        _LOG.warning(
            "%s: %d of %d sequences of the split %s are absent",
            found[0].parent, len(absent), len(listed), split,
        )  # fmt: skip
    return chosen


def _every_name(benchmark: Benchmark) -> tuple[str, ...]:
    return tuple(name for names in benchmark.splits.values() for name in names)


def _place(folder: str, listed: Sequence[str]) -> int:
    """Position in the benchmark's list; behind it for a folder that is not listed."""
    places = (place for place, name in enumerate(listed) if _is_named(folder, name))
    return next(places, len(listed))


def _is_named(folder: str, name: str) -> bool:
    return folder == name or folder.startswith(f"{name}-")


def read_info(path: Path) -> Info:
    """Size, rate and length: from ``seqinfo.ini``, else from the images.

    Raises:
        UniTrackError: If ``seqinfo.ini`` is malformed, or neither it nor an image is there.
    """
    file = path / "seqinfo.ini"
    if file.is_file():
        return _from_ini(path, file)
    images = list_images(path / "img1")
    if not images:
        raise UniTrackError(
            path,
            "has neither seqinfo.ini nor images",
            "Restore img1/, or write seqinfo.ini: [Sequence] with frameRate, seqLength, imWidth "
            "and imHeight.",
        )
    rates = [fps for start, fps in _MOT15_FPS.items() if path.name.startswith(start)]
    length = min(len(images), _ANNOTATED.get(path.name, len(images)))
    return Info((*rates, _USUAL_FPS)[0], image_size(images[0]), length, path / "img1")


def _from_ini(path: Path, file: Path) -> Info:
    parser = configparser.ConfigParser()
    try:
        parser.read(file, encoding="utf-8-sig")
        section = parser["Sequence"]
        info = Info(
            fps=float(section["frameRate"]),
            size=(int(section["imHeight"]), int(section["imWidth"])),
            length=int(section["seqLength"]),
            images=path / section.get("imDir", "img1"),
        )
    except (configparser.Error, KeyError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise UniTrackError(
            file,
            f"is malformed ({reason})",
            "It needs [Sequence] with frameRate, seqLength, imWidth and imHeight.",
        ) from error
    if not 0 < info.fps < math.inf or min(info.size) < 1 or info.length < 1:
        raise UniTrackError(file, "holds a number that is not positive", "Correct it.")
    return info
