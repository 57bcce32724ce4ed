"""Scores of masks: HOTA, CLEAR and Identity of each class, outside the regions to be ignored.

Source:
    Voigtlaender et al., CVPR 2019 (MOTS, sMOTSA); per frame as trackeval does it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco

from unitrack.data.base import Sequence as Video
from unitrack.errors import UniTrackError
from unitrack.metrics import trackeval
from unitrack.metrics.base import Metric, Partial, Row, Table
from unitrack.metrics.trackeval import Matched
from unitrack.types import MaskObservation, Observation, SequenceResult, TrackedObject, TruthObject
from unitrack_mot.data.mots_classes import IGNORED, KITTI_CLASSES, MOTS_CLASSES
from unitrack_mot.metrics.overlap import EPS, matched_pairs

__all__ = ["kitti_mots", "mots"]

_MAX_SHARE_IGNORED = 0.5
# The benchmarks' own names of trackeval's scores.
_NAMES = {"MOTA": "MOTSA", "MOTP": "MOTSP", "sMOTA": "sMOTSA"}

Coded = dict[str, object]  # what pycocotools takes


def mots() -> Metric:
    """Scores of MOTS20."""
    return _MaskMetric(MOTS_CLASSES)


def kitti_mots() -> Metric:
    """Scores of KITTI-MOTS; the benchmark's own are those per class."""
    return _MaskMetric(KITTI_CLASSES)


@dataclass(frozen=True, slots=True)
class _MaskMetric:
    """Each class is matched by itself; together their counts are summed, then ratios are taken.

    Attributes:
        names: Of the classes; others are scored as well, under their number.
    """

    names: Mapping[int, str]

    def evaluate(self, sequence: Video, result: SequenceResult) -> Partial:
        """Count on one sequence, per class that occurs.

        Raises:
            UniTrackError: If the sequence has no truth, or something is no mask of its size.
        """
        if sequence.truth is None:
            raise UniTrackError(
                sequence.name, "has no annotation", "Choose an annotated split with --split."
            )
        frames = [
            (_Masks.true(sequence, index, truth), _Masks.found(sequence, index, objects))
            for index, (truth, objects) in enumerate(
                zip(sequence.truth, result.frames, strict=True)
            )
        ]
        labels = {int(label) for pair in frames for masks in pair for label in masks.labels}
        chosen = sorted(labels - {IGNORED}) or [next(iter(self.names))]
        return {
            self.names.get(label, str(label)): trackeval.evaluate(
                [_matched(label, truth, found) for truth, found in frames]
            )
            for label in chosen
        }

    def combine(self, partials: Sequence[Partial]) -> Row:
        """The scores over sequences and classes."""
        row = trackeval.combine([counts for partial in partials for counts in partial.values()])
        return {_NAMES.get(name, name): value for name, value in row.items()}

    def resample(
        self, partials: Sequence[Partial], counts: NDArray[np.int64]
    ) -> Mapping[str, NDArray[np.float64]]:
        """The same of many draws of the sequences."""
        owners = [row for row, partial in enumerate(partials) for _ in partial]
        parts = [counted for partial in partials for counted in partial.values()]
        scores = trackeval.resample(parts, counts[:, owners])
        return {_NAMES.get(name, name): values for name, values in scores.items()}

    def breakdown(
        self, videos: Mapping[str, Video], partials: Mapping[str, Partial]
    ) -> Mapping[str, Table]:
        """A row a class, over all sequences; nothing where there is one class only."""
        del videos
        present = {name for partial in partials.values() for name in partial}
        ordered = [name for name in self.names.values() if name in present]
        ordered += sorted(present.difference(ordered))
        if len(ordered) < 2:  # noqa: PLR2004 - several
            return {}
        table = {
            name: self.combine([{name: p[name]} for p in partials.values() if name in p])
            for name in ordered
        }
        return {"class": table}


@dataclass(frozen=True, slots=True)
class _Masks:
    """Masks of one frame.

    Attributes:
        ids: ``(N,)``.
        labels: Class numbers, ``(N,)``.
        coded: As pycocotools takes them, N.
    """

    ids: NDArray[np.int64]
    labels: NDArray[np.int64]
    coded: list[Coded]

    @classmethod
    def true(cls, video: Video, index: int, objects: Sequence[TruthObject]) -> _Masks:
        """The truth; what does not count is to be ignored."""
        ids = [one.id for one in objects]
        labels = [one.observation.label if one.counted else IGNORED for one in objects]
        return cls._of(video, index, ids, labels, [one.observation for one in objects])

    @classmethod
    def found(cls, video: Video, index: int, objects: Sequence[TrackedObject]) -> _Masks:
        """The result."""
        ids = [one.id for one in objects]
        labels = [one.observation.label for one in objects]
        return cls._of(video, index, ids, labels, [one.observation for one in objects])

    @classmethod
    def _of(
        cls,
        video: Video,
        index: int,
        ids: Sequence[int],
        labels: Sequence[int],
        seen: Sequence[Observation],
    ) -> _Masks:
        # pycocotools gives an overlap of -1 for masks of different sizes, so they are refused here.
        for one, identity in zip(seen, ids, strict=True):
            if not isinstance(one, MaskObservation) or one.size != video.size:
                raise UniTrackError(
                    f"{video.name}: frame {index}, object {identity}",
                    "is no mask of the size of the picture",
                    "Score boxes with --data of a benchmark of boxes.",
                )
        coded = [one.rle for one in seen if isinstance(one, MaskObservation)]
        return cls(np.array(ids, np.int64), np.array(labels, np.int64), coded)

    def only(self, label: int) -> _Masks:
        """Masks of one class."""
        kept = self.labels == label
        coded = [self.coded[row] for row in np.flatnonzero(kept)]
        return _Masks(self.ids[kept], self.labels[kept], coded)


def _matched(label: int, truth: _Masks, objects: _Masks) -> Matched:
    """One class of one frame, without what lies unmatched in the regions to be ignored."""
    true, found = truth.only(label), objects.only(label)
    similarity = _shares(true.coded, found.coded, crowd=False)
    ignored = truth.only(IGNORED).coded
    regions = [coco.merge(ignored, intersect=False)] if ignored else []
    inside = _shares(found.coded, regions, crowd=True) > _MAX_SHARE_IGNORED + EPS
    removed = np.logical_or.reduce(inside, axis=1)
    _, columns = matched_pairs(similarity)
    removed[columns] = False
    return Matched(true.ids, found.ids[~removed], similarity[:, ~removed])


def _shares(first: list[Coded], second: list[Coded], *, crowd: bool) -> NDArray[np.float64]:
    """Overlap of every pair, ``(N, M)``: over the union, or with ``crowd`` over the first alone."""
    if not first or not second:
        return np.zeros((len(first), len(second)))
    return np.asarray(coco.iou(first, second, [crowd] * len(second)), np.float64)
