"""Made-up videos: textured rectangles that come, cross the picture and go; exact truth."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import avg_pool2d

from unitrack.errors import UniTrackError
from unitrack.types import (
    BoxObservation,
    FeatureMap,
    Frame,
    Grid,
    SequenceInfo,
    SequenceResult,
    TrackedObject,
    TruthObject,
)

__all__ = ["Scene", "embed", "features", "observed", "perfect"]

_HEIGHT, _WIDTH = 96, 128
_BOX_HEIGHT, _BOX_WIDTH = 26, 20
_LANES = 3
_LIFE_FRAMES = 25
_APART_FRAMES = 9  # a new object this often
_STRIDE = 8
_SPEED = 3.0  # pixels a frame


@dataclass(frozen=True, slots=True)
class Scene:
    """A `unitrack.data.base.Sequence` that exists in memory only.

    Attributes:
        name: Name of the sequence.
        length: Number of frames.
        label: Class number of every object.
        seed: Of the textures.
    """

    name: str = "made-up"
    length: int = 24
    label: int = 1
    seed: int = 0

    @property
    def fps(self) -> float:
        """Frames per second."""
        return 10.0

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return _HEIGHT, _WIDTH

    @property
    def info(self) -> SequenceInfo:
        """What a tracker may know beforehand."""
        return SequenceInfo(self.name, self.fps, self.size, self.length)

    @property
    def truth(self) -> tuple[tuple[TruthObject, ...], ...]:
        """Every object that is in the picture, per frame."""
        return tuple(
            tuple(
                TruthObject(number + 1, BoxObservation(_box(number, frame), 1.0, self.label))
                for number in _alive(frame)
            )
            for frame in range(self.length)
        )

    def frames(self) -> Iterator[Frame]:
        """Draw the frames one by one."""
        for index in range(self.length):
            image = _texture(self.seed, _HEIGHT, _WIDTH) // 4
            for number in _alive(index):
                x1, y1, x2, y2 = (int(side) for side in _box(number, index))
                texture = _texture(self.seed + number + 1, _BOX_HEIGHT, _BOX_WIDTH)
                image[y1:y2, x1:x2] = texture
            yield Frame(index, f"{index + 1:06d}", image)

    def observations(self, source: str) -> tuple[tuple[BoxObservation, ...], ...]:
        """The truth without its ids, whatever the benchmark or an oracle is asked for.

        Raises:
            UniTrackError: If another source is asked for.
        """
        if source not in ("benchmark", "oracle"):
            raise UniTrackError(source, "is no source of observations", "Use benchmark or oracle.")
        return observed(self)

    def fingerprint(self, source: str) -> str:
        """Digest of all that the frames and observations follow from."""
        return hashlib.sha256(f"{self} {source}".encode()).hexdigest()


def observed(scene: Scene) -> tuple[tuple[BoxObservation, ...], ...]:
    """A perfect detector: every true box, score 0.9."""
    return tuple(
        tuple(BoxObservation(seen.observation.box, 0.9, scene.label) for seen in frame)
        for frame in scene.truth
    )


def perfect(scene: Scene) -> SequenceResult:
    """The truth as a tracker's result."""
    frames = tuple(
        tuple(TrackedObject(seen.id, seen.observation) for seen in frame) for frame in scene.truth
    )
    return SequenceResult(scene.name, frames)


def features(image: NDArray[np.uint8]) -> FeatureMap:
    """A stand-in for a backbone: colour means and spreads of 8 x 8 patches, mixed to 16 channels.

    Args:
        image: RGB, uint8, ``(H, W, 3)``.

    Returns:
        ``(16, H // 8, W // 8)``, with the grid that belongs to it.
    """
    pixels = torch.from_numpy(image.astype(np.float32)).permute(2, 0, 1)[None] / 255 - 0.5
    means = avg_pool2d(pixels, _STRIDE)
    spreads = (avg_pool2d(pixels**2, _STRIDE) - means**2).clamp_min(0).sqrt()
    mixing = np.random.default_rng(0).standard_normal((16, 6)).astype(np.float32)
    data = torch.einsum("ck,khw->chw", torch.from_numpy(mixing), torch.cat([means, spreads], 1)[0])
    centre = _STRIDE / 2
    grid = Grid(_STRIDE, 1.0, 1.0, 0.0, 0.0, centre, centre, (data.shape[1], data.shape[2]))
    return FeatureMap(data, grid)


def embed(images: object) -> list[FeatureMap]:
    """`unitrack.heads.base.Embed` by `features`."""
    assert isinstance(images, list | tuple), f"Embed takes a sequence of images, not {type(images)}"
    return [features(image) for image in images]


def _alive(frame: int) -> range:
    """Numbers of the objects that are in the picture."""
    return range(max(0, (frame - _LIFE_FRAMES) // _APART_FRAMES + 1), frame // _APART_FRAMES + 1)


def _box(number: int, frame: int) -> tuple[float, float, float, float]:
    age = frame - number * _APART_FRAMES
    across = 4 + _SPEED * age
    x1 = across if number % 2 == 0 else _WIDTH - _BOX_WIDTH - across
    y1 = 3.0 + (number % _LANES) * 30
    return x1, y1, x1 + _BOX_WIDTH, y1 + _BOX_HEIGHT


@lru_cache(maxsize=64)
def _coarse(seed: int, height: int, width: int) -> NDArray[np.uint8]:
    """Blocks of 4 x 4 pixels, so that patches differ in their means."""
    rng = np.random.default_rng(seed)
    blocks = rng.integers(0, 256, (height // 4 + 1, width // 4 + 1, 3), dtype=np.uint8)
    return np.ascontiguousarray(blocks.repeat(4, 0).repeat(4, 1)[:height, :width])


def _texture(seed: int, height: int, width: int) -> NDArray[np.uint8]:
    return _coarse(seed, height, width).copy()
