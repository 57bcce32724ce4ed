"""Feature maps of a clip, computed once for each backbone and kept on disk."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch

import unitrack
from benchmarks.selection.cases import Backbone
from unitrack.appearance.embed import Embedder
from unitrack.data.base import Sequence as Video
from unitrack.types import FeatureMap, Frame, Grid

__all__ = ["Kept", "keep"]

_LETTERBOX = (608, 1088)


class Kept:
    """The feature maps of one sequence, half precision on disk.

    Args:
        folder: Holds ``features.npy`` ``(frames, C, h, w)`` and ``grid.json``.
    """

    def __init__(self, folder: Path) -> None:
        grid = json.loads((folder / "grid.json").read_text())
        self._grid = Grid(**{**grid, "size": tuple(grid["size"])})
        self._maps = np.load(folder / "features.npy", mmap_mode="r")

    def __getitem__(self, index: int) -> FeatureMap:
        """Of the frame with this index at stride 1."""
        return FeatureMap(torch.from_numpy(self._maps[index].astype(np.float32)), self._grid)


class Embedders:
    """Backbones, built when first asked for."""

    def __init__(self, weights: Path) -> None:
        self._weights = weights
        self._built: dict[tuple[Backbone, bool], Embedder] = {}

    def get(self, backbone: Backbone, *, letterbox: bool) -> Embedder:
        """One backbone with a head's preparation."""
        key = backbone, letterbox
        if key not in self._built:
            file = self._weights / backbone.weights if backbone.weights else None
            size = _LETTERBOX if letterbox else None
            self._built[key] = unitrack.backbone(
                backbone.name, weights=file, letterbox=size, device="cpu"
            )
        return self._built[key]


def keep(video: Video, folder: Path, embedder: Embedder) -> Kept:
    """The feature maps of a whole sequence; computed unless they are there.

    Args:
        video: At stride 1.
        folder: Of this sequence and backbone.
        embedder: The backbone.
    """
    if not (folder / "grid.json").exists():
        folder.mkdir(parents=True, exist_ok=True)
        target: np.memmap[tuple[int, ...], np.dtype[np.float16]] | None = None
        grid: Grid | None = None
        for frame in video.frames():
            features = _map(embedder, frame)
            if target is None:
                shape = (video.length, *features.data.shape)
                file = folder / "features.npy"
                target = np.lib.format.open_memmap(file, "w+", np.float16, shape)
            target[frame.index] = features.data.half().numpy()
            grid = features.grid
        assert grid is not None, video.name
        (folder / "grid.json").write_text(json.dumps(asdict(grid)))
    return Kept(folder)


def _map(embedder: Embedder, frame: Frame) -> FeatureMap:
    (features,) = embedder.embed([embedder.prepare(frame.image)])
    return features
