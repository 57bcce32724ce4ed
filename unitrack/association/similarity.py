"""The similarities of the paper: RSM, and the cosines it is compared with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor
from torch.nn.functional import normalize

from unitrack.association.base import Similarity, SimilaritySettings
from unitrack.association.descriptors import Descriptors
from unitrack.association.points import Points, box_points, silhouette_points
from unitrack.association.rsm import reconstruction_similarity
from unitrack.association.silhouette import Silhouette
from unitrack.errors import UniTrackError
from unitrack.types import FeatureMap, Frame, Observation

__all__ = ["centre", "concatenated", "cosine", "pooled", "rsm"]

_FLOOR = 1e-12


def rsm(settings: SimilaritySettings) -> Similarity:
    """Reconstruction similarity over all points of all objects (RSM)."""
    return _Reconstruction(settings)


def centre(settings: SimilaritySettings) -> Similarity:
    """Cosine of the point nearest to the centre of mass (CF); of a box, its middle point."""
    return _Vectors(settings, _middle)


def concatenated(settings: SimilaritySettings) -> Similarity:
    """Cosine of all points, one after the other (GF).

    Raises:
        UniTrackError: For objects whose number of points differs.
    """
    if settings.shape != "box":
        raise UniTrackError(
            "similarity=gf",
            "needs as many points in every object, and those of masks and poses differ",
            "Take similarity=rsm, cf or gpf.",
        )
    rows, columns = settings.roi_grid
    return _Vectors(settings, partial(_flat, rows * columns))


def pooled(settings: SimilaritySettings) -> Similarity:
    """Cosine of the mean over the points (GPF)."""
    return _Vectors(settings, _mean)


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
        """The points of each observation."""
        del frame
        return _points(features, observations, self.settings).looks

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
    """One vector an object, made from its points; none of an object without points."""

    settings: SimilaritySettings
    reduce: Callable[[Points], Tensor]

    def describe(
        self, frame: Frame, features: FeatureMap, observations: Sequence[Observation]
    ) -> Descriptors:
        """The vector of each observation."""
        del frame
        points = _points(features, observations, self.settings)
        if self.settings.pool_prenorm:
            unit = normalize(points.looks.points, dim=1, eps=_FLOOR)
            points = Points(Descriptors(unit, points.looks.counts), points.middles)
        return Descriptors(
            self.reduce(points), tuple(min(count, 1) for count in points.looks.counts)
        )

    def compare(self, tracklets: Descriptors, detections: Descriptors) -> Tensor:
        """Cosine of every pair."""
        return cosine(tracklets, detections)


def _points(
    features: FeatureMap, observations: Sequence[Observation], settings: SimilaritySettings
) -> Points:
    if settings.shape == "box":
        return box_points(features, observations, settings.roi_grid)
    covered = [seen for seen in observations if isinstance(seen, Silhouette)]
    assert len(covered) == len(observations), "heads of masks and poses give silhouettes"
    return silhouette_points(features, covered, settings.max_points)


def _middle(points: Points) -> Tensor:
    counts = torch.tensor(points.looks.counts, dtype=torch.long)
    rows = torch.from_numpy(points.middles)[counts > 0]
    return points.looks.points[rows.to(points.looks.points.device)]


def _flat(count: int, points: Points) -> Tensor:
    looks = points.looks
    return looks.points.view(len(looks), count * looks.points.shape[1])


def _mean(points: Points) -> Tensor:
    looks, counts = points.looks.points, points.looks.counts
    if len(set(counts)) == 1 and counts[0]:
        return looks.view(len(counts), counts[0], -1).mean(1)
    sums = looks.new_zeros(len(counts), looks.shape[1])
    sizes = torch.tensor(counts, device=looks.device, dtype=torch.long)
    sums.index_add_(0, torch.repeat_interleave(sizes), looks)
    return sums[sizes > 0] / sizes[sizes > 0, None]


def _mean_direction(objects: Descriptors) -> Tensor:
    """Unit vector of each object's mean, ``(N, C)``."""
    points = objects.points
    counts = torch.tensor(objects.counts, device=points.device, dtype=torch.long)
    sums = points.new_zeros(len(counts), points.shape[1])
    sums.index_add_(0, torch.repeat_interleave(counts), points)
    return normalize(sums, dim=1, eps=_FLOOR)
