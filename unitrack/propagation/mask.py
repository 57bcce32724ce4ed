"""Masks, carried from frame to frame."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from pycocotools import mask as coco
from torch import Tensor
from torch.nn.functional import interpolate, pad

from unitrack.errors import UniTrackError
from unitrack.propagation.affinity import propagate
from unitrack.propagation.base import Look
from unitrack.propagation.config import PropagationConfig
from unitrack.propagation.edges import follow_edges
from unitrack.propagation.memory import Memory, unit_points
from unitrack.types import MaskObservation, Observation

__all__ = ["MaskPropagator"]

# Indexed pictures, in which masks are given and written, keep 255 for "not labelled".
_LARGEST_ID = 254

# Below this the labels of a cell are all alike.
_FLOOR = 1e-12

Channels = NDArray[np.int64]
"""Channel of each pixel, ``(H, W)``; 0 is the background."""


class MaskPropagator:
    """Follows given masks; they and the background share out every pixel.

    Labels are soft in memory: nothing is rounded before the output. Masks are brought to the cells
    and back by plain bilinear resampling, wherever the backbone centres its cells. The label of a
    cell is then that of a point some pixels off, equally in source and target, which cancels.

    Args:
        config: How the frames look back.
        norm_mask: Stretch the labels of each cell to 0..1 before the output.
        edge_radius: Pixels, at most, around which enlarged labels follow the edges of the picture,
            see `unitrack.propagation.edges.follow_edges`; 0 enlarges them by plain resampling.
            Only the output follows them: labels in memory would drift along the edges.
        edge_epsilon: See there.
        compact_ids: Report the rank of an identity (1, 2, …) instead of itself, as the authors'
            code does.

    Source:
        Wang et al., NeurIPS 2021, propagation of masks. Objects that are given in a later frame
        follow the protocol of YouTube-VOS; the authors' code knows only those of the first.
    """

    def __init__(
        self,
        config: PropagationConfig,
        *,
        norm_mask: bool = False,
        edge_radius: int = 0,
        edge_epsilon: float = 1e-4,
        compact_ids: bool = False,
    ) -> None:
        self._config = config
        self._norm_mask = norm_mask
        self._edges = edge_radius, edge_epsilon
        self._compact_ids = compact_ids
        self._memory = Memory(config)
        self._ids: list[int] = []  # of channels 1, 2, …
        self._classes: dict[int, int] = {}

    def step(self, look: Look, given: Mapping[int, Observation]) -> Mapping[int, Observation]:
        """Take the next frame, see `unitrack.propagation.base.Propagator`.

        A frame in which every object is given starts the memory afresh. In a frame in which some
        are, the pixels of these are theirs, and all others keep their labels; the frame is kept as
        the first is. Where given masks overlap, the larger identity has the pixel.

        Raises:
            UniTrackError: If something given is no mask, is empty, is of another size than the
                frame, or has an identity that an indexed picture cannot hold.
        """
        masks = {number: _checked(number, given[number], look.size) for number in sorted(given)}
        if not self._ids and not masks:
            return {}
        points = unit_points(look.whole())
        cells = (points.shape[0], points.shape[1])
        labels = self._carried(points, masks)
        pixels = self._take(masks, look.size)
        if masks:
            shares = _to_cells(pixels, cells, 1 + len(self._ids)).to(points)
        if labels is None:
            self._memory.start(points, shares, masks)
            return self._report(pixels, masks)
        carried = self._pixels(labels, cells, look)
        if masks:
            labels = _overlay(labels, shares)
        self._memory.add(points, labels, masks)
        return self._report(np.where(pixels > 0, pixels, carried), masks)

    def _carried(self, points: Tensor, masks: Mapping[int, MaskObservation]) -> Tensor | None:
        """Labels ``(h * w, K)`` from memory; None where all objects are given.

        An object that is given again loses its old labels.
        """
        if masks.keys() >= set(self._ids):
            self._ids = []
            return None
        labels = propagate(points, self._memory.recall(), self._config)
        labels[:, [1 + n for n, number in enumerate(self._ids) if number in masks]] = 0
        return labels

    def _take(self, masks: Mapping[int, MaskObservation], size: tuple[int, int]) -> Channels:
        """Give a channel to what is new; paint what is given."""
        self._ids += [number for number in masks if number not in self._ids]
        self._classes |= {number: mask.label for number, mask in masks.items()}
        painted = np.zeros(size, np.int64)
        for number, mask in masks.items():
            painted[mask.mask] = 1 + self._ids.index(number)
        return painted

    def _pixels(self, labels: Tensor, cells: tuple[int, int], look: Look) -> Channels:
        """The strongest label of each pixel; of equal ones the first."""
        if self._norm_mask:
            labels = labels - labels.amin(1, keepdim=True)
            labels /= labels.amax(1, keepdim=True).clamp_min_(_FLOOR)
        maps = labels.T.reshape(-1, *cells)
        if self._edges[0]:
            fine = follow_edges(maps, look.image, *self._edges)
        else:
            fine = interpolate(maps[None], look.size, mode="bilinear", align_corners=False)[0]
        # One object after the other: an argmax over the first axis takes several times as long.
        best, strongest = fine[0], torch.zeros(look.size, dtype=torch.int64, device=fine.device)
        for channel, one in enumerate(fine[1:], 1):
            strongest.masked_fill_(one > best, channel)
            best = torch.maximum(best, one)
        found: Channels = strongest.cpu().numpy()
        return found

    def _report(
        self, pixels: Channels, given: Mapping[int, MaskObservation]
    ) -> dict[int, Observation]:
        """Every object by identity, ascending; all are encoded in one go."""
        stack = pixels[:, :, None] == np.arange(1, 1 + len(self._ids))
        height, width = pixels.shape
        found: dict[int, Observation] = {}
        coded = dict(zip(self._ids, coco.encode(np.asfortranarray(stack, np.uint8)), strict=True))
        for rank, number in enumerate(sorted(self._ids), 1):
            mask = MaskObservation(
                (height, width), coded[number]["counts"], label=self._classes[number]
            )
            found[rank if self._compact_ids else number] = given.get(number, mask)
        return found


def _checked(number: int, given: Observation, size: tuple[int, int]) -> MaskObservation:
    where = f"object {number}"
    if not isinstance(given, MaskObservation):
        raise UniTrackError(where, "is given without a mask", "Use a data set that has masks.")
    if not 1 <= number <= _LARGEST_ID:
        raise UniTrackError(
            where,
            f"has an id outside 1..{_LARGEST_ID}, which an indexed picture cannot hold",
            "Number the objects of the annotation from 1.",
        )
    if given.size != size:
        raise UniTrackError(
            where,
            f"has a mask of {given.size[1]} x {given.size[0]} pixels, the frame has "
            f"{size[1]} x {size[0]}",
            "Give the annotation in the size of the frames.",
        )
    if not given.area:
        raise UniTrackError(
            where, "is given with an empty mask", "Give it in the first frame where it is seen."
        )
    return given


def _to_cells(painted: Channels, cells: tuple[int, int], channels: int) -> Tensor:
    """Share of each channel at each cell: bilinear, without anti-alias, ``(h * w, channels)``."""
    (upper, lower, down), (left, right, across) = (
        _two_points(old, new) for old, new in zip(painted.shape, cells, strict=True)
    )
    shares = np.zeros((cells[0] * cells[1], channels))
    every = np.arange(len(shares))
    for rows, row_weights in ((upper, 1 - down), (lower, down)):
        for columns, column_weights in ((left, 1 - across), (right, across)):
            weights = (row_weights[:, None] * column_weights).ravel()
            shares[every, painted[np.ix_(rows, columns)].ravel()] += weights
    return torch.from_numpy(shares)


def _two_points(
    old: int, new: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Two neighbouring old places of each new one, and the weight of the second."""
    places = ((np.arange(new) + 0.5) * (old / new) - 0.5).clip(0)
    first = np.minimum(places.astype(np.int64), old - 1)
    return first, np.minimum(first + 1, old - 1), places - first


def _overlay(labels: Tensor, shares: Tensor) -> Tensor:
    """Labels where the background of ``shares`` is, shares where it is not."""
    wide = pad(labels, (0, shares.shape[1] - labels.shape[1])) * shares[:, :1]
    wide[:, 1:] += shares[:, 1:]
    return wide
