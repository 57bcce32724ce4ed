"""Ragged point sets: what a similarity keeps of each object."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

__all__ = ["Descriptors"]


@dataclass(frozen=True, slots=True)
class Descriptors:
    """Appearance of N objects, each a set of feature vectors.

    Attributes:
        points: Feature vectors of all objects, stacked in order, ``(sum(counts), C)``, raw (not
            normalised) unless the similarity says otherwise.
        counts: Vectors per object, length N; they may differ, and be 0.
    """

    points: Tensor
    counts: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.counts)

    def split(self) -> list[Descriptors]:
        """One `Descriptors` of length 1 per object (views, no copy)."""
        parts = torch.split(self.points, list(self.counts))
        return [Descriptors(part, (len(part),)) for part in parts]

    def take(self, rows: Sequence[int]) -> Descriptors:
        """The objects ``rows``, in that order."""
        parts = torch.split(self.points, list(self.counts))
        if not rows:
            return Descriptors(self.points[:0], ())
        return Descriptors(
            torch.cat([parts[row] for row in rows]), tuple(self.counts[row] for row in rows)
        )

    def with_points(self) -> Descriptors:
        """The objects that have any (no copy)."""
        return Descriptors(self.points, tuple(count for count in self.counts if count))

    @staticmethod
    def cat(parts: Iterable[Descriptors]) -> Descriptors:
        """Several sets as one; at least one part."""
        listed = list(parts)
        return Descriptors(
            torch.cat([part.points for part in listed]),
            tuple(count for part in listed for count in part.counts),
        )
