"""Where the sequences of KITTI-MOTS are.

``training/image_02/0000/000000.png``, ``training/instances_txt/0000.txt`` or
``training/instances/0000/000000.png``; frames count from 0.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from unitrack.data.frames import image_size, list_images
from unitrack.errors import UniTrackError
from unitrack_mot.data.mots_classes import KITTI_CLASSES
from unitrack_mot.data.mots_sequence import MaskSequence
from unitrack_mot.data.mots_text import stated_size

__all__ = ["find_kitti_mots"]

_LOG = logging.getLogger("unitrack")
_FPS = 10.0

# Number of the last frame of each sequence.
_LAST = {
    "train": {
        "0000": 153, "0001": 446, "0003": 143, "0004": 313, "0005": 296, "0009": 802,
        "0011": 372, "0012": 77, "0015": 375, "0017": 144, "0019": 1058, "0020": 836,
    },
    "val": {
        "0002": 232, "0006": 269, "0007": 799, "0008": 389, "0010": 293, "0013": 339,
        "0014": 105, "0016": 208, "0018": 338,
    },
    "test": {
        f"{number:04d}": last
        for number, last in enumerate((
            464, 146, 242, 256, 420, 808, 113, 214, 164, 348, 1175, 773, 693, 151, 849, 700, 509,
            304, 179, 403, 172, 202, 435, 429, 315, 175, 169, 84, 174,
        ))
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Folder:
    """One that holds ``image_02`` and perhaps annotation."""

    path: Path

    def annotation(self, name: str) -> Path | None:
        """Text before pictures: it is read faster, and states the size."""
        text, pictures = self.path / "instances_txt" / f"{name}.txt", self.path / "instances" / name
        return text if text.is_file() else pictures if pictures.is_dir() else None

    def images(self, name: str) -> Path:
        return self.path / "image_02" / name

    def names(self) -> list[str]:
        """Annotated sequences, else those that have images."""
        text = {file.stem for file in (self.path / "instances_txt").glob("*.txt")}
        parts = (self.path / part for part in ("instances", "image_02"))
        pictures, images = (
            {folder.name for folder in part.iterdir() if folder.is_dir()}
            if part.is_dir()
            else set()
            for part in parts
        )
        return sorted(text | pictures or images)


def find_kitti_mots(root: Path, split: str | None) -> list[MaskSequence]:
    """The sequences, in order.

    Args:
        root: The folder with ``training`` and ``testing``, or one of these.
        split: ``train``, ``val``, ``test``, or None for every annotated sequence.

    Raises:
        UniTrackError: If there are none, no such split, or a sequence says nothing of its size.
    """
    if split is not None and split not in _LAST:
        raise UniTrackError(
            f"--split {split}", "kitti_mots has no such split", f"Splits: {', '.join(_LAST)}."
        )
    parts = ("testing", "test", "") if split == "test" else ("", "training", "train")
    tried = [_Folder(root / part) for part in parts]
    folder = next((one for one in tried if one.names()), None)
    if folder is None:
        looked = ", ".join(str(one.path) for one in tried)
        raise UniTrackError(
            root,
            f"holds no sequence of kitti_mots (looked in {looked})",
            "Give --root the folder that holds image_02/ and instances_txt/ or instances/.",
        )
    return [_sequence(folder, name, split) for name in _selected(folder, split)]


def _selected(folder: _Folder, split: str | None) -> list[str]:
    names = folder.names()
    if split is None:
        return names
    chosen = [name for name in _LAST[split] if name in names]
    if not chosen:
        raise UniTrackError(
            folder.path,
            f"holds no sequence of the split {split}",
            "Leave --split out to take every annotated sequence.",
        )
    if len(chosen) < len(_LAST[split]):
        _LOG.warning(
            "%s: %d of %d sequences of the split %s are absent",
            folder.path, len(_LAST[split]) - len(chosen), len(_LAST[split]), split,
        )  # fmt: skip
    return chosen


def _sequence(folder: _Folder, name: str, split: str | None) -> MaskSequence:
    annotation, images = folder.annotation(name), list_images(folder.images(name))
    return MaskSequence(
        name=name,
        fps=_FPS,
        size=_size(folder.path, name, annotation, images),
        length=_length(name, split, annotation, len(images)),
        first=0,
        classes=KITTI_CLASSES,
        images=folder.images(name),
        annotation=annotation,
        detections=str(folder.path / "{}" / f"{name}.txt"),
    )


def _size(folder: Path, name: str, annotation: Path | None, images: list[Path]) -> tuple[int, int]:
    if images:
        return image_size(images[0])
    if annotation and annotation.is_dir() and (pictures := list_images(annotation)):
        return image_size(pictures[0])
    stated = stated_size(annotation) if annotation and annotation.is_file() else None
    if stated is None:
        raise UniTrackError(
            folder, f"says nowhere how large the pictures of {name} are", "Restore image_02/."
        )
    return stated


def _length(name: str, split: str | None, annotation: Path | None, images: int) -> int:
    """The benchmark's, but no more than there are images; of an unknown sequence what is there."""
    splits = [split] if split else ["train", "val"] if annotation else ["test"]
    last = next((_LAST[one][name] for one in splits if name in _LAST[one]), None)
    if last is not None:
        return min(last + 1, images or last + 1)
    if images or annotation is None:
        return images
    if annotation.is_dir():
        return max(
            (int(p.stem) + 1 for p in list_images(annotation) if p.stem.isdecimal()), default=0
        )
    lines = (line.split() for line in annotation.read_text(encoding="utf-8").splitlines())
    return max((int(c[0]) + 1 for c in lines if c and c[0].isdecimal()), default=0)
