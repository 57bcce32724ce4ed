"""Procedural textures with the statistics of natural ones, and how to look them up.

A texture is float32 ``(T, T, 3)`` in 0..1, T a power of two, and repeats in both directions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Mipmap", "blend", "cloth", "fractal_noise", "mipmap", "sample"]

_TEXELS = 128  # per body height; about one texel per pixel on the larger figures

Plane = NDArray[np.float32]


def fractal_noise(
    rng: np.random.Generator, shape: tuple[int, int], exponent: float = 1.0
) -> NDArray[np.float32]:
    """Noise whose amplitude falls with frequency as ``1 / f ** exponent``; it repeats.

    Args:
        rng: Source of randomness.
        shape: Rows and columns.
        exponent: Slope of the amplitude spectrum; natural images have about 1.

    Returns:
        ``(rows, columns)``, zero mean, unit variance.

    Source:
        Field, J. Opt. Soc. Am. A 1987: amplitude spectra of natural images.
    """
    white = np.fft.rfft2(rng.standard_normal(shape))
    rows = np.fft.fftfreq(shape[0])[:, None]
    columns = np.fft.rfftfreq(shape[1])[None, :]
    frequency = np.hypot(rows, columns)
    frequency[0, 0] = np.inf  # the mean carries no picture
    field = np.fft.irfft2(white / frequency**exponent, s=shape)
    field -= field.mean()
    noise: NDArray[np.float32] = (field / field.std()).astype(np.float32)
    return noise


@dataclass(frozen=True, slots=True)
class Mipmap:
    """One texture at halving sizes, so that small figures do not alias.

    Attributes:
        levels: ``(T, T, 3)``, ``(T / 2, T / 2, 3)``, …
    """

    levels: tuple[NDArray[np.float32], ...]

    def at(self, pixels_per_repeat: float) -> NDArray[np.float32]:
        """The level with about one texel per pixel when one repeat covers that many pixels."""
        wanted = np.log2(self.levels[0].shape[0] / max(pixels_per_repeat, 1.0))
        return self.levels[int(np.clip(round(wanted), 0, len(self.levels) - 1))]


def mipmap(texture: NDArray[np.float32], levels: int = 4) -> Mipmap:
    """Halve a texture ``(T, T, 3)`` again and again by averaging two by two."""
    pyramid = [texture]
    for _ in range(levels - 1):
        rows, columns, channels = pyramid[-1].shape
        blocks = pyramid[-1].reshape(rows // 2, 2, columns // 2, 2, channels)
        pyramid.append(blocks.mean(axis=(1, 3), dtype=np.float32))
    return Mipmap(tuple(pyramid))


def sample(
    texture: NDArray[np.float32], u: NDArray[np.float32], v: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Look a texture up between its texels.

    Args:
        texture: ``(T, T, 3)``.
        u: Horizontal place, any shape; 1 is one repeat.
        v: Vertical place, the same shape.

    Returns:
        Colours, the shape of ``u`` with a last axis of 3.
    """
    size = texture.shape[0]
    texels = texture.reshape(size * size, 3)
    x, y = u * size - np.float32(0.5), v * size - np.float32(0.5)
    left, top = np.floor(x), np.floor(y)
    across, down = (x - left)[..., None], (y - top)[..., None]
    x0, y0 = left.astype(np.int32) & (size - 1), top.astype(np.int32) & (size - 1)
    x1, y0, y1 = (x0 + 1) & (size - 1), y0 * size, ((y0 + 1) & (size - 1)) * size
    upper, lower = texels.take(y0 + x0, axis=0), texels.take(y1 + x0, axis=0)
    upper += across * (texels.take(y0 + x1, axis=0) - upper)
    lower += across * (texels.take(y1 + x1, axis=0) - lower)
    mixed: NDArray[np.float32] = upper + down * (lower - upper)
    return mixed


def blend(weight: Plane, low: NDArray[np.float32], high: NDArray[np.float32]) -> Plane:
    """Mix two colours ``(3,)`` by a weight ``(…)`` in 0..1; gives ``(…, 3)``."""
    mixed: Plane = low + weight[..., None] * (high - low)
    return mixed.astype(np.float32)


