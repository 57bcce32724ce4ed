"""YouTube-VOS 2018 and 2019: objects may appear at any time; every fifth frame is annotated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import cast

from unitrack.data.base import Dataset, Sequence
from unitrack.data.frames import image_size, list_images
from unitrack.errors import UniTrackError
from unitrack.types import SequenceResult
from unitrack_vos.data.meta import Listed, class_numbers, read_meta
from unitrack_vos.data.results import pack_masks, read_masks, write_masks
from unitrack_vos.data.sequence import MaskSequence

__all__ = ["youtube_vos"]

_FPS = 30.0  # of the videos; every fifth frame of it is the usual download
_USUAL_STEP = 5
_SPLITS = ("train", "valid", "test")
_ALL_FRAMES = "_all_frames"


def youtube_vos(root: Path, split: str | None, settings: object) -> Dataset:
    """YouTube-VOS; ``root`` holds ``train/`` and ``valid/``, or is one of them.

    The splits ``<split>_all_frames`` take the images of the separate download of all frames and
    the annotation of ``<split>``.

    Raises:
        UniTrackError: If no split is there, or not this one.
    """
    del settings
    place = _find(root, split)
    training = read_meta(place.parent / "train" / "meta.json")
    listed = read_meta(place.folder / "meta.json")
    return _YouTube(place, listed, class_numbers(training.values(), listed.values()))


@dataclass(frozen=True, slots=True)
class _Place:
    """A split: its own folder, and that of its images."""

    folder: Path
    images: Path

    @property
    def parent(self) -> Path:
        return self.folder.parent


def _find(root: Path, split: str | None) -> _Place:
    if split is not None and split.removesuffix(_ALL_FRAMES) not in _SPLITS:
        every = [name + end for name in _SPLITS for end in ("", _ALL_FRAMES)]
        raise UniTrackError(
            f"--split {split}", "youtube_vos has no such split", f"Splits: {', '.join(every)}."
        )
    tried = list(_candidates(root, split))
    for place in tried:
        if (place.folder / "Annotations").is_dir():
            return place
    looked = ", ".join(dict.fromkeys(str(place.folder / "Annotations") for place in tried[:4]))
    raise UniTrackError(
        root,
        f"holds no split of youtube_vos (looked for {looked}, ...)",
        "Give --root the folder that holds train/ or valid/.",
    )


def _candidates(root: Path, split: str | None) -> Iterator[_Place]:
    if split is None:
        yield _Place(root, root)
    for top in (root.parent, root, root / "YouTube-VOS", root / "2019", root / "2018"):
        for name in _SPLITS if split is None else [split.removesuffix(_ALL_FRAMES)]:
            if top != root.parent or root.name == name:
                yield _Place(top / name, top / (split or name))


@dataclass(frozen=True, slots=True)
class _YouTube:
    place: _Place
    listed: Mapping[str, Listed]
    numbers: Mapping[str, int]

    def sequences(self) -> list[Sequence]:
        return list(self._videos())

    def write(self, result: SequenceResult, folder: Path) -> None:
        write_masks(result, self._video(result.name), folder)

    def read(self, sequence: Sequence, folder: Path) -> SequenceResult:
        return read_masks(cast("MaskSequence", sequence), folder)

    def submit(self, results: Path, archive: Path) -> None:
        """Pack the frames that ``meta.json`` asks for, below ``Annotations/``."""
        asked = {name: video.stems for name, video in self.listed.items()}
        pack_masks(self._videos(), results, archive, top="Annotations/", listed=asked)

    def _videos(self) -> Iterator[MaskSequence]:
        folder = self.place.folder / "Annotations"
        names = [path.name for path in sorted(folder.iterdir()) if list_images(path)]
        if not names:
            raise UniTrackError(
                folder, "holds no annotated video", "Restore it from the original archive."
            )
        return map(self._video, names)

    def _video(self, name: str) -> MaskSequence:
        images = list_images(self.place.images / "JPEGImages" / name)
        annotations = list_images(self.place.folder / "Annotations" / name)
        stems = tuple(path.stem for path in images or annotations)
        index = {stem: number for number, stem in enumerate(stems)}
        listed = self.listed.get(name, Listed({}, ()))
        step = _step(stems)
        return MaskSequence(
            name=name,
            fps=_FPS / step,
            size=image_size((images or annotations)[0]),
            stems=stems,
            images=tuple(images),
            folder=self.place.folder / "Annotations" / name,
            annotations={index[p.stem]: p for p in annotations if p.stem in index},
            strangers=tuple(path for path in annotations if path.stem not in index),
            step=step,
            later=True,
            labels={k: self.numbers[kind] for k, kind in listed.categories.items()},
        )


def _step(stems: tuple[str, ...]) -> int:
    """By how much the frame numbers rise: 5, or 1 where all frames are there."""
    numbers = [int(stem) for stem in stems if stem.isdecimal()]
    return min((b - a for a, b in pairwise(numbers) if b > a), default=_USUAL_STEP)
