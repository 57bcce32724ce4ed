"""MOTS20, KITTI-MOTS and the rendered masks: sequences and result files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from unitrack.data.base import Dataset, Sequence
from unitrack.errors import UniTrackError
from unitrack.files import write_atomic, zip_atomic
from unitrack.types import SequenceResult
from unitrack_mot.data.layout import find_sequences, read_info
from unitrack_mot.data.mots_classes import MOTS_CLASSES, PER_CLASS
from unitrack_mot.data.mots_kitti import find_kitti_mots
from unitrack_mot.data.mots_sequence import MaskSequence
from unitrack_mot.data.mots_text import parse_result, result_text
from unitrack_mot.data.splits import MOTS20, SYNTHETIC_MOTS, Benchmark
from unitrack_mot.data.table import read_text

__all__ = ["kitti_mots", "mots", "synthetic_mots"]


def mots(root: Path, split: str | None, settings: object) -> Dataset:
    """MOTS20: pedestrians, frames counted from 1."""
    del settings  # none exist
    return _MaskDataset(tuple(_like_motchallenge(MOTS20, root, split, own="")))


def synthetic_mots(root: Path, split: str | None, settings: object) -> Dataset:
    """Rendered sequences in the same layout, with a detector's masks."""
    del settings  # they describe the rendering, not the files
    return _MaskDataset(tuple(_like_motchallenge(SYNTHETIC_MOTS, root, split, own="det")))


def kitti_mots(root: Path, split: str | None, settings: object) -> Dataset:
    """KITTI-MOTS: cars and pedestrians, frames counted from 0."""
    del settings  # none exist
    return _MaskDataset(tuple(find_kitti_mots(root, split)))


def _like_motchallenge(
    benchmark: Benchmark, root: Path, split: str | None, *, own: str
) -> list[MaskSequence]:
    found = []
    for path in find_sequences(benchmark, root, split):
        info, annotation = read_info(path), path / "gt" / "gt.txt"
        found.append(
            MaskSequence(
                name=path.name,
                fps=info.fps,
                size=info.size,
                length=info.length,
                first=1,
                classes=MOTS_CLASSES,
                images=info.images,
                annotation=annotation if annotation.is_file() else None,
                detections=str(path / "det" / "{}.txt"),
                own=own,
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class _MaskDataset:
    videos: tuple[MaskSequence, ...]

    def sequences(self) -> list[Sequence]:
        return list(self.videos)

    def write(self, result: SequenceResult, folder: Path) -> None:
        first = next(video.first for video in self.videos if video.name == result.name)
        write_atomic(folder / f"{result.name}.txt", result_text(result, first))

    def read(self, sequence: Sequence, folder: Path) -> SequenceResult:
        (video,) = (video for video in self.videos if video.name == sequence.name)
        file = video.file(folder / f"{sequence.name}.txt")
        return SequenceResult(sequence.name, parse_result(file))

    def submit(self, results: Path, archive: Path) -> None:
        """Every sequence's file at the root, checked as its server does."""
        for video in self.videos:
            self.read(video, results)
            _check_identities(results / f"{video.name}.txt")
        names = [f"{video.name}.txt" for video in self.videos]
        zip_atomic(archive, {name: results / name for name in names})


def _check_identities(file: Path) -> None:
    """Servers read the class out of the identity.

    Raises:
        UniTrackError: Naming the line whose identity is of another class.
    """
    for number, line in enumerate(read_text(file).splitlines(), 1):
        cells = line.split()
        if cells and int(cells[1]) // PER_CLASS != int(cells[2]):
            raise UniTrackError(
                f"{file}:{number}",
                f"frame {cells[0]}, object {cells[1]}: the identity is not of class {cells[2]}",
                "Number the objects class * 1000 + instance; a class has room for 999.",
            )
