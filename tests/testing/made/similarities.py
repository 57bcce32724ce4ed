"""Similarities: a sound one, and flawed ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from unitrack.association.descriptors import Descriptors
from unitrack.association.similarity import cosine
from unitrack.types import (
    FeatureMap,
    Frame,
    Observation,
)


class Means:
    """Mean colour of the whole box's upper left cell; enough to tell textures apart."""

    def describe(
        self, frame: Frame, features: FeatureMap, observations: Sequence[Observation]
    ) -> Descriptors:
        del features
        looks = [
            torch.from_numpy(frame.image[int(y) : int(y) + 8, int(x) : int(x) + 8])
            .float()
            .flatten()
            for x, y, _, _ in (seen.box for seen in observations)
        ]
        points = torch.stack(looks) - 127.5 if looks else torch.zeros(0, 192)
        return Descriptors(points, (1,) * len(points))

    def compare(self, tracklets: Descriptors, detections: Descriptors) -> Tensor:
        return cosine(tracklets, detections)


class _Loud(Means):
    def compare(self, tracklets: Descriptors, detections: Descriptors) -> Tensor:
        return 2 * super().compare(tracklets, detections)


class _Opposite(Means):
    def compare(self, tracklets: Descriptors, detections: Descriptors) -> Tensor:
        return -super().compare(tracklets, detections)


class _Random(Means):
    def compare(self, tracklets: Descriptors, detections: Descriptors) -> Tensor:
        return torch.rand(len(tracklets), len(detections))


class _Ordered(Means):
    def compare(self, tracklets: Descriptors, detections: Descriptors) -> Tensor:
        return super().compare(tracklets, detections) / torch.arange(1, len(detections) + 1)


class _OnePerPoint(Means):
    def compare(self, tracklets: Descriptors, detections: Descriptors) -> Tensor:
        return (
            nn.functional.normalize(tracklets.points) @ nn.functional.normalize(detections.points).T
        )


class _Training(Means):
    def describe(
        self, frame: Frame, features: FeatureMap, observations: Sequence[Observation]
    ) -> Descriptors:
        found = super().describe(frame, features, observations)
        return replace(found, points=found.points.requires_grad_())


class _NeverNothing(Means):
    def compare(self, tracklets: Descriptors, detections: Descriptors) -> Tensor:
        scores = super().compare(tracklets, detections)
        return scores if scores.numel() else torch.zeros(1, 1)


class _Picky(Means):
    def describe(
        self, frame: Frame, features: FeatureMap, observations: Sequence[Observation]
    ) -> Descriptors:
        return super().describe(frame, features, observations[:2])


SIMILARITIES: dict[str, type[Means]] = {
    "means": Means,
    "loud": _Loud,
    "opposite": _Opposite,
    "random": _Random,
    "ordered": _Ordered,
    "one_per_point": _OnePerPoint,
    "training": _Training,
    "never_nothing": _NeverNothing,
    "picky": _Picky,
}


def __getattr__(name: str) -> Any:
    """Factories by flaw, for records to point to: ``similarity_loud``."""
    kind, _, flaw = name.partition("_")
    if kind != "similarity":
        raise AttributeError(name)
    return lambda _settings: SIMILARITIES[flaw]()