def cloth(
    rng: np.random.Generator,
    pattern: int,
    low: NDArray[np.float32],
    high: NDArray[np.float32],
    brightness: float | None = None,
) -> Mipmap:
    """One garment: a pattern of two colours, woven unevenly.

    Args:
        rng: Source of randomness; settles scale, direction and phase.
        pattern: Which of the patterns, taken modulo their number.
        low: Ground colour, ``(3,)`` in 0..1.
        high: Figure colour, ``(3,)``.
        brightness: Mean over texture and channels, 0..1, before values beyond 1 are cut; None
            leaves it to the pattern.
    """
    weight = _PATTERNS[pattern % len(_PATTERNS)](rng)
    weave = fractal_noise(rng, (_TEXELS, _TEXELS), 0.6)[..., None]
    texture = blend(weight, low, high) * (1 + 0.10 * weave)
    if brightness is not None:
        texture *= brightness / texture.mean()
    return mipmap(np.clip(texture, 0, 1).astype(np.float32))


def _coordinates() -> tuple[Plane, Plane]:
    v, u = np.mgrid[:_TEXELS, :_TEXELS].astype(np.float32) / _TEXELS
    return u, v


def _edge(wave: Plane, sharpness: float = 4.0) -> Plane:
    """A smooth step from a wave in -1..1 to a weight in 0..1, without hard (aliasing) edges."""
    weight: Plane = np.clip(wave * sharpness, -1, 1) * 0.5 + 0.5
    return weight


def _stripes(rng: np.random.Generator, *, upright: bool) -> Plane:
    u, v = _coordinates()
    along = u if upright else v
    wave = np.sin(2 * np.pi * (int(rng.integers(6, 17)) * along + rng.random()))
    return _edge((wave + rng.uniform(-0.5, 0.5)).astype(np.float32))


def _across(rng: np.random.Generator) -> Plane:
    return _stripes(rng, upright=False)


def _upright(rng: np.random.Generator) -> Plane:
    return _stripes(rng, upright=True)


def _slanted(rng: np.random.Generator) -> Plane:
    u, v = _coordinates()
    slope = int(rng.integers(5, 10))
    wave = np.sin(2 * np.pi * (slope * u + int(rng.choice((-1, 1))) * slope * v))
    return _edge(wave.astype(np.float32))


def _checks(rng: np.random.Generator) -> Plane:
    u, v = _coordinates()
    count = int(rng.integers(5, 12))
    wave = np.sin(2 * np.pi * count * u) * np.sin(2 * np.pi * count * v)
    return _edge(wave.astype(np.float32), 6.0)


def _tartan(rng: np.random.Generator) -> Plane:
    upright, across = _stripes(rng, upright=True), _stripes(rng, upright=False)
    return (0.5 * (upright + across)).astype(np.float32)


def _dots(rng: np.random.Generator) -> Plane:
    u, v = _coordinates()
    count = int(rng.integers(6, 13))
    wave = np.cos(2 * np.pi * count * u) + np.cos(2 * np.pi * count * v)
    return _edge((wave - rng.uniform(0.2, 0.9)).astype(np.float32), 3.0)


def _blotches(rng: np.random.Generator) -> Plane:
    return _edge(fractal_noise(rng, (_TEXELS, _TEXELS), rng.uniform(1.3, 2.0)), 3.0)


def _speckles(rng: np.random.Generator) -> Plane:
    return _edge(fractal_noise(rng, (_TEXELS, _TEXELS), 0.5) - 0.8, 3.0)


def _bands(rng: np.random.Generator) -> Plane:
    _, v = _coordinates()
    broad = np.sin(2 * np.pi * (int(rng.integers(2, 5)) * v + rng.random()))
    return _edge(broad.astype(np.float32), 8.0)


def _plain(rng: np.random.Generator) -> Plane:
    return np.full((_TEXELS, _TEXELS), rng.random(), np.float32)


_PATTERNS: tuple[Callable[[np.random.Generator], Plane], ...] = (
    _across,
    _upright,
    _slanted,
    _checks,
    _tartan,
    _dots,
    _blotches,
    _speckles,
    _bands,
    _plain,
)
