"""Promises of a head: one task, any number of videos, bounded memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

from unitrack.heads.base import Crops, FrameFeatures, TaskHead, Tracker
from unitrack.registry.manager import registry
from unitrack.registry.records import HeadRecord, load
from unitrack.testing.memory import reachable_bytes
from unitrack.testing.scenes import Scene, embed, features, given
from unitrack.testing.subject import Subject
from unitrack.types import FeatureMap, Frame, SequenceResult, TrackedObject

__all__ = ["CHECKS"]

_HALF = 100  # frames
_SLACK_BYTES = 4096
_GROWTH = 1.25


def check_says_what_it_needs(subject: Subject[HeadRecord]) -> None:
    """The head asks for whole frames or for crops."""
    assert isinstance(_head(subject).needs, FrameFeatures | Crops), f"{subject}: needs"


def check_gives_tracked_objects(subject: Subject[HeadRecord]) -> None:
    """Every step gives a list of tracked objects, and some step gives any."""
    scene = _scene(subject)
    found: list[object] = [one for frame in _run(_head(subject), scene) for one in frame]
    assert found, f"{subject}: nothing was tracked in {scene.length} frames with objects"
    strange = {type(one).__name__ for one in found if not isinstance(one, TrackedObject)}
    assert not strange, f"{subject}: gives {', '.join(strange)}"


def check_ids_are_unique_in_a_frame(subject: Subject[HeadRecord]) -> None:
    """Ids are whole numbers from 1, and no frame holds one twice."""
    for index, frame in enumerate(_run(_head(subject), _scene(subject))):
        counts = Counter(one.id for one in frame)
        where = f"{subject}: frame {index}: ids {dict(counts)}"
        assert all(cast("object", type(number)) is int for number in counts), where
        assert min(counts, default=1) >= 1, where
        assert max(counts.values(), default=1) == 1, where


def check_starts_afresh(subject: Subject[HeadRecord]) -> None:
    """One head follows one video after the other as if each were the first."""
    head, scene = _head(subject), _scene(subject)
    first = _run(head, scene)
    _run(head, _other(subject))
    assert _run(head, scene) == first, f"{subject}: a video depends on those before it"


def check_videos_do_not_mix(subject: Subject[HeadRecord]) -> None:
    """Two videos stepped in turn give what each gives alone."""
    scenes = (_scene(subject), _other(subject))
    expected = [_run(_head(subject), scene) for scene in scenes]
    head = _head(subject)
    in_turn = [_steps(head, head.start(scene.info, embed), scene) for scene in scenes]
    for index, (found, alone) in enumerate(
        zip(zip(*in_turn, strict=True), zip(*expected, strict=True), strict=True)
    ):
        assert found == alone, f"{subject}: frame {index} differs"


def check_same_input_same_output(subject: Subject[HeadRecord]) -> None:
    """Two heads with the same settings say the same."""
    scene = _scene(subject)
    assert _run(_head(subject), scene) == _run(_head(subject), scene), f"{subject}"


def check_frames_without_observations_are_ordinary(subject: Subject[HeadRecord]) -> None:
    """A head goes on when nothing is seen, at the beginning and in between."""
    head, scene = _head(subject), _scene(subject)
    tracker = head.start(scene.info, embed)
    seen = given(scene)
    late = 2 if scene.stage == "propagation" else 0  # targets are given in their first frame only
    for frame in scene.frames():
        there = seen[max(frame.index - late, 0)] if 2 <= frame.index % 8 <= 5 else ()  # noqa: PLR2004 - any gaps
        tracker.step(frame, _features(head, frame), there)


def check_finish_keeps_the_video(subject: Subject[HeadRecord]) -> None:
    """The end of a video keeps its name and its number of frames."""
    head, scene = _head(subject), _scene(subject)
    tracker = head.start(scene.info, embed)
    frames = tuple(tuple(step) for step in _steps(head, tracker, scene))
    finished = tracker.finish(SequenceResult(scene.name, frames))
    assert (finished.name, len(finished.frames)) == (scene.name, scene.length), f"{subject}"


def check_memory_is_bounded(subject: Subject[HeadRecord]) -> None:
    """After 200 frames of objects that come and go the tracker holds no more than after 100."""
    scene = replace(_scene(subject), name="long", length=2 * _HALF)
    head = _head(subject)
    tracker = head.start(scene.info, embed)
    held = [reachable_bytes(tracker) for _ in _steps(head, tracker, scene)]
    # Objects come and go, so the peaks of two stretches are compared, not two frames.
    early, late = max(held[_HALF // 2 : _HALF]), max(held[-_HALF // 2 :])
    assert late <= _GROWTH * early + _SLACK_BYTES, f"{subject}: {early} bytes, later {late}"


def check_protocols_are_valid_settings(subject: Subject[HeadRecord]) -> None:
    """Every protocol names settings of the head, with values that fit."""
    if not subject.record.protocols:
        return
    protocols = cast("Mapping[str, Mapping[str, Any]]", load(subject.record.protocols))
    for name, values in protocols.items():
        assert subject.record.settings, f"{subject}: protocol {name} without settings"
        model = cast("Any", load(subject.record.settings))  # a pydantic model of the plugin's own
        unknown = values.keys() - model.model_fields.keys()
        assert not unknown, f"{subject}: protocol {name} names unknown settings {unknown}"
        subject.build(model(**values), registry().get)


def _scene(subject: Subject[HeadRecord]) -> Scene:
    """A video for this kind of head."""
    return Scene("made-up", stage=subject.record.stage, shape=subject.record.shape)


def _other(subject: Subject[HeadRecord]) -> Scene:
    return replace(_scene(subject), name="another", seed=7)


def _head(subject: Subject[HeadRecord]) -> TaskHead:
    return cast("TaskHead", subject.build(subject.settings, registry().get))


def _run(head: TaskHead, scene: Scene) -> list[list[TrackedObject]]:
    return list(_steps(head, head.start(scene.info, embed), scene))


def _steps(head: TaskHead, tracker: Tracker, scene: Scene) -> Iterator[list[TrackedObject]]:
    seen = given(scene)
    for frame in scene.frames():
        yield tracker.step(frame, _features(head, frame), seen[frame.index])


def _features(head: TaskHead, frame: Frame) -> FeatureMap | None:
    return features(frame.image) if isinstance(head.needs, FrameFeatures) else None


CHECKS = (
    check_says_what_it_needs,
    check_gives_tracked_objects,
    check_ids_are_unique_in_a_frame,
    check_starts_afresh,
    check_videos_do_not_mix,
    check_same_input_same_output,
    check_frames_without_observations_are_ordinary,
    check_finish_keeps_the_video,
    check_memory_is_bounded,
    check_protocols_are_valid_settings,
)
