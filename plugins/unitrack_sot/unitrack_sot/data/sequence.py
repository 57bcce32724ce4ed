"""One video with one object to follow: images, annotation, and what the protocol gives."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from unitrack.data.base import Truth
from unitrack.data.frames import (
    check_numbers,
    decode_frames,
    fingerprint_images,
    image_size,
    list_images,
)
from unitrack.errors import UniTrackError
from unitrack.types import BoxObservation, Frame, Observation, Target, TruthObject
from unitrack_sot.data.boxes import sound
from unitrack_sot.data.rows import Array

__all__ = ["TARGET", "Annotation", "SotSequence"]

TARGET = 1
"""Identity of the one object."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """What a benchmark says about the object, frame by frame.

    Attributes:
        path: The file it was read from.
        xyxy: Boxes in continuous image pixels, ``(N, 4)``.
        counted: False where the object is absent or its box is none, ``(N,)``.
        labelled: False where nothing is said, ``(N,)``; None where all frames are annotated.
        seen: What was annotated at a frame, where it is more than a box.
        only_start: Whether the benchmark keeps all but the first frame back.
    """

    path: Path
    xyxy: Array
    counted: NDArray[np.bool_]
    labelled: NDArray[np.bool_] | None = None
    seen: tuple[Observation, ...] | None = None
    only_start: bool = False

    def at(self, index: int) -> Observation:
        """What was annotated at a frame; where that is no box, one without extent."""
        if self.seen is not None:
            return self.seen[index]
        x1, y1, x2, y2 = sound(self.xyxy[index]).tolist()
        return BoxObservation((x1, y1, x2, y2))


@dataclass(frozen=True)
class SotSequence:
    """One video with one object, which is given in the first frame.

    Attributes:
        name: The benchmark's name of the sequence.
        folder: Where the images are.
        annotate: Reads the annotation; given this sequence, for its size where that is needed.
        fps: Frames per second.
        numbers: Image numbers that are run, where these are not all; both ends belong to it.
        attributes: What makes it hard, by the benchmark's own names; empty where it says nothing.
    """

    name: str
    folder: Path
    annotate: Callable[[SotSequence], Annotation]
    fps: float = 30.0
    numbers: tuple[int, int] | None = None
    attributes: tuple[str, ...] = ()

    @cached_property
    def size(self) -> tuple[int, int]:
        """Height and width, from the first image."""
        if not self.images:
            raise UniTrackError(
                self.folder,
                "holds no image" + self._of_those_run,
                "Restore the images; only the evaluation of results does without them.",
            )
        return image_size(self.images[0])

    @property
    def length(self) -> int:
        """Number of frames: by the images, or where these are not at hand by the annotation."""
        return len(self.images) or len(self.annotation.xyxy)

    @cached_property
    def truth(self) -> Truth | None:
        """The object in every frame; not counted where it is absent or its box is none."""
        known = self.annotation
        if known.only_start:
            return None
        return tuple(
            (TruthObject(TARGET, known.at(index), bool(counted)),) if labelled else ()
            for index, (counted, labelled) in enumerate(
                zip(known.counted, self._labelled, strict=True)
            )
        )

    def frames(self) -> Iterator[Frame]:
        """Decode the images, in numeric order."""
        return decode_frames(self.images, self.size)

    def observations(self, source: str) -> tuple[tuple[Observation, ...], ...]:
        """The object in the first frame; there is no other source than ``benchmark``."""
        if source != "benchmark":
            raise UniTrackError(
                f"--observations {source}",
                "is not given to a tracker of one object, which starts from the first frame's box",
                "Leave out --observations.",
            )
        self._check_start()
        return ((Target(TARGET, self.start),), *((),) * (self.length - 1))

    def fingerprint(self, source: str) -> str:
        """Digest over names, sizes and times of the images, and what is given."""
        given = self.observations(source)[0]
        parts = [self.name, repr(self.fps), fingerprint_images(self.images), repr(given)]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    @property
    def start(self) -> BoxObservation:
        """What a tracker starts from."""
        return BoxObservation(self.annotation.at(0).box)

    @cached_property
    def images(self) -> list[Path]:
        """The images that are run.

        Raises:
            UniTrackError: If one is missing in between, or there twice.
        """
        images = list_images(self.folder)
        if self.numbers is not None and all(path.stem.isdecimal() for path in images):
            first, last = self.numbers
            images = [path for path in images if first <= int(path.stem) <= last]
        check_numbers(images)
        return images

    @cached_property
    def annotation(self) -> Annotation:
        """What the benchmark says.

        Raises:
            UniTrackError: If it is absent or malformed, or of another length than the video.
        """
        known = self.annotate(self)
        rows, frames = len(known.xyxy), len(self.images)
        if frames and rows != frames and not (known.only_start and rows == 1):
            raise UniTrackError(
                known.path,
                f"annotates {rows} frames, but there are {frames} images in {self.folder}"
                + self._of_those_run,
                "Restore the annotation, or the images.",
            )
        return known

    @property
    def _of_those_run(self) -> str:
        return "" if self.numbers is None else " numbered {}-{}".format(*self.numbers)

    @property
    def _labelled(self) -> NDArray[np.bool_]:
        known = self.annotation
        return np.ones(len(known.xyxy), np.bool_) if known.labelled is None else known.labelled

    def _check_start(self) -> None:
        known, (height, width) = self.annotation, self.size
        x1, y1, x2, y2 = known.xyxy[0]
        what = ""
        if not known.counted[0]:
            what = "no object"
        elif x1 >= width or y1 >= height or x2 <= 0 or y2 <= 0:
            what = f"its object outside the picture of {width} x {height}"
        if what:
            raise UniTrackError(
                known.path,
                f"has {what} in the first frame of {self.name}, so that nothing can be followed",
                "Correct the first box, or leave the sequence out with --sequences.",
            )
