"""Scale and pad a picture to a fixed network input."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

__all__ = ["BORDER", "Prepared", "letterbox", "resize", "stretch"]

BORDER = 128  # 127.5, rounded as the picture itself


@dataclass(frozen=True, slots=True)
class Prepared:
    """A picture of the network's input size, with ``network pixel = image pixel * scale + offset``.

    Attributes:
        image: RGB, uint8, ``(height, width, 3)``.
        scale_x: New width by old width, of the picture without its border.
        scale_y: The same for the height.
        offset_x: Columns of border on the left.
        offset_y: Rows of border above.
    """

    image: NDArray[np.uint8]
    scale_x: float
    scale_y: float
    offset_x: float
    offset_y: float


def letterbox(image: NDArray[np.uint8], size: tuple[int, int]) -> Prepared:
    """Scale a picture to fit, keep its aspect, and centre it on a grey border.

    Args:
        image: RGB, uint8, ``(H, W, 3)``.
        size: Height and width of the network input in pixels.

    Source:
        Wang et al., NeurIPS 2021, input of the tracking of boxes; the rounding is that of the
        authors' code.
    """
    height, width = image.shape[:2]
    gain = min(size[0] / height, size[1] / width)
    inner = (max(round(height * gain), 1), max(round(width * gain), 1))
    top = round((size[0] - inner[0]) / 2 - 0.1)
    left = round((size[1] - inner[1]) / 2 - 0.1)
    padded = np.full((*size, 3), BORDER, np.uint8)
    padded[top : top + inner[0], left : left + inner[1]] = resize(image, inner)
    return Prepared(padded, inner[1] / width, inner[0] / height, float(left), float(top))


def stretch(image: NDArray[np.uint8], size: tuple[int, int]) -> Prepared:
    """Scale a picture to a size, each axis on its own.

    Args:
        image: RGB, uint8, ``(H, W, 3)``.
        size: Height and width of the network input in pixels.
    """
    height, width = image.shape[:2]
    return Prepared(resize(image, size), size[1] / width, size[0] / height, 0.0, 0.0)


def resize(image: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Scale a picture: exact box filter where both sides shrink, else two-point interpolation.

    Shrinking is one sparse matrix an axis. The columns come last, transposed, so that both products
    run along contiguous memory.

    Args:
        image: uint8, ``(H, W, C)``.
        size: Height and width to scale to.

    Returns:
        uint8, ``(*size, C)``; when shrinking rounded to even at halves, else see `_enlarge`.
    """
    rows, columns, channels = image.shape
    if (rows, columns) == size:
        return image
    if size[0] > rows or size[1] > columns:
        return _enlarge(image, size)
    flat = image.reshape(rows, columns * channels).astype(np.float32)
    shorter = _weights(rows, size[0]) @ flat
    turned = shorter.reshape(size[0], columns, channels).transpose(1, 2, 0)
    across = np.ascontiguousarray(turned).reshape(columns, channels * size[0])
    scaled = np.rint(_weights(columns, size[1]) @ across).astype(np.uint8)
    return np.ascontiguousarray(scaled.reshape(size[1], channels, size[0]).transpose(2, 0, 1))


@lru_cache(maxsize=32)
def _weights(old: int, new: int) -> sparse.csr_array:
    """The matrix ``(new, old)`` of one axis, each row summing to 1."""
    first, weights = _box(old, new)
    taps = weights.shape[1]
    columns = np.minimum(first[:, None] + np.arange(taps), old - 1)
    starts = np.arange(new + 1) * taps
    matrix = sparse.csr_array(
        (weights.astype(np.float32).ravel(), columns.ravel(), starts), shape=(new, old)
    )
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    return matrix


def _box(old: int, new: int) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Share of each old pixel in each new one, ``(new, taps)``, from a first old pixel on."""
    edges = np.arange(new + 1) * (old / new)
    first = np.floor(edges[:-1]).astype(np.intp)
    pixels = first[:, None] + np.arange(int(np.ceil(old / new)) + 1)
    overlap = np.minimum(pixels + 1, edges[1:, None]) - np.maximum(pixels, edges[:-1, None])
    overlap = np.where(pixels < old, overlap.clip(0), 0)
    return first, overlap / overlap.sum(axis=1, keepdims=True)


def _enlarge(image: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Two-point interpolation in fixed point, first along the rows, then along the columns.

    Weights have 11 bits, and the sums are cut, not rounded, twice on the way. That is a tenth of a
    grey level too dark on average, and equal to the authors' resize to the last bit: the scores of
    a clip can turn on one such level.
    """
    left, right, near, far = _two_points(image.shape[1], size[1])
    wide = image.astype(np.int32)
    wide = wide[:, left] * near[:, None] + wide[:, right] * far[:, None]
    wide >>= 4
    upper, lower, near, far = _two_points(image.shape[0], size[0])
    above = (wide[upper] * near[:, None, None]) >> 16
    above += (wide[lower] * far[:, None, None]) >> 16
    return ((above + 2) >> 2).astype(np.uint8)


def _two_points(
    old: int, new: int
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.int32], NDArray[np.int32]]:
    """Two neighbouring old pixels of each new one, and their weights in 1/2048, ``(new,)`` each."""
    index, ratio = np.arange(new), new / old
    # Where these products are whole, their last bit decides between two pixels: hence this very
    # order of operations, and single precision from here on.
    first = np.floor(index * (1 / ratio)).astype(np.intp)
    part = ((index + 1) - (first + 1) * ratio).astype(np.float32)
    part = np.where((part <= 0) | (first >= old - 1), np.float32(0), part - np.floor(part))
    near, far = (np.rint(share * np.float32(2048)).astype(np.int32) for share in (1 - part, part))
    return first, np.minimum(first + 1, old - 1), near, far
