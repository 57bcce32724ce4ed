"""Poses as run lengths against OpenCV's painting: time, and the share of pixels that differ.

OpenCV comes with trackeval; the painted masks are encoded, as a similarity would need them.

    python -m benchmarks.pose_mask
"""

from __future__ import annotations

import importlib
import json
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unitrack.association.pose_mask import limb_width, pose_masks
from unitrack.data.synth.figure import dress, joints
from unitrack.skeleton import SKELETONS
from unitrack.types import MaskObservation, PoseObservation

SIZE, PEOPLE, ROUNDS = (720, 1280), 20, 9


def poses() -> list[PoseObservation]:
    """People of 100 to 600 pixels at any moment of their walk."""
    rng = np.random.default_rng(0)
    names = SKELETONS["posetrack15"].joints
    found = []
    for _ in range(PEOPLE):
        places = joints(dress(rng, rng.random((5, 3)).astype(np.float32), 0.1),
                        rng.uniform(0, 6), rng.uniform(-1, 1))  # fmt: skip
        height, x, y = rng.uniform(100, 600), rng.uniform(0, SIZE[1]), rng.uniform(400, SIZE[0])
        xy = tuple((x + height * places[n][0], y + height * places[n][1]) for n in names)
        found.append(PoseObservation(xy, (True,) * len(xy)))
    return found


def painted(pose: PoseObservation) -> NDArray[np.bool_]:
    cv2: Any = importlib.import_module("cv2")  # without type information, hence Any
    mask = np.zeros(SIZE, np.uint8)
    skeleton, places = SKELETONS[pose.skeleton], np.trunc(pose.xy).astype(int)
    cv2.fillConvexPoly(mask, places[list(skeleton.trunk)], 1)
    for start, end in skeleton.limbs:
        ends = [tuple(places[joint].tolist()) for joint in (start, end)]
        cv2.line(mask, *ends, 1, limb_width(pose))
    return mask.astype(np.bool_)


def milliseconds(call: Callable[[], object]) -> float:
    call()
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return 1e3 * float(np.median(times)) / PEOPLE


def main() -> None:
    people = poses()
    ours = [mask.mask for mask in pose_masks(people, SIZE)]
    theirs = [painted(pose) for pose in people]
    differing = sum(int((a ^ b).sum()) for a, b in zip(ours, theirs, strict=True))
    row = {
        "run lengths, ms a pose": milliseconds(lambda: pose_masks(people, SIZE)),
        "OpenCV, ms a pose": milliseconds(
            lambda: [MaskObservation.of(painted(pose)) for pose in people]
        ),
        "differing share": differing / sum(int(mask.sum()) for mask in theirs),
    }
    print(json.dumps({name: round(value, 4) for name, value in row.items()}, indent=2))


if __name__ == "__main__":
    main()
