"""One sequence of a benchmark whose annotation is an indexed picture a frame."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from unitrack.data.base import Truth
from unitrack.data.frames import check_numbers, decode_frames, fingerprint_images
from unitrack.errors import UniTrackError
from unitrack.types import Frame, MaskObservation, Observation, Target, TruthObject
from unitrack_vos.data.labels import VOID, Drawn, read_drawn, union

__all__ = ["MaskSequence"]


@dataclass(frozen=True, kw_only=True)
class MaskSequence:
    """Frames, and pictures of object numbers for some of them or all.

    Attributes:
        name: Name of the sequence.
        fps: Frames per second.
        size: Height and width in pixels.
        stems: The benchmark's name of each frame; its annotation and its result are called so.
        images: The frames; empty where only results are scored.
        folder: Where the annotation is.
        annotations: Frame to annotation.
        strangers: Annotations of frames that are not there.
        step: By how much frame numbers rise.
        later: Whether objects may appear after the first frame; if not, those that do are not of
            the task, and either the first frame is annotated or every one.
        merged: Whether all objects count as one.
        labels: Object to class number, where the benchmark lists its objects; empty where they are
            those that are seen.
    """

    name: str
    fps: float
    size: tuple[int, int]
    stems: tuple[str, ...]
    images: tuple[Path, ...]
    folder: Path
    annotations: Mapping[int, Path]
    strangers: tuple[Path, ...] = ()
    step: int = 1
    later: bool = False
    merged: bool = False
    labels: Mapping[int, int] = field(default_factory=dict)

    @property
    def length(self) -> int:
        """Number of frames."""
        return len(self.stems)

    @cached_property
    def starts(self) -> Mapping[int, int]:
        """Object to the frame in which it is given, in the order in which they are.

        Raises:
            UniTrackError: If the annotation is not as it must be.
        """
        self._check()
        found: dict[int, int] = {}
        for index in self._annotated if self.later else self._annotated[:1]:
            for identity in self._objects(index):
                if not self.labels or identity in self.labels:
                    found.setdefault(identity, index)
            if self.labels and len(found) == len(self.labels):
                break
        if not found:
            raise UniTrackError(
                self.annotations[min(self.annotations)] if self.annotations else self.folder,
                "shows no object, so that there is nothing to follow",
                "Restore the annotation, or leave the sequence out with --sequences.",
            )
        return found

    @cached_property
    def truth(self) -> Truth | None:
        """Every object that is given, in every annotated frame from then on; hidden ones are empty.

        None where only what is given is annotated: there the benchmark keeps the truth back.
        """
        if self.annotations.keys() <= set(self.starts.values()):
            return None
        return tuple(self._true(index) for index in range(self.length))

    def frames(self) -> Iterator[Frame]:
        """Decode the images, in numeric order."""
        self._check()
        if not self.images:
            raise UniTrackError(
                self.name,
                "has no images",
                "Restore them; only the evaluation of results does without.",
            )
        return decode_frames(self.images, self.size)

    def observations(self, source: str) -> tuple[tuple[Observation, ...], ...]:
        """Each object's mask in the frame in which the protocol gives it."""
        if source != "benchmark":
            raise UniTrackError(
                f"--observations {source}",
                "cannot be taken: objects are given by their first mask, and nothing else is",
                "Leave out --observations.",
            )
        frames: list[tuple[Observation, ...]] = [()] * self.length
        for index in set(self.starts.values()):
            frames[index] = tuple(
                Target(one.id, one.observation)
                for one in self._true(index)
                if self.starts[one.id] == index
            )
        return tuple(frames)

    def fingerprint(self, source: str) -> str:
        """Digest over names, sizes and times of the images, and what is given."""
        stated = repr((self.name, self.fps, self.size, self.stems))
        given = repr(self.observations(source))
        parts = (stated, fingerprint_images(self.images), given)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    @property
    def _annotated(self) -> list[int]:
        return sorted(self.annotations)

    def _check(self) -> None:
        """Refuse what would shift or hide frames.

        Raises:
            UniTrackError: If a number is missing, or images and annotations do not go together.
        """
        check_numbers(self.images or tuple(self.annotations.values()), self.step)
        for path in self.strangers:
            raise UniTrackError(
                path, "annotates a frame that is not there", "Restore the image, or remove it."
            )
        annotated = self.annotations.keys()
        wanted = 0 if self.later else 1 if annotated <= {0} else self.length
        for stem in (
            stem for index, stem in enumerate(self.stems[:wanted]) if index not in annotated
        ):
            raise UniTrackError(
                self.folder / f"{stem}.png",
                "is missing",
                "Restore it: either the first frame is annotated or every one.",
            )

    def _objects(self, index: int) -> Mapping[int, MaskObservation]:
        """Objects of an annotated frame; void is background."""
        drawn = self._drawn(index)
        objects = dict(drawn.masks)
        void = objects.pop(VOID, None)
        if void is not None and drawn.grey and self._single:
            objects = {1: void}
        if self.merged:
            return {1: union(objects.values(), self.size)} if objects else {}
        return objects

    @cached_property
    def _single(self) -> bool:
        """Whether the annotation knows 0 and 255 only, as that of DAVIS 2016.

        Without a palette 255 is then the object, and void otherwise.
        """
        return all(self._drawn(index).masks.keys() <= {VOID} for index in self._annotated)

    def _true(self, index: int) -> tuple[TruthObject, ...]:
        """What is known of one frame; nothing where it is not annotated."""
        if index not in self.annotations:
            return ()
        objects = self._objects(index)
        return tuple(
            TruthObject(identity, replace(mask, label=self.labels.get(identity, 1)))
            for identity, start in self.starts.items()
            if start <= index
            for mask in [objects.get(identity, self._nothing)]
        )

    def _drawn(self, index: int) -> Drawn:
        if index not in self._read:
            self._read[index] = read_drawn(self.annotations[index], self.size)
        return self._read[index]

    @cached_property
    def _read(self) -> dict[int, Drawn]:
        """What has been decoded so far; run lengths are small."""
        return {}

    @cached_property
    def _nothing(self) -> MaskObservation:
        return MaskObservation.of(np.zeros(self.size, np.bool_))
