"""The joints of each benchmark in its order, written down a second time from its own pages."""

from __future__ import annotations

import pytest

from unitrack.skeleton import SKELETONS

# Algorithms 5.3, benchmarks 7.4, 8.3, and the table of the Bonn data; COCO's own categories.
ORDERS = {
    "posetrack15": [
        "r_ankle", "r_knee", "r_hip", "l_hip", "l_knee", "l_ankle", "r_wrist", "r_elbow",
        "r_shoulder", "l_shoulder", "l_elbow", "l_wrist", "neck", "nose", "head_top",
    ],
    "bonn14": [
        "r_ankle", "r_knee", "r_hip", "l_hip", "l_knee", "l_ankle", "neck", "head_top", "r_wrist",
        "r_elbow", "r_shoulder", "l_shoulder", "l_elbow", "l_wrist",
    ],
    "jhmdb15": [
        "neck", "belly", "face", "r_shoulder", "l_shoulder", "r_hip", "l_hip", "r_elbow", "l_elbow",
        "r_knee", "l_knee", "r_wrist", "l_wrist", "r_ankle", "l_ankle",
    ],
    "coco17": [
        "nose", "l_eye", "r_eye", "l_ear", "r_ear", "l_shoulder", "r_shoulder", "l_elbow",
        "r_elbow", "l_wrist", "r_wrist", "l_hip", "r_hip", "l_knee", "r_knee", "l_ankle", "r_ankle",
    ],
}  # fmt: skip

# The authors' drawing of a pose, by number: algorithms 5.3.
POSETRACK_LIMBS = [
    (9, 10), (10, 11), (8, 7), (7, 6), (9, 12), (8, 12), (12, 14), (9, 3), (3, 4), (4, 5), (8, 2),
    (2, 1), (1, 0),
]  # fmt: skip
POSETRACK_TRUNK = (2, 3, 9, 12, 8)


def test_the_joints_are_in_each_benchmarks_order() -> None:
    assert {name: list(skeleton.joints) for name, skeleton in SKELETONS.items()} == ORDERS


def test_limbs_and_trunk_of_posetrack_are_the_authors() -> None:
    skeleton = SKELETONS["posetrack15"]
    assert {frozenset(limb) for limb in skeleton.limbs} == {frozenset(p) for p in POSETRACK_LIMBS}
    assert len(skeleton.limbs) == 13
    assert skeleton.trunk == POSETRACK_TRUNK


@pytest.mark.parametrize("name", ORDERS)
def test_every_skeleton_is_the_same_body(name: str) -> None:
    """Limbs of one name connect the same places, whatever the numbers are."""
    skeleton = SKELETONS[name]
    joints = skeleton.joints
    limbs = {frozenset((joints[start], joints[end])) for start, end in skeleton.limbs}
    for side in "rl":
        for one, other in (("shoulder", "elbow"), ("elbow", "wrist"), ("hip", "knee"),
                           ("knee", "ankle"), ("shoulder", "hip")):  # fmt: skip
            assert frozenset((f"{side}_{one}", f"{side}_{other}")) in limbs
    trunk = [joints[number] for number in skeleton.trunk]
    assert trunk == [
        n for n in ("r_hip", "l_hip", "l_shoulder", "neck", "r_shoulder") if n in joints
    ]


@pytest.mark.parametrize("name", ORDERS)
def test_flipping_twice_is_the_identity_and_swaps_sides(name: str) -> None:
    skeleton = SKELETONS[name]
    for number, other in enumerate(skeleton.flips):
        assert skeleton.flips[other] == number
        joint, twin = skeleton.joints[number], skeleton.joints[other]
        assert twin == {"r_": "l_", "l_": "r_"}.get(joint[:2], joint[:2]) + joint[2:]
