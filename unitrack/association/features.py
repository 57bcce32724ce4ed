"""Feature vectors on a regular grid inside each box (ROI-align)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

__all__ = ["roi_points"]

# Feature values gathered at once; bounds the extra memory (float32: 16 MiB).
_BUDGET = 4_194_304


@dataclass(frozen=True, slots=True)
class _Axis:
    """Where the bins of one axis lie: a window of cells per box, and the weight of each cell."""

    first: Tensor  # (N,) first cell of the window
    weights: Tensor  # (N, bins, longest window)
    span: Tensor  # (N,) cells in the window


def roi_points(features: Tensor, boxes: Tensor, rows: int, columns: int) -> Tensor:
    """Average the features in each bin of a ``rows`` x ``columns`` grid laid over each box.

    Bilinear samples, ``ceil(bin side)`` of them per bin and axis, no half-cell shift, sides of at
    least one cell; samples outside ``[-1, L]`` count as 0, the others are clamped to the map. The
    average of a bin is separable, so each box needs one small product per axis.

    Args:
        features: Feature map, ``(C, h, w)``.
        boxes: ``x1, y1, x2, y2`` in cells, ``(N, 4)``; cell ``i`` is centred on ``i``.
        rows: Bins along y, at least 1.
        columns: Bins along x, at least 1.

    Returns:
        Points ``(N, rows * columns, C)``, row by row, on the device of ``features``, in float64
        for float64 features and in float32 otherwise.

    Source:
        He et al., ICCV 2017 (ROI-align), in the unshifted form that the authors use.
    """
    channels, height, width = features.shape
    boxes = boxes.detach().to("cpu", torch.float64)
    dtype = torch.float64 if features.dtype == torch.float64 else torch.float32
    points = torch.zeros(
        (len(boxes), rows * columns, channels), dtype=dtype, device=features.device
    )
    if len(boxes) == 0:
        return points
    cells = features.permute(1, 2, 0).reshape(height * width, channels)
    for part in _similar_sizes(boxes, channels, height, width):
        chosen = boxes[part]
        y_axis = _axis(chosen[:, 1], chosen[:, 3], rows, height)
        x_axis = _axis(chosen[:, 0], chosen[:, 2], columns, width)
        points[part.to(points.device)] = _contract(cells, width, y_axis, x_axis, dtype)
    return points


def _contract(
    cells: Tensor, width: int, y_axis: _Axis, x_axis: _Axis, dtype: torch.dtype
) -> Tensor:
    """Weigh the window of each box along y, then along x: ``(n, rows * columns, C)``."""
    device, channels = cells.device, cells.shape[1]
    rows_at = _window(y_axis)
    columns_at = _window(x_axis)
    index = (rows_at[:, :, None] * width + columns_at[:, None, :]).flatten(1)
    window = cells[index.to(device)].to(dtype)
    count, tall, wide = len(index), rows_at.shape[1], columns_at.shape[1]
    along_y = y_axis.weights.to(device, dtype) @ window.view(count, tall, wide * channels)
    along_y = along_y.view(count, -1, wide, channels)
    return (x_axis.weights.to(device, dtype)[:, None] @ along_y).flatten(1, 2)


def _window(axis: _Axis) -> Tensor:
    """Cells of each window, ``(N, longest)``; beyond a window's end its last cell, weight 0."""
    steps = torch.arange(axis.weights.shape[2])
    return axis.first[:, None] + torch.minimum(steps, axis.span[:, None] - 1)


def _axis(start: Tensor, stop: Tensor, bins: int, length: int) -> _Axis:
    """The weight of every cell in every bin of one axis.

    A bilinear sample at ``p`` weighs cell ``l`` with ``max(0, 1 - |p - l|)``.
    """
    positions, valid, samples = _positions(start, stop, bins, length)
    inside = positions.clamp(0, length - 1)
    first, span = _extent(start, stop, length)
    grid = first[:, None] + torch.arange(int(span.max()))
    distance = (inside[..., None] - grid[:, None, None, :]).abs()
    hats = (1 - distance).clamp(min=0) * valid[..., None]
    return _Axis(first, hats.sum(2) / samples[:, None, None], span)


def _positions(
    start: Tensor, stop: Tensor, bins: int, length: int
) -> tuple[Tensor, Tensor, Tensor]:
    """Sample positions ``(N, bins, S)``, whether each counts, and samples per bin ``(N,)``.

    Samples of a bin lie between half a cell and one cell apart (or there is only one), so at most
    ``2 (L + 1) + 1`` of them touch the map; only a range of that length is made, which bounds the
    memory for boxes far larger than the map.
    """
    side = (stop - start).clamp(min=1.0) / bins
    samples = side.ceil().clamp(min=1.0)
    apart = (side / samples)[:, None]
    begin = start[:, None] + side[:, None] * torch.arange(bins)
    skipped = ((-1 - begin) / apart - 1.5).floor().clamp(min=0.0)
    most = min(int(samples.max()), 2 * length + 6)
    number = skipped[..., None] + torch.arange(most)
    positions = begin[..., None] + (number + 0.5) * apart[..., None]
    valid = (number < samples[:, None, None]) & (positions >= -1) & (positions <= length)
    return positions, valid, samples


def _extent(start: Tensor, stop: Tensor, length: int) -> tuple[Tensor, Tensor]:
    """First cell and number of cells that the samples of each box can touch."""
    stop = torch.maximum(stop, start + 1.0)
    first = start.floor().clamp(0, length - 1).long()
    last = (stop.floor() + 1).clamp(0, length - 1).long()
    return first, last - first + 1


def _similar_sizes(boxes: Tensor, channels: int, height: int, width: int) -> list[Tensor]:
    """Split the boxes into runs of similar size that fit the budget when padded to the largest."""
    spans_y = _extent(boxes[:, 1], boxes[:, 3], height)[1]
    spans_x = _extent(boxes[:, 0], boxes[:, 2], width)[1]
    order = torch.argsort(spans_y * spans_x, stable=True)
    parts: list[list[int]] = []
    tall = wide = 0
    for box in order.tolist():
        tall, wide = max(tall, int(spans_y[box])), max(wide, int(spans_x[box]))
        if not parts or (len(parts[-1]) + 1) * tall * wide * channels > _BUDGET:
            parts.append([])
            tall, wide = int(spans_y[box]), int(spans_x[box])
        parts[-1].append(box)
    return [torch.tensor(part) for part in parts]
