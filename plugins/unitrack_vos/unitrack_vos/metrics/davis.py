"""The semi-supervised scores of DAVIS: J and F, their recall and decay, over all objects.

Source:
    Perazzi et al., CVPR 2016; Pont-Tuset et al., "The 2017 DAVIS Challenge on Video Object
    Segmentation", 2017. As in the benchmark's own evaluation the first frame, which is given, and
    the last one do not count, and void is background.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unitrack.data.base import Sequence as Video
from unitrack.metrics.base import Metric, Partial, Row, Table
from unitrack.types import SequenceResult
from unitrack_vos.data.labels import union
from unitrack_vos.metrics.objects import Followed, Masks, follow, masks, quality, resampled, table

__all__ = ["davis", "davis2016"]


def davis() -> Metric:
    """DAVIS 2017: each object by its identity."""
    return _Davis(merged=False)


def davis2016() -> Metric:
    """DAVIS 2016: all objects of a sequence as one, on both sides."""
    return _Davis(merged=True)


@dataclass(frozen=True, slots=True)
class _Davis:
    merged: bool

    def evaluate(self, sequence: Video, result: SequenceResult) -> Partial:
        """J and F of each object of the first frame.

        Raises:
            UniTrackError: If the sequence has no truth.
        """
        true, found = masks(sequence, result)
        if self.merged:
            true, found = ([_merged(frame) for frame in frames] for frames in (true, found))
        frames = range(1, len(true) - 1)
        names = sorted(true[0])
        return {"objects": [follow(result.name, i, true, found, frames) for i in names]}

    def combine(self, partials: Sequence[Partial]) -> Row:
        """Means over all objects of all sequences, whatever sequence they are of."""
        return quality(_objects(partials))

    def resample(
        self, partials: Sequence[Partial], counts: NDArray[np.int64]
    ) -> Mapping[str, NDArray[np.float64]]:
        """The same of many draws of the sequences."""
        return resampled([partial["objects"] for partial in partials], counts, quality)

    def breakdown(
        self, videos: Mapping[str, Video], partials: Mapping[str, Partial]
    ) -> Mapping[str, Table]:
        """A row an object, where a sequence has several."""
        del videos
        objects = _objects(partials.values())
        return {"object": table(objects)} if len(objects) > len(partials) else {}


def _objects(partials: Iterable[Partial]) -> list[Followed]:
    return [one for partial in partials for one in partial["objects"]]


def _merged(frame: Masks) -> Masks:
    parts = list(frame.values())
    return {1: union(parts, parts[0].size)} if parts else {}
