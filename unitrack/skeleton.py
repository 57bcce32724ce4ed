"""Skeletons: the joints of each benchmark, in its own order, and what connects them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["SKELETONS", "Skeleton"]


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The joints of one benchmark.

    Attributes:
        joints: Names, in the benchmark's order.
        limbs: Pairs of joints that a limb connects.
        trunk: Joints around the trunk, in the order of the outline.
        flips: For each joint, the one on the other side of the body; itself on the middle line.
    """

    joints: tuple[str, ...]
    limbs: tuple[tuple[int, int], ...]
    trunk: tuple[int, ...]
    flips: tuple[int, ...]


def _skeleton(joints: str, limbs: str, trunk: str) -> Skeleton:
    names = tuple(joints.split())
    at = {name: number for number, name in enumerate(names)}
    pairs = (limb.split("-") for limb in limbs.split())

    def other(name: str) -> str:
        swap = {"r": "l", "l": "r"}.get(name[:1], "")
        return f"{swap}_{name[2:]}" if name[1:2] == "_" and swap else name

    return Skeleton(
        names,
        tuple((at[start], at[end]) for start, end in pairs),
        tuple(at[name] for name in trunk.split()),
        tuple(at[other(name)] for name in names),
    )


_LIMBS = (
    "l_shoulder-l_elbow l_elbow-l_wrist r_shoulder-r_elbow r_elbow-r_wrist l_shoulder-neck "
    "r_shoulder-neck neck-{head} l_shoulder-l_hip l_hip-l_knee l_knee-l_ankle r_shoulder-r_hip "
    "r_hip-r_knee r_knee-r_ankle"
)
_TRUNK = "r_hip l_hip l_shoulder neck r_shoulder"

SKELETONS: Mapping[str, Skeleton] = {
    # Evaluated joints of PoseTrack 2017 and 2018, in the order of the 2017 dialect. Limbs and trunk
    # are those of the authors' mask of a pose (algorithms.md 5.3); the nose hangs on nothing.
    "posetrack15": _skeleton(
        "r_ankle r_knee r_hip l_hip l_knee l_ankle r_wrist r_elbow r_shoulder l_shoulder l_elbow "
        "l_wrist neck nose head_top",
        _LIMBS.format(head="head_top"),
        _TRUNK,
    ),
    # Multi-person data of CVPR 2017 (Bonn): no nose; ids 0-5 and 8-15 of the file, in that order.
    "bonn14": _skeleton(
        "r_ankle r_knee r_hip l_hip l_knee l_ankle neck head_top r_wrist r_elbow r_shoulder "
        "l_shoulder l_elbow l_wrist",
        _LIMBS.format(head="head_top"),
        _TRUNK,
    ),
    "coco17": _skeleton(
        "nose l_eye r_eye l_ear r_ear l_shoulder r_shoulder l_elbow r_elbow l_wrist r_wrist l_hip "
        "r_hip l_knee r_knee l_ankle r_ankle",
        "l_ankle-l_knee l_knee-l_hip r_ankle-r_knee r_knee-r_hip l_hip-r_hip l_shoulder-l_hip "
        "r_shoulder-r_hip l_shoulder-r_shoulder l_shoulder-l_elbow r_shoulder-r_elbow "
        "l_elbow-l_wrist r_elbow-r_wrist l_eye-r_eye nose-l_eye nose-r_eye l_eye-l_ear r_eye-r_ear "
        "l_ear-l_shoulder r_ear-r_shoulder",
        "r_hip l_hip l_shoulder r_shoulder",
    ),
    "jhmdb15": _skeleton(
        "neck belly face r_shoulder l_shoulder r_hip l_hip r_elbow l_elbow r_knee l_knee r_wrist "
        "l_wrist r_ankle l_ankle",
        _LIMBS.format(head="face") + " neck-belly",
        _TRUNK,
    ),
}
"""Name to skeleton; `unitrack.types.PoseObservation` names one of them."""
