"""The roles of a data set and of its sequences."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence as Series
from pathlib import Path
from typing import Protocol, runtime_checkable

from unitrack.types import Frame, Observation, SequenceResult, TrackedObject, TruthObject

__all__ = ["Dataset", "Sequence", "Submittable", "Supervised", "Supervisor", "Truth"]

Truth = tuple[tuple[TruthObject, ...], ...]
"""Annotated objects per frame."""


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
    def truth(self) -> Truth | None:
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
                ``<Sequence>.txt``, or one file. For propagation ``benchmark`` is what the protocol
                gives (`unitrack.types.Target`), and there is no other source.

        Raises:
            UniTrackError: If the source is absent or malformed.
        """

    def fingerprint(self, source: str) -> str:
        """Hex digest that changes when frames (name, size, time) or observations change."""


class Supervisor(Protocol):
    """Decides what a tracker is given from what it answered, as VOT's restart does."""

    def give(self, index: int) -> tuple[Observation, ...] | None:
        """What the tracker is given at a frame; None where the frame is passed over unseen."""

    def take(self, index: int, objects: Series[TrackedObject]) -> tuple[TrackedObject, ...]:
        """Look at the answer (empty for a frame passed over); say what is to be recorded."""


@runtime_checkable
class Supervised(Protocol):
    """A sequence that is run under a supervisor instead of fixed observations."""

    def supervisor(self, truth: Truth) -> Supervisor | None:
        """A fresh one for one run over the frames of ``truth``; None for an ordinary run."""


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


@runtime_checkable
class Submittable(Protocol):
    """A data set whose benchmark has a server that takes one archive."""

    def submit(self, results: Path, archive: Path) -> None:
        """Pack the result files of every sequence of the split as the server wants them.

        Raises:
            UniTrackError: If a result is absent or malformed, or the archive cannot be written.
        """
