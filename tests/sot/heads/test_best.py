"""Protocol ``best`` on what is hard or wrong: every answer is a box of numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from unitrack.data.select import select
from unitrack.registry.manager import registry
from unitrack.testing.scenes import Scene, embed, given
from unitrack.types import XYXY, BoxObservation, Frame, SequenceInfo, Target
from unitrack_sot.heads.settings import PROTOCOLS, SotSettings
from unitrack_sot.heads.sot import sot

SIZE = (120, 160)
SIDE = (28, 22)  # of the object, height and width


def _picture(*places: tuple[int, int]) -> np.ndarray:
    """One object, drawn as often as there are places (x, y), on a textured ground."""
    rng = np.random.default_rng(1)
    image = (rng.integers(0, 256, (SIZE[0] // 4, SIZE[1] // 4, 3)) // 4).astype(np.uint8)
    image = image.repeat(4, 0).repeat(4, 1)
    texture = rng.integers(0, 256, (7, 6, 3)).astype(np.uint8).repeat(4, 0).repeat(4, 1)
    for x, y in places:
        image[y : y + SIDE[0], x : x + SIDE[1]] = texture[: SIDE[0], : SIDE[1]]
    return image


def _follow(pictures: Sequence[np.ndarray], box: XYXY) -> tuple[np.ndarray, list[float]]:
    settings = SotSettings(**{**PROTOCOLS["best"], "crop_size": 264})
    tracker = sot(settings, registry().get).start(
        SequenceInfo("clip", 25.0, SIZE, len(pictures)), embed
    )
    boxes, scores = [], []
    for index, picture in enumerate(pictures):
        seen = [Target(1, BoxObservation(box))] if index == 0 else []
        (found,) = tracker.step(Frame(index, str(index), picture), None, seen)
        boxes.append(found.observation.box)
        scores.append(found.observation.score)
    assert np.isfinite(boxes).all()
    assert np.isfinite(scores).all()
    assert (np.array(boxes)[:, 2:] - np.array(boxes)[:, :2] >= 4).all()
    return np.array(boxes), scores


def _box(x: int, y: int) -> XYXY:
    return float(x), float(y), float(x + SIDE[1]), float(y + SIDE[0])


def test_one_frame_is_answered_with_what_was_given() -> None:
    boxes, _ = _follow([_picture((60, 40))], _box(60, 40))
    np.testing.assert_array_equal(boxes, [_box(60, 40)])


def test_of_two_identical_objects_the_nearer_is_kept() -> None:
    pictures = [_picture((40, 40), (100, 40)) for _ in range(8)]
    boxes, _ = _follow(pictures, _box(40, 40))
    np.testing.assert_allclose(boxes, np.tile(_box(40, 40), (8, 1)), atol=2)


def test_an_object_that_vanishes_loses_its_score_and_not_its_box() -> None:
    shown, gone = _picture((60, 40)), _picture()
    boxes, scores = _follow([shown] * 3 + [gone] * 6, _box(60, 40))
    assert max(scores[3:]) < min(scores[:3])
    sides = boxes[:, 2:] - boxes[:, :2]
    assert (sides > 0.3 * sides[0]).all()
    assert (sides < 3 * sides[0]).all()


@pytest.mark.parametrize("shade", [0, 128, 255])
def test_a_cut_to_nothing_gives_boxes_in_reach(shade: int) -> None:
    blank = np.full((*SIZE, 3), shade, np.uint8)
    boxes, _ = _follow([_picture((60, 40)), *[blank] * 10], _box(60, 40))
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    assert (np.abs(middles) < 4 * max(SIZE)).all()


def test_a_target_at_the_edge_of_the_picture_is_followed() -> None:
    places = [(4 * k, 46) for k in range(8)]
    boxes, _ = _follow([_picture(place) for place in places], _box(0, 46))
    true = np.array([_box(*place) for place in places])
    assert np.abs(boxes - true).max() < 0.3 * SIDE[0]


def test_a_stride_beyond_the_sequence_leaves_the_first_frame() -> None:
    scene = Scene(stage="propagation", length=5)
    cut = select(scene, stride=9)
    assert cut.length == 1
    tracker = sot(SotSettings(**PROTOCOLS["best"]), registry().get).start(scene.info, embed)
    first = given(scene)[0]
    found = [tracker.step(frame, None, first) for frame in cut.frames()]
    assert [[one.observation.box for one in frame] for frame in found] == [
        [scene.truth[0][0].observation.box]
    ]


def test_the_same_frames_give_the_same_boxes() -> None:
    pictures = [_picture((50 + 3 * k, 40 + k)) for k in range(5)]
    one, other = (_follow(pictures, _box(50, 40))[0] for _ in range(2))
    np.testing.assert_array_equal(one, other)
