"""What stands still: wall, paving, light, and the things people walk behind."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from unitrack.data.synth.motion import Ground
from unitrack.data.synth.sprite import Sprite
from unitrack.data.synth.texture import blend, cloth, fractal_noise, sample

__all__ = ["light_field", "occluders", "scenery"]

_WINDOW = 0.25  # half a window, in widths of one wall unit and in heights of the wall
_BAR = 0.015  # half a window bar, likewise
_BARS = 0.9  # brightness of the bars
_JOINT = 0.05  # width of the joints, in paving slabs


def light_field(
    rng: np.random.Generator, shape: tuple[int, int], strength: float
) -> NDArray[np.float32]:
    """Sun and shade over the canvas: soft changes, hard-edged shadows, warm light, cold shade.

    Args:
        rng: Source of randomness.
        shape: Rows and columns.
        strength: Relative change of brightness between sun and shade, 0..1.

    Returns:
        Gain per place and channel, ``(rows, columns, 3)``, about 1 on average.
    """
    soft = fractal_noise(rng, shape, 2.0)
    shade = np.clip(4 * fractal_noise(rng, shape, 1.7), -1, 1)
    level = strength * (0.25 * np.clip(soft, -2, 2) + 0.6 * shade)
    warmth = np.array((0.25, 0.0, -0.25), np.float32) * level[..., None]
    return np.clip(1 + level[..., None] + warmth, 0.2, 2.0).astype(np.float32)


def scenery(
    rng: np.random.Generator,
    shape: tuple[int, int],
    ground: Ground,
    palette: NDArray[np.float32],
) -> NDArray[np.float32]:
    """A wall with windows above the horizon's far end, paving below it.

    Args:
        rng: Source of randomness.
        shape: Rows and columns of the canvas.
        ground: Where people walk; the wall stands a little behind its far end.
        palette: Colours of this scene, ``(K, 3)``; clothes have the same.

    Returns:
        Colours ``(rows, columns, 3)`` in 0..1.
    """
    rows, columns = shape
    foot = int(ground.far - 0.02 * rows)
    y, x = np.mgrid[:rows, :columns].astype(np.float32)
    wall = _wall(rng, x, y, foot, palette)
    paving = _paving(rng, x, y, ground, palette)
    picture: NDArray[np.float32] = np.where((y < foot)[..., None], wall, paving)
    grain = 0.10 * fractal_noise(rng, shape, 1.0) + 0.05 * fractal_noise(rng, shape, 0.4)
    lit: NDArray[np.float32] = np.clip(picture * (1 + grain[..., None]), 0, 1)
    return lit.astype(np.float32)


def _wall(
    rng: np.random.Generator,
    x: NDArray[np.float32],
    y: NDArray[np.float32],
    foot: int,
    palette: NDArray[np.float32],
) -> NDArray[np.float32]:
    low, high, glass = palette[rng.permutation(len(palette))[:3]]
    course = np.floor(y / 9)
    brick = (np.mod(y, 9) > 1) & (np.mod(x + 11 * np.mod(course, 2), 22) > 1)
    shade = np.sin(course * 12.9898 + np.floor((x + 11 * np.mod(course, 2)) / 22) * 78.233)
    weight = (0.55 + 0.25 * shade) * brick
    wall = blend(weight.astype(np.float32), low, high)
    wide = float(rng.uniform(70, 110))
    u, v = np.mod(x, wide) / wide - 0.5, (foot - y) / max(foot, 1) - 0.6
    wall[(np.abs(u) < _WINDOW) & (np.abs(v) < _WINDOW)] = 0.5 * glass
    wall[(np.abs(u) < _BAR) & (np.abs(v) < _WINDOW)] = _BARS
    wall[(np.abs(u) < _WINDOW) & (np.abs(v) < _BAR)] = _BARS
    return wall


def _paving(
    rng: np.random.Generator,
    x: NDArray[np.float32],
    y: NDArray[np.float32],
    ground: Ground,
    palette: NDArray[np.float32],
) -> NDArray[np.float32]:
    low, high = palette[rng.permutation(len(palette))[:2]]
    height = np.maximum((y - ground.horizon) * ground.slope, 1.0)
    sideways = (x - ground.width / 2) / height
    depth = 320.0 * float(rng.uniform(0.8, 1.2)) / height
    cells = np.sin(np.floor(sideways * 1.5) * 12.9898 + np.floor(depth) * 78.233)
    joints = (np.mod(sideways * 1.5, 1) < _JOINT) | (np.mod(depth, 1) < _JOINT)
    weight = np.where(joints, 0.0, 0.5 + 0.2 * cells)
    return blend(weight.astype(np.float32), low, high)


def occluders(
    rng: np.random.Generator,
    count: int,
    ground: Ground,
    palette: NDArray[np.float32],
    light: NDArray[np.float32],
) -> list[tuple[float, Sprite]]:
    """Pillars, stalls and bushes in the nearer half, spread evenly over the width.

    Args:
        rng: Source of randomness.
        count: How many.
        ground: Where people walk.
        palette: Colours of this scene, ``(K, 3)``.
        light: Gain over the canvas, ``(rows, columns, 3)``.

    Returns:
        Row of each one's foot (its depth) and its picture on the canvas.
    """
    kinds = (_bush, _pillar, _stall)
    found = []
    for number in range(count):
        share = (number + rng.uniform(0.3, 0.7)) / count
        near = ground.far + rng.uniform(0.45, 0.8) * (ground.near - ground.far)
        body = (near - ground.horizon) * ground.slope
        colour, alpha = kinds[number % len(kinds)](rng, body, palette)
        left, top = int(share * ground.width - alpha.shape[1] / 2), int(near - alpha.shape[0])
        row, column = int(near), int(np.clip(share * ground.width, 0, light.shape[1] - 1))
        gain = light[min(row, light.shape[0] - 1), column]
        found.append((near, Sprite(np.clip(colour * gain, 0, 1), alpha, left, top)))
    return found


_Picture = tuple[NDArray[np.float32], NDArray[np.float32]]


def _panel(
    rng: np.random.Generator, rows: int, columns: int, palette: NDArray[np.float32]
) -> NDArray[np.float32]:
    low, high = palette[rng.permutation(len(palette))[:2]]
    texture = cloth(rng, int(rng.integers(1 << 16)), low, high)
    v, u = np.mgrid[:rows, :columns].astype(np.float32) / np.float32(rows)
    return sample(texture.at(rows), u, v)


def _pillar(rng: np.random.Generator, body: float, palette: NDArray[np.float32]) -> _Picture:
    rows, columns = int(body * 1.7), int(body * rng.uniform(0.35, 0.5))
    across = np.linspace(-1, 1, columns, dtype=np.float32)[None, :, None]
    colour = _panel(rng, rows, columns, palette) * (0.5 + 0.5 * np.sqrt(1.02 - across**2))
    return colour.astype(np.float32), np.ones((rows, columns), np.float32)


def _stall(rng: np.random.Generator, body: float, palette: NDArray[np.float32]) -> _Picture:
    rows, columns = int(body * 1.1), int(body * rng.uniform(0.8, 1.1))
    colour = _panel(rng, rows, columns, palette)
    roof = rows // 4
    colour[:roof] = _panel(rng, roof, columns, palette)
    colour[roof : roof + 2] *= 0.4
    colour[:, :3] *= 0.6
    return colour, np.ones((rows, columns), np.float32)


def _bush(rng: np.random.Generator, body: float, palette: NDArray[np.float32]) -> _Picture:
    rows, columns = int(body * rng.uniform(0.7, 0.95)), int(body * rng.uniform(0.9, 1.2))
    v, u = np.mgrid[:rows, :columns].astype(np.float32)
    round_off = 1 - np.hypot(2 * u / columns - 1, np.minimum(2 * v / rows - 1, 0))
    leaves = fractal_noise(rng, (rows, columns), 0.8)
    low, high = palette[rng.permutation(len(palette))[:2]]
    weight = np.clip(0.5 + 0.3 * leaves, 0, 1)
    green = np.array((0.55, 0.85, 0.45), np.float32)
    colour = blend(weight, 0.4 * low, high) * green
    return colour, np.clip(12 * round_off + 1.5 * leaves, 0, 1).astype(np.float32)
