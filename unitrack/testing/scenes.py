"""Made-up videos: textured rectangles that come, cross the picture and go; exact truth."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import avg_pool2d

from unitrack.errors import UniTrackError
from unitrack.heads.base import Embed
from unitrack.skeleton import SKELETONS
from unitrack.types import (
    XYXY,
    BoxObservation,
    CropFeatures,
    FeatureMap,
    Frame,
    Grid,
    MaskObservation,
    Observation,
    PoseObservation,
    SequenceInfo,
    SequenceResult,
    Target,
    TrackedObject,
    TruthObject,
)

__all__ = ["Scene", "embed", "features", "given", "observed", "perfect"]

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
        stage: For ``association`` objects come and go; for ``propagation`` they are there from the
            first frame to the last, and are given in the first. One box, or two masks, or a pose.
        shape: What an object is: ``box``, ``mask`` or ``pose``.
        skeleton: Of poses.
    """

    name: str = "made-up"
    length: int = 24
    label: int = 1
    seed: int = 0
    stage: str = "association"
    shape: str = "box"
    skeleton: str = "posetrack15"

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
                TruthObject(number + 1, self._seen(self._box(number, frame), 1.0))
                for number in self._alive(frame)
            )
            for frame in range(self.length)
        )

    def frames(self) -> Iterator[Frame]:
        """Draw the frames one by one."""
        for index in range(self.length):
            image = _texture(self.seed, _HEIGHT, _WIDTH) // 4
            for number in self._alive(index):
                x1, y1, x2, y2 = (int(side) for side in self._box(number, index))
                texture = _texture(self.seed + number + 1, _BOX_HEIGHT, _BOX_WIDTH)
                image[y1:y2, x1:x2] = texture
            yield Frame(index, f"{index + 1:06d}", image)

    def observations(self, source: str) -> tuple[tuple[Observation, ...], ...]:
        """What `given` gives, whether the benchmark's own or an oracle's is asked for.

        Raises:
            UniTrackError: If another source is asked for.
        """
        if source not in ("benchmark", "oracle"):
            raise UniTrackError(source, "is no source of observations", "Use benchmark or oracle.")
        return given(self)

    def fingerprint(self, source: str) -> str:
        """Digest of all that the frames and observations follow from."""
        return hashlib.sha256(f"{self} {source}".encode()).hexdigest()

    def _alive(self, frame: int) -> range:
        """Numbers of the objects that are in the picture."""
        if self.stage == "propagation":
            return range(2 if self.shape == "mask" else 1)
        return range(
            max(0, (frame - _LIFE_FRAMES) // _APART_FRAMES + 1), frame // _APART_FRAMES + 1
        )

    def _box(self, number: int, frame: int) -> XYXY:
        age = frame
        if self.stage == "association":
            age -= number * _APART_FRAMES
        else:  # to and fro
            age = _LIFE_FRAMES - abs(age % (2 * _LIFE_FRAMES) - _LIFE_FRAMES)
        across = 4 + _SPEED * age
        x1 = across if number % 2 == 0 else _WIDTH - _BOX_WIDTH - across
        y1 = 3.0 + (number % _LANES) * 30
        return x1, y1, x1 + _BOX_WIDTH, y1 + _BOX_HEIGHT

    def _seen(self, box: XYXY, score: float) -> Observation:
        """The object in a box."""
        x1, y1, x2, y2 = box
        if self.shape == "mask":
            mask = np.zeros(self.size, np.bool_)
            mask[int(y1) : int(y2), int(x1) : int(x2)] = True
            return MaskObservation.of(mask, score, self.label)
        if self.shape == "pose":
            count = len(SKELETONS[self.skeleton].joints)
            # Spread over the whole box, no two in one place.
            xy = tuple(
                (x1 + (x2 - x1) * (joint * 7 % count) / (count - 1),
                 y1 + (y2 - y1) * joint / (count - 1))
                for joint in range(count)
            )  # fmt: skip
            head = (x1, y1, x2, y1 + (y2 - y1) / 4)
            return PoseObservation(
                xy, (True,) * count, score, self.label, self.skeleton, head, (score,) * count
            )
        return BoxObservation(box, score, self.label)


def observed(scene: Scene) -> tuple[tuple[Observation, ...], ...]:
    """A perfect detector: everything true, score 0.9."""
    return tuple(
        tuple(scene._seen(scene._box(number, frame), 0.9) for number in scene._alive(frame))  # noqa: SLF001
        for frame in range(scene.length)
    )


def given(scene: Scene) -> tuple[tuple[Observation, ...], ...]:
    """What a head is given: detections in every frame, or the targets in the first."""
    if scene.stage == "association":
        return observed(scene)
    first = tuple(Target(true.id, true.observation) for true in scene.truth[0])
    return (first, *((),) * (scene.length - 1))


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
    data = _cells(embed.normalise(image)[None])[0]
    centre = _STRIDE / 2
    grid = Grid(_STRIDE, 1.0, 1.0, 0.0, 0.0, centre, centre, (data.shape[1], data.shape[2]))
    return FeatureMap(data, grid)


def _cells(pixels: Tensor) -> Tensor:
    """``(B, 3, H, W)`` to ``(B, 16, H // 8, W // 8)``."""
    means = avg_pool2d(pixels, _STRIDE)
    spreads = (avg_pool2d(pixels**2, _STRIDE) - means**2).clamp_min(0).sqrt()
    mixing = np.random.default_rng(0).standard_normal((16, 6)).astype(np.float32)
    both = torch.cat([means, spreads], 1)
    return torch.einsum("ck,bkhw->bchw", torch.from_numpy(mixing), both)


@dataclass(frozen=True, slots=True)
class _Embed:
    """A stand-in for `unitrack.heads.base.Embed`, by `_cells`."""

    def normalise(self, image: NDArray[np.uint8]) -> Tensor:
        return torch.from_numpy(image.astype(np.float32)).permute(2, 0, 1) / 255 - 0.5

    def __call__(self, crops: Tensor) -> CropFeatures:
        assert crops.ndim == 4, f"Embed takes (Q, 3, height, width), not {tuple(crops.shape)}"  # noqa: PLR2004
        centre = _STRIDE / 2
        return CropFeatures(_cells(crops), _STRIDE, centre, centre)


embed: Embed = _Embed()
"""What a head gets that cuts its own crops."""


@lru_cache(maxsize=64)
def _coarse(seed: int, height: int, width: int) -> NDArray[np.uint8]:
    """Blocks of 4 x 4 pixels, so that patches differ in their means."""
    rng = np.random.default_rng(seed)
    blocks = rng.integers(0, 256, (height // 4 + 1, width // 4 + 1, 3), dtype=np.uint8)
    return np.ascontiguousarray(blocks.repeat(4, 0).repeat(4, 1)[:height, :width])


def _texture(seed: int, height: int, width: int) -> NDArray[np.uint8]:
    return _coarse(seed, height, width).copy()
