"""Data sets: a sound one, and flawed ones."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from unitrack.errors import UniTrackError
from unitrack.testing.scenes import Scene, observed, perfect
from unitrack.types import (
    BoxObservation,
    Frame,
    SequenceResult,
    TrackedObject,
)

_COUNTER = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Clip(Scene):
    """A scene with a flaw."""

    flaw: str = ""

    @property
    def truth(self) -> Any:
        truth = Scene(self.name, self.length).truth
        match self.flaw:
            case "short truth":
                return truth[:-1]
            case "twin truth":
                return tuple((*frame, *frame) for frame in truth)
            case "endless truth":
                box = BoxObservation((0.0, 0.0, float("inf"), 1.0))
                return tuple((replace(frame[0], observation=box),) for frame in truth)
            case _:
                return truth

    def frames(self) -> Iterator[Frame]:
        frames = Scene(self.name, self.length).frames()
        match self.flaw:
            case "missing frame":
                return itertools.islice(frames, self.length - 1)
            case "counts from one":
                return (replace(frame, index=frame.index + 1) for frame in frames)
            case "turned":
                return (replace(frame, image=frame.image.swapaxes(0, 1)) for frame in frames)
            case "once":
                return _ONCE
            case _:
                return frames

    def observations(self, source: str) -> Any:
        match self.flaw:
            case "short observations":
                return observed(Scene(length=self.length))[:-1]
            case "guessing oracle":
                return tuple((BoxObservation((1.0, 1.0, 2.0, 2.0)),) for _ in range(self.length))
            case "any source":
                return observed(Scene(length=self.length))
            case "no number":
                frames = observed(Scene(length=self.length))
                return tuple(
                    tuple(BoxObservation(s.box, float("nan"), s.label) for s in f) for f in frames
                )
            case _:
                return Scene(self.name, self.length).observations(source)

    def fingerprint(self, source: str) -> str:
        return f"{next(_COUNTER)}" if self.flaw == "restless" else f"{self.name} {source}"


_ONCE = Scene(length=12).frames()


class Clips:
    """Two scenes, results as JSON."""

    def __init__(self, root: Path, flaw: str = "") -> None:
        if not root.is_dir() and flaw != "anywhere":
            raise UniTrackError(root, "is no folder", "Give another with --root.")
        self.flaw = flaw

    def sequences(self) -> list[Any]:
        if self.flaw == "none":
            return []
        other = "one" if self.flaw == "same names" else "other"
        return [Clip("one", 12, flaw=self.flaw), Clip(other, 20, flaw=self.flaw)]

    def write(self, result: SequenceResult, folder: Path) -> None:
        shift = 1 if self.flaw == "off by one" else 0
        frames = [
            [[one.id, one.observation.label, *(side + shift for side in one.observation.box)]
             for one in frame]
            for frame in result.frames
        ]  # fmt: skip
        stamp = next(_COUNTER) if self.flaw == "stamped" else 0
        (folder / f"{result.name}.json").write_text(json.dumps([stamp, frames]))

    def read(self, sequence: Any, folder: Path) -> SequenceResult:
        path = folder / f"{sequence.name}.json"
        if not path.is_file():
            if self.flaw == "invents":
                return perfect(Scene(sequence.name, sequence.length))
            raise UniTrackError(path, "is not there", "Run it first.")
        frames = tuple(
            tuple(
                TrackedObject(known, BoxObservation((x1, y1, x2, y2), 1.0, label))
                for known, label, x1, y1, x2, y2 in frame
            )
            for frame in json.loads(path.read_text())[1]
        )
        return SequenceResult(sequence.name, frames)


def clips(root: Path, split: str | None, settings: object) -> Clips:
    """The flaw is the name of the root's file, if it has one."""
    del split, settings
    flaw = next(iter(root.iterdir()), None) if root.is_dir() else None
    return Clips(root, flaw.name if flaw else "")


def clips_anywhere(root: Path, split: str | None, settings: object) -> Clips:
    del split, settings
    return Clips(root, "anywhere")
