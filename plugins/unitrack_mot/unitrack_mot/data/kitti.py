"""KITTI tracking, 2-D boxes: labels, result files, and images where they are at hand.

Lines are separated by spaces and 0-based; ``x1, y1, x2, y2`` are continuous corners:
``frame id class truncated occluded alpha x1 y1 x2 y2 height width length X Y Z yaw [score]``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from unitrack.data.base import Dataset, Sequence
from unitrack.data.frames import (
    check_numbers,
    decode_frames,
    fingerprint_images,
    image_size,
    list_images,
)
from unitrack.errors import UniTrackError
from unitrack.files import write_atomic
from unitrack.types import (
    BoxObservation,
    Frame,
    Observation,
    SequenceResult,
    TrackedObject,
    TruthObject,
)
from unitrack_mot.data.table import (
    Form,
    Rows,
    check_frames,
    check_identities,
    check_sides,
    group_by_frame,
    read_table,
)

__all__ = ["CLASSES", "kitti_2d_box"]

CLASSES = {
    "Car": 1, "Van": 2, "Truck": 3, "Pedestrian": 4, "Person": 5, "Person_sitting": 5,
    "Cyclist": 6, "Tram": 7, "Misc": 8, "DontCare": 9,
}  # fmt: skip
"""KITTI's class names and the labels that stand for them here."""

_CAR, _IGNORED = CLASSES["Car"], CLASSES["DontCare"]
_NAMES = {label: name for name, label in reversed(CLASSES.items())}
_FORM = Form(
    17,
    "Write KITTI's 17 columns, separated by spaces; an 18th is the score.",
    most=18,
    separator=None,
    words={2: {name.lower(): label for name, label in CLASSES.items()}},
)
_FPS = 10.0
_USUAL_SIZE = (375, 1242)  # most recordings; asked for only where the images are not at hand
_MAX_OCCLUDED, _MAX_TRUNCATED = 2, 0
_SCORE = 17  # 0-based column


def kitti_2d_box(root: Path, split: str | None, settings: object) -> Dataset:
    """KITTI tracking in the folder that holds ``label_02``, or above it.

    Args:
        root: The folder with ``label_02``, or the one with ``training`` or ``kitti_2d_box_train``.
        split: A seqmap's ending, e.g. ``training`` or ``val``; None for all labels.
        settings: None exist.

    Raises:
        UniTrackError: If there are no labels, or no such seqmap.
    """
    del settings
    tried = [root / part for part in ("", "training", "kitti_2d_box_train")]
    found = [folder for folder in tried if (folder / "label_02").is_dir()]
    if not found:
        looked = ", ".join(str(folder) for folder in tried)
        raise UniTrackError(
            root,
            f"holds no label_02 (looked in {looked})",
            "Give --root the folder that holds label_02/.",
        )
    lengths = _seqmap(found[0], split)
    names = (
        list(lengths) if split else sorted(f.stem for f in (found[0] / "label_02").glob("*.txt"))
    )
    return _Kitti(found[0], {name: lengths.get(name) for name in names})


def _seqmap(folder: Path, split: str | None) -> dict[str, int]:
    """Frames per sequence; the last column of ``evaluate_tracking.seqmap.<split>``."""
    files = sorted(folder.glob(f"evaluate_tracking.seqmap.{split or '*'}"))
    if split and not files:
        there = ", ".join(f.suffix[1:] for f in folder.glob("evaluate_tracking.seqmap.*"))
        raise UniTrackError(
            f"--split {split}", f"{folder} has no such seqmap", f"There are: {there or 'none'}."
        )
    lengths: dict[str, int] = {}
    for file in files:
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            cells = line.split()
            if len(cells) not in (0, 4) or (cells and not cells[3].isdecimal()):
                raise UniTrackError(
                    f"{file}:{number}", "is no line of a seqmap", "Write: 0000 empty 000000 000154."
                )
            if cells:
                lengths[cells[0]] = int(cells[3])
    return lengths


@dataclass(frozen=True, slots=True)
class _Kitti:
    folder: Path
    lengths: dict[str, int | None]

    def sequences(self) -> list[Sequence]:
        return [_KittiSequence(self.folder, name, count) for name, count in self.lengths.items()]

    def write(self, result: SequenceResult, folder: Path) -> None:
        lines = [
            _line(index, tracked)
            for index, objects in enumerate(result.frames)
            for tracked in objects
        ]
        write_atomic(folder / f"{result.name}.txt", "".join(lines))

    def read(self, sequence: Sequence, folder: Path) -> SequenceResult:
        rows = _checked(folder / f"{sequence.name}.txt", sequence.length)
        kept = rows.only(rows.values[:, 1] >= 0)
        _check_identities(kept)
        objects = [
            TrackedObject(int(identity), observation)
            for identity, observation in zip(kept.values[:, 1], _boxes(kept), strict=True)
        ]
        chosen = group_by_frame(kept.values[:, 0], range(sequence.length))
        return SequenceResult(
            sequence.name, tuple(tuple(objects[row] for row in frame) for frame in chosen)
        )


