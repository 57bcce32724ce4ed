"""The similarities of the paper: RSM, and the cosines it is compared with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import normalize

from unitrack.association.base import Similarity, SimilaritySettings
from unitrack.association.descriptors import Descriptors
from unitrack.association.features import roi_points
from unitrack.association.rsm import reconstruction_similarity
from unitrack.types import FeatureMap, Frame, Observation

__all__ = ["centre", "concatenated", "cosine", "pooled", "rsm"]

_FLOOR = 1e-12


def rsm(settings: SimilaritySettings) -> Similarity:
    """Reconstruction similarity over all points of all objects (RSM)."""
    return _Reconstruction(settings)


def centre(settings: SimilaritySettings) -> Similarity:
    """Cosine of the point nearest to the centre of mass (CF); of a box, its middle point."""
    rows, columns = settings.roi_grid
    middle = (rows // 2) * columns + columns // 2
    return _Vectors(settings, lambda points: points[:, middle])


def concatenated(settings: SimilaritySettings) -> Similarity:
    """Cosine of all points, one after the other (GF)."""
    return _Vectors(settings, lambda points: points.flatten(1))


def pooled(settings: SimilaritySettings) -> Similarity:
    """Cosine of the mean over the points (GPF)."""
    return _Vectors(settings, lambda points: points.mean(1))


def cosine(tracklets: Descriptors, detections: Descriptors) -> Tensor:
    """Cosine of the mean vector of each object: ``(N, M)``."""
    return _mean_direction(tracklets) @ _mean_direction(detections).T


@dataclass(frozen=True, slots=True)
class _Reconstruction:
    """RSM: objects are sets of raw points."""

    settings: SimilaritySettings

    def describe(
        self, frame: Frame, features: FeatureMap, observations: Sequence[Observation]
    ) -> Descriptors:
        """The grid points of each box."""
        del frame
        points = _box_points(features, observations, self.settings.roi_grid)
        return Descriptors(points.flatten(0, 1), (points.shape[1],) * len(points))

    def compare(self, tracklets: Descriptors, detections: Descriptors) -> Tensor:
        """RSM of every pair."""
        return reconstruction_similarity(
            tracklets,
            detections,
            scale=self.settings.rsm_scale,
            padding=self.settings.rsm_padding,
        )


@dataclass(frozen=True, slots=True)
class _Vectors:
    """One vector an object, made from its points ``(N, P, C)``."""

    settings: SimilaritySettings
    reduce: Callable[[Tensor], Tensor]

    def describe(
        self, frame: Frame, features: FeatureMap, observations: Sequence[Observation]
    ) -> Descriptors:
        """The vector of each box."""
        del frame
        points = _box_points(features, observations, self.settings.roi_grid)
        if self.settings.pool_prenorm:
            points = normalize(points, dim=2, eps=_FLOOR)
        vectors = self.reduce(points)
        return Descriptors(vectors, (1,) * len(vectors))

    def compare(self, tracklets: Descriptors, detections: Descriptors) -> Tensor:
        """Cosine of every pair."""
        return cosine(tracklets, detections)


def _box_points(
    features: FeatureMap, observations: Sequence[Observation], grid: tuple[int, int]
) -> Tensor:
    boxes = np.array([seen.box for seen in observations], dtype=np.float64).reshape(-1, 4)
    return roi_points(features.data, torch.from_numpy(features.grid.to_cells(boxes)), *grid)


def _mean_direction(objects: Descriptors) -> Tensor:
    """Unit vector of each object's mean, ``(N, C)``."""
    points = objects.points
    counts = torch.tensor(objects.counts, device=points.device, dtype=torch.long)
    sums = points.new_zeros(len(counts), points.shape[1])
    sums.index_add_(0, torch.repeat_interleave(counts), points)
    return normalize(sums, dim=1, eps=_FLOOR)
