from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import ValidationError

from unitrack.errors import UniTrackError
from unitrack.heads.base import FrameFeatures
from unitrack.registry.manager import registry
from unitrack.testing.scenes import embed, features
from unitrack.types import (
    BoxObservation,
    Frame,
    MaskObservation,
    Observation,
    SequenceInfo,
    SequenceResult,
    Target,
    TrackedObject,
)
from unitrack_mot.heads.vis import vis
from unitrack_mot.heads.vis_settings import PROTOCOLS, VisSettings

SIZE = (96, 192)
SIDE = 32
Box = tuple[int, int]  # left and top; all objects are squares
Seen = Sequence[Sequence[Observation]]


def _texture(seed: int) -> NDArray[np.uint8]:
    blocks = np.random.default_rng(seed).integers(0, 256, (SIDE // 4, SIDE // 4, 3), np.uint8)
    return blocks.repeat(4, 0).repeat(4, 1)


def _mask(at: Box, score: float = 0.9, label: int = 1, size: tuple[int, int] = SIZE) -> Observation:
    left, top = at
    mask = np.zeros(size, np.bool_)
    mask[top : top + SIDE, left : left + SIDE] = True
    return MaskObservation.of(mask, score, label)


def _picture(objects: Mapping[int, Box]) -> NDArray[np.uint8]:
    """Squares, each of its own texture, on a plain ground."""
    image = np.full((*SIZE, 3), 90, np.uint8)
    for seed, (left, top) in objects.items():
        image[top : top + SIDE, left : left + SIDE] = _texture(seed)
    return image


def _run(
    pictures: Sequence[NDArray[np.uint8]], seen: Seen, protocol: str = "default", **values: Any
) -> SequenceResult:
    """The head on a video; ``values`` are settings as a person would type them."""
    head = vis(VisSettings(**{**PROTOCOLS[protocol], **values}), registry().get)
    tracker = head.start(SequenceInfo("clip", 6.0, SIZE, len(pictures)), embed)
    frames = tuple(
        tuple(tracker.step(Frame(index, f"{5 * index:05d}", image), features(image), seen[index]))
        for index, image in enumerate(pictures)
    )
    return tracker.finish(SequenceResult("clip", frames))


def _ids(result: SequenceResult) -> list[list[int]]:
    return [[one.id for one in frame] for frame in result.frames]


def _path(count: int, step: int = 8, top: int = 32) -> list[Box]:
    return [(step * index, top) for index in range(count)]


def test_the_head_asks_for_frames_as_they_are() -> None:
    assert vis(VisSettings(), registry().get).needs == FrameFeatures()


def test_one_object_is_one_instance_with_its_own_masks() -> None:
    path = _path(5)
    seen = [[_mask(at)] for at in path]
    result = _run([_picture({1: at}) for at in path], seen)
    assert _ids(result) == [[1]] * 5
    assert [frame[0].observation for frame in result.frames] == [one[0] for one in seen]


def test_one_frame_is_enough() -> None:
    result = _run([_picture({1: (0, 32)})], [[_mask((0, 32))]])
    assert _ids(result) == [[1]]


def test_a_video_without_anything_is_ordinary() -> None:
    assert _ids(_run([_picture({})] * 3, [[], [], []])) == [[], [], []]


@pytest.mark.parametrize(("hidden", "ids"), [(5, {1}), (7, {1, 2})])
def test_an_object_hidden_for_less_than_a_second_stays_itself(hidden: int, ids: set[int]) -> None:
    path = _path(hidden + 4)
    there = [index < 2 or index >= 2 + hidden for index in range(len(path))]
    seen = [[_mask(at)] if here else [] for at, here in zip(path, there, strict=True)]
    pictures = [_picture({1: at} if here else {}) for at, here in zip(path, there, strict=True)]
    result = _run(pictures, seen)
    assert [len(frame) for frame in result.frames] == there
    assert {number for frame in _ids(result) for number in frame} == ids


def test_looks_tell_apart_whom_places_do_not() -> None:
    # The two change places while nobody looks.
    pictures = [
        _picture({1: (0, 32), 2: (96, 32)}),
        _picture({}),
        _picture({2: (0, 32), 1: (96, 32)}),
    ]
    seen: Seen = [[_mask((0, 32)), _mask((96, 32))], [], [_mask((0, 32)), _mask((96, 32))]]
    last = _run(pictures, seen).frames[2]
    assert {one.id: one.observation.box[0] for one in last} == {1: 96, 2: 0}


def test_two_identical_objects_are_two_instances() -> None:
    upper, lower = _path(4, top=0), _path(4, top=56)
    pictures = []
    for places in zip(upper, lower, strict=True):
        image = _picture({})
        for left, top in places:
            image[top : top + SIDE, left : left + SIDE] = _texture(1)
        pictures.append(image)
    seen = [[_mask(one), _mask(other)] for one, other in zip(upper, lower, strict=True)]
    assert all(sorted(frame) == [1, 2] for frame in _ids(_run(pictures, seen)))
    # Looks alone cannot say which is which; the least weight on the place can.
    result = _run(pictures, seen, motion_lambda=0.9999)
    tops = {one.id: one.observation.box[1] for one in result.frames[0]}
    for frame in result.frames:
        assert {one.id: one.observation.box[1] for one in frame} == tops


def test_class_and_score_are_decided_over_the_life_of_a_track() -> None:
    path = _path(4)
    said = [(0.9, 1), (0.6, 2), (0.8, 2), (0.7, 2)]
    seen = [[_mask(at, *verdict)] for at, verdict in zip(path, said, strict=True)]
    result = _run([_picture({1: at}) for at in path], seen)
    assert _ids(result) == [[1]] * 4
    assert {one[0].observation.label for one in result.frames} == {2}
    (score,) = {one[0].observation.score for one in result.frames}
    assert score == pytest.approx((0.6 + 0.8 + 0.7) / 4)


def test_a_constant_class_and_score_are_kept_to_the_last_bit() -> None:
    path = _path(7)
    score = 0.1 + 0.2 + 0.3
    result = _run([_picture({1: at}) for at in path], [[_mask(at, score, 3)] for at in path])
    assert {(o.observation.label, o.observation.score) for f in result.frames for o in f} == {
        (3, score)
    }


def test_classes_can_be_kept_apart() -> None:
    path = _path(3)
    seen = [[_mask(at, label=1 + index % 2)] for index, at in enumerate(path)]
    pictures = [_picture({1: at}) for at in path]
    result = _run(pictures, seen, across_classes=False)
    assert _ids(result) == [[1], [2], [1]]
    assert [frame[0].observation.label for frame in result.frames] == [1, 2, 1]
    assert _ids(_run(pictures, seen)) == [[1]] * 3


def test_of_two_masks_on_one_object_the_more_confident_one_stays() -> None:
    path = _path(3)
    seen = [[_mask(at, 0.6, 2), _mask(at, 0.8, 1)] for at in path]
    result = _run([_picture({1: at}) for at in path], seen)
    assert [[one.observation.label for one in frame] for frame in result.frames] == [[1]] * 3
    apart = _run([_picture({1: at}) for at in path], seen, across_classes=False)
    assert [len(frame) for frame in apart.frames] == [2] * 3


def test_identities_are_counted_from_one_without_gaps() -> None:
    # With limits that hardly anything keeps, a mask six pixels aside starts a track of its own; one
    # on the lost first track is dropped as its duplicate before it is ever reported, which uses up
    # an identity.
    still, aside, far = (40, 32), (46, 32), (150, 0)
    seen = [[_mask(still)], [_mask(aside)], [_mask(still)], [_mask(far)]]
    pictures = [_picture({1: still, 2: far})] * 4
    result = _run(pictures, seen, stage1_limit=1e-5, stage2_limit=1e-3, motion="off")
    assert _ids(result) == [[1], [2], [], [3]]


def _tubes(*tubes: tuple[Sequence[Box | None], float, int]) -> list[list[Observation]]:
    """Places, score and class of each tube, as the observations of every frame."""
    length = len(tubes[0][0])
    return [
        [
            Target(number, _mask(at, score, label))
            for number, (places, score, label) in enumerate(tubes, 1)
            if (at := places[index]) is not None
        ]
        for index in range(length)
    ]


def test_tubes_may_be_linked_anew() -> None:
    # A detector's tube breaks; looks put it together again.
    path = _path(6)
    first: list[Box | None] = [*path[:3], None, None, None]
    second: list[Box | None] = [None, None, None, *path[3:]]
    pictures = [_picture({1: at}) for at in path]
    result = _run(pictures, _tubes((first, 0.9, 1), (second, 0.6, 1)))
    assert _ids(result) == [[1]] * 6
    assert result.frames[0][0].observation.score == pytest.approx(0.75)


def test_the_authors_keep_tubes_with_their_classes_and_scores() -> None:
    upper, lower = _path(4, top=0), _path(4, top=56)
    pictures = [_picture({1: one, 2: other}) for one, other in zip(upper, lower, strict=True)]
    given = _tubes((upper, 0.9, 4), (lower, 0.6, 2), ([(150, 30)] * 4, 0.3, 1))
    result = _run(pictures, given, "authors")
    verdicts = [
        {(o.id, o.observation.label, o.observation.score) for o in f} for f in result.frames
    ]
    assert verdicts == [{(1, 4, 0.9), (2, 2, 0.6)}] * 4  # the third is not sure enough


def test_the_authors_leave_a_video_with_one_sure_tube_as_it_is() -> None:
    path = _path(3)
    given = _tubes((path, 0.9, 4), ([(150, 30), None, (150, 30)], 0.3, 1))
    result = _run([_picture({1: at}) for at in path], given, "authors")
    for frame, seen in zip(result.frames, given, strict=True):
        assert frame == tuple(
            TrackedObject(one.id, one.observation) for one in seen if isinstance(one, Target)
        )


def test_a_track_gives_its_masks_to_the_tube_that_it_fits() -> None:
    # The detector exchanges two tubes in the last of twelve frames; tracks follow the looks and
    # fit the tubes in eleven of twelve frames, more than 0.9 of them.
    count = 12
    upper, lower = _path(count, top=0), _path(count, top=56)
    one, other = [*upper[:-1], lower[-1]], [*lower[:-1], upper[-1]]
    pictures = [_picture({1: a, 2: b}) for a, b in zip(upper, lower, strict=True)]
    result = _run(pictures, _tubes((one, 0.9, 4), (other, 0.6, 2)), "authors")
    for index, frame in enumerate(result.frames):
        tops = {tracked.observation.label: tracked.observation.box[1] for tracked in frame}
        assert tops == {4: 0, 2: 56}, index


def test_a_track_that_does_not_fit_leaves_the_tube_alone() -> None:
    # The same exchange after four of six frames: no track fits any tube in more than 0.9 of them.
    count = 6
    upper, lower = _path(count, top=0), _path(count, top=56)
    one, other = [*upper[:4], *lower[4:]], [*lower[:4], *upper[4:]]
    pictures = [_picture({1: a, 2: b}) for a, b in zip(upper, lower, strict=True)]
    given = _tubes((one, 0.9, 4), (other, 0.6, 2))
    result = _run(pictures, given, "authors")
    assert [{(o.id, o.observation) for o in frame} for frame in result.frames] == [
        {(t.id, t.observation) for t in frame if isinstance(t, Target)} for frame in given
    ]


def test_a_tube_that_is_seldom_there_is_never_fitted() -> None:
    # Frames in which neither is there count as no overlap, as in the authors' program.
    path: list[Box | None] = [*_path(4), None, None]
    still: list[Box | None] = [(150, 56)] * 6
    pictures = [_picture({1: at or (0, 0), 2: (150, 56)}) for at in path]
    result = _run(pictures, _tubes((path, 0.9, 1), (still, 0.8, 2)), "authors")
    assert _ids(result) == [[1, 2]] * 4 + [[2]] * 2


def test_detections_of_frames_cannot_be_kept() -> None:
    with pytest.raises(UniTrackError, match="clip: frame 00000: holds detections") as caught:
        _run([_picture({})], [[_mask((0, 0))]], "authors")
    assert "--set tubes=decide" in caught.value.mend


@pytest.mark.parametrize("protocol", ["default", "authors"])
def test_what_is_no_mask_is_refused(protocol: str) -> None:
    box = BoxObservation((0, 0, 9, 9))
    given: Observation = box if protocol == "default" else Target(1, box)
    with pytest.raises(UniTrackError, match="is a BoxObservation, not a mask"):
        _run([_picture({})], [[given]], protocol)


def test_a_mask_of_another_size_is_refused() -> None:
    with pytest.raises(UniTrackError, match="is a mask of 64x64, but the picture is 192x96"):
        _run([_picture({})], [[_mask((0, 0), size=(64, 64))]])


def test_the_defaults_are_those_of_the_design() -> None:
    settings = VisSettings()
    assert (settings.max_points, settings.motion_lambda, settings.motion_gated) == (1000, 1, False)
    assert (settings.lost_frames, settings.dup_iou_thres, settings.conf_thres) == (6, 0.2, 0.5)
    limits = (settings.stage1_limit, settings.stage2_limit, settings.confirm)
    assert limits == (0.7, 0.5, False)


def test_protocols_are_valid_and_the_authors_keep_tubes() -> None:
    assert set(PROTOCOLS) == {"default", "authors", "paper", "best"}
    assert PROTOCOLS["default"] == {}
    for values in PROTOCOLS.values():
        VisSettings(**values)
    assert VisSettings(**PROTOCOLS["authors"]).tubes == "keep"
    assert VisSettings(**PROTOCOLS["paper"]).tubes == "decide"


def test_every_setting_says_what_it_is() -> None:
    for name, field in VisSettings.model_fields.items():
        assert field.description, name
        assert isinstance(field.json_schema_extra, dict), name
        assert {"unit", "note"} <= set(field.json_schema_extra), name
    with pytest.raises(ValidationError):
        VisSettings(tubes="sometimes")  # type: ignore[arg-type]
