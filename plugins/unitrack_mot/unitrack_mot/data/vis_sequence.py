"""One video of YouTube-VIS: frames, truth, observations."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from unitrack.data.frames import decode_frames, fingerprint_images
from unitrack.errors import UniTrackError
from unitrack.types import Frame, MaskObservation, Observation, Target, TruthObject
from unitrack_mot.data.vis_json import (
    Entry,
    Video,
    check_videos,
    parse_detections,
    parse_tubes,
    read_entries,
)
from unitrack_mot.data.vis_layout import Part
from unitrack_mot.data.vis_tubes import Tube, frames_of

__all__ = ["VisSequence", "result_file"]

_SOURCES = (
    "Give oracle, a json file of a detector, the NAME of one beside the annotation, or a folder."
)


@dataclass(frozen=True)
class VisSequence:
    """A video that an annotation file lists."""

    part: Part
    video: Video

    @property
    def name(self) -> str:
        """Name of the folder of its images."""
        return self.video.name

    @property
    def fps(self) -> float:
        """Frames per second."""
        return self.video.fps

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.video.size

    @property
    def length(self) -> int:
        """Number of frames."""
        return len(self.video.images)

    @property
    def categories(self) -> Mapping[int, str]:
        """Class to its name."""
        return self.part.annotation.categories

    @cached_property
    def truth(self) -> tuple[tuple[TruthObject, ...], ...] | None:
        """Annotated objects; identities are positions among the video's annotations, from 1."""
        if (tubes := self._annotated()) is None:
            return None
        return tuple(
            tuple(TruthObject(number, mask, tube.counted) for number, tube, mask in frame)
            for frame in frames_of(tubes, self.length)
        )

    def frames(self) -> Iterator[Frame]:
        """Decode the images in the order of the annotation file."""
        return decode_frames(self._images, self.size)

    def observations(self, source: str) -> tuple[tuple[Observation, ...], ...]:
        """Masks of a detector, each with a class and a score.

        Two forms are read. Tubes are the benchmark's own form of a result, and masks of one tube
        come as targets of one number: a head may make use of it or not. Detections are entries with
        ``video_id``, ``frame_id`` (position in the video, from 0), ``category_id``, ``score`` and
        ``segmentation``.

        Args:
            source: ``oracle``; NAME or ``benchmark`` (the NAME ``detections``) for ``NAME.json``
                beside the annotation or in ``obs/<split>/``; a folder of ``<video>.json``, or with
                a ``results.json``; a file.

        Raises:
            UniTrackError: If it is absent or malformed.
        """
        if source == "oracle":
            return self._oracle()
        path = self._file(source)
        entries = self.entries(path)
        if not read_entries(path):
            raise UniTrackError(
                path, "holds no detection at all", "Check that the detector ran and wrote this."
            )
        by_frame = ["segmentation" in entry for _, entry in entries]
        if any(by_frame):
            detections = parse_detections(path, self.video, entries, self.categories)
            return tuple(tuple(frame) for frame in detections)
        tubes = parse_tubes(path, self.video, entries, self.categories, scored=True)
        return tuple(
            tuple(Target(number, mask) for number, _, mask in frame)
            for frame in frames_of(tubes, self.length)
        )

    def fingerprint(self, source: str) -> str:
        """Digest over names, sizes and times of the images, and the observations of this video."""
        known = self.part.annotation.entries or {}
        entries = (
            known.get(self.video.number, ())
            if source == "oracle"
            else self.entries(self._file(source))
        )
        images = [path for path in self._images if path.is_file()]
        parts = [repr(self.video), fingerprint_images(images), json.dumps([e for _, e in entries])]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def entries(self, path: Path) -> Sequence[Entry]:
        """This video's entries in a file of tubes or detections.

        Raises:
            UniTrackError: If the file is absent or no such list, or an entry is of a video that is
                not of this split.
        """
        entries = read_entries(path)
        check_videos(path, entries, self.part.annotation.numbers)
        return entries.get(self.video.number, ())

    @property
    def _images(self) -> list[Path]:
        return [self.part.images / name for name in self.video.images]

    def _annotated(self) -> list[Tube] | None:
        annotation = self.part.annotation
        if annotation.entries is None:
            return None
        entries = annotation.entries.get(self.video.number, ())
        return parse_tubes(
            annotation.path, self.video, entries, annotation.categories, scored=False
        )

    def _oracle(self) -> tuple[tuple[MaskObservation, ...], ...]:
        if self.truth is None:
            raise UniTrackError(
                self.part.annotation.path,
                "holds no annotation, so there is no oracle",
                "Give a detector's json file: --observations FILE.",
            )
        return tuple(
            tuple(
                known.observation
                for known in objects
                if known.counted and isinstance(known.observation, MaskObservation)
            )
            for objects in self.truth
        )

    def _file(self, source: str) -> Path:
        """Files beside the annotation go before files of the same name elsewhere."""
        name = "detections" if source == "benchmark" else source
        bare, given = Path(name).name == name, Path(source)
        beside = [
            self.part.annotation.path.parent / f"{name}.json",
            self.part.top / "obs" / self.part.name / f"{name}.json",
        ]
        if bare and (there := [path for path in beside if path.is_file()]):
            return there[0]
        if source != "benchmark" and given.is_dir():
            return result_file(given, self.name)
        if source != "benchmark" and (given.is_file() or not bare):
            return given
        what = "ships no detections" if source == "benchmark" else "is not there"
        raise UniTrackError(f"{beside[0]}", f"is missing: YouTube-VIS {what}", _SOURCES)


def result_file(folder: Path, name: str) -> Path:
    """The video's own file, or the one file with all of them, as the benchmark's server takes it.

    Raises:
        UniTrackError: If neither is there.
    """
    for file in (folder / f"{name}.json", folder / "results.json"):
        if file.is_file():
            return file
    raise UniTrackError(
        folder / f"{name}.json",
        "is missing, and there is no results.json beside it",
        "Give the folder that holds one of them.",
    )
