"""The authors' way with tubes: each stays, but a track that fits it gives it its masks.

Source:
    Wang et al., NeurIPS 2021, appendix; the rule is that of the authors' code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from unitrack.association.assign import assign
from unitrack.types import MaskObservation, Observation, TrackedObject

__all__ = ["Kept"]

_LIMIT = 0.1  # of 1 - mean overlap, so that tube and track must overlap by more than 0.9
_ALONE = 2  # a video with fewer tubes than that is left as it is

Frames = tuple[tuple[TrackedObject, ...], ...]


class Kept:
    """Tubes and tracks of one video.

    Until the end both travel in the result, tubes under even identities and tracks under odd ones,
    so that nothing here grows with the length of the video; only sums of overlaps are kept.

    Args:
        conf_thres: Tubes with a higher score take part.
    """

    def __init__(self, conf_thres: float) -> None:
        self._conf_thres = conf_thres
        self._overlaps: dict[tuple[int, int], float] = {}

    def take(
        self, tubes: Mapping[int, MaskObservation], tracks: Mapping[int, MaskObservation]
    ) -> list[TrackedObject]:
        """The masks of one frame, by number of the tube and by identity of the track."""
        from pycocotools import mask as coco

        sure = {number: mask for number, mask in tubes.items() if mask.score > self._conf_thres}
        if sure and tracks:
            rles = [[mask.rle for mask in masks.values()] for masks in (sure, tracks)]
            shared = coco.iou(*rles, [0] * len(tracks))
            numbers, identities = list(sure), list(tracks)
            for row, column in np.argwhere(shared > 0).tolist():
                pair = numbers[row], identities[column]
                self._overlaps[pair] = self._overlaps.get(pair, 0.0) + float(shared[row, column])
        given = [TrackedObject(2 * number, mask) for number, mask in tubes.items()]
        linked = [TrackedObject(2 * number + 1, mask) for number, mask in tracks.items()]
        return given + linked

    def settle(self, frames: Sequence[Sequence[TrackedObject]]) -> Frames:
        """The final frames: tubes alone, counted as they were given.

        With fewer than two sure tubes all are given back as they are. Otherwise the unsure ones go,
        and where a track fits a tube, the track's masks are the tube's, with its class and score.

        Args:
            frames: What `take` gave, frame by frame.
        """
        verdicts = {
            one.id // 2: (one.observation.label, one.observation.score)
            for frame in frames
            for one in frame
            if one.id % 2 == 0
        }
        chosen = sorted(n for n, (_, score) in verdicts.items() if score > self._conf_thres)
        fitting = self._fitting(chosen, len(frames))
        if len(chosen) < _ALONE:
            chosen, fitting = sorted(verdicts), {}
        sources = {2 * fitting[n] + 1 if n in fitting else 2 * n: n for n in chosen}
        place = {number: position for position, number in enumerate(chosen, 1)}
        settled = []
        for frame in frames:
            there = [(sources[one.id], one.observation) for one in frame if one.id in sources]
            settled.append(
                tuple(
                    TrackedObject(place[number], _renamed(seen, *verdicts[number]))
                    for number, seen in sorted(there, key=lambda one: one[0])
                )
            )
        return tuple(settled)

    def _fitting(self, sure: Sequence[int], frames: int) -> dict[int, int]:
        """Number of a tube to the identity of the track that fits it.

        The mean is over all frames; one without either of the two counts as no overlap.
        """
        identities = sorted({identity for _, identity in self._overlaps})
        cost = np.ones((len(sure), len(identities)))
        for row, number in enumerate(sure):
            for column, identity in enumerate(identities):
                cost[row, column] -= self._overlaps.get((number, identity), 0.0) / frames
        matches, _, _ = assign(cost, _LIMIT)
        return {sure[row]: identities[column] for row, column in matches.tolist()}


def _renamed(seen: Observation, label: int, score: float) -> MaskObservation:
    """The mask with the class and the score of a tube."""
    assert isinstance(seen, MaskObservation), "tubes and tracks are made of masks"
    return replace(seen, label=label, score=score)
