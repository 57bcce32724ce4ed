"""The roles of a data set and of its sequences."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from unitrack.types import Frame, Observation, SequenceResult, TruthObject

__all__ = ["Dataset", "Sequence"]


class Sequence(Protocol):
    """One video of a benchmark: lazy frames, and what is known about them."""

    @property
    def name(self) -> str:
        """The benchmark's name of the sequence."""

    @property
    def fps(self) -> float:
        """Frames per second."""

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""

    @property
    def length(self) -> int:
        """Number of frames."""

    @property
    def truth(self) -> tuple[tuple[TruthObject, ...], ...] | None:
        """Annotated objects per frame (read on first use), or None where none are given.

        Raises:
            UniTrackError: If the annotation is there and malformed.
        """

    def frames(self) -> Iterator[Frame]:
        """Decode the frames in order, one at a time; may be called again.

        Raises:
            UniTrackError: If an image is missing, truncated or of another size.
        """

    def observations(self, source: str) -> tuple[tuple[Observation, ...], ...]:
        """What the tracker is given, per frame index.

        Args:
            source: ``benchmark`` (the files the benchmark ships), ``oracle`` (the truth without
                its ids), a bare NAME (a further file beside the benchmark's), a folder of
                ``<Sequence>.txt``, or one file.

        Raises:
            UniTrackError: If the source is absent or malformed.
        """

    def fingerprint(self, source: str) -> str:
        """Hex digest that changes when frames (name, size, time) or observations change."""


class Dataset(Protocol):
    """One benchmark on disk."""

    def sequences(self) -> list[Sequence]:
        """The sequences of the chosen split, in the benchmark's order."""

    def write(self, result: SequenceResult, folder: Path) -> None:
        """Write one sequence in the benchmark's submission format, below ``folder``."""

    def read(self, sequence: Sequence, folder: Path) -> SequenceResult:
        """Read one sequence back, also from files of other trackers.

        Raises:
            UniTrackError: If the file is absent or malformed.
        """
