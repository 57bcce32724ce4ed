"""Poses, carried from frame to frame joint by joint."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import pad

from unitrack.errors import UniTrackError
from unitrack.propagation.affinity import propagate
from unitrack.propagation.base import Look
from unitrack.propagation.config import Belief, PropagationConfig, Readout
from unitrack.propagation.memory import Memory, unit_points
from unitrack.types import Grid, Observation, PoseObservation

__all__ = ["NOWHERE", "PosePropagator", "beliefs", "checked_pose", "joints"]

# Least standard deviation of a joint's place, cells.
_LEAST_SIGMA = 0.5

# Place of a joint that is not there, 0-based pixel indices; no cell lies there.
NOWHERE = (-1.0, -1.0)

Array = NDArray[np.float64]
Offsets = NDArray[np.floating[Any] | np.signedinteger[Any]]  # of any precision


class PosePropagator:
    """Follows given poses; each joint is a label of its own.

    Joints are 0-based pixel indices. Labels are carried one by one, so the background label of the
    authors' code, which their read-out drops, is left out: it would change no joint.

    Args:
        config: How the frames look back.
        eta: Standard deviation of a joint's place by the size of the body.
        belief: How a joint is drawn, see `beliefs`.
        readout: How a joint is found again, see `joints`.

    Source:
        Wang et al., NeurIPS 2021, propagation of poses.
    """

    def __init__(
        self,
        config: PropagationConfig,
        *,
        eta: float = 0.01,
        belief: Belief = "exact",
        readout: Readout = "top3",
    ) -> None:
        self._config = config
        self._eta = eta
        self._belief: Belief = belief
        self._readout: Readout = readout
        self._memory = Memory(config)
        self._poses: dict[int, tuple[PoseObservation, slice]] = {}  # as first given; channels

    def step(self, look: Look, given: Mapping[int, Observation]) -> Mapping[int, Observation]:
        """Take the next frame, see `unitrack.propagation.base.Propagator`.

        A frame in which every pose is given starts the memory afresh. A joint of which no belief is
        left is not visible, and lies at (-1, -1); a joint given as not visible has none.

        Raises:
            UniTrackError: If something given is no pose, or has another number of joints than
                the same object had before.
        """
        before = {number: pose for number, (pose, _) in self._poses.items()}
        poses = {
            number: checked_pose(number, given[number], before.get(number))
            for number in sorted(given)
        }
        if not self._poses and not poses:
            return {}
        features = look.whole()
        points = unit_points(features)
        if poses.keys() >= self._poses.keys():
            self._poses = {}
            self._take(poses)
            nothing = points.new_empty(points.shape[0] * points.shape[1], 0)
            self._memory.start(points, self._draw(poses, features.grid, nothing), poses)
            return dict(poses)
        labels = propagate(points, self._memory.recall(), self._config)
        found = self._report(labels, features.grid)
        self._take(poses)
        self._memory.add(points, self._draw(poses, features.grid, labels), poses)
        return dict(sorted((found | poses).items()))

    def _take(self, poses: Mapping[int, PoseObservation]) -> None:
        """Give channels to what is new."""
        for number, pose in poses.items():
            start = max((channels.stop for _, channels in self._poses.values()), default=0)
            channels = slice(start, start + len(pose.xy))
            self._poses[number] = pose, self._poses.get(number, (pose, channels))[1]

    def _draw(self, poses: Mapping[int, PoseObservation], grid: Grid, labels: Tensor) -> Tensor:
        """Labels ``(h * w, K)`` with channels for all, and what is given drawn into its own."""
        count = max(channels.stop for _, channels in self._poses.values())
        drawn = pad(labels, (0, count - labels.shape[1]))
        for number, pose in poses.items():
            belief = beliefs(pose, grid, self._eta, self._belief)
            drawn[:, self._poses[number][1]] = torch.from_numpy(belief).to(drawn)
        return drawn

    def _report(self, labels: Tensor, grid: Grid) -> dict[int, Observation]:
        xy, visible = joints(labels, grid, self._readout)
        found: dict[int, Observation] = {}
        for number, (pose, channels) in self._poses.items():
            found[number] = PoseObservation(
                tuple((x, y) for x, y in xy[channels].tolist()),
                tuple(visible[channels].tolist()),
                label=pose.label,
                skeleton=pose.skeleton,
            )
        return found


def checked_pose(
    number: int, given: Observation, before: PoseObservation | None
) -> PoseObservation:
    """What is given for an object, if it can be followed.

    Args:
        number: Identity of the object.
        given: Observation of it.
        before: What was given for it earlier.

    Raises:
        UniTrackError: If it is no pose, or has another number of joints than ``before``.
    """
    where = f"object {number}"
    if not isinstance(given, PoseObservation):
        raise UniTrackError(where, "is given without a pose", "Use a data set that has poses.")
    if before is not None and len(given.xy) != len(before.xy):
        raise UniTrackError(
            where,
            f"has {len(given.xy)} joints, and had {len(before.xy)} before",
            "Give the same joints in every annotated frame.",
        )
    return given


def beliefs(pose: PoseObservation, grid: Grid, eta: float, style: Belief) -> Array:
    """Where each joint may be: a Gaussian with peak 1 around its cell, 0 elsewhere.

    Args:
        pose: Joints, 0-based pixel indices; they may lie outside the picture.
        grid: Of the map.
        eta: The standard deviation is so much of the body's larger side, at least half a cell.
        style: ``exact`` is symmetric and ends at three deviations; ``authors`` is a patch whose
            corner is rounded towards zero, as drawn by the authors' code: one sample less on the
            right and below, and the peak a cell off near the left and upper edge.

    Returns:
        ``(h * w, joints)``; all 0 for a joint that is not visible.
    """
    there = np.array(pose.visible, bool)
    places = grid.indices_to_cells(np.array(pose.xy, np.float64).reshape(-1, 2))
    size = np.ptp(places[there], axis=0).max() if there.any() else 0.0
    sigma = max(eta * size, _LEAST_SIGMA)
    draw = _symmetric if style == "exact" else _patch
    across, down = draw(places[:, 0], grid.size[1], sigma), draw(places[:, 1], grid.size[0], sigma)
    drawn: Array = down[:, :, None] * across[:, None, :] * there[:, None, None]
    return drawn.reshape(len(places), -1).T


def _symmetric(places: Array, cells: int, sigma: float) -> Array:
    """One axis of `beliefs`, ``(joints, cells)``."""
    offsets = np.arange(cells) - np.floor(places + 0.5)[:, None]
    return np.where(np.abs(offsets) <= 3 * sigma, _gaussian(offsets, sigma), 0)


def _patch(places: Array, cells: int, sigma: float) -> Array:
    """One axis of the authors' `beliefs`, ``(joints, cells)``."""
    side = 6 * sigma + 1
    start, stop = np.trunc(places - 3 * sigma)[:, None], np.trunc(places + 3 * sigma + 1)[:, None]
    samples = np.arange(cells) - start
    inside = (samples >= 0) & (samples < np.ceil(side)) & (np.arange(cells) < stop)
    return np.where(inside, _gaussian(samples - side // 2, sigma), 0)


def _gaussian(offsets: Offsets, sigma: float) -> Array:
    density: Array = np.exp(-(offsets**2) / (2 * sigma**2))
    return density


def joints(labels: Tensor, grid: Grid, readout: Readout) -> tuple[Array, NDArray[np.bool_]]:
    """Where each joint is believed to be.

    Args:
        labels: ``(h * w, joints)``, at least 0.
        grid: Of the map.
        readout: ``top3`` is the mean of the three strongest cells, weighted by their belief;
            ``argmax`` the strongest cell alone; ``softargmax`` the weighted mean of all cells.

    Returns:
        0-based pixel indices ``(joints, 2)``, and whether there is any belief, ``(joints,)``.
    """
    columns = grid.size[1]
    belief = labels.double().cpu()
    strongest, cells = belief.sort(dim=0, descending=True, stable=True)
    kept = {"argmax": 1, "top3": 3, "softargmax": len(cells)}[readout]
    strongest, cells = strongest[:kept], cells[:kept]
    total = strongest.sum(0)
    weights = strongest / total.where(total > 0, 1)
    places = torch.stack(
        [(weights * (cells % columns)).sum(0), (weights * (cells // columns)).sum(0)]
    )
    visible: NDArray[np.bool_] = (total > 0).numpy()
    xy = grid.cells_to_indices(places.T.numpy())
    return np.where(visible[:, None], xy, NOWHERE), visible