@dataclass(frozen=True)
class _KittiSequence:
    folder: Path
    name: str
    stated: int | None  # frames, by the seqmap

    @property
    def fps(self) -> float:
        return _FPS

    @cached_property
    def size(self) -> tuple[int, int]:
        return image_size(self._images[0]) if self._images else _USUAL_SIZE

    @cached_property
    def length(self) -> int:
        """By the seqmap, else by the images, else by the last label."""
        if self.stated or self._images:
            return self.stated or len(self._images)
        frames = read_table(self._labels, _FORM).values[:, 0]
        return int(frames.max(initial=-1)) + 1

    @cached_property
    def truth(self) -> tuple[tuple[TruthObject, ...], ...] | None:
        """All classes; regions not to care about have a label of their own and are not counted."""
        if not self._labels.is_file():
            return None
        rows = _checked(self._labels, self.length)
        values = rows.values
        known = rows.only((values[:, 1] >= 0) | (values[:, 2] == _IGNORED))
        _check_identities(known.only(known.values[:, 1] >= 0))
        hidden = (known.values[:, 4] > _MAX_OCCLUDED) | (
            known.values[:, 3].astype(int) > _MAX_TRUNCATED
        )
        counted = ~hidden & (known.values[:, 2] != _IGNORED)
        objects = [
            TruthObject(int(identity), observation, bool(flag))
            for identity, observation, flag in zip(
                known.values[:, 1], _boxes(known), counted, strict=True
            )
        ]
        chosen = group_by_frame(known.values[:, 0], range(self.length))
        return tuple(tuple(objects[row] for row in frame) for frame in chosen)

    def frames(self) -> Iterator[Frame]:
        check_numbers(self._images)
        if len(self._images) < self.length:
            raise UniTrackError(
                self._image_folder,
                f"holds {len(self._images)} images, but {self.name} has {self.length} frames",
                "Restore the images; only the evaluation of results does without them.",
            )
        return decode_frames(self._images[: self.length], self.size)

    def observations(self, source: str) -> tuple[tuple[Observation, ...], ...]:
        """``oracle`` gives cars; a file or folder is read in KITTI's own form, without its ids."""
        if source == "oracle":
            return self._oracle()
        rows = _checked(self._file(source), self.length)
        if not len(rows.values):
            raise UniTrackError(
                rows.path, "holds no detection at all", "Check that the detector wrote this file."
            )
        observed = _boxes(rows)
        chosen = group_by_frame(rows.values[:, 0], range(self.length))
        return tuple(tuple(observed[row] for row in frame) for frame in chosen)

    def fingerprint(self, source: str) -> str:
        file = self._labels if source == "oracle" else self._file(source)
        parts = [self.name, str(self.length), fingerprint_images(self._images)]
        digest = hashlib.sha256("\0".join(parts).encode())
        digest.update(file.read_bytes() if file.is_file() else b"")
        return digest.hexdigest()

    @property
    def _labels(self) -> Path:
        return self.folder / "label_02" / f"{self.name}.txt"

    @property
    def _image_folder(self) -> Path:
        return self.folder / "image_02" / self.name

    @cached_property
    def _images(self) -> list[Path]:
        return list_images(self._image_folder)

    def _oracle(self) -> tuple[tuple[Observation, ...], ...]:
        if self.truth is None:
            raise UniTrackError(
                self._labels, "is missing, so there is no oracle", "Restore label_02/."
            )
        return tuple(
            tuple(
                BoxObservation(known.observation.box, label=_CAR)
                for known in objects
                if known.counted and known.observation.label == _CAR
            )
            for objects in self.truth
        )

    def _file(self, source: str) -> Path:
        given = Path(source)
        if source != "benchmark" and given.is_dir():
            return given / f"{self.name}.txt"
        if source != "benchmark" and given.is_file():
            return given
        raise UniTrackError(
            f"--observations {source}",
            "is no file or folder, and KITTI ships no detections here",
            "Take the truth without its ids with --observations oracle, or give a file.",
        )


def _checked(file: Path, length: int) -> Rows:
    rows = read_table(file, _FORM)
    check_frames(rows, range(length))
    check_sides(rows, rows.values[:, 8:10] - rows.values[:, 6:8])
    return rows


def _check_identities(rows: Rows) -> None:
    """Identities are unique within a class: trackers number cars and pedestrians apart."""
    for label in np.unique(rows.values[:, 2]):
        check_identities(rows.only(rows.values[:, 2] == label))


def _boxes(rows: Rows) -> list[BoxObservation]:
    values = rows.values
    scores = values[:, _SCORE] if values.shape[1] > _SCORE else np.ones(len(values))
    return [
        BoxObservation((x1, y1, x2, y2), score, int(label))
        for (x1, y1, x2, y2), score, label in zip(
            values[:, 6:10].tolist(), scores.tolist(), values[:, 2].tolist(), strict=True
        )
    ]


def _line(index: int, tracked: TrackedObject) -> str:
    """KITTI's form; what 2-D boxes do not say has KITTI's own mark for unknown."""
    corners = " ".join(f"{corner:.6f}" for corner in tracked.observation.box)
    name = _NAMES.get(tracked.observation.label, "Misc")
    return (
        f"{index} {tracked.id} {name} -1 -1 -10 {corners} -1 -1 -1 -1000 -1000 -1000 -10 "
        f"{tracked.observation.score:.6f}\n"
    )
