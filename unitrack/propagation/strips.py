"""Compare every cell with the cells around it, one strip of columns at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

__all__ = ["Strips", "strips_of_products"]

# Columns of a strip, found by measurement: wider ones compute more products that the radius
# forbids, narrower ones are more strips.
_WIDTH = 8


@dataclass(frozen=True, slots=True)
class Strips:
    """Columns of target cells, and around each of these strips the columns within the radius.

    A row of sources, all frames beside each other, is seen by the rows of targets within the
    radius, above and below it: one product, without a row in vain. Of row ``y`` these targets are
    numbered by slots, 0 being row ``y - reach``. The targets of a strip lie in one block of memory
    of which these are windows that overlap; none is copied out.

    The columns of sources are a ring: column ``x`` of the map lies at ``x % window``, and on the
    way to the next strip only as many columns are written as a strip has.

    Attributes:
        size: Rows and columns of the map.
        width: Columns of a strip; the last may stick out on the right.
        reach: Whole rows and columns within the radius, on each side.
        radius: Cells nearer than this count, in cells.
    """

    size: tuple[int, int]
    width: int
    reach: tuple[int, int]
    radius: float

    @classmethod
    def of(cls, size: tuple[int, int], radius: float) -> Strips:
        """Strips for a map and a radius, both in cells."""
        # Whole cells strictly within the radius.
        furthest = min(math.ceil(radius) - 1, max(size))
        reach = min(furthest, size[0] - 1), min(furthest, size[1] - 1)
        return cls(size, min(_WIDTH, size[1]), reach, radius)

    @property
    def count(self) -> int:
        """Number of strips."""
        return -(-self.size[1] // self.width)

    @property
    def window(self) -> int:
        """Columns of sources around a strip."""
        return self.width + 2 * self.reach[1]

    @property
    def slots(self) -> int:
        """Rows of targets around a row of sources."""
        return 1 + 2 * self.reach[0]

    def ring(self, frames: Sequence[Tensor]) -> Tensor:
        """An empty ring for maps like these, ``(h, w, ...)``: ``(h, F, window, ...)``."""
        first = frames[0]
        return first.new_zeros(self.size[0], len(frames), self.window, *first.shape[2:])

    def fill(self, ring: Tensor, frames: Sequence[Tensor], strip: int) -> None:
        """Make the ring of one strip that of the next; strips come in order.

        Places outside the map keep what they hold: it is finite, and `largest` leaves it out.
        """
        first = self._first(strip)
        known = first + self.window - self.width if strip else 0
        start, stop = max(known, 0), min(first + self.window, self.size[1])
        while start < stop:  # at most twice: to the end of the ring, and from its beginning
            place = start % self.window
            end = min(stop, start + self.window - place)
            for number, frame in enumerate(frames):
                ring[:, number, place : place + end - start] = frame[:, start:end]
            start = end

    def largest(self, products: Tensor, strip: int) -> Tensor:
        """The largest product of each target with each place around it, over the frames.

        Args:
            products: Of `strips_of_products`.
            strip: Its number.

        Returns:
            ``(h * width, slots * window)``, minus infinity where the radius or the edge of the map
            forbids the place.
        """
        (height, _), (reach, _) = self.size, self.reach
        row = self.slots * self.width
        over = products.new_full((height + 2 * reach, self.window, row), -math.inf)
        inside = over[reach : reach + height]
        torch.amax(products, 1, out=inside)
        inside += self._penalty(strip, products)
        # Target row t sees source row t - reach + k at slot 2 * reach - k of the latter.
        each = self.window * row
        return over.as_strided(
            (height, self.width, self.slots, self.window),
            (each, 1, each - self.width, row),
            2 * reach * self.width,
        ).reshape(height * self.width, -1)

    def entries(self, frames: int, device: torch.device) -> tuple[Tensor, Tensor, int]:
        """Where products lie in the memory of all products of a strip.

        Returns:
            Of each target ``(h * width,)`` and of each place ``(slots * window,)``, which add up to
            the entry of the first frame, and the step from a frame to the next.
        """
        row, reach = self.slots * self.width, self.reach[0]
        each = frames * self.window * row
        rows = torch.arange(self.size[0], device=device)[:, None] - reach
        columns = torch.arange(self.width, device=device)
        targets = rows * each + 2 * reach * self.width + columns
        down = torch.arange(self.slots, device=device)[:, None]
        across = torch.arange(self.window, device=device)
        places = down * (each - self.width) + across * row
        return targets.flatten(), places.flatten(), self.window * row

    def cells(self, places: Tensor, strip: int) -> Tensor:
        """Cell ``y * w + x`` of places around targets.

        Args:
            places: Columns of `largest`, ``(h * width, k)``.
            strip: Its number.

        Returns:
            As many; any number for what is forbidden.
        """
        (height, width), reach = self.size, self.reach[0]
        device = places.device
        down = torch.arange(self.slots, device=device)[:, None] - reach
        around = (down * width + self._columns(strip).to(device)).flatten()
        rows = torch.arange(height, device=device).repeat_interleave(self.width)
        return around[places] + rows[:, None] * width

    def join(self, strips: Sequence[Tensor]) -> Tensor:
        """Strips ``(h * width, ...)`` as one map, cells in one row: ``(h * w, ...)``."""
        height, width = self.size
        whole = torch.cat([one.view(height, self.width, *one.shape[1:]) for one in strips], 1)
        return whole[:, :width].flatten(0, 1)

    def near(self, cells: Tensor) -> Tensor:
        """Whether sources lie within the radius of their target, 1 or 0.

        Args:
            cells: ``y * w + x`` of some sources for each target, ``(h * w, k)``.
        """
        width = self.size[1]
        targets = torch.arange(self.size[0] * width, device=cells.device)[:, None]
        squares = (targets // width - cells // width) ** 2 + (targets % width - cells % width) ** 2
        return (squares < self.radius**2).to(cells.dtype)

    def _penalty(self, strip: int, like: Tensor) -> Tensor:
        """What the radius and the edge forbid: ``(window, slots * width)``, 0 or -inf."""
        columns = self._columns(strip)[:, None, None]
        down = torch.arange(self.slots)[:, None] - self.reach[0]
        across = columns - strip * self.width - torch.arange(self.width)
        outside = (columns < 0) | (columns >= self.size[1])
        wrong = (down**2 + across**2 >= self.radius**2) | outside
        penalty = torch.zeros(wrong.shape, dtype=like.dtype).masked_fill_(wrong, -math.inf)
        return penalty.flatten(1).to(like.device)

    def _first(self, strip: int) -> int:
        """Leftmost column of the map that a strip looks at; may be outside."""
        return strip * self.width - self.reach[1]

    def _columns(self, strip: int) -> Tensor:
        """Column of the map at each place of the ring, ``(window,)``; may be outside."""
        first = self._first(strip)
        return first + (torch.arange(self.window) - first) % self.window


def strips_of_products(
    query: Tensor, frames: Sequence[Tensor], around: Strips
) -> Iterator[tuple[int, Tensor]]:
    """Inner products of every cell with the cells around it in several frames.

    Args:
        query: Target cells, ``(h, w, C)``.
        frames: Source cells, F maps ``(h, w, C)``.
        around: Of these maps.

    Yields:
        The strip's number, and products ``(h, F, window, slots * width)``: of each row of sources
        with the targets that it may be seen by. Some are forbidden, and some outside the map, see
        `Strips.largest`. The memory is used again for the next strip.
    """
    height, reach, row = around.size[0], around.reach[0], around.slots * around.width
    ring = around.ring(frames)
    sources = ring.flatten(1, 2)
    targets = query.new_zeros(height + 2 * reach, around.width, query.shape[2])
    seen_by = targets.as_strided((height, row, query.shape[2]), targets.stride()).mT
    products = query.new_empty(height, sources.shape[1], row)
    for strip in range(around.count):
        wanted = query[:, strip * around.width : (strip + 1) * around.width]
        targets[reach : reach + height, : wanted.shape[1]] = wanted
        around.fill(ring, frames, strip)
        torch.bmm(sources, seen_by, out=products)
        yield strip, products.view(height, len(frames), around.window, row)
