"""One sequence of people's poses: frames, truth, observations."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from unitrack.data.frames import decode_frames, fingerprint_images, image_size
from unitrack.errors import UniTrackError
from unitrack.types import Frame, Observation, PoseObservation, TruthObject
from unitrack_posetrack.data.document import Entry
from unitrack_posetrack.data.posetrack_json import aligned, read_entries
from unitrack_posetrack.data.regions import IgnoredRegion

__all__ = ["PoseSequence"]


@dataclass(frozen=True)
class PoseSequence:
    """A sequence whose images and poses are listed in one file.

    Attributes:
        name: Of the sequence.
        top: The folder that images are named from.
        file: The annotation, or None.
        load: Reads the frames.
        skeleton: Of the poses.
        fps: Frames per second.
        detections: File of poses that the set ships, or None.
    """

    name: str
    top: Path
    file: Path | None
    load: Callable[[], tuple[Entry, ...]]
    skeleton: str = "posetrack15"
    fps: float = 25.0
    detections: Path | None = None

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """What is known of each frame."""
        return self.load()

    @cached_property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels, from the first image."""
        return image_size(self._images[0])

    @property
    def length(self) -> int:
        """Number of frames."""
        return len(self.entries)

    @cached_property
    def truth(self) -> tuple[tuple[TruthObject, ...], ...] | None:
        """People, and after them ignored regions, which do not count.

        Nor does somebody without joints: who is annotated so is there for the benchmark, but
        nowhere. None if nobody is annotated in the whole sequence.
        """
        if not any(entry.people for entry in self.entries):
            return None
        return tuple(tuple(_truth(entry)) for entry in self.entries)

    def frames(self) -> Iterator[Frame]:
        """Decode the images in the order of the file."""
        for path in self._images:
            if not path.is_file():
                raise UniTrackError(path, "is missing", "Restore the image.")
        return decode_frames(self._images, self.size)

    def observations(self, source: str) -> tuple[tuple[Observation, ...], ...]:
        """Poses without identities.

        PoseTrack ships no detections, so that ``benchmark`` is the truth as ``oracle`` is, unless
        they lie in ``detections/<split>`` beside the annotations. Others come from a folder of
        ``<sequence>.json``, or one such file, in either dialect.
        """
        file = self._observed(source)
        if file is None:
            return self._oracle(source)
        entries = read_entries(file, "observations", self.skeleton)
        frames = aligned(entries, self.entries, file, "observations")
        return tuple(tuple(person.pose for person in people) for people in frames)

    def fingerprint(self, source: str) -> str:
        """Digest over names, sizes and times of the images, and content of the files of poses."""
        images = [path for path in self._images if path.is_file()]
        parts = [self.name, str(self.length), fingerprint_images(images)]
        digest = hashlib.sha256("\0".join(parts).encode())
        for file in (self.file, self._observed(source)):
            digest.update(b"\0")
            digest.update(file.read_bytes() if file is not None and file.is_file() else b"")
        return digest.hexdigest()

    @cached_property
    def _images(self) -> list[Path]:
        return [self.top / entry.name for entry in self.entries]

    def _oracle(self, source: str) -> tuple[tuple[Observation, ...], ...]:
        if self.truth is None:
            raise UniTrackError(
                self.file or self.top / self.name,
                f"holds no poses, so there is no {source}",
                "Give detected poses: --observations DIR with a <sequence>.json each.",
            )
        return tuple(
            tuple(
                replace(known.observation, score=1.0, joint_scores=None)
                for known in frame
                if known.counted and isinstance(known.observation, PoseObservation)
            )
            for frame in self.truth
        )

    def _observed(self, source: str) -> Path | None:
        """File of the poses; None for the truth."""
        if source in ("benchmark", "oracle"):
            return self.detections if source == "benchmark" else None
        given = Path(source)
        if given.is_dir():
            return given / f"{self.name}.json"
        if not given.is_file():
            raise UniTrackError(
                f"--observations {source}",
                "is neither a folder nor a file",
                "Give benchmark, oracle, a folder of <sequence>.json, or one such file.",
            )
        return given


def _truth(entry: Entry) -> Iterator[TruthObject]:
    for person in entry.people:
        assert person.id is not None, "truth is checked for it"
        yield TruthObject(person.id, person.pose, any(person.pose.visible))
    for number, polygon in enumerate(entry.regions, start=1):
        yield TruthObject(-number, IgnoredRegion(polygon), counted=False)
