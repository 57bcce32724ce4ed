"""Every form a mask has in a YouTube-VIS file, to COCO's compressed run lengths."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np

from unitrack.errors import UniTrackError

__all__ = ["Fault", "compressed"]

Fault = Callable[[str, str], UniTrackError]
"""What is wrong and how to mend it, to an error that also says where."""

_CORNERS = 3  # of a polygon, at least

_FORMS = 'Write {"size": [height, width], "counts": ...}, or a list of polygons [x, y, x, y, ...].'
_RESTORE = "Encode the mask again, e.g. with pycocotools.mask.encode."


def compressed(segmentation: object, size: tuple[int, int], fault: Fault) -> bytes:
    """COCO's compressed run lengths of a mask.

    Those that are compressed already are taken as they are; `unitrack.rle.first_fault` examines
    very many at once.

    Args:
        segmentation: As parsed from JSON: run lengths, compressed (text) or not (numbers), or a
            list of polygons in 0-based pixels.
        size: Height and width of the picture.
        fault: Makes the error.

    Raises:
        UniTrackError: If it has another form or size, or uncompressed runs do not fill the picture.
    """
    if isinstance(segmentation, list):
        return _from_polygons(segmentation, size, fault)
    if not isinstance(segmentation, dict) or not {"size", "counts"} <= segmentation.keys():
        raise fault("the mask is neither run lengths nor polygons", _FORMS)
    if segmentation["size"] != list(size):
        raise fault(
            f"the mask is of size {segmentation['size']}, the video of {list(size)}",
            "Write masks at the size of the video, [height, width].",
        )
    counts = segmentation["counts"]
    if isinstance(counts, list):
        return _from_numbers(counts, size, fault)
    if not isinstance(counts, str):
        raise fault("the counts of the mask are neither text nor a list", _FORMS)
    return counts.encode()


def _from_numbers(counts: list[Any], size: tuple[int, int], fault: Fault) -> bytes:
    """Of uncompressed run lengths (whatever JSON held, hence Any)."""
    from pycocotools import mask as coco

    if not all(isinstance(count, int) for count in counts):
        raise fault("a run of the mask is no whole number", _RESTORE)
    pixels = size[0] * size[1]
    if any(count < 0 for count in counts) or sum(counts) != pixels:
        raise fault(f"the runs of the mask fill {sum(counts)} pixels, not {pixels}", _RESTORE)
    coded = coco.frPyObjects({"size": list(size), "counts": counts}, *size)
    return cast("bytes", coded["counts"])


def _from_polygons(polygons: list[Any], size: tuple[int, int], fault: Fault) -> bytes:
    """Of polygons (whatever JSON held, hence Any)."""
    from pycocotools import mask as coco

    if not polygons or not all(_is_polygon(corners) for corners in polygons):
        raise fault("the mask is no list of polygons of three corners or more", _FORMS)
    coded = coco.merge(coco.frPyObjects(polygons, *size))
    return cast("bytes", coded["counts"])


def _is_polygon(corners: object) -> bool:
    return (
        isinstance(corners, list)
        and len(corners) >= 2 * _CORNERS
        and len(corners) % 2 == 0
        and all(isinstance(one, int | float) and np.isfinite(one) for one in corners)
    )
