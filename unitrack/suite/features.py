"""Features on disk: what one cell has computed, the next one with the same pictures reads.

A batch of features is kept under a digest of the pictures that went in and of all that decides
what comes out, in the layout in which the network gave it: what is read is what was computed, to
the last bit. The oldest go when the folder is full.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from unitrack.appearance.embed import Embedder
from unitrack.cache import cache_folder
from unitrack.engine.content import code_version
from unitrack.errors import UniTrackError

__all__ = ["FeatureCache", "Remembering", "feature_cache"]

_GB = 10**9
_AROUND = 2000  # bytes that a file has more than its features


@dataclass(frozen=True, slots=True)
class FeatureCache:
    """A folder, and the bytes that it may hold."""

    folder: Path
    most: int

    def get(self, key: str) -> Tensor | None:
        """Features ``(B, C, h, w)`` on the CPU, or None where they are not there (or damaged)."""
        path = self._path(key)
        try:
            with np.load(path) as kept:
                order = kept["order"].tolist()
                features = torch.from_numpy(kept["features"])
            os.utime(path)  # the least recently used go first
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return None
        return features.permute(np.argsort(order).tolist())

    def put(self, key: str, features: Tensor) -> None:
        """Keep features; a folder that cannot be written keeps nothing, and that is no fault."""
        strides = features.stride()
        order = sorted(range(features.ndim), key=lambda axis: -strides[axis])
        plain = features.permute(order).contiguous().cpu().numpy()
        size = plain.nbytes + _AROUND
        if size > self.most:
            return
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            self._make_room(size)
            # No fsync: what a lost file costs is one forward pass.
            handle, name = tempfile.mkstemp(dir=self.folder, prefix=".")
            try:
                with os.fdopen(handle, "wb") as file:
                    np.savez(file, features=plain, order=np.array(order))
                Path(name).replace(self._path(key))
            finally:
                Path(name).unlink(missing_ok=True)

    def _make_room(self, size: int) -> None:
        with os.scandir(self.folder) as entries:
            found = [(entry.stat().st_mtime_ns, entry.stat().st_size, entry.path)
                     for entry in entries]  # fmt: skip
        total = sum(bytes_ for _, bytes_, _ in found)
        for _, bytes_, path in sorted(found):
            if total + size <= self.most:
                break
            Path(path).unlink(missing_ok=True)
            total -= bytes_

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.npz"


class Remembering(Embedder):
    """An embedder that looks into a cache first.

    Args:
        embedder: What computes features where there are none.
        cache: Where they are kept.
        settings: Those of the backbone: plain JSON values.
    """

    def __init__(
        self, embedder: Embedder, cache: FeatureCache, settings: Mapping[str, Any]
    ) -> None:
        super().__init__(embedder.backbone, embedder.letterbox, embedder.stretch)
        self._cache = cache
        self._network = _network(embedder, settings)

    def features(self, batch: NDArray[np.uint8]) -> Tensor:
        """As of the embedder itself."""
        digest = hashlib.sha256(f"{self._network}{batch.shape}".encode())
        digest.update(np.ascontiguousarray(batch).data)
        key = digest.hexdigest()
        kept = self._cache.get(key)
        if kept is not None:
            return kept.to(self.backbone.device)
        computed = super().features(batch)
        self._cache.put(key, computed)
        return computed


def feature_cache(gigabytes: float | None) -> FeatureCache | None:
    """The folder in the cache of this machine; None for none.

    Raises:
        UniTrackError: If the size is no positive number.
    """
    if gigabytes is None:
        return None
    if not 0 < gigabytes < float("inf"):
        raise UniTrackError(
            f"--feature-cache {gigabytes:g}", "is no size", "Write gigabytes, e.g. 20."
        )
    return FeatureCache(cache_folder() / "features", int(gigabytes * _GB))


def _network(embedder: Embedder, settings: Mapping[str, Any]) -> str:
    """All that decides features, but the pictures."""
    backbone = embedder.backbone
    return json.dumps(
        [
            backbone.record.name,
            backbone.record.factory,
            dict(settings),
            backbone.tap,
            backbone.weights_id,
            backbone.layout,
            backbone.device.type,
            str(backbone.dtype),
            torch.__version__,
            torch.get_num_threads(),  # the last bits of some layers depend on it
            code_version("unitrack:"),
            code_version(backbone.record.factory),
        ]
    )
