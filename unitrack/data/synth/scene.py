"""A crowd in front of a textured backdrop: everything that is settled before the first frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unitrack.data.synth.backdrop import light_field, occluders, scenery
from unitrack.data.synth.figure import Figure, dress
from unitrack.data.synth.motion import Ground, Walks, camera_path, wander
from unitrack.data.synth.sprite import Sprite

__all__ = ["CrowdPlan", "Scene", "crowd"]

_TONES = 5
_GRAIN_TILE = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class CrowdPlan:
    """What a crowd scene is made of.

    Attributes:
        frames: Number of frames.
        width: Of the picture, pixels.
        height: Of the picture, pixels.
        people: Number of people.
        body: Mean height of a person relative to the picture's height.
        pace: Mean way of a person in one frame, body heights.
        restlessness: Chance in one frame that a person picks another goal.
        occluders: Number of static things people walk behind.
        pan: How far the camera swings, pixels.
        shake: Standard deviation of the camera's trembling, pixels.
        light: Relative change of brightness between sun and shade, 0..1.
        colour_spread: How far clothes stray from the common palette, 0..1.
        grain: Standard deviation of the sensor's noise, grey levels of 255.
    """

    frames: int
    width: int
    height: int
    people: int
    body: float
    pace: float
    restlessness: float
    occluders: int
    pan: float
    shake: float
    light: float
    colour_spread: float
    grain: float


@dataclass(frozen=True, slots=True)
class Scene:
    """A whole video before it is drawn; `unitrack.data.synth.render` draws it.

    Attributes:
        size: Height and width of the picture.
        canvas: The still backdrop, uint8 ``(H + margins, W + margins, 3)``.
        light: Gain over the canvas, ``(H + margins, W + margins, 3)``.
        standing: Foot row and picture of each static occluder, on the canvas.
        figures: The people.
        walks: Where they are, in canvas pixels.
        heights: Body height of an average person at each one's place, ``(frames, people)``.
        camera: Canvas column and row of the picture's corner, ``(frames, 2)``.
        exposure: Gain of the camera, ``(frames, 3)``.
        grain: A tile of sensor noise, grey levels, ``(T, T)``.
        rolls: How far the tile is rolled in each frame, ``(frames, 2)``.
    """

    size: tuple[int, int]
    canvas: NDArray[np.uint8]
    light: NDArray[np.float32]
    standing: tuple[tuple[float, Sprite], ...]
    figures: tuple[Figure, ...]
    walks: Walks
    heights: NDArray[np.float64]
    camera: NDArray[np.int64]
    exposure: NDArray[np.float32]
    grain: NDArray[np.int16]
    rolls: NDArray[np.int64]

    @property
    def length(self) -> int:
        """Number of frames."""
        return len(self.camera)


def crowd(rng: np.random.Generator, plan: CrowdPlan) -> Scene:
    """Settle a crowd scene: backdrop, people, their walks, light and camera.

    The same generator state and plan give the same scene.
    """
    margin = int(np.ceil(plan.pan + 3 * plan.shake))
    shape = (plan.height + 2 * margin, plan.width + 2 * margin)
    ground = _ground(plan, shape)
    palette = _palette(rng)
    light = light_field(rng, shape, plan.light)
    backdrop = scenery(rng, shape, ground, palette) * light
    walks = wander(
        rng, plan.frames, plan.people, ground, pace=plan.pace, restlessness=plan.restlessness
    )
    return Scene(
        size=(plan.height, plan.width),
        canvas=np.clip(backdrop * 255 + 0.5, 0, 255).astype(np.uint8),
        light=light,
        standing=tuple(occluders(rng, plan.occluders, ground, palette, light)),
        figures=tuple(dress(rng, palette, plan.colour_spread) for _ in range(plan.people)),
        walks=walks,
        heights=ground.height(walks.y),
        camera=camera_path(rng, plan.frames, pan=plan.pan, shake=plan.shake, margin=margin),
        exposure=_exposure(rng, plan.frames, plan.light),
        grain=np.rint(rng.normal(0, plan.grain, (_GRAIN_TILE, _GRAIN_TILE))).astype(np.int16),
        rolls=rng.integers(0, _GRAIN_TILE, (plan.frames, 2)),
    )


def _ground(plan: CrowdPlan, shape: tuple[int, int]) -> Ground:
    """Place feet so that the farthest people have 0.7 and the nearest 1.3 of the mean height."""
    mean = plan.body * plan.height
    near = shape[0] - 0.04 * plan.height
    far = min(0.42 * shape[0], near - 1.0)
    slope = 0.6 * mean / (near - far)
    return Ground(
        width=float(shape[1]), far=far, near=near, horizon=far - 0.7 * mean / slope, slope=slope
    )


def _palette(rng: np.random.Generator) -> NDArray[np.float32]:
    """A few muted tones around one hue, from dark to light."""
    cast = rng.normal(0, 0.05, 3)
    levels = np.linspace(0.16, 0.80, _TONES)[:, None]
    tones = levels * (1 + cast) + rng.normal(0, 0.04, (_TONES, 3))
    return np.clip(tones, 0.05, 0.95).astype(np.float32)


def _exposure(rng: np.random.Generator, frames: int, strength: float) -> NDArray[np.float32]:
    """A gain that drifts slowly, a little differently in each colour."""
    common = np.cumsum(rng.normal(0, 0.03 * strength, (frames, 1)), axis=0)
    tint = np.cumsum(rng.normal(0, 0.01 * strength, (frames, 3)), axis=0)
    return np.clip(1 + common + tint, 0.7, 1.3).astype(np.float32)
