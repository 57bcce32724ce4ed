"""Head ``vis``: link masks over time, and decide the class and score of every track."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from unitrack.errors import UniTrackError
from unitrack.heads.association import AssociationHead
from unitrack.heads.base import Embed, FrameFeatures, Resolve, TaskHead, Tracker
from unitrack.heads.build import mask_head
from unitrack.types import (
    XYXY,
    FeatureMap,
    Frame,
    MaskObservation,
    Observation,
    SequenceInfo,
    SequenceResult,
    Target,
    TrackedObject,
)
from unitrack_mot.data.vis_tubes import frames_of, tubes_of
from unitrack_mot.heads.vis_keep import Kept
from unitrack_mot.heads.vis_settings import VisSettings

__all__ = ["vis"]

_ONE_CLASS = 0


def vis(settings: VisSettings, resolve: Resolve) -> TaskHead:
    """Build the head.

    Args:
        settings: Checked settings.
        resolve: Gives the record of the similarity that is named in them.

    Raises:
        UniTrackError: If the similarity is unknown, cannot be built, or does not take masks.
    """
    return _Vis(mask_head(settings, resolve, draw=_masks), settings)


@dataclass(frozen=True, slots=True)
class _Vis:
    linking: AssociationHead
    settings: VisSettings

    @property
    def needs(self) -> FrameFeatures:
        """Whole frames at their own size."""
        return self.linking.needs

    def start(self, sequence: SequenceInfo, embed: Embed) -> Tracker:
        """A fresh tracker for one video."""
        linking = self.linking.start(sequence, embed)
        apart = not self.settings.across_classes
        if self.settings.tubes == "keep":
            return _Keeping(linking, sequence, self.settings.conf_thres, apart=apart)
        return _Deciding(linking, apart=apart)


@dataclass(frozen=True, slots=True)
class _Linked:
    """A mask as the association sees it: perhaps without its class."""

    mask: MaskObservation
    label: int

    @property
    def box(self) -> XYXY:
        """Box of the mask."""
        return self.mask.box

    @property
    def score(self) -> float:
        """Confidence of the mask."""
        return self.mask.score


def _masks(observations: Sequence[Observation], size: tuple[int, int]) -> Sequence[MaskObservation]:
    """The masks themselves; whether they are of this size is checked by the form."""
    del size
    return [seen.mask for seen in observations if isinstance(seen, _Linked)]


def _link(
    linking: Tracker,
    frame: Frame,
    features: FeatureMap | None,
    masks: Sequence[MaskObservation],
    *,
    apart: bool,
) -> list[tuple[int, MaskObservation]]:
    """Identity and mask of what is tracked in one frame."""
    given = [_Linked(mask, mask.label if apart else _ONE_CLASS) for mask in masks]
    tracked = [(one.id, one.observation) for one in linking.step(frame, features, given)]
    return [(identity, seen.mask) for identity, seen in tracked if isinstance(seen, _Linked)]


def _mask(seen: Observation, where: str) -> MaskObservation:
    """The mask of an observation, whether of a tube or of a frame.

    Raises:
        UniTrackError: If it is another kind of observation.
    """
    inner = seen.observation if isinstance(seen, Target) else seen
    if not isinstance(inner, MaskObservation):
        raise UniTrackError(
            where,
            f"an observation is a {type(inner).__name__}, not a mask",
            "Give masks, or choose a head for what is observed: unitrack list heads",
        )
    return inner


class _Deciding:
    """Tracks are the instances.

    Of two masks on one object the more confident one stays, so they are taken in that order.
    """

    def __init__(self, linking: Tracker, *, apart: bool) -> None:
        self._linking = linking
        self._apart = apart

    def step(
        self, frame: Frame, features: FeatureMap | None, observations: Sequence[Observation]
    ) -> list[TrackedObject]:
        """Link one frame's masks to those before."""
        masks = [_mask(seen, f"frame {frame.name}") for seen in observations]
        masks.sort(key=lambda mask: -mask.score)
        linked = _link(self._linking, frame, features, masks, apart=self._apart)
        return [TrackedObject(identity, mask) for identity, mask in linked]

    def finish(self, result: SequenceResult) -> SequenceResult:
        """One class and score for each track; identities are counted anew from 1."""
        tubes = list(tubes_of(self._linking.finish(result).frames).values())
        frames = tuple(
            tuple(
                TrackedObject(number, replace(mask, score=tube.score, label=tube.label))
                for number, tube, mask in frame
            )
            for frame in frames_of(tubes, len(result.frames))
        )
        return replace(result, frames=frames)


class _Keeping:
    """Tubes that were given are the instances; tracks may take the place of their masks."""

    def __init__(
        self, linking: Tracker, sequence: SequenceInfo, conf_thres: float, *, apart: bool
    ) -> None:
        self._linking = linking
        self._sequence = sequence
        self._kept = Kept(conf_thres)
        self._apart = apart

    def step(
        self, frame: Frame, features: FeatureMap | None, observations: Sequence[Observation]
    ) -> list[TrackedObject]:
        """Link the masks of the tubes; gives the tubes, and the tracks beside them."""
        where = f"{self._sequence.name}: frame {frame.name}"
        tubes = {seen.id: _mask(seen, where) for seen in observations if isinstance(seen, Target)}
        if len(tubes) != len(observations):
            raise UniTrackError(
                where,
                "holds detections of a frame, which belong to no tube that could be kept",
                "Give tubes (entries with segmentations), or add --set tubes=decide.",
            )
        masks = list(tubes.values())
        tracks = dict(_link(self._linking, frame, features, masks, apart=self._apart))
        return self._kept.take(tubes, tracks)

    def finish(self, result: SequenceResult) -> SequenceResult:
        """The tubes, some with the masks of a track."""
        return replace(result, frames=self._kept.settle(self._linking.finish(result).frames))
