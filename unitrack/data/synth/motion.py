"""How people wander over the ground and how the camera follows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Ground", "Walks", "camera_path", "wander"]

_DEPTH = 0.3  # movement towards or away from the viewer, seen foreshortened
_AGILITY = 0.7  # share of the wanted velocity that is taken up within one frame
_SWING = 60.0  # frames in which the camera swings to and fro once
_STANDING = 0.12  # share of the stretches in which a person stands still


@dataclass(frozen=True, slots=True)
class Ground:
    """The plane on which people stand, in canvas pixels.

    Attributes:
        width: From x = 0 to here people walk.
        far: Row of the feet of the farthest people.
        near: Row of the feet of the nearest people.
        horizon: Row in which people would have no height.
        slope: Pixels of body height per row below the horizon.
    """

    width: float
    far: float
    near: float
    horizon: float
    slope: float

    def height(self, y: NDArray[np.float64]) -> NDArray[np.float64]:
        """Body height in pixels of people whose feet are in row ``y``."""
        return (y - self.horizon) * self.slope


@dataclass(frozen=True, slots=True)
class Walks:
    """Where everybody is in every frame; each ``(frames, people)``.

    Attributes:
        x: Feet, canvas pixels.
        y: Feet, canvas pixels.
        heading: -1 left, 1 right, 0 along the line of sight.
        phase: Of the gait, radians.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    heading: NDArray[np.float64]
    phase: NDArray[np.float64]


def wander(
    rng: np.random.Generator,
    frames: int,
    people: int,
    ground: Ground,
    *,
    pace: float,
    restlessness: float,
) -> Walks:
    """Let people walk from one goal to the next, changing their mind at any time.

    Args:
        rng: Source of randomness.
        frames: Number of frames.
        people: Number of people.
        ground: Where they can be.
        pace: Mean way in one frame, body heights.
        restlessness: Chance in one frame that somebody picks another goal and another pace.
    """
    low, high = np.array((0.0, ground.far)), np.array((ground.width, ground.near))
    place = rng.uniform(low, high, (people, 2))
    goal, step = rng.uniform(low, high, (people, 2)), _paces(rng, people, pace)
    velocity = np.zeros((people, 2))
    phase, heading = rng.uniform(0, 2 * np.pi, people), rng.uniform(-1, 1, people)
    states = np.empty((4, frames, people))
    for index in range(frames):
        height = ground.height(place[:, 1])
        way = goal - place
        distance = np.hypot(way[:, 0], way[:, 1] / _DEPTH)
        bored = (distance < 2 * step * height) | (rng.random(people) < restlessness)
        goal = np.where(bored[:, None], rng.uniform(low, high, (people, 2)), goal)
        step = np.where(bored, _paces(rng, people, pace), step)
        wanted = way / np.maximum(distance, 1e-9)[:, None] * (step * height)[:, None]
        velocity += _AGILITY * (wanted - velocity)
        place = np.clip(place + velocity, low, high)
        moved = np.hypot(velocity[:, 0], velocity[:, 1] / _DEPTH)
        phase = phase + 2 * np.pi * moved / (0.75 * height)
        turned = np.where(moved > 0, velocity[:, 0] / np.maximum(moved, 1e-9), heading)
        heading = heading + _AGILITY * (turned - heading)
        states[:, index] = place[:, 0], place[:, 1], heading, phase
    return Walks(*states)


def _paces(rng: np.random.Generator, people: int, pace: float) -> NDArray[np.float64]:
    paces: NDArray[np.float64] = pace * rng.uniform(0.4, 1.6, people)
    return np.where(rng.random(people) < _STANDING, 0.0, paces)


def camera_path(
    rng: np.random.Generator, frames: int, *, pan: float, shake: float, margin: int
) -> NDArray[np.int64]:
    """Whole-pixel offset of the picture on the canvas, ``(frames, 2)``, x and y.

    Whole pixels keep the still background sharp and cheap; figures are drawn between pixels.

    Args:
        rng: Source of randomness.
        frames: Number of frames.
        pan: How far the camera swings to either side, pixels.
        shake: Standard deviation of its trembling, pixels.
        margin: Offset of the camera at rest; no offset is outside 0..2·margin.
    """
    angle = 2 * np.pi * (np.arange(frames) / _SWING + rng.random())
    offset = margin + rng.normal(0, shake, (frames, 2))
    offset[:, 0] += pan * np.sin(angle)
    return np.clip(np.rint(offset), 0, 2 * margin).astype(np.int64)
