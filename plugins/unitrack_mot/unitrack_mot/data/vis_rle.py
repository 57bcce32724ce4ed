"""Every form a mask has in a YouTube-VIS file, to COCO's compressed run lengths.

Broken run lengths are refused here: pycocotools takes them for what it likes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from unitrack.errors import UniTrackError

__all__ = ["Fault", "compressed", "runs"]

Fault = Callable[[str, str], UniTrackError]
"""What is wrong and how to mend it, to an error that also says where."""

_FIRST_CHARACTER = 48  # six bits a character from here on
_MORE, _SIGN, _BITS = 0x20, 0x10, 5
_DIGITS_AT_MOST = 7  # of five bits; more than any picture needs
_CORNERS = 3  # of a polygon, at least

_FORMS = 'Write {"size": [height, width], "counts": ...}, or a list of polygons [x, y, x, y, ...].'
_RESTORE = "Encode the mask again, e.g. with pycocotools.mask.encode."


def compressed(segmentation: object, size: tuple[int, int], fault: Fault) -> bytes:
    """COCO's compressed run lengths of a mask.

    Args:
        segmentation: As parsed from JSON: run lengths, compressed (text) or not (numbers), or a
            list of polygons in 0-based pixels.
        size: Height and width of the picture.
        fault: Makes the error.

    Raises:
        UniTrackError: If it has another form or size, or does not cover the picture exactly.
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
    if (lengths := runs(counts.encode())) is None:
        raise fault("the mask does not decode", _RESTORE)
    _check_runs(lengths, size, fault)
    return counts.encode()


def runs(counts: bytes) -> NDArray[np.int64] | None:
    """Lengths of the runs that compressed counts stand for, or None if they stand for nothing.

    Numbers are written in five-bit digits, the smallest first, one a character with a bit for "more
    follow"; from the fourth on, a number is the difference to the one two before it.

    Returns:
        ``(N,)``, background first; some may be negative or too long, if the text is broken.
    """
    digits = np.frombuffer(counts, np.uint8).astype(np.int64) - _FIRST_CHARACTER
    more = (digits & _MORE) != 0
    if len(digits) == 0 or digits.min() < 0 or digits.max() >= 2 * _MORE or more[-1]:
        return None
    ends = np.flatnonzero(~more)
    starts = np.concatenate([[0], ends[:-1] + 1])
    lengths = ends - starts + 1
    if lengths.max() > _DIGITS_AT_MOST:
        return None
    place = np.arange(len(digits)) - np.repeat(starts, lengths)
    values = np.add.reduceat((digits & (_MORE - 1)) << (_BITS * place), starts)
    values -= np.where(digits[ends] & _SIGN, np.int64(1) << (_BITS * lengths), 0)
    for parity in (1, 2):
        values[parity::2] = np.cumsum(values[parity::2])
    return values


def _from_numbers(counts: list[Any], size: tuple[int, int], fault: Fault) -> bytes:
    """Of uncompressed run lengths (whatever JSON held, hence Any)."""
    from pycocotools import mask as coco

    if not all(isinstance(count, int) for count in counts):
        raise fault("a run of the mask is no whole number", _RESTORE)
    _check_runs(np.array(counts, np.int64), size, fault)
    coded = coco.frPyObjects({"size": list(size), "counts": counts}, *size)
    return cast("bytes", coded["counts"])


def _check_runs(lengths: NDArray[np.int64], size: tuple[int, int], fault: Fault) -> None:
    pixels = size[0] * size[1]
    if (lengths < 0).any() or int(lengths.sum()) != pixels:
        covered = int(lengths.sum())
        raise fault(f"the runs of the mask cover {covered} pixels, not {pixels}", _RESTORE)


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
