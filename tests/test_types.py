from __future__ import annotations

import pickle

import numpy as np
import pytest

from unitrack.types import BoxObservation, MaskObservation, PoseObservation, Target


@pytest.fixture
def mask() -> np.ndarray:
    made = np.zeros((7, 9), bool)
    made[2:5, 3:8] = True
    made[2, 3] = False
    return made


def test_a_mask_comes_back_as_it_was(mask: np.ndarray) -> None:
    seen = MaskObservation.of(mask, 0.5, 3)
    np.testing.assert_array_equal(seen.mask, mask)
    assert (seen.size, seen.score, seen.label, seen.area) == ((7, 9), 0.5, 3, 14)
    assert seen.box == (3.0, 2.0, 8.0, 5.0)


def test_masks_are_values(mask: np.ndarray) -> None:
    one, other = MaskObservation.of(mask), MaskObservation.of(mask.copy(order="F"))
    assert one == other == pickle.loads(pickle.dumps(one))  # noqa: S301 - our own bytes
    assert len({one, other}) == 1


def test_an_empty_mask_has_a_box_of_no_extent() -> None:
    seen = MaskObservation.of(np.zeros((4, 4), bool))
    assert seen.area == 0
    assert seen.box[0] == seen.box[2]
    assert seen.box[1] == seen.box[3]


def test_the_box_of_a_pose_is_around_the_joints_that_are_there() -> None:
    pose = PoseObservation(((5.0, 1.0), (2.0, 8.0), (99.0, 99.0)), (True, True, False))
    assert pose.box == (2.0, 1.0, 5.0, 8.0)
    assert PoseObservation(((1.0, 1.0),), (False,)).box == (0.0, 0.0, 0.0, 0.0)


def test_a_target_is_an_observation() -> None:
    target = Target(4, BoxObservation((1.0, 2.0, 3.0, 4.0), 0.7, 2))
    assert (target.box, target.score, target.label) == ((1.0, 2.0, 3.0, 4.0), 0.7, 2)
