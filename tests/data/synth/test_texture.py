from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from unitrack.data.synth.texture import blend, cloth, fractal_noise, mipmap, sample


def _rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def _bilinear_by_hand(texture: NDArray[np.float32], u: float, v: float) -> NDArray[np.float64]:
    size = texture.shape[0]
    x, y = u * size - 0.5, v * size - 0.5
    found = np.zeros(3)
    for dy in (0, 1):
        for dx in (0, 1):
            column, row = int(np.floor(x)) + dx, int(np.floor(y)) + dy
            weight = (1 - abs(x - column)) * (1 - abs(y - row))
            found += weight * texture[row % size, column % size]
    return found


@pytest.mark.parametrize("exponent", [0.5, 1.0, 2.0])
def test_noise_falls_off_with_frequency_as_asked(exponent: float) -> None:
    spectrum = np.abs(np.fft.fft2(fractal_noise(_rng(), (256, 256), exponent))) ** 2
    frequency = np.hypot(np.fft.fftfreq(256)[:, None], np.fft.fftfreq(256)[None, :])
    low, high = (spectrum[(frequency > a) & (frequency < 1.2 * a)].mean() for a in (0.05, 0.4))
    slope = np.log(low / high) / np.log(8) / 2  # power is amplitude squared
    assert slope == pytest.approx(exponent, abs=0.1)


def test_noise_has_zero_mean_and_unit_variance() -> None:
    noise = fractal_noise(_rng(), (64, 48))
    assert noise.shape == (64, 48)
    assert noise.mean() == pytest.approx(0, abs=1e-5)
    assert noise.std() == pytest.approx(1, abs=1e-5)


@settings(max_examples=50)
@given(st.floats(-2, 2), st.floats(-2, 2))
def test_looking_up_is_bilinear_and_repeats(u: float, v: float) -> None:
    texture = _rng().random((8, 8, 3)).astype(np.float32)
    found = sample(texture, np.array([u], np.float32), np.array([v], np.float32))
    np.testing.assert_allclose(found[0], _bilinear_by_hand(texture, u, v), atol=2e-4)


def test_every_level_of_a_mipmap_keeps_the_mean() -> None:
    texture = _rng().random((32, 32, 3)).astype(np.float32)
    levels = mipmap(texture).levels
    assert [level.shape[0] for level in levels] == [32, 16, 8, 4]
    for level in levels:
        np.testing.assert_allclose(level.mean(axis=(0, 1)), texture.mean(axis=(0, 1)), atol=1e-5)


@pytest.mark.parametrize(("pixels", "texels"), [(500, 32), (32, 32), (16, 16), (5, 4), (1, 4)])
def test_small_figures_get_coarse_textures(pixels: float, texels: int) -> None:
    texture = mipmap(np.zeros((32, 32, 3), np.float32))
    assert texture.at(pixels).shape[0] == texels


def test_blending_reaches_both_colours() -> None:
    low, high = np.zeros(3, np.float32), np.array((1, 0.5, 0.25), np.float32)
    mixed = blend(np.array([0, 0.5, 1], np.float32), low, high)
    np.testing.assert_allclose(mixed, np.stack([low, high / 2, high]))


@pytest.mark.parametrize("pattern", range(10))
def test_every_cloth_is_seeded_and_within_range(pattern: int) -> None:
    low, high = np.full(3, 0.2, np.float32), np.full(3, 0.8, np.float32)
    first, again = (cloth(_rng(pattern), pattern, low, high).levels[0] for _ in range(2))
    assert first.tobytes() == again.tobytes()
    assert first.min() >= 0
    assert first.max() <= 1


def test_patterns_differ_in_more_than_colour() -> None:
    low, high = np.full(3, 0.2, np.float32), np.full(3, 0.8, np.float32)
    cloths = np.stack([cloth(_rng(3), n, low, high).levels[0][..., 0].ravel() for n in range(9)])
    likeness = np.corrcoef(cloths) - np.eye(9)
    assert np.abs(likeness).max() < 0.8
