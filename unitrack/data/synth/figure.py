"""Articulated figures in patterned clothes.

Lengths are in body heights, x to the right, y downwards, the origin on the ground between the feet.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unitrack.data.synth.sprite import Sprite
from unitrack.data.synth.texture import Mipmap, cloth, sample

__all__ = ["Figure", "Limb", "draw_figure", "dress", "joints", "limbs"]

_SIDES = (-1.0, 1.0)  # the picture's left, drawn behind the body, and its right, drawn before it
_REACH = 0.45  # no limb is farther to the side than this
_BRIGHTNESS = 0.42  # mean of every garment: with it, any network could tell people apart
_ABOVE = 1.06
_BELOW = 0.05


@dataclass(frozen=True, slots=True)
class Figure:
    """One person: build and clothes.

    Attributes:
        tall: Height relative to the average.
        girth: Width of body and limbs relative to the average.
        coat: How far the upper garment hangs below the hip, 0 for none.
        bag: Size of what is carried on the back, 0 for nothing.
        hat: Height of the hair or hat.
        upper: Texture of shirt or coat.
        lower: Texture of trousers.
        head: Texture of hair or hat.
        pack: Texture of the bag.
        skin: Colour, ``(3,)`` in 0..1.
    """

    tall: float
    girth: float
    coat: float
    bag: float
    hat: float
    upper: Mipmap
    lower: Mipmap
    head: Mipmap
    pack: Mipmap
    skin: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Limb:
    """A tapered capsule from ``start`` to ``end``; ``texture`` None is bare skin."""

    start: tuple[float, float]
    end: tuple[float, float]
    radii: tuple[float, float]
    texture: Mipmap | None


def dress(rng: np.random.Generator, palette: NDArray[np.float32], spread: float) -> Figure:
    """Make a person whose clothes share a palette with everybody else's.

    Args:
        rng: Source of randomness.
        palette: Colours of this scene, ``(K, 3)`` in 0..1.
        spread: How far the person's own tones stray from the palette, 0..1; with little, only
            pattern and shape tell people apart.
    """

    def garment() -> Mipmap:
        low, high = np.sort(rng.choice(len(palette), size=2, replace=False))
        tones = palette[[low, high]] + spread * rng.normal(0, 1, (2, 3))
        brightness = _BRIGHTNESS * (1 + spread * rng.normal())
        pattern = int(rng.integers(1 << 16))
        dark, light = np.clip(tones, 0.05, 1).astype(np.float32)
        return cloth(rng, pattern, dark, light, brightness)

    return Figure(
        tall=rng.uniform(0.92, 1.08),
        girth=rng.uniform(0.85, 1.25),
        coat=float(rng.choice((0.0, 0.0, 0.12, 0.26))),
        bag=float(rng.choice((0.0, 0.0, 0.07, 0.10))),
        hat=rng.uniform(0.0, 0.05),
        upper=garment(),
        lower=garment(),
        head=garment(),
        pack=garment(),
        skin=np.array((0.78, 0.60, 0.48), np.float32) * np.float32(rng.uniform(0.55, 1.15)),
    )


def limbs(figure: Figure, phase: float, heading: float) -> list[Limb]:
    """The figure's parts in one moment of its walk, the farthest first.

    Args:
        figure: Who.
        phase: Of the gait, radians; 2π is two steps.
        heading: -1 walks to the left, 1 to the right, 0 towards or away from the viewer.
    """
    facing = 1.0 if heading >= 0 else -1.0
    side = abs(heading)
    swing = (0.08 + 0.27 * side) * np.sin(phase)
    spread = 1.0 - 0.6 * side  # seen from the side, left and right lie behind each other
    far_leg, near_leg = (_leg(figure, phase, swing, facing, spread, sign) for sign in _SIDES)
    far_arm, near_arm = (_arm(figure, -swing, facing, spread, sign) for sign in _SIDES)
    return [*far_arm, *far_leg, *near_leg, *_body(figure, facing, side), *near_arm]


def joints(figure: Figure, phase: float, heading: float) -> dict[str, tuple[float, float]]:
    """Joints in one moment of the walk, by name: those of every skeleton but eyes and ears.

    The figures are flat and show their face, so a person's left is the picture's right, whichever
    way it walks: a joint keeps its name when the person turns round.

    Args:
        figure: Who.
        phase: Of the gait, radians.
        heading: -1..1, see `limbs`.
    """
    parts = limbs(figure, phase, heading)
    arms, legs = (parts[:3], parts[-3:]), (parts[3:6], parts[6:9])
    skull, hat = parts[-5], parts[-4]
    found = {
        "neck": (0.0, -0.80),
        "belly": (0.0, -0.62),
        "face": _middle(skull.start, skull.end),
        "nose": skull.end,
        "head_top": (_middle(hat.start, hat.end)[0], hat.start[1] - 0.8 * hat.radii[0]),
    }
    for side, arm, leg in zip("rl", arms, legs, strict=True):
        found |= {
            f"{side}_shoulder": arm[0].start,
            f"{side}_elbow": arm[0].end,
            f"{side}_wrist": arm[1].end,
            f"{side}_hip": leg[0].start,
            f"{side}_knee": leg[0].end,
            f"{side}_ankle": leg[1].end,
        }
    return found


def _middle(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2


def _leg(
    figure: Figure, phase: float, swing: float, facing: float, spread: float, sign: float
) -> list[Limb]:
    lifted = max(0.0, sign * float(np.cos(phase)))
    thigh, shin = sign * swing * facing, (sign * swing - 0.7 * lifted * abs(swing)) * facing
    hip = (sign * 0.055 * spread, -0.50)
    knee = (hip[0] + 0.24 * float(np.sin(thigh)), hip[1] + 0.24 * float(np.cos(thigh)))
    ankle = (knee[0] + 0.23 * float(np.sin(shin)), knee[1] + 0.23 * float(np.cos(shin)))
    toe = (ankle[0] + facing * 0.06 * (1.6 - spread), ankle[1] + 0.01)
    g = figure.girth
    return [
        Limb(hip, knee, (0.062 * g, 0.048 * g), figure.lower),
        Limb(knee, ankle, (0.048 * g, 0.032 * g), figure.lower),
        Limb(ankle, toe, (0.026, 0.022), figure.head),
    ]


def _arm(figure: Figure, swing: float, facing: float, spread: float, sign: float) -> list[Limb]:
    upper, fore = sign * swing * facing, (sign * swing + 0.3 * abs(swing)) * facing
    lean = 0.10 * sign * spread
    shoulder = (sign * 0.125 * spread * figure.girth, -0.79)
    elbow = (shoulder[0] + 0.17 * float(np.sin(upper + lean)), -0.79 + 0.17 * float(np.cos(upper)))
    hand = (elbow[0] + 0.15 * float(np.sin(fore + lean)), elbow[1] + 0.15 * float(np.cos(fore)))
    g = figure.girth
    return [
        Limb(shoulder, elbow, (0.038 * g, 0.032 * g), figure.upper),
        Limb(elbow, hand, (0.032 * g, 0.022 * g), figure.upper),
        Limb(hand, (hand[0], hand[1] + 0.02), (0.022, 0.022), None),
    ]


def _body(figure: Figure, facing: float, side: float) -> list[Limb]:
    g = figure.girth * (1.0 - 0.25 * side)
    parts = [Limb((0.0, -0.77), (0.0, -0.52 + figure.coat), (0.105 * g, 0.100 * g), figure.upper)]
    if figure.bag:
        back = -facing * (0.05 + 0.07 * side) * figure.girth
        bag = Limb((back, -0.76), (back, -0.62), (figure.bag, figure.bag), figure.pack)
        parts.insert(0 if side > 0.5 else 1, bag)  # noqa: PLR2004 - beside or over the back
    brow = -0.955 - figure.hat / 2
    return [
        *parts,
        Limb((0.0, -0.86), (0.0, -0.80), (0.035, 0.040), None),
        Limb((0.0, -0.93), (0.008 * facing * side, -0.905), (0.062, 0.052), None),
        Limb((-0.03, brow), (0.03 - 0.03 * side * facing, brow), (0.045, 0.045), figure.head),
    ]


def draw_figure(
    figure: Figure,
    foot: tuple[float, float],
    height: float,
    phase: float,
    heading: float,
    gain: NDArray[np.float32],
) -> Sprite:
    """Draw a person, whole, wherever on the canvas it stands.

    Args:
        figure: Who.
        foot: Where it stands, canvas pixels, x and y.
        height: Of an average person there, pixels.
        phase: Of the gait, radians.
        heading: -1..1, see `limbs`.
        gain: Light at that place, ``(3,)``, multiplies the colours.
    """
    scale = height * figure.tall
    left, top = int(np.floor(foot[0] - _REACH * scale)), int(np.floor(foot[1] - _ABOVE * scale))
    columns, rows = int(np.ceil(2 * _REACH * scale)), int(np.ceil((_ABOVE + _BELOW) * scale))
    colour = np.zeros((rows, columns, 3), np.float32)
    alpha = np.zeros((rows, columns), np.float32)
    origin = (foot[0] - left, foot[1] - top)
    for limb in limbs(figure, phase, heading):
        _draw_limb(colour, alpha, limb, figure.skin, origin, scale, 0.12 * heading)
    return Sprite(np.clip(colour * gain, 0, 1), alpha, left, top)


def _draw_limb(
    colour: NDArray[np.float32],
    alpha: NDArray[np.float32],
    limb: Limb,
    skin: NDArray[np.float32],
    origin: tuple[float, float],
    scale: float,
    turn: float,
) -> None:
    """Lay one capsule over the figure so far; ``turn`` slides its texture as the body turns."""
    ends = np.array((limb.start, limb.end)) * scale + origin
    reach = max(limb.radii) * scale + 1.0
    x0, y0 = np.maximum(np.floor(ends.min(axis=0) - reach).astype(int), 0)
    x1, y1 = np.ceil(ends.max(axis=0) + reach).astype(int)
    region = np.s_[y0:y1, x0:x1]
    rows, columns = alpha[region].shape
    x = np.arange(x0, x0 + columns, dtype=np.float32) + np.float32(0.5 - ends[0, 0])
    y = np.arange(y0, y0 + rows, dtype=np.float32)[:, None] + np.float32(0.5 - ends[0, 1])
    axis = ends[1] - ends[0]
    length = np.float32(max(np.hypot(*axis), 1e-3))
    dx, dy = (axis / length).astype(np.float32)
    along, across = x * dx + y * dy, x * dy - y * dx
    part = np.clip(along / length, 0, 1)
    radius = np.float32(scale * limb.radii[0]) + part * np.float32(
        scale * (limb.radii[1] - limb.radii[0])
    )
    beyond = along - part * length
    cover = radius - np.sqrt(across * across + beyond * beyond) + np.float32(0.5)
    inside = np.nonzero(cover > 0)
    weight = np.minimum(cover[inside], 1)
    roundness = np.clip(across[inside] / radius[inside], -1, 1)
    if limb.texture is None:
        paint = skin
    else:
        around = radius[inside] * np.arcsin(roundness) / np.float32(scale) + np.float32(turn)
        paint = sample(limb.texture.at(scale), around, along[inside] / np.float32(scale))
    shade = (np.float32(0.62) + np.float32(0.38) * np.sqrt(1 - roundness**2)) + np.float32(
        0.14
    ) * roundness
    region_colour, region_alpha = colour[region], alpha[region]
    before = region_colour[inside]
    region_colour[inside] = before + weight[:, None] * (paint * shade[:, None] - before)
    region_alpha[inside] += weight * (1 - region_alpha[inside])
