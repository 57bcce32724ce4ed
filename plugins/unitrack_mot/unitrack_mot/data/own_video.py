"""Films of one's own: a folder of them, each with its detections beside it, and no truth."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from unitrack.data.base import Dataset, Sequence
from unitrack.data.film import SUFFIXES, Film
from unitrack.errors import UniTrackError
from unitrack.files import write_atomic
from unitrack.types import Frame, Observation, SequenceResult
from unitrack_mot.data.settings import MotDataSettings
from unitrack_mot.data.text import (
    parse_observations,
    parse_private_observations,
    parse_result,
    result_text,
)

__all__ = ["video"]


def video(root: Path, split: str | None, settings: MotDataSettings) -> Dataset:
    """The films of a folder, in the order of their names.

    Args:
        root: A folder with films; ``street.mp4`` is the sequence ``street``, and
            ``street.txt`` beside it holds its detections.
        split: There is none.
        settings: How the detections are written.

    Raises:
        UniTrackError: If the folder holds no film, two of one name, or a split is asked for.
    """
    if split is not None:
        raise UniTrackError(f"--split {split}", "films have no splits", "Leave out --split.")
    films = sorted(path for path in root.glob("*") if path.suffix.lower() in SUFFIXES)
    if not films:
        raise UniTrackError(
            root,
            f"holds no film ({', '.join(sorted(SUFFIXES))})",
            "Give --root the folder that holds your films.",
        )
    names = [path.stem for path in films]
    for name in names:
        if names.count(name) > 1:
            raise UniTrackError(
                root, f"holds two films named {name}", "Rename one: results are named so too."
            )
    return _Films(tuple(films), settings)


@dataclass(frozen=True, slots=True)
class _Films:
    paths: tuple[Path, ...]
    settings: MotDataSettings

    def sequences(self) -> list[Sequence]:
        return [_FilmSequence(Film(path), self.settings) for path in self.paths]

    def write(self, result: SequenceResult, folder: Path) -> None:
        write_atomic(folder / f"{result.name}.txt", result_text(result))

    def read(self, sequence: Sequence, folder: Path) -> SequenceResult:
        file = folder / f"{sequence.name}.txt"
        return SequenceResult(sequence.name, parse_result(file, sequence.length))


@dataclass(frozen=True, slots=True)
class _FilmSequence:
    film: Film
    settings: MotDataSettings
    truth: None = None

    @property
    def name(self) -> str:
        return self.film.path.stem

    @property
    def fps(self) -> float:
        return self.film.fps

    @property
    def size(self) -> tuple[int, int]:
        return self.film.size

    @property
    def length(self) -> int:
        return self.film.length

    def frames(self) -> Iterator[Frame]:
        return self.film.frames()

    def observations(self, source: str) -> tuple[tuple[Observation, ...], ...]:
        """Detections; ``benchmark`` is ``<name>.txt`` beside the film, NAME ``<name>.NAME.txt``."""
        private = self.settings.columns == "private"
        parse = parse_private_observations if private else parse_observations
        return parse(self._file(source), self.length)

    def fingerprint(self, source: str) -> str:
        stat = self.film.path.stat()
        digest = hashlib.sha256(f"{self.name}\0{stat.st_size}\0{stat.st_mtime_ns}".encode())
        file = self._file(source)
        digest.update(b"\0" + file.read_bytes())
        return digest.hexdigest()

    def _file(self, source: str) -> Path:
        """The file of detections.

        Raises:
            UniTrackError: If it is not there, or the truth is asked for.
        """
        if source == "oracle":
            raise UniTrackError(
                "--observations oracle",
                "a film of one's own has no truth",
                "Give detections: --observations FILE.",
            )
        given = Path(source)
        beside = f"{self.name}.txt" if source == "benchmark" else f"{self.name}.{source}.txt"
        named = self.film.path.with_name(beside)
        if given.is_dir():
            named = given / f"{self.name}.txt"
        elif source != "benchmark" and (given.is_file() or given.name != source):
            named = given
        if not named.is_file():
            raise UniTrackError(
                named,
                "is missing: UniTrack links detections, it does not detect",
                "Write lines of frame,-1,left,top,width,height,score (frame, left and top from 1) "
                "there, or give --observations FILE.",
            )
        return named
