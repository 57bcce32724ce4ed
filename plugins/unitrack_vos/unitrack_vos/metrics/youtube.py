"""The scores of YouTube-VOS: J and F as in DAVIS, in the frames after an object's first.

Source:
    Xu et al., "YouTube-VOS: A Large-Scale Video Object Segmentation Benchmark", 2018. Objects of
    categories seen in training and of others are averaged apart; their mean is the overall G.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unitrack.data.base import Sequence as Video
from unitrack.metrics.base import Metric, Partial, Row, Table
from unitrack.types import SequenceResult
from unitrack_vos.data.meta import UNSEEN
from unitrack_vos.metrics.objects import Followed, follow, masks, mean, resampled, table

__all__ = ["youtube_vos"]


def youtube_vos() -> Metric:
    """Scores over all objects, and by kind of category where the truth tells it."""
    return _YouTube()


@dataclass(frozen=True, slots=True)
class _YouTube:
    def evaluate(self, sequence: Video, result: SequenceResult) -> Partial:
        """J and F of each object, in every annotated frame after the one in which it is given.

        Raises:
            UniTrackError: If the sequence has no truth.
        """
        true, found = masks(sequence, result)
        annotated: dict[int, list[int]] = {}
        for index, frame in enumerate(true):
            for identity in frame:
                annotated.setdefault(identity, []).append(index)
        return {
            "objects": [
                follow(result.name, identity, true, found, frames[1:])
                for identity, frames in sorted(annotated.items())
            ]
        }

    def combine(self, partials: Sequence[Partial]) -> Row:
        """Means over all objects that have a frame that counts."""
        return mean(_objects(partials))

    def resample(
        self, partials: Sequence[Partial], counts: NDArray[np.int64]
    ) -> Mapping[str, NDArray[np.float64]]:
        """The same of many draws of the sequences."""
        return resampled([partial["objects"] for partial in partials], counts, mean)

    def breakdown(
        self, videos: Mapping[str, Video], partials: Mapping[str, Partial]
    ) -> Mapping[str, Table]:
        """A row an object; and the official scores, where classes of both kinds are known."""
        del videos
        objects = _objects(partials.values())
        seen = [one for one in objects if 0 < one.label <= UNSEEN]
        unseen = [one for one in objects if one.label > UNSEEN]
        rows = {"seen": mean(seen), "unseen": mean(unseen)}
        kinds = {name: row for name, row in rows.items() if row}
        if len(kinds) == len(rows):
            kinds["G"] = {n: float(np.mean([row[n] for row in rows.values()])) for n in mean(seen)}
        return {**({"classes": kinds} if kinds else {}), "object": table(objects)}


def _objects(partials: Iterable[Partial]) -> list[Followed]:
    return [one for partial in partials for one in partial["objects"]]
