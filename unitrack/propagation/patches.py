"""Poses, carried from frame to frame by the looks around each joint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import conv2d, grid_sample, normalize, pad

from unitrack.propagation.base import Look
from unitrack.propagation.memory import unit_points
from unitrack.propagation.pose import NOWHERE, checked_pose
from unitrack.types import Grid, Observation, PoseObservation

__all__ = ["PatchConfig", "PatchPropagator", "find", "patches"]

# How far the similarity of a place is lowered at the distance ``reach``.
_FAR = 0.1

# Features shorter than this are not stretched to unit length.
_FLOOR = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchConfig:
    """How a joint is found by what surrounds it.

    Attributes:
        radius: A patch has so many cells on each side of the joint.
        sigma: Standard deviation of the Gaussian that weighs the cells of a patch, cells.
        first: Share of the annotated frame's patch in what is looked for; the rest is the patch of
            the frame before.
        reach: Distance from the last place, in cells, at which a similarity counts 0.1 less; it
            grows with the square of the distance.
    """

    radius: int = 3
    sigma: float = 2.0
    first: float = 0.6
    reach: float = 12.0


@dataclass(frozen=True, slots=True)
class _Followed:
    """One person.

    Attributes:
        pose: As given.
        first: Patches of the frame it was given in, ``(J, C, side, side)``.
        last: Patches of the frame before.
        places: Cell coordinates in the frame before, x and y, ``(J, 2)``.
    """

    pose: PoseObservation
    first: Tensor
    last: Tensor
    places: Tensor


class PatchPropagator:
    """Follows given poses; each joint is where its surroundings look most like before.

    Labels that are carried cell by cell cannot tell two cells of one sleeve apart; a patch can.
    What is looked for is the patch of the annotated frame, which does not drift, mixed with that of
    the frame before, which has turned with the limb. The place is read between the cells. Memory
    and time do not depend on how long the video is.

    Joints are 0-based pixel indices, as in `unitrack.propagation.pose.PosePropagator`.

    Args:
        config: How a joint is found.
    """

    def __init__(self, config: PatchConfig) -> None:
        self._config = config
        self._people: dict[int, _Followed] = {}
        self._mean: Tensor | None = None

    def step(self, look: Look, given: Mapping[int, Observation]) -> Mapping[int, Observation]:
        """Take the next frame, see `unitrack.propagation.base.Propagator`.

        A joint that is given as not visible stays so, at (-1, -1).

        Raises:
            UniTrackError: If something given is no pose, or has another number of joints than
                the same object had before.
        """
        before = {number: one.pose for number, one in self._people.items()}
        poses = {
            number: checked_pose(number, given[number], before.get(number))
            for number in sorted(given)
        }
        if not self._people and not poses:
            return {}
        features = look.whole()
        cells = self._centred(unit_points(features), afresh=poses.keys() >= before.keys())
        if poses.keys() >= before.keys():
            self._people = {}
        found: dict[int, Observation] = {}
        for number, one in self._people.items():
            if number not in poses:
                moved = self._moved(one, cells)
                self._people[number] = moved
                found[number] = _observation(moved, features.grid)
        for number, pose in poses.items():
            xy = np.array(pose.xy, np.float64).reshape(-1, 2)
            places = torch.from_numpy(features.grid.indices_to_cells(xy)).to(cells)
            first = patches(cells, places, self._config)
            self._people[number] = _Followed(pose, first, first, places)
        return dict(sorted((found | poses).items()))

    def _centred(self, points: Tensor, *, afresh: bool) -> Tensor:
        """Features less the mean of the frame that all began in, at unit length, ``(C, h, w)``.

        What every cell has in common says nothing about where a joint is.
        """
        if afresh or self._mean is None:
            self._mean = points.mean((0, 1))
        return normalize(points - self._mean, dim=2, eps=_FLOOR).permute(2, 0, 1).contiguous()

    def _moved(self, one: _Followed, cells: Tensor) -> _Followed:
        share = self._config.first
        wanted = share * one.first + (1 - share) * one.last
        places = find(wanted, cells, one.places, self._config)
        return _Followed(one.pose, one.first, patches(cells, places, self._config), places)


def patches(cells: Tensor, places: Tensor, config: PatchConfig) -> Tensor:
    """What surrounds each place, sampled between the cells.

    Args:
        cells: Features, ``(C, h, w)``.
        places: Cell coordinates x, y, ``(J, 2)``; beyond the map its border goes on.
        config: Size and weights; the weights of a patch sum to 1.

    Returns:
        ``(J, C, side, side)``; each cell has the length of its weight.
    """
    height, width = cells.shape[1:]
    steps = torch.arange(-config.radius, config.radius + 1).to(places)
    side = len(steps)
    across = (places[:, 0, None, None] + steps).expand(-1, side, -1)
    down = (places[:, 1, None, None] + steps[:, None]).expand(-1, -1, side)
    # -1 and 1 are the outer edges of the map; a map of one cell has them too.
    wanted = torch.stack([(2 * across + 1) / width - 1, (2 * down + 1) / height - 1], -1)
    taken = grid_sample(
        cells[None],
        wanted.flatten(0, 1)[None],
        padding_mode="border",
        align_corners=False,
    )[0]
    weights = torch.exp(-(steps**2 + steps[:, None] ** 2) / (2 * config.sigma**2))
    sampled = normalize(taken, dim=0, eps=_FLOOR).view(-1, len(places), side, side)
    weighed: Tensor = sampled.movedim(1, 0) * (weights / weights.sum())
    return weighed.contiguous()


def find(wanted: Tensor, cells: Tensor, before: Tensor, config: PatchConfig) -> Tensor:
    """Where each patch fits best.

    The similarity of a place is the sum of the inner products of a patch's cells with the cells
    there, less what the distance from the last place costs. The place is the top of the parabola
    through the best cell, the first of equals, and its two neighbours, in each direction; at the
    edge of the map it is the cell's.

    Args:
        wanted: Patches, ``(J, C, side, side)``.
        cells: Features of the frame, ``(C, h, w)``.
        before: Last places, cell coordinates x, y, ``(J, 2)``.
        config: Its ``radius`` is that of the patches.

    Returns:
        Cell coordinates x, y, ``(J, 2)``, inside the map.
    """
    (height, width), joints = cells.shape[1:], torch.arange(len(wanted), device=cells.device)
    wide = pad(cells[None], (config.radius,) * 4, mode="replicate")
    x, y = torch.arange(width).to(cells), torch.arange(height).to(cells)
    apart = (x - before[:, 0, None, None]) ** 2 + (y[:, None] - before[:, 1, None, None]) ** 2
    fits = conv2d(wide, wanted)[0].sub_(apart, alpha=_FAR / config.reach**2)
    rows, columns = (best := fits.flatten(1).argmax(1)) // width, best % width
    across = fits[joints, rows]
    down = fits[joints, :, columns]
    shift = torch.stack([_top(across, columns), _top(down, rows)], 1)
    found: Tensor = torch.stack([columns, rows], 1) + shift
    return found


def _top(fits: Tensor, best: Tensor) -> Tensor:
    """How far the top of a parabola lies from the best place of each line ``(J, n)``, ``(J,)``."""
    around = best[:, None] + torch.arange(-1, 2, device=best.device)
    before, here, after = fits.gather(1, around.clamp(0, fits.shape[1] - 1)).unbind(1)
    bend = before - 2 * here + after
    inside = (best > 0) & (best < fits.shape[1] - 1) & (bend < 0)
    top: Tensor = ((before - after) / (2 * bend)).masked_fill(~inside, 0)
    return top


def _observation(one: _Followed, grid: Grid) -> PoseObservation:
    visible: NDArray[np.bool_] = np.array(one.pose.visible, bool)
    xy = grid.cells_to_indices(one.places.double().cpu().numpy())
    xy = np.where(visible[:, None], xy, NOWHERE)
    return PoseObservation(
        tuple((x, y) for x, y in xy.tolist()),
        one.pose.visible,
        label=one.pose.label,
        skeleton=one.pose.skeleton,
    )
