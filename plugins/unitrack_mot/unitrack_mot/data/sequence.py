"""One sequence of MOTChallenge: frames, truth, observations."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from unitrack.data.frames import check_numbers, decode_frames, fingerprint_images, list_images
from unitrack.errors import UniTrackError
from unitrack.types import BoxObservation, Frame, Observation, TruthObject
from unitrack_mot.data.layout import Info
from unitrack_mot.data.obs import frame_files, parse_frame_files
from unitrack_mot.data.settings import MotDataSettings
from unitrack_mot.data.text import parse_observations, parse_private_observations, parse_truth

__all__ = ["MotSequence"]

_PEDESTRIAN = 1


@dataclass(frozen=True)
class MotSequence:
    """A folder with ``img1/``, ``det/`` and perhaps ``gt/``."""

    path: Path
    info: Info
    classes: bool  # whether gt.txt has a class column
    settings: MotDataSettings

    @property
    def name(self) -> str:
        """Name of the folder."""
        return self.path.name

    @property
    def fps(self) -> float:
        """Frames per second."""
        return self.info.fps

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.info.size

    @property
    def length(self) -> int:
        """Number of frames."""
        return self.info.length

    @cached_property
    def truth(self) -> tuple[tuple[TruthObject, ...], ...] | None:
        """Annotation; ``observation.score`` is the visible fraction where one is given."""
        if not self._truth_file.is_file():
            return None
        return parse_truth(self._truth_file, self.length, classes=self.classes)

    def frames(self) -> Iterator[Frame]:
        """Decode ``img1/``, in numeric order."""
        images = self._images
        check_numbers(images)
        if len(images) < self.length:
            raise UniTrackError(
                self.info.images,
                f"holds {len(images)} images, but {self.name} has {self.length} frames",
                "Restore the images; only the evaluation of results does without them.",
            )
        return decode_frames(images, self.size)

    def observations(self, source: str) -> tuple[tuple[Observation, ...], ...]:
        """Detections; ``benchmark`` is ``det/det.txt``, a bare NAME is ``det/NAME.txt``."""
        if source == "oracle":
            return self._oracle()
        given = self._file(source)
        if given.is_dir():
            return parse_frame_files(given, self.length, self.size)
        private = self.settings.columns == "private"
        parse = parse_private_observations if private else parse_observations
        return parse(given, self.length)

    def fingerprint(self, source: str) -> str:
        """Digest over names, sizes and times of the images, and content of the observations."""
        given = self._truth_file if source == "oracle" else self._file(source)
        stated = repr((self.fps, self.size, self.length))
        parts = [self.name, stated, fingerprint_images(self._images)]
        digest = hashlib.sha256("\0".join(parts).encode())
        for file in frame_files(given) if given.is_dir() else [given]:
            digest.update(f"\0{file.name}\0".encode())
            digest.update(file.read_bytes() if file.is_file() else b"")
        return digest.hexdigest()

    @property
    def _truth_file(self) -> Path:
        return self.path / "gt" / "gt.txt"

    @property
    def _images(self) -> list[Path]:
        return list_images(self.info.images)[: self.length]

    def _oracle(self) -> tuple[tuple[Observation, ...], ...]:
        if self.truth is None:
            raise UniTrackError(
                self._truth_file,
                "is missing, so there is no oracle",
                "Take the benchmark's own detections: --observations benchmark.",
            )
        return tuple(
            tuple(
                BoxObservation(known.observation.box)
                for known in objects
                if known.counted and known.observation.label == _PEDESTRIAN
            )
            for objects in self.truth
        )

    def _file(self, source: str) -> Path:
        """Files of the sequence go before files of the same name elsewhere.

        Returns:
            A file, or a folder with a file a frame.
        """
        named = self.path / "det" / f"{'det' if source == 'benchmark' else source}.txt"
        bare = Path(source).name == source
        given = Path(source)
        if source == "benchmark" or (bare and named.is_file()):
            pass
        elif given.is_dir():
            by_frame = given / self.name / "img1"
            return by_frame if by_frame.is_dir() else given / f"{self.name}.txt"
        elif given.is_file() or not bare:
            return given
        if not named.is_file():
            there = ", ".join(sorted(path.stem for path in named.parent.glob("*.txt")))
            also = f", or one of: {there}" if there else ""
            raise UniTrackError(
                named,
                "is missing",
                f"--observations takes benchmark, oracle, a file, a folder{also}.",
            )
        return named
