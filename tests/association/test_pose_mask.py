from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.reference.pose_mask import pose_mask as reference
from unitrack.association.pose_mask import limb_width, pose_boxes, pose_mask, pose_masks
from unitrack.rle import first_fault
from unitrack.skeleton import SKELETONS
from unitrack.types import MaskObservation, PoseObservation

SIZE = (60, 80)


def _pose(
    xy: NDArray[np.float64], visible: NDArray[np.bool_] | None = None, skeleton: str = "posetrack15"
) -> PoseObservation:
    seen = np.ones(len(xy), np.bool_) if visible is None else visible
    return PoseObservation(
        tuple((x, y) for x, y in xy.tolist()), tuple(seen.tolist()), skeleton=skeleton
    )


def _body(skeleton: str, height: float = 50.0) -> NDArray[np.float64]:
    """Somebody who stands upright, feet together, arms down."""
    across = {"shoulder": 0.12, "elbow": 0.15, "wrist": 0.16, "hip": 0.07, "knee": 0.06,
              "ankle": 0.05, "eye": 0.02, "ear": 0.04}  # fmt: skip
    down = {"shoulder": 0.2, "elbow": 0.36, "wrist": 0.5, "hip": 0.5, "knee": 0.75, "ankle": 0.98,
            "eye": 0.06, "ear": 0.07, "neck": 0.19, "nose": 0.09, "head_top": 0.0, "face": 0.08,
            "belly": 0.4}  # fmt: skip
    places = []
    for joint in SKELETONS[skeleton].joints:
        side = {"r_": -1, "l_": 1}.get(joint[:2], 0)
        part = joint[2:] if side else joint
        places.append((40 + side * height * across.get(part, 0), 5 + height * down[part]))
    return np.array(places)


@pytest.mark.parametrize("skeleton", SKELETONS)
def test_masks_are_those_of_the_loops(skeleton: str) -> None:
    rng = np.random.default_rng(0)
    count = len(SKELETONS[skeleton].joints)
    for number in range(6):
        xy = rng.uniform((-20, -20), (100, 80), (count, 2)) if number % 2 else _body(skeleton)
        pose = _pose(xy + rng.normal(0, 2, xy.shape), rng.random(count) > 0.2, skeleton)
        width = (3, 4, 8)[number % 3]
        mask = pose_mask(pose, SIZE, min_width=width)
        assert mask.any()
        np.testing.assert_array_equal(mask, reference(pose, SIZE, width))


@pytest.mark.parametrize("skeleton", SKELETONS)
def test_an_upright_body_is_filled_from_head_to_feet(skeleton: str) -> None:
    mask = pose_mask(_pose(_body(skeleton), skeleton=skeleton), SIZE)
    for x, y in _body(skeleton).astype(int):
        assert mask[y, x] or skeleton == "posetrack15"  # there the nose hangs on nothing
    assert mask[5 + 18, 40]  # the chest
    assert not mask[:, :25].any()


def test_run_lengths_are_those_of_the_painted_mask() -> None:
    rng = np.random.default_rng(1)
    poses = [_pose(rng.uniform(-30, 110, (15, 2)), rng.random(15) > 0.3) for _ in range(20)]
    poses += [_pose(np.array([(0, 0), (0, 0), (0, 0)] * 5)), _pose(np.array([(79, 59)] * 15))]
    masks = pose_masks(poses, SIZE)
    assert first_fault(masks) is None
    assert masks == [MaskObservation.of(mask.mask) for mask in masks]


def test_score_and_label_of_the_pose_are_kept() -> None:
    pose = replace(_pose(_body("posetrack15")), score=0.25, label=3)
    (mask,) = pose_masks([pose], SIZE)
    assert (mask.score, mask.label, mask.size) == (0.25, 3, SIZE)


def test_a_pose_that_fills_the_picture_does() -> None:
    assert pose_mask(_pose(_body("posetrack15")), SIZE, min_width=300).all()


def test_limbs_are_a_twentieth_of_the_extent_and_at_least_eight_pixels_wide() -> None:
    for height, width in ((50, 8), (160, 8), (184, 9), (400, 20)):
        xy = np.zeros((15, 2))
        xy[0] = (0, height)
        assert limb_width(_pose(xy)) == width
    assert limb_width(_pose(xy), min_width=30) == 30
    only = np.zeros(15, np.bool_)
    assert limb_width(_pose(xy, only)) == 8
    only[0] = True
    assert limb_width(_pose(xy, only)) == 8


