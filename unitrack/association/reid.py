"""Person re-identification on image crops: the supervised peer of the frozen features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import interpolate

from unitrack.association.base import Similarity, SimilaritySettings
from unitrack.association.descriptors import Descriptors
from unitrack.association.similarity import cosine
from unitrack.checkpoint import read_checkpoint, unwrap
from unitrack.errors import UniTrackError
from unitrack.torchvision_compat import declare_missing_operators
from unitrack.types import XYXY, FeatureMap, Frame, Observation

__all__ = ["reid"]

_CROP = (256, 128)  # height and width of the network's input
_MEAN = (123.675, 116.28, 103.53)  # RGB, on 0..255
_STD = (58.395, 57.12, 57.375)
_CHANNELS = 2048
_BATCH = 16  # crops per forward pass; bounds the memory in a crowd
_SOURCE = "https://github.com/JDAI-CV/fast-reid/releases/download/v0.1.1/market_bot_R50.pth"


def reid(settings: SimilaritySettings) -> Similarity:
    """Cosine of a person re-identification ResNet-50 (ReID).

    Raises:
        UniTrackError: If no checkpoint is given, or it is not a plain ResNet-50.

    Source:
        Luo et al., CVPRW 2019; layout and weights of fast-reid's BoT models, feature taken before
        the last normalisation.
    """
    if settings.reid_weights is None:
        raise UniTrackError(
            "similarity=reid",
            "needs the weights of a person re-identification network",
            f"Fetch {_SOURCE}, then --set reid_weights=market_bot_R50.pth",
        )
    return _PersonEmbedding(_network(settings.reid_weights))


@dataclass(frozen=True, slots=True)
class _PersonEmbedding:
    network: nn.Module

    def describe(
        self, frame: Frame, features: FeatureMap, observations: Sequence[Observation]
    ) -> Descriptors:
        """One vector a box, from the picture; on the device of the feature map."""
        device = features.data.device
        network = self.network.to(device)
        vectors = torch.zeros(len(observations), _CHANNELS, device=device)
        mean, std = (torch.tensor(values, device=device)[:, None, None] for values in (_MEAN, _STD))
        with torch.inference_mode():
            for start in range(0, len(observations), _BATCH):
                part = observations[start : start + _BATCH]
                crops = torch.stack([_crop(frame.image, seen.box, device) for seen in part])
                vectors[start : start + len(part)] = network((crops - mean) / std)
        return Descriptors(vectors, (1,) * len(vectors))

    def compare(self, tracklets: Descriptors, detections: Descriptors) -> Tensor:
        """Cosine of every pair."""
        return cosine(tracklets, detections)


def _crop(image: NDArray[np.uint8], box: XYXY, device: torch.device) -> Tensor:
    """The picture inside a box, scaled to the network's input, ``(3, 256, 128)`` on 0..255.

    Of a box outside the picture the nearest row or column of pixels is taken.
    """
    height, width = image.shape[:2]
    left, top = min(max(int(box[0]), 0), width - 1), min(max(int(box[1]), 0), height - 1)
    right = min(max(int(np.ceil(box[2])), left + 1), width)
    bottom = min(max(int(np.ceil(box[3])), top + 1), height)
    inside = torch.from_numpy(np.ascontiguousarray(image[top:bottom, left:right]))
    pixels = inside.to(device).permute(2, 0, 1)[None].float()
    scaled = interpolate(pixels, _CROP, mode="bicubic", antialias=True, align_corners=False)
    return scaled[0].clamp(0, 255)


def _network(weights: Path) -> nn.Module:
    """ResNet-50 as fast-reid has it: layer4 at stride 1, max-pooling without padding."""
    declare_missing_operators()
    from torchvision import models

    network = models.resnet50(weights=None)
    network.maxpool = nn.MaxPool2d(kernel_size=3, stride=2, ceil_mode=True)
    first = network.layer4[0]
    first.conv2.stride = first.downsample[0].stride = (1, 1)
    network.fc = nn.Identity()
    _load(network, weights)
    frozen: nn.Module = network.eval().requires_grad_(requires_grad=False)
    return frozen


def _load(network: nn.Module, weights: Path) -> None:
    """Fill every value of the network; nothing may be missing or left over."""
    tensors = unwrap(read_checkpoint(weights), ("model", "state_dict", ""), weights)
    tensors = {key.removeprefix("module."): value for key, value in tensors.items()}
    inside = {key: value for key, value in tensors.items() if key.startswith("backbone.")}
    given = {key.removeprefix("backbone."): value for key, value in (inside or tensors).items()}
    beside = ("heads.", "fc.", "pixel_mean", "pixel_std")
    given = {key: value for key, value in given.items() if not key.startswith(beside)}
    expected = network.state_dict()
    # A count that evaluation never reads; old files do not have it.
    counts = {key for key in expected if key.endswith("num_batches_tracked")}
    missing = sorted(expected.keys() - given.keys() - counts)
    strange = sorted(given.keys() - expected.keys())
    strange += [k for k in given.keys() & expected.keys() if given[k].shape != expected[k].shape]
    if missing or strange:
        first = f"{missing[0]} is missing" if missing else f"{strange[0]} does not belong"
        raise UniTrackError(
            weights,
            f"does not hold a plain ResNet-50: {first} "
            f"({len(missing)} missing, {len(strange)} strange)",
            f"Of fast-reid take a BoT model without IBN, e.g. {_SOURCE}",
        )
    network.load_state_dict(given, strict=False)
