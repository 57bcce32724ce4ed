"""PoseTrack 2017 and 2018: several people a frame, a file of poses a sequence (benchmarks.md 7)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from unitrack.data.base import Dataset
from unitrack.data.base import Sequence as Video
from unitrack.data.frames import list_images
from unitrack.files import write_atomic, zip_atomic
from unitrack.types import PoseObservation, SequenceResult, TrackedObject
from unitrack_posetrack.data.dialect17 import text17
from unitrack_posetrack.data.dialect18 import text18
from unitrack_posetrack.data.document import Entry, Person
from unitrack_posetrack.data.pose_sequence import PoseSequence
from unitrack_posetrack.data.posetrack_json import aligned, read_entries
from unitrack_posetrack.data.posetrack_layout import Place, find_places

__all__ = ["Poses", "posetrack17", "posetrack18", "synthetic_posetrack"]

Text = Callable[[str, Sequence[Entry]], str]
"""A sequence and its frames to the file that the benchmark takes."""


def posetrack17(root: Path, split: str | None, settings: object) -> Dataset:
    """PoseTrack 2017: results are written in the dialect of 2017."""
    del settings  # it has none
    return _open("posetrack17", text17, root, split)


def posetrack18(root: Path, split: str | None, settings: object) -> Dataset:
    """PoseTrack 2018: results are written in the dialect of 2018."""
    del settings  # it has none
    return _open("posetrack18", text18, root, split)


def synthetic_posetrack(root: Path, split: str | None, settings: object) -> Dataset:
    """Rendered sequences in the layout of 2018, with detections."""
    del settings  # they describe the rendering, not the files
    return _open("synthetic_posetrack", text18, root, split)


def _open(data: str, text: Text, root: Path, split: str | None) -> Dataset:
    places = find_places(data, root, split)
    return Poses(tuple(_sequence(place) for place in places), text)


def _sequence(place: Place) -> PoseSequence:
    if place.file is not None:
        load = partial(read_entries, place.file, "truth")
        shipped = place.top / "detections" / place.file.parent.name / place.file.name
        detections = shipped if shipped.is_file() else None
        return PoseSequence(place.name, place.top, place.file, load, detections=detections)
    return PoseSequence(place.name, place.top, None, partial(_unannotated, place))


def _unannotated(place: Place) -> tuple[Entry, ...]:
    assert place.images is not None
    return tuple(
        Entry(image.relative_to(place.top).as_posix(), labelled=False)
        for image in list_images(place.images)
    )


@dataclass(frozen=True, slots=True)
class Poses:
    """Sequences whose results are files of poses, one each.

    Attributes:
        videos: The sequences.
        text: Writes the file of one.
    """

    videos: tuple[PoseSequence, ...]
    text: Text

    def sequences(self) -> list[Video]:
        """The sequences, in their order."""
        return list(self.videos)

    def write(self, result: SequenceResult, folder: Path) -> None:
        """Write ``<sequence>.json``: every frame, also those without people."""
        video = self._named(result.name)
        entries = [
            replace(entry, people=tuple(_person(one) for one in frame))
            for entry, frame in zip(video.entries, result.frames, strict=True)
        ]
        write_atomic(folder / f"{result.name}.json", self.text(result.name, entries))

    def read(self, sequence: Video, folder: Path) -> SequenceResult:
        """Read ``<sequence>.json`` in either dialect.

        Raises:
            UniTrackError: If it is absent or malformed, or lacks a frame.
        """
        video, file = self._named(sequence.name), folder / f"{sequence.name}.json"
        entries = read_entries(file, "results", video.skeleton)
        frames = aligned(entries, video.entries, file, "results")
        return SequenceResult(sequence.name, tuple(tuple(map(_tracked, one)) for one in frames))

    def submit(self, results: Path, archive: Path) -> None:
        """Pack the files of every sequence; the server takes them without a folder.

        Raises:
            UniTrackError: If a result is absent or malformed, or the archive cannot be written.
        """
        for video in self.videos:
            self.read(video, results)
        names = [f"{video.name}.json" for video in self.videos]
        zip_atomic(archive, {name: results / name for name in names})

    def _named(self, name: str) -> PoseSequence:
        return next(video for video in self.videos if video.name == name)


def _person(thing: TrackedObject) -> Person:
    assert isinstance(thing.observation, PoseObservation)
    return Person(thing.id, thing.observation)


def _tracked(person: Person) -> TrackedObject:
    assert person.id is not None, "results are checked for it"
    return TrackedObject(person.id, person.pose)