@pytest.mark.parametrize(("width", "pixels"), [(8, 9), (9, 11), (10, 11), (11, 13)])
def test_a_line_is_as_wide_as_opencv_draws_it(width: int, pixels: int) -> None:
    xy, visible = np.zeros((15, 2)), np.zeros(15, np.bool_)
    xy[[0, 1]], visible[[0, 1]] = ((40, 10), (40, 50)), True  # ankle and knee
    mask = pose_mask(_pose(xy, visible), SIZE, min_width=width)
    assert mask[30].sum() == pixels


def test_joints_that_are_not_there_take_their_limbs_with_them() -> None:
    xy, visible = _body("posetrack15"), np.zeros(15, np.bool_)
    assert not pose_mask(_pose(xy, visible), SIZE).any()
    visible[[2, 0]] = True  # hip and ankle without the knee between them
    assert not pose_mask(_pose(xy, visible), SIZE).any()
    visible[1] = True
    assert pose_mask(_pose(xy, visible), SIZE).any()


def test_two_joints_make_no_trunk_and_three_do() -> None:
    xy = np.zeros((15, 2))
    xy[[2, 9, 12]] = ((20, 50), (60, 10), (10, 10))  # hip, the other shoulder, neck
    visible = np.isin(np.arange(15), (2, 9))
    assert not pose_mask(_pose(xy, visible), SIZE).any()
    visible[12] = True
    mask = pose_mask(_pose(xy, visible), SIZE)
    assert mask[30, 25]  # inside the triangle, far from the shoulder line
    assert mask[50, 20]  # its corner


def test_a_pose_outside_the_picture_has_no_mask() -> None:
    assert not pose_mask(_pose(_body("posetrack15") + 500), SIZE).any()
    assert not pose_mask(_pose(_body("posetrack15") - 500), SIZE).any()


def test_the_box_is_that_of_the_joints_and_never_without_extent() -> None:
    xy, visible = _body("posetrack15"), np.zeros((4, 15), np.bool_)
    x, y = xy[0]
    xy[1], xy[2] = (x, y - 7), (x - 5.5, y)
    for number in range(3):
        visible[number + 1 :, number] = True
    boxes = pose_boxes([_pose(xy, seen) for seen in visible])
    assert np.isnan(boxes[0]).all()
    assert boxes[1:].tolist() == [
        [x, y, x + 10, y + 10],
        [x, y - 7, x + 10, y],
        [x - 5.5, y - 7, x, y],
    ]
    assert pose_boxes([]).shape == (0, 4)


def _by_opencv(cv2: Any, pose: PoseObservation, size: tuple[int, int]) -> NDArray[np.bool_]:
    """What the authors draw, with their library (without type information, hence Any)."""
    mask = np.zeros(size, np.uint8)
    skeleton, places = SKELETONS[pose.skeleton], np.trunc(pose.xy).astype(int)
    trunk = [places[joint] for joint in skeleton.trunk if pose.visible[joint]]
    if len(trunk) >= 3:
        cv2.fillConvexPoly(mask, np.array(trunk), 1)
    for start, end in skeleton.limbs:
        if pose.visible[start] and pose.visible[end]:
            ends = [tuple(int(v) for v in places[joint]) for joint in (start, end)]
            cv2.line(mask, *ends, 1, limb_width(pose))
    return mask.astype(np.bool_)


def test_opencv_draws_nearly_the_same() -> None:
    """The library comes with trackeval; nothing of ours imports it."""
    cv2: Any = pytest.importorskip("cv2")
    rng = np.random.default_rng(0)
    for height, most in ((120, 0.03), (420, 0.012)):
        differing = total = 0
        for _ in range(8):
            xy = _body("posetrack15", height)
            pose = _pose(xy + rng.normal(0, height / 40, xy.shape) + np.array((200.0, 30.0)))
            theirs = _by_opencv(cv2, pose, (600, 640))
            differing += int((theirs ^ pose_mask(pose, (600, 640))).sum())
            total += int(theirs.sum())
        assert 0 < differing / total < most


@pytest.mark.data
@pytest.mark.slow
def test_opencv_draws_nearly_the_same_of_real_people(data_root: Path) -> None:
    import json

    cv2: Any = pytest.importorskip("cv2")
    folder = data_root / "clips" / "posetrack_bonn_multiperson" / "bonn-multiperson-posetrack"
    (file,) = (folder / "annolist" / "test").glob("*_readable.json")
    differing = total = 0
    for frame in json.loads(file.read_text())["frames"][::8]:
        for person in frame["persons"]:
            xy = np.array([(point["x"], point["y"]) for point in person["points"]])
            pose = _pose(xy, skeleton="bonn14")
            theirs = _by_opencv(cv2, pose, (540, 960))
            differing += int((theirs ^ pose_mask(pose, (540, 960))).sum())
            total += int(theirs.sum())
    assert 0 < differing / total < 0.012
