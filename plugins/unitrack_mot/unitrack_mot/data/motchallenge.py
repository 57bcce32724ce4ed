"""MOTChallenge 2015, 2016, 2017 and 2020: sequences and result files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from unitrack.data.base import Dataset, Sequence
from unitrack.files import write_atomic, zip_atomic
from unitrack.types import SequenceResult
from unitrack_mot.data.layout import find_sequences, read_info
from unitrack_mot.data.sequence import MotSequence
from unitrack_mot.data.settings import MotDataSettings
from unitrack_mot.data.splits import MOT15, MOT16, MOT17, MOT20, SYNTHETIC, Benchmark
from unitrack_mot.data.text import parse_result, result_text

__all__ = ["mot15", "mot16", "mot17", "mot20", "synthetic_mot"]


def mot15(root: Path, split: str | None, settings: MotDataSettings) -> Dataset:
    """MOTChallenge 2015: no classes, and often no seqinfo.ini."""
    return _open(MOT15, root, split, settings)


def mot16(root: Path, split: str | None, settings: MotDataSettings) -> Dataset:
    """MOTChallenge 2016."""
    return _open(MOT16, root, split, settings)


def mot17(root: Path, split: str | None, settings: MotDataSettings) -> Dataset:
    """MOTChallenge 2017: three folders a video, one per detector."""
    return _open(MOT17, root, split, settings)


def mot20(root: Path, split: str | None, settings: MotDataSettings) -> Dataset:
    """MOTChallenge 2020."""
    return _open(MOT20, root, split, settings)


def synthetic_mot(root: Path, split: str | None, settings: object) -> Dataset:
    """Rendered sequences in the same layout."""
    del settings  # they describe the rendering, not the files
    return _open(SYNTHETIC, root, split, MotDataSettings(columns="motchallenge"))


def _open(
    benchmark: Benchmark, root: Path, split: str | None, settings: MotDataSettings
) -> Dataset:
    return _MotChallenge(tuple(find_sequences(benchmark, root, split)), benchmark.classes, settings)


@dataclass(frozen=True, slots=True)
class _MotChallenge:
    paths: tuple[Path, ...]
    classes: bool
    settings: MotDataSettings

    def sequences(self) -> list[Sequence]:
        return [
            MotSequence(path, read_info(path), self.classes, self.settings) for path in self.paths
        ]

    def write(self, result: SequenceResult, folder: Path) -> None:
        write_atomic(folder / f"{result.name}.txt", result_text(result))

    def read(self, sequence: Sequence, folder: Path) -> SequenceResult:
        file = folder / f"{sequence.name}.txt"
        return SequenceResult(sequence.name, parse_result(file, sequence.length))

    def submit(self, results: Path, archive: Path) -> None:
        """Every sequence's file at the root; of 2017 all three detectors' folders are sequences."""
        names = [self.read(sequence, results).name for sequence in self.sequences()]
        zip_atomic(archive, {f"{name}.txt": results / f"{name}.txt" for name in names})
