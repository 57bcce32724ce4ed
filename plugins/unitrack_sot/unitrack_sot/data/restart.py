"""VOT's supervised run: a tracker that has lost its object is stopped and started again.

Source:
    Kristan et al., "A Novel Performance Evaluation Methodology for Single-Target Trackers", PAMI
    2016, with the values of the VOT2016 and VOT2019 challenges.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from unitrack.data.base import Truth
from unitrack.types import XYXY, BoxObservation, Observation, Target, TrackedObject
from unitrack_sot.data.polygon import outline, outlines, overlaps, start_box
from unitrack_sot.data.sequence import TARGET

__all__ = ["Failure", "Restarts"]

_PAUSE_FRAMES = 5  # from a failure to the next start


@dataclass(frozen=True, slots=True)
class Failure:
    """In this frame the tracker has lost its object.

    In the frames that follow, nothing is recorded until a `Target` says that it is given again.

    Attributes:
        box: Where the tracker is, or was when it was last said.
        score: Confidence.
        label: Class number.
    """

    box: XYXY = (0.0, 0.0, 0.0, 0.0)
    score: float = 0.0
    label: int = 1


class Restarts:
    """Watches one run over one sequence (a `unitrack.data.base.Supervisor`).

    Args:
        truth: The object in every frame.
        size: Height and width of the picture, to which overlaps are clipped.
    """

    def __init__(self, truth: Truth, size: tuple[int, int]) -> None:
        self._truth = truth
        self._size = size
        self._start = 0  # the frame in which the run began, or will begin again

    def give(self, index: int) -> tuple[Observation, ...] | None:
        """The object where the run begins; None while it is paused."""
        if index < self._start:
            return None
        if index == self._start:
            corners = outline(self._truth[index][0].observation)
            return (Target(TARGET, BoxObservation(start_box(corners))),)
        return ()

    def take(self, index: int, objects: Sequence[TrackedObject]) -> tuple[TrackedObject, ...]:
        """The answer, a `Target` where the run begins, or a `Failure` where nothing overlaps."""
        if index < self._start:
            return ()
        true = self._truth[index][0].observation
        if index == self._start:
            return (TrackedObject(TARGET, Target(TARGET, true)),)
        answer = objects[0].observation if objects else Failure()
        if overlaps(outlines([answer]), outlines([true]), self._size)[0] > 0:
            return (TrackedObject(TARGET, answer),)
        self._start = index + _PAUSE_FRAMES
        return (TrackedObject(TARGET, Failure(answer.box)),)
