"""The online loop: one sequence, one frame after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from unitrack.appearance.embed import Embedder, Prepared
from unitrack.data.base import Sequence as Video
from unitrack.data.base import Supervised, Supervisor
from unitrack.engine.clock import Clock
from unitrack.engine.prefetch import ahead
from unitrack.errors import UniTrackError
from unitrack.heads.base import FrameFeatures, TaskHead, Tracker
from unitrack.types import (
    CropFeatures,
    FeatureMap,
    Frame,
    Observation,
    SequenceInfo,
    SequenceResult,
    TrackedObject,
)

__all__ = ["BATCH", "track"]

# Frames per forward pass. A constant, not a setting: the last bits of the features may depend on
# it, and results must not depend on the machine.
BATCH = 2

# Batches decoded ahead; bounds the memory of waiting frames.
_AHEAD = 2

Item = TypeVar("Item")


def track(
    sequence: Video,
    observations: Sequence[Sequence[Observation]],
    head: TaskHead,
    embedder: Embedder,
    *,
    stage: str,
    on_frame: Callable[[], None],
) -> SequenceResult:
    """Run one head over one sequence.

    Args:
        sequence: Frames, decoded ahead on a thread.
        observations: What the tracker is given, per frame index.
        head: The task.
        embedder: The appearance model with the head's preparation.
        stage: Under which name the head's own time is counted.
        on_frame: Called after every frame.

    Returns:
        Tracked objects per frame, with the seconds spent in ``decode`` (on its own thread,
        beside the others), ``backbone`` and ``stage``.

    Raises:
        UniTrackError: If a frame cannot be decoded, or there are fewer frames than the sequence
            states; more are not looked at.
    """
    clock = Clock()
    info = SequenceInfo(sequence.name, sequence.fps, sequence.size, sequence.length)
    tracker = head.start(info, _Embed(embedder, clock))
    supervisor = _supervisor(sequence)
    whole = isinstance(head.needs, FrameFeatures)

    def prepare(frame: Frame) -> Prepared | None:
        if not whole:
            return None
        with clock.stage("decode"):
            return embedder.prepare(frame.image)

    decoded = ahead(_timed(sequence.frames(), clock), prepare, _AHEAD * BATCH)
    frames = []
    for batch in _batches(decoded, BATCH):
        with clock.stage("backbone"):
            maps = _features(embedder, [ready for _, ready in batch])
        for (frame, _), features in zip(batch, maps, strict=True):
            if frame.index >= len(observations):
                break
            with clock.stage(stage):
                if supervisor is None:
                    objects = tuple(tracker.step(frame, features, observations[frame.index]))
                else:
                    objects = _supervised(tracker, supervisor, frame, features)
            frames.append(objects)
            on_frame()
    if len(frames) != sequence.length:
        raise UniTrackError(
            sequence.name,
            f"has {len(frames)} frames, not {sequence.length} as it states",
            "Restore the missing images, or run its beginning with --limit.",
        )
    result = tracker.finish(SequenceResult(sequence.name, tuple(frames)))
    return SequenceResult(result.name, result.frames, clock.seconds)


def _features(embedder: Embedder, ready: list[Prepared | None]) -> Sequence[FeatureMap | None]:
    prepared = [one for one in ready if one is not None]
    return embedder.embed(prepared) if prepared else [None] * len(ready)


@dataclass(frozen=True, slots=True)
class _Embed:
    """Crops of a head through the backbone; the time counts as the backbone's."""

    embedder: Embedder
    clock: Clock

    def normalise(self, image: NDArray[np.uint8]) -> Tensor:
        return self.embedder.normalise(image)

    def __call__(self, crops: Tensor) -> CropFeatures:
        backbone = self.embedder.backbone
        rows, columns = crops.shape[-2:]
        with self.clock.stage("backbone"):
            data = backbone(crops)
        return CropFeatures(
            data, backbone.record.stride, backbone.anchor(columns), backbone.anchor(rows)
        )


def _supervisor(sequence: Video) -> Supervisor | None:
    if not isinstance(sequence, Supervised) or sequence.truth is None:
        return None
    return sequence.supervisor(sequence.truth)


def _supervised(
    tracker: Tracker, supervisor: Supervisor, frame: Frame, features: FeatureMap | None
) -> tuple[TrackedObject, ...]:
    given = supervisor.give(frame.index)
    objects = () if given is None else tracker.step(frame, features, given)
    return supervisor.take(frame.index, objects)


def _timed(frames: Iterator[Frame], clock: Clock) -> Iterator[Frame]:
    while True:
        with clock.stage("decode"):
            frame = next(frames, None)
        if frame is None:
            return
        yield frame


def _batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
