"""The template of every head that links given observations: boxes, masks, poses."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from unitrack.association.associator import Associator, Detections
from unitrack.association.base import Similarity
from unitrack.association.config import AssociationConfig
from unitrack.heads.base import Embed, FrameFeatures
from unitrack.heads.boxes import Boxes
from unitrack.heads.confidence import Confidence
from unitrack.heads.form import Form
from unitrack.heads.tidy import without_brief, without_unsure
from unitrack.types import (
    FeatureMap,
    Frame,
    Observation,
    SequenceInfo,
    SequenceResult,
    TrackedObject,
)

__all__ = ["AssociationHead"]

_LOG = logging.getLogger("unitrack")


@dataclass(frozen=True, slots=True, kw_only=True)
class AssociationHead:
    """Observations in, observations with identities out.

    Attributes:
        similarity: Compares looks.
        config: How tracklets are matched and live.
        form: What an observation is: `unitrack.heads.boxes.Boxes` or
            `unitrack.heads.masks.Masks`, which also takes poses.
        letterbox: Height and width that frames are fitted into, or None for native size.
        conf_thres: Observations with a higher score take part.
        lost_frames: Frames a tracklet may stay unseen; None for ``lost_seconds``.
        lost_seconds: Seconds it may.
        noise_fps: Frame rate from which on the filter's noise is as it is; at lower rates it is
            larger in proportion. None for everywhere.
        doubtful: Share of the scores so far below which an observation starts no track.
        least_seen: Tracks in fewer frames are taken out in the end.
        unsure_seconds: So are tracks at least that long whose scores are low throughout; 0 keeps
            them.
    """

    similarity: Similarity
    config: AssociationConfig
    form: Form = field(default_factory=Boxes)
    letterbox: tuple[int, int] | None = None
    conf_thres: float = 0.5
    lost_frames: int | None = None
    lost_seconds: float = 1.0
    noise_fps: float | None = None
    doubtful: float = 0.0
    least_seen: int = 1
    unsure_seconds: float = 0.0

    @property
    def needs(self) -> FrameFeatures:
        """Whole frames."""
        return FrameFeatures(letterbox=self.letterbox)

    def start(self, sequence: SequenceInfo, embed: Embed) -> _Tracker:
        """A fresh tracker for one sequence."""
        del embed
        # A hair above fps, because fps / stride may fall a hair below a whole number.
        seconds = int(self.lost_seconds * sequence.fps + 1e-6)
        lost_frames = seconds if self.lost_frames is None else self.lost_frames
        noise = max(1.0, self.noise_fps / sequence.fps) if self.noise_fps else 1.0
        associator = Associator(self.config, self.similarity, lost_frames, noise)
        return _Tracker(self, sequence, associator)


class _Tracker:
    """One sequence: observations to arrays, arrays to tracked objects."""

    def __init__(
        self, head: AssociationHead, sequence: SequenceInfo, associator: Associator
    ) -> None:
        self._head = head
        self._sequence = sequence
        self._associator = associator
        self._confidence = Confidence(head.doubtful)
        self._given = 0
        self._taken = 0

    def step(
        self, frame: Frame, features: FeatureMap | None, observations: Sequence[Observation]
    ) -> list[TrackedObject]:
        """Link one frame's observations to those before."""
        assert features is not None, "the engine gives what `needs` asks for"
        kept = [seen for seen in observations if seen.score > self._head.conf_thres]
        self._given += len(observations)
        self._taken += len(kept)
        form, similarity = self._head.form, self._head.similarity
        taken = form.take(self._sequence, frame, features, kept)
        scores = [seen.score for seen in taken.observations]
        tracked = self._associator.step(
            Detections(
                boxes=taken.boxes,
                labels=np.array([seen.label for seen in taken.observations], dtype=np.int64),
                looks=similarity.describe(frame, taken.features, taken.observations),
                sure=self._confidence.sure(scores) if self._head.doubtful else None,
            )
        )
        return form.give(self._sequence, tracked, taken)

    def finish(self, result: SequenceResult) -> SequenceResult:
        """Tidy the tracks up as the head says; warn if a limit left nothing of the sequence."""
        if self._given and not self._taken:
            _LOG.warning(
                "%s: all %d observations have a score of %g or less, so nothing was tracked; "
                "lower the limit with --set conf_thres=",
                self._sequence.name,
                self._given,
                self._head.conf_thres,
            )
        # In a sequence that is itself as brief, every track is.
        least = min(self._head.least_seen, len(result.frames))
        tidied = without_brief(result, least) if least > 1 else result
        if self._head.unsure_seconds:
            judged = max(2, int(self._head.unsure_seconds * self._sequence.fps + 1e-6))
            tidied = without_unsure(tidied, judged)
        if any(result.frames) and not any(tidied.frames):
            _LOG.warning(
                "%s: every track is in fewer than %d frames, so all were taken out; "
                "keep them with --set least_seen=1",
                self._sequence.name,
                least,
            )
        return tidied
