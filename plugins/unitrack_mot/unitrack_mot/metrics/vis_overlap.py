"""Overlap of tubes through space and time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from unitrack_mot.data.vis_tubes import Tube

__all__ = ["mean_areas", "tube_areas", "tube_iou"]

Array = NDArray[np.float64]


def tube_iou(found: Sequence[Tube], true: Sequence[Tube]) -> Array:
    """Pixels that two tubes share, over the pixels of either, summed over all frames.

    Masks stay run-length encoded. Counts of pixels are exact, so that the quotient is that of the
    benchmark's own evaluator to the last bit.

    Args:
        found: D tubes of a video.
        true: G tubes of the same video.

    Returns:
        ``(D, G)``; 0 for two tubes without any pixel.

    Source:
        Yang et al., ICCV 2019, equation 2.
    """
    shared = np.zeros((len(found), len(true)))
    if shared.size == 0:
        return shared
    found_areas, true_areas = tube_areas(found), tube_areas(true)
    for index in range(found_areas.shape[1]):
        rows = np.flatnonzero(found_areas[:, index])
        columns = np.flatnonzero(true_areas[:, index])
        if len(rows) and len(columns):
            share = _share_inside(
                [found[row] for row in rows.tolist()],
                [true[column] for column in columns.tolist()],
                index,
            )
            pixels = np.rint(share * found_areas[rows, index, None])
            shared[np.ix_(rows, columns)] += pixels
    union = found_areas.sum(1)[:, None] + true_areas.sum(1)[None] - shared
    quotient: Array = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return quotient


def _share_inside(found: Sequence[Tube], true: Sequence[Tube], index: int) -> Array:
    """Share of each found mask that lies in each true one, in one frame: ``(D, G)``."""
    from pycocotools import mask as coco

    rles = [[_mask(tube, index) for tube in tubes] for tubes in (found, true)]
    # For a crowd, pycocotools divides by the area of the found mask alone.
    share: Array = coco.iou(*rles, [1] * len(true))
    return share


def _mask(tube: Tube, index: int) -> dict[str, object]:
    mask = tube.masks[index]
    assert mask is not None, "only masks with pixels are compared"
    return mask.rle


def tube_areas(tubes: Sequence[Tube]) -> Array:
    """Pixels of each tube in each frame, ``(N, frames)``; 0 where it is not there."""
    from pycocotools import mask as coco

    areas = np.zeros((len(tubes), len(tubes[0].masks) if tubes else 0))
    for row, tube in enumerate(tubes):
        there = [(index, mask.rle) for index, mask in enumerate(tube.masks) if mask is not None]
        areas[row, [index for index, _ in there]] = coco.area([rle for _, rle in there])
    return areas


def mean_areas(tubes: Sequence[Tube]) -> Array:
    """Mean area of each tube over the frames where it has pixels, ``(N,)``; 0 without any."""
    areas = tube_areas(tubes)
    frames = np.count_nonzero(areas, axis=1)
    means: Array = areas.sum(1) / np.maximum(frames, 1)
    return means
