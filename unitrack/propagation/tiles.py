"""Compare every cell with the cells around it, tile by tile."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import pad

__all__ = ["Tiling", "columns_of_tiles"]

# Rows and columns of a tile, found by measurement: larger ones compute more products that the
# radius forbids, smaller ones make the product slow.
_TILE = (4, 8)


@dataclass(frozen=True, slots=True)
class Tiling:
    """Tiles of target cells, and for each the window of all cells within the radius of any.

    The windows of a column of tiles lie in one strip of memory, ``(rows, F, window width, ...)``:
    all rows of the map, one row of every frame after the other. So a window of all frames is one
    block, windows overlap, and none is copied out. The strip is a ring: column ``x`` of the map
    lies at ``x % window width``, and on the way to the next column of tiles only as many columns
    are written as a tile has.

    Attributes:
        size: Rows and columns of the map.
        tile: Rows and columns of a tile; tiles may stick out below and on the right.
        reach: Rows and columns by which a window is larger than its tile, on each side.
        radius: Cells nearer than this count, in cells.
    """

    size: tuple[int, int]
    tile: tuple[int, int]
    reach: tuple[int, int]
    radius: float

    @classmethod
    def of(cls, size: tuple[int, int], radius: float) -> Tiling:
        """Tiles for a map and a radius, both in cells."""
        tile = min(_TILE[0], size[0]), min(_TILE[1], size[1])
        # Whole cells strictly within the radius.
        furthest = min(math.ceil(radius) - 1, max(size))
        return cls(size, tile, (min(furthest, size[0] - 1), min(furthest, size[1] - 1)), radius)

    @property
    def tiles(self) -> tuple[int, int]:
        """Rows and columns of tiles."""
        return -(-self.size[0] // self.tile[0]), -(-self.size[1] // self.tile[1])

    @property
    def window(self) -> tuple[int, int]:
        """Rows and columns of a window."""
        return self.tile[0] + 2 * self.reach[0], self.tile[1] + 2 * self.reach[1]

    def split(self, cells: Tensor) -> Tensor:
        """A map ``(h, w, ...)`` as columns of tiles: ``(columns, rows, cells of a tile, ...)``.

        What sticks out is 0.
        """
        (rows, columns), (height, width) = self.tiles, self.tile
        outside = (0, columns * width - self.size[1], 0, rows * height - self.size[0])
        whole = pad(cells, (0, 0) * (cells.ndim - 2) + outside)
        tiled = whole.reshape(rows, height, columns, width, *cells.shape[2:])
        columns_first: Tensor = tiled.movedim(2, 0).flatten(2, 3)
        return columns_first

    def join(self, columns: Tensor) -> Tensor:
        """The inverse of `split`, cells in one row: ``(h * w, ...)``."""
        tiled = columns.view(*columns.shape[:2], *self.tile, *columns.shape[3:]).movedim(0, 2)
        whole: Tensor = tiled.flatten(2, 3).flatten(0, 1)
        return whole[: self.size[0], : self.size[1]].flatten(0, 1)

    def strip(self, frames: Sequence[Tensor]) -> Tensor:
        """An empty strip for maps like these, ``(h, w, ...)``."""
        rows = self.tiles[0] * self.tile[0] + 2 * self.reach[0]
        return frames[0].new_zeros(rows, len(frames), self.window[1], *frames[0].shape[2:])

    def fill(self, strip: Tensor, frames: Sequence[Tensor], column: int) -> None:
        """Make the strip of one column of tiles that of the next; columns come in order.

        Places outside the map keep what they hold: it is finite, and `forbid` leaves it out.
        """
        first = self._first(column)
        known = first + self.window[1] - self.tile[1] if column else 0
        start, stop = max(known, 0), min(first + self.window[1], self.size[1])
        rows = slice(self.reach[0], self.reach[0] + self.size[0])
        while start < stop:  # at most twice: to the end of the ring, and from its beginning
            place = start % self.window[1]
            end = min(stop, start + self.window[1] - place)
            for number, frame in enumerate(frames):
                strip[rows, number, place : place + end - start] = frame[:, start:end]
            start = end

    def windows(self, strip: Tensor) -> Tensor:
        """All windows of a strip, without a copy.

        Returns:
            ``(rows of tiles, window height * F * window width, ...)``.
        """
        entries = self.window[0] * strip.shape[1] * strip.shape[2]
        inner = strip.flatten(0, 2)
        return inner.as_strided(
            (self.tiles[0], entries, *inner.shape[1:]),
            (self.tile[0] * strip.stride(0), *inner.stride()),
        )

    def forbid(self, products: Tensor, column: int) -> None:
        """Make minus infinity what the radius or the edge of the map forbids.

        Args:
            products: ``(rows of tiles, cells of a tile, window height, F, window width)``.
            column: Of the tiles.
        """
        (height, width), (rows, _) = self.tile, self.window
        down = torch.arange(rows) - self.reach[0] - torch.arange(height)[:, None]
        places = self._places(column)
        across = places - column * width - torch.arange(width)[:, None]
        squares = down[:, None, :, None] ** 2 + across[:, None, :] ** 2
        outside = (places < 0) | (places >= self.size[1])
        wrong = (squares >= self.radius**2) | outside
        penalty = torch.zeros(wrong.shape, dtype=products.dtype).masked_fill_(wrong, -math.inf)
        products += penalty.to(products.device).flatten(0, 1)[:, :, None]
        for row, window in enumerate(products):
            top = row * height - self.reach[0]
            window[:, : max(-top, 0)] = -math.inf
            window[:, max(self.size[0] - top, 0) :] = -math.inf

    def cells(self, chosen: Tensor, column: int, frames: int) -> Tensor:
        """Where entries of windows lie.

        Args:
            chosen: Entries of windows as `windows` orders them, ``(rows of tiles, ...)``.
            column: Of the tiles.
            frames: F of `windows`.

        Returns:
            ``frame * h * w + y * w + x`` for each; any other number for what `forbid` leaves out.
        """
        height, width = self.size
        rows = torch.arange(self.window[0]) - self.reach[0]
        numbers = torch.arange(frames) * (height * width)
        offsets = rows[:, None, None] * width + numbers[:, None] + self._places(column)
        tops = torch.arange(self.tiles[0]) * (self.tile[0] * width)
        found = offsets.flatten().to(chosen.device)[chosen]
        return found + tops.to(chosen.device).view(-1, *(1,) * (chosen.ndim - 1))

    def near(self, cells: Tensor) -> Tensor:
        """Whether sources lie within the radius of their target, 1 or 0.

        Args:
            cells: ``y * w + x`` of some sources for each target, ``(h * w, k)``.
        """
        width = self.size[1]
        targets = torch.arange(self.size[0] * width, device=cells.device)[:, None]
        squares = (targets // width - cells // width) ** 2 + (targets % width - cells % width) ** 2
        return (squares < self.radius**2).to(cells.dtype)

    def _first(self, column: int) -> int:
        """Leftmost column of the map that a column of tiles looks at; may be outside."""
        return column * self.tile[1] - self.reach[1]

    def _places(self, column: int) -> Tensor:
        """Column of the map at each place of the ring, ``(window width,)``; may be outside."""
        first = self._first(column)
        return first + (torch.arange(self.window[1]) - first) % self.window[1]


def columns_of_tiles(
    query: Tensor, frames: Sequence[Tensor], tiling: Tiling
) -> Iterator[tuple[int, Tensor]]:
    """Inner products of every cell with the cells around it in several frames.

    One column of tiles at a time, by one batched product.

    Args:
        query: Target cells, ``(h, w, C)``.
        frames: Source cells, F maps ``(h, w, C)``.
        tiling: Of these maps.

    Yields:
        The column, and products ``(rows of tiles, cells of a tile, window height * F * window
        width)``, minus infinity where the radius forbids them. The memory is used again for the
        next column.
    """
    strip = tiling.strip(frames)
    windows = tiling.windows(strip).mT
    targets = tiling.split(query)
    products = query.new_empty(*targets.shape[1:3], windows.shape[2])
    parts = products.view(*products.shape[:2], tiling.window[0], len(frames), tiling.window[1])
    for column, wanted in enumerate(targets):
        tiling.fill(strip, frames, column)
        torch.bmm(wanted, windows, out=products)
        tiling.forbid(parts, column)
        yield column, products
