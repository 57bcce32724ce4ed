"""JHMDB: one annotated person a clip, 15 joints, given in the first frame (benchmarks.md 8)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from unitrack.data.base import Dataset, Sequence
from unitrack.data.frames import (
    check_numbers,
    decode_frames,
    fingerprint_images,
    image_size,
    list_images,
)
from unitrack.errors import UniTrackError
from unitrack.files import write_atomic
from unitrack.types import (
    Frame,
    Observation,
    PoseObservation,
    SequenceResult,
    Target,
    TruthObject,
)
from unitrack_posetrack.data.jhmdb_layout import Clip, find_clips
from unitrack_posetrack.data.joints_mat import read_joints
from unitrack_posetrack.data.poses_json import parse_poses, poses_text

__all__ = ["jhmdb", "synthetic_poseprop"]

_SKELETON = "jhmdb15"
_FPS = 30.0  # HMDB, which the clips come from, brought all its videos to this rate
_SIZE = (240, 320)  # of every clip; needed where only results are scored
_PERSON = 1


def jhmdb(root: Path, split: str | None, settings: object) -> Dataset:
    """JHMDB, by default the test clips of split 1."""
    del settings  # it has none
    return _Jhmdb(tuple(find_clips(root, split)))


def synthetic_poseprop(root: Path, split: str | None, settings: object) -> Dataset:
    """Rendered clips in the same layout."""
    return jhmdb(root, split, settings)


@dataclass(frozen=True, slots=True)
class _Jhmdb:
    clips: tuple[Clip, ...]

    def sequences(self) -> list[Sequence]:
        return [_ClipSequence(clip) for clip in self.clips]

    def write(self, result: SequenceResult, folder: Path) -> None:
        """JHMDB has no form of results; ours is that of `unitrack_posetrack.data.poses_json`."""
        write_atomic(folder / f"{result.name}.json", poses_text(result, _SKELETON))

    def read(self, sequence: Sequence, folder: Path) -> SequenceResult:
        file = folder / f"{sequence.name}.json"
        return SequenceResult(sequence.name, parse_poses(file, sequence.length, _SKELETON))


@dataclass(frozen=True)
class _ClipSequence:
    """One clip; images are not needed to score results."""

    clip: Clip

    @property
    def name(self) -> str:
        return self.clip.name

    @property
    def fps(self) -> float:
        return _FPS

    @cached_property
    def size(self) -> tuple[int, int]:
        images = self._images
        return image_size(images[0]) if images else _SIZE

    @cached_property
    def length(self) -> int:
        """Frames that have both an image and joints: some annotations end early, some late."""
        counts = [len(self._images), 0 if self._places is None else len(self._places)]
        return min(count for count in counts if count) if any(counts) else 0

    @cached_property
    def truth(self) -> tuple[tuple[TruthObject, ...], ...] | None:
        if self._places is None:
            return None
        poses = self._places[: self.length].tolist()
        return tuple((TruthObject(_PERSON, _pose(joints)),) for joints in poses)

    def frames(self) -> Iterator[Frame]:
        images = self._images
        if not images:
            raise UniTrackError(
                self.clip.images,
                "holds no image",
                "Restore the images; only the evaluation of results does without them.",
            )
        if images[0].stem.isdecimal() and int(images[0].stem) != 1:
            first = f"{1:0{len(images[0].stem)}d}{images[0].suffix}"
            raise UniTrackError(self.clip.images / first, "is missing", "Restore the image.")
        check_numbers(images)
        return decode_frames(images[: self.length], self.size)

    def observations(self, source: str) -> tuple[tuple[Observation, ...], ...]:
        """The person of the first frame, as the protocol gives it; there is no other source."""
        if source != "benchmark":
            raise UniTrackError(
                f"--observations {source}",
                "jhmdb gives the pose of the first frame and nothing else",
                "Leave out --observations.",
            )
        if self.truth is None:
            raise UniTrackError(
                self.clip.joints, "is missing, so no pose is given to follow", "Restore the file."
            )
        first = tuple(Target(known.id, known.observation) for known in self.truth[0])
        return (first, *((),) * (self.length - 1))

    def fingerprint(self, source: str) -> str:
        digest = hashlib.sha256(f"{self.name}\0{source}\0{self.length}".encode())
        digest.update(fingerprint_images(self._images[: self.length]).encode())
        digest.update(self.clip.joints.read_bytes() if self.clip.joints.is_file() else b"")
        return digest.hexdigest()

    @cached_property
    def _images(self) -> list[Path]:
        return list_images(self.clip.images)

    @cached_property
    def _places(self) -> NDArray[np.float64] | None:
        """Joints, 0-based pixels, ``(T, 15, 2)``."""
        return read_joints(self.clip.joints) if self.clip.joints.is_file() else None


def _pose(joints: list[list[float]]) -> PoseObservation:
    """JHMDB marks no joint as absent, not even outside the image."""
    xy = tuple((x, y) for x, y in joints)
    return PoseObservation(xy, (True,) * len(xy), skeleton=_SKELETON)
