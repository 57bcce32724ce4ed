"""Where everybody has been lately."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from unitrack.types import TrackedObject

__all__ = ["Point", "Trails"]

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Trails:
    """The last positions of each identity; its size does not grow with the video.

    Attributes:
        length: Positions kept per identity.
        patience: Frames after which an identity that is not seen is forgotten.
        points: Centres of the boxes, image pixels, the oldest first.
    """

    length: int = 30
    patience: int = 30
    points: Mapping[int, tuple[Point, ...]] = field(default_factory=dict)
    _unseen: Mapping[int, int] = field(default_factory=dict)

    def after(self, objects: Iterable[TrackedObject]) -> Trails:
        """The trails one frame later."""
        centres = {thing.id: _centre(thing) for thing in objects}
        unseen = {identity: frames + 1 for identity, frames in self._unseen.items()}
        unseen |= dict.fromkeys(centres, 0)
        kept = {identity: frames for identity, frames in unseen.items() if frames <= self.patience}
        points = {identity: self.points.get(identity, ()) for identity in kept}
        for identity, centre in centres.items():
            points[identity] = (*points[identity], centre)[-self.length :]
        return replace(self, points=points, _unseen=kept)


def _centre(thing: TrackedObject) -> Point:
    x1, y1, x2, y2 = thing.observation.box
    return (x1 + x2) / 2, (y1 + y2) / 2
