"""MOTChallenge 2015, 2016, 2017 and 2020: sequences, observations, truth, result files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from unitrack.data.base import Dataset, Sequence
from unitrack.data.frames import decode_frames, fingerprint_images, list_images
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
from unitrack_mot.data.layout import Benchmark, Info, find_sequences, read_info
from unitrack_mot.data.settings import MotDataSettings
from unitrack_mot.data.text import (
    Rows,
    check_area,
    check_unique,
    group_by_frame,
    read_rows,
    to_xyxy,
)

__all__ = ["mot15", "mot16", "mot17", "mot20", "synthetic_mot"]

_PEDESTRIAN = 1
_CLASS = 7  # 0-based column of the class in result files that have one
_CLASSES = range(1, 14)


def _numbered(year: str, numbers: str) -> tuple[str, ...]:
    return tuple(f"{year}-{number}" for number in numbers.split())


_TRAIN, _TEST = "02 04 05 09 10 11 13", "01 03 06 07 08 12 14"
_MOT15 = Benchmark(
    "mot15",
    ("MOT15", "2DMOT2015"),
    {
        "train": (
            "TUD-Stadtmitte", "TUD-Campus", "PETS09-S2L1", "ETH-Bahnhof", "ETH-Sunnyday",
            "ETH-Pedcross2", "ADL-Rundle-6", "ADL-Rundle-8", "KITTI-13", "KITTI-17", "Venice-2",
        ),
        "test": (
            "TUD-Crossing", "PETS09-S2L2", "ETH-Jelmoli", "ETH-Linthescher", "ETH-Crossing",
            "AVG-TownCentre", "ADL-Rundle-1", "ADL-Rundle-3", "KITTI-16", "KITTI-19", "Venice-1",
        ),
    },
    classes=False,
)  # fmt: skip
_MOT16 = Benchmark(
    "mot16",
    ("MOT16",),
    {"train": _numbered("MOT16", _TRAIN), "test": _numbered("MOT16", _TEST)},
    classes=True,
)
_MOT17 = Benchmark(
    "mot17",
    ("MOT17",),
    {"train": _numbered("MOT17", _TRAIN), "test": _numbered("MOT17", _TEST)},
    classes=True,
)
_MOT20 = Benchmark(
    "mot20",
    ("MOT20",),
    {"train": _numbered("MOT20", "01 02 03 05"), "test": _numbered("MOT20", "04 06 07 08")},
    classes=True,
)
_SYNTHETIC = Benchmark("synthetic_mot", (), {}, classes=True)


def mot15(root: Path, split: str | None, settings: MotDataSettings) -> Dataset:
    """MOTChallenge 2015: no classes, and often no seqinfo.ini."""
    return _MotChallenge(_MOT15, root, split, settings)


def mot16(root: Path, split: str | None, settings: MotDataSettings) -> Dataset:
    """MOTChallenge 2016."""
    return _MotChallenge(_MOT16, root, split, settings)


def mot17(root: Path, split: str | None, settings: MotDataSettings) -> Dataset:
    """MOTChallenge 2017: three folders a video, one per detector."""
    return _MotChallenge(_MOT17, root, split, settings)


def mot20(root: Path, split: str | None, settings: MotDataSettings) -> Dataset:
    """MOTChallenge 2020."""
    return _MotChallenge(_MOT20, root, split, settings)


def synthetic_mot(root: Path, split: str | None, settings: object) -> Dataset:
    """Rendered sequences in the same layout."""
    del settings  # they describe the rendering, not the files
    return _MotChallenge(_SYNTHETIC, root, split, MotDataSettings(columns="motchallenge"))


class _MotChallenge:
    def __init__(
        self, benchmark: Benchmark, root: Path, split: str | None, settings: MotDataSettings
    ) -> None:
        self._benchmark = benchmark
        self._settings = settings
        self._paths = find_sequences(benchmark, root, split)

    def sequences(self) -> list[Sequence]:
        return [
            _MotSequence(path, read_info(path), self._benchmark, self._settings)
            for path in self._paths
        ]

    def write(self, result: SequenceResult, folder: Path) -> None:
        lines = [
            line
            for number, objects in enumerate(result.frames, 1)
            for line in (_line(number, tracked) for tracked in objects)
        ]
        write_atomic(folder / f"{result.name}.txt", "".join(lines))

    def read(self, sequence: Sequence, folder: Path) -> SequenceResult:
        rows = read_rows(folder / f"{sequence.name}.txt", columns=7, length=sequence.length)
        check_area(rows, 2)
        kept = Rows(rows.path, rows.lines[_tracked(rows)], rows.values[_tracked(rows)])
        check_unique(kept)
        boxes = to_xyxy(kept.values[:, 2:6])
        labels = kept.values[:, _CLASS] if kept.values.shape[1] > _CLASS else kept.values[:, 0] * 0
        objects = [
            TrackedObject(
                int(identity), BoxObservation(box, score, int(label) if label >= 1 else 1)
            )
            for identity, box, score, label in zip(
                kept.values[:, 1].tolist(), boxes, kept.values[:, 6].tolist(), labels, strict=True
            )
        ]
        frames = group_by_frame(kept.values[:, 0], sequence.length)
        return SequenceResult(
            sequence.name, tuple(tuple(objects[row] for row in chosen) for chosen in frames)
        )


def _tracked(rows: Rows) -> list[int]:
    """Rows with an identity; negative ones are placeholders."""
    return [row for row, identity in enumerate(rows.values[:, 1].tolist()) if identity >= 0]


def _line(number: int, tracked: TrackedObject) -> str:
    x1, y1, x2, y2 = tracked.observation.box
    label = tracked.observation.label
    # The class column stays -1 for pedestrians: MOTChallenge's server takes nothing else.
    named = label if label != _PEDESTRIAN else -1
    return (
        f"{number},{tracked.id},{x1 + 1:.6f},{y1 + 1:.6f},{x2 - x1:.6f},{y2 - y1:.6f},"
        f"1,{named},-1,-1\n"
    )


@dataclass(frozen=True)
class _MotSequence:
    path: Path
    info: Info
    benchmark: Benchmark
    settings: MotDataSettings

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def fps(self) -> float:
        return self.info.fps

    @property
    def size(self) -> tuple[int, int]:
        return self.info.size

    @property
    def length(self) -> int:
        return self.info.length

    @cached_property
    def truth(self) -> tuple[tuple[TruthObject, ...], ...] | None:
        """Annotation; ``observation.score`` is the visible fraction where one is given."""
        file = self.path / "gt" / "gt.txt"
        if not file.is_file():
            return None
        classes = self.benchmark.classes
        rows = read_rows(file, columns=9 if classes else 7, length=self.length)
        check_unique(rows)
        check_area(rows, 2)
        labels = rows.values[:, 7].astype(int).tolist() if classes else [1] * len(rows.values)
        for row, label in enumerate(labels):
            if label not in _CLASSES:
                raise rows.fault(row, f"class {label} is not in 1..13", "Correct the class.")
        seen = rows.values[:, 8].tolist() if classes else [1.0] * len(labels)
        objects = [
            TruthObject(int(identity), BoxObservation(box, visible, label), flag != 0)
            for identity, box, visible, label, flag in zip(
                rows.values[:, 1].tolist(), to_xyxy(rows.values[:, 2:6]), seen, labels,
                rows.values[:, 6].tolist(), strict=True,
            )
        ]  # fmt: skip
        frames = group_by_frame(rows.values[:, 0], self.length)
        return tuple(tuple(objects[row] for row in chosen) for chosen in frames)

    def frames(self) -> Iterator[Frame]:
        images = list_images(self.info.images)[: self.length]
        if len(images) < self.length:
            raise UniTrackError(
                self.info.images,
                f"holds {len(images)} images, but {self.name} has {self.length} frames",
                "Restore the images, or run the beginning with --limit.",
            )
        return decode_frames(images, self.size)

    def observations(self, source: str) -> tuple[tuple[Observation, ...], ...]:
        if source == "oracle":
            return self._oracle()
        file = self._file(source)
        return _read_observations(file, self.length, self.settings)

    def fingerprint(self, source: str) -> str:
        images = fingerprint_images(list_images(self.info.images)[: self.length])
        file = self.path / "gt" / "gt.txt" if source == "oracle" else self._file(source)
        parts = [self.name, repr(self.info.fps), str(self.length), images]
        digest = hashlib.sha256("\0".join(parts).encode())
        digest.update(file.read_bytes() if file.is_file() else b"")
        return digest.hexdigest()

    def _oracle(self) -> tuple[tuple[Observation, ...], ...]:
        truth = self.truth
        if truth is None:
            raise UniTrackError(
                self.path / "gt" / "gt.txt",
                "is missing, so there is no oracle",
                "Take the benchmark's own detections: --observations benchmark.",
            )
        return tuple(
            tuple(
                BoxObservation(known.observation.box)
                for known in objects
                if known.counted and known.observation.label == _PEDESTRIAN
            )
            for objects in truth
        )

    def _file(self, source: str) -> Path:
        """``benchmark``, a bare name, a folder of ``<Sequence>.txt``, or one file."""
        given = Path(source)
        if given.is_dir():
            return given / f"{self.name}.txt"
        if given.is_file():
            return given
        name = "det" if source == "benchmark" else source
        file = self.path / "det" / f"{name}.txt"
        if not file.is_file():
            there = sorted(path.stem for path in (self.path / "det").glob("*.txt"))
            raise UniTrackError(
                file,
                "is missing",
                f"--observations takes benchmark, oracle, a file, a folder"
                f"{', or one of: ' + ', '.join(there) if there else ''}.",
            )
        return file


def _read_observations(
    file: Path, length: int, settings: MotDataSettings
) -> tuple[tuple[Observation, ...], ...]:
    private = settings.columns == "private"
    rows = read_rows(file, columns=6 if private else 7, length=length)
    if not len(rows.values):
        raise UniTrackError(
            file, "holds no detection at all", "Check that the detector ran and wrote this file."
        )
    first = 1 if private else 2
    check_area(rows, first)
    boxes = to_xyxy(rows.values[:, first : first + 4])
    scores = rows.values[:, first + 4].tolist()
    labels = [1] * len(boxes) if private else rows.labels().tolist()
    seen = [BoxObservation(*row) for row in zip(boxes, scores, labels, strict=True)]
    frames = group_by_frame(rows.values[:, 0], length)
    return tuple(tuple(seen[row] for row in chosen) for chosen in frames)
