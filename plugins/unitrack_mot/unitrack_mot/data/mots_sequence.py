"""One sequence with masks: frames, truth, observations."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from unitrack.data.base import Truth
from unitrack.data.frames import check_numbers, decode_frames, fingerprint_images, list_images
from unitrack.errors import UniTrackError
from unitrack.types import Frame, MaskObservation, Observation
from unitrack_mot.data.mots_png import parse_truth_pictures
from unitrack_mot.data.mots_text import MaskFile, parse_observations, parse_truth

__all__ = ["MaskSequence"]


@dataclass(frozen=True, kw_only=True)
class MaskSequence:
    """A sequence of MOTS20 or KITTI-MOTS.

    Attributes:
        name: The benchmark's name of it.
        fps: Frames per second.
        size: Height and width in pixels.
        length: Number of frames.
        first: Number of the first frame in the benchmark's files.
        classes: Label to name.
        images: Folder of the pictures.
        annotation: Text file, or folder of 16-bit pictures; None where the truth is kept back.
        detections: Where files of detections lie beside the benchmark's: one of a detector NAME
            is this path with ``{}`` replaced by NAME.
        own: The name of the detections that the benchmark ships, empty if it ships none.
    """

    name: str
    fps: float
    size: tuple[int, int]
    length: int
    first: int
    classes: Mapping[int, str]
    images: Path
    annotation: Path | None
    detections: str
    own: str = ""

    @property
    def numbers(self) -> range:
        """Numbers of the frames in files."""
        return range(self.first, self.first + self.length)

    @cached_property
    def truth(self) -> Truth | None:
        """Annotation; the region to be ignored has label 10 and does not count."""
        if self.annotation is None:
            return None
        parse = parse_truth_pictures if self.annotation.is_dir() else parse_truth
        return parse(self.file(self.annotation))

    def file(self, path: Path) -> MaskFile:
        """What a file of this sequence must fit."""
        return MaskFile(path, self.numbers, self.size, self.classes)

    def frames(self) -> Iterator[Frame]:
        """Decode the pictures, in numeric order."""
        images = self._images
        check_numbers(images)
        if len(images) < self.length:
            raise UniTrackError(
                self.images,
                f"holds {len(images)} images, but {self.name} has {self.length} frames",
                "Restore the images; only the evaluation of results does without them.",
            )
        return decode_frames(images, self.size)

    def observations(self, source: str) -> tuple[tuple[Observation, ...], ...]:
        """Masks; neither benchmark ships detections."""
        if source == "oracle":
            return self._oracle()
        return parse_observations(self.file(self._file(source)))

    def fingerprint(self, source: str) -> str:
        """Digest over names, sizes and times of the images, and content of the observations."""
        stated = repr((self.fps, self.size, self.length))
        digest = hashlib.sha256(
            "\0".join([self.name, stated, fingerprint_images(self._images)]).encode()
        )
        given = self.annotation if source == "oracle" else self._file(source)
        if given is not None and given.is_dir():
            digest.update(fingerprint_images(list_images(given)).encode())
        elif given is not None and given.is_file():
            digest.update(given.read_bytes())
        return digest.hexdigest()

    @cached_property
    def _images(self) -> list[Path]:
        return list_images(self.images)[: self.length]

    def _oracle(self) -> tuple[tuple[Observation, ...], ...]:
        if self.truth is None:
            raise UniTrackError(
                self.name, "has no annotation, so there is no oracle", f"Give {_FILES}."
            )
        masks: list[tuple[Observation, ...]] = []
        for objects in self.truth:
            counted = [known.observation for known in objects if known.counted]
            masks.append(
                tuple(
                    MaskObservation(seen.size, seen.counts, label=seen.label)
                    for seen in counted
                    if isinstance(seen, MaskObservation)
                )
            )
        return tuple(masks)

    def _file(self, source: str) -> Path:
        """Files of the sequence go before files of the same name elsewhere."""
        if source == "benchmark" and not self.own:
            raise UniTrackError(
                "--observations benchmark",
                "this benchmark ships no detections",
                f"Take the truth without its ids with --observations oracle, or give {_FILES}.",
            )
        bare, given = Path(source).name == source, Path(source)
        named = Path(self.detections.format(self.own if source == "benchmark" else source))
        if source == "benchmark" or (bare and named.is_file()):
            return named
        if given.is_dir():
            return given / f"{self.name}.txt"
        if given.is_file() or not bare:
            return given
        raise UniTrackError(
            named,
            "is missing",
            f"--observations takes oracle, a NAME with such a file, or {_FILES}.",
        )


_FILES = "a file of masks, or a folder of <Sequence>.txt"
