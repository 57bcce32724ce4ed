"""Draw the frames of a scene, with the exact truth about every person in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from unitrack.data.synth.figure import draw_figure, joints
from unitrack.data.synth.scene import Scene
from unitrack.data.synth.sprite import Sprite, paint
from unitrack.types import XYXY

__all__ = ["RenderedFrame", "RenderedPerson", "place_joints", "render"]

_BACKGROUND = -1


@dataclass(frozen=True, slots=True)
class RenderedPerson:
    """The truth about one person in one frame.

    Attributes:
        number: Position in ``Scene.figures``.
        xyxy: The whole figure's box, also of what is hidden or outside, image pixels.
        visibility: Share of the figure's pixels that can be seen in the image, 0..1.
        joints: Name to place, image pixels; hidden ones and those outside as well. See
            `unitrack.data.synth.figure.joints` for what they are called.
    """

    number: int
    xyxy: XYXY
    visibility: float
    joints: Mapping[str, tuple[float, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RenderedFrame:
    """One picture and its truth.

    Attributes:
        image: RGB, uint8, ``(H, W, 3)``.
        owner: Who is seen at each pixel, int16 ``(H, W)``: position in ``Scene.figures``, or a
            number beyond them for a static occluder, -1 for the backdrop.
        people: Everybody whose box touches the image, in the order of ``Scene.figures``.
    """

    image: NDArray[np.uint8]
    owner: NDArray[np.int16]
    people: tuple[RenderedPerson, ...]

    def shows(self, number: int, point: tuple[float, float]) -> bool:
        """Whether the pixel at a point, image pixels, is in the image and of that person."""
        column, row = (int(np.floor(part)) for part in point)
        height, width = self.owner.shape
        inside = 0 <= column < width and 0 <= row < height
        return inside and int(self.owner[row, column]) == number


def render(scene: Scene) -> Iterator[RenderedFrame]:
    """Draw the frames one after the other; each is made when it is asked for."""
    for index in range(scene.length):
        yield _frame(scene, index)


def _frame(scene: Scene, index: int) -> RenderedFrame:
    height, width = scene.size
    x, y = scene.camera[index]
    image = scene.canvas[y : y + height, x : x + width].copy()
    owner = np.full(scene.size, _BACKGROUND, np.int16)
    sprites = {number: _person(scene, index, number) for number in range(len(scene.figures))}
    depths = [(float(scene.walks.y[index, number]), number) for number in sprites]
    for number, (foot, sprite) in enumerate(scene.standing, start=len(sprites)):
        sprites[number] = Sprite(sprite.colour, sprite.alpha, sprite.left - x, sprite.top - y)
        depths.append((foot, number))
    for _, number in sorted(depths):
        if number < len(scene.figures):
            paint(image, _shadow(sprites[number]))
        paint(image, sprites[number], owner, number)
    seen = np.bincount(owner[owner >= 0], minlength=len(sprites))
    people = tuple(
        RenderedPerson(
            number,
            box,
            float(seen[number] / np.count_nonzero(sprites[number].solid)),
            place_joints(scene, index, number),
        )
        for number in range(len(scene.figures))
        if _touches(box := sprites[number].box(), height, width)
    )
    return RenderedFrame(_expose(image, scene, index), owner, people)


def place_joints(scene: Scene, index: int, number: int) -> dict[str, tuple[float, float]]:
    """Joints of a person in a frame by name, image pixels, wherever the person is."""
    figure, walks = scene.figures[number], scene.walks
    x, y = _foot(scene, index, number)
    scale = float(scene.heights[index, number]) * figure.tall
    places = joints(figure, float(walks.phase[index, number]), float(walks.heading[index, number]))
    return {name: (x + scale * across, y + scale * up) for name, (across, up) in places.items()}


def _foot(scene: Scene, index: int, number: int) -> tuple[float, float]:
    """Where a person stands, image pixels."""
    left, top = scene.camera[index]
    walks = scene.walks
    return float(walks.x[index, number] - left), float(walks.y[index, number] - top)


def _person(scene: Scene, index: int, number: int) -> Sprite:
    walks = scene.walks
    x, y = walks.x[index, number], walks.y[index, number]
    rows, columns = scene.light.shape[:2]
    gain = scene.light[min(int(y), rows - 1), min(int(x), columns - 1)]
    return draw_figure(
        scene.figures[number],
        _foot(scene, index, number),
        scene.heights[index, number],
        walks.phase[index, number],
        walks.heading[index, number],
        gain,
    )


def _shadow(sprite: Sprite) -> Sprite:
    """A soft dark ellipse around the feet of a figure."""
    rows, columns = sprite.alpha.shape
    tall = max(rows // 12, 2)
    v, u = np.mgrid[:tall, :columns].astype(np.float32)
    radius = np.hypot(2 * u / columns - 1, 2 * v / tall - 1)
    alpha = 0.45 * np.clip(1.2 - 1.5 * radius, 0, 1)
    dark = np.zeros((tall, columns, 3), np.float32)
    top = sprite.top + rows - int(0.045 * rows) - tall // 2
    return Sprite(dark, alpha.astype(np.float32), sprite.left, top)


def _touches(box: XYXY, height: int, width: int) -> bool:
    return box[0] < width and box[1] < height and box[2] > 0 and box[3] > 0


def _expose(image: NDArray[np.uint8], scene: Scene, index: int) -> NDArray[np.uint8]:
    """Apply the camera's gain and add its grain."""
    levels = np.arange(256, dtype=np.float32)[:, None] * scene.exposure[index]
    tables = np.clip(levels + 0.5, 0, 255).astype(np.int16)
    exposed = np.empty(image.shape, np.int16)
    for channel in range(3):
        exposed[..., channel] = tables[:, channel].take(image[..., channel])
    rolled = np.roll(scene.grain, tuple(scene.rolls[index]), axis=(0, 1))
    height, width = image.shape[:2]
    repeats = (-(-height // rolled.shape[0]), -(-width // rolled.shape[1]))
    exposed += np.tile(rolled, repeats)[:height, :width, None]
    return exposed.clip(0, 255, out=exposed).astype(np.uint8)
