"""Tiny sequences on disk, in PoseTrack layout, in either dialect."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

SIZE = (48, 64)
NAME = "000002_bonn_train"

KEYPOINTS = [
    "nose", "head_bottom", "head_top", "left_ear", "right_ear", "left_shoulder", "right_shoulder",
    "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee",
    "right_knee", "left_ankle", "right_ankle",
]  # fmt: skip
# Our name of the joint at each place of the files of 2018, and its number in those of 2017.
OURS = [
    "nose", "neck", "head_top", None, None, "l_shoulder", "r_shoulder", "l_elbow", "r_elbow",
    "l_wrist", "r_wrist", "l_hip", "r_hip", "l_knee", "r_knee", "l_ankle", "r_ankle",
]  # fmt: skip
NUMBERS = [13, 12, 14, None, None, 9, 8, 10, 7, 11, 6, 3, 2, 4, 1, 5, 0]


def person18(image: int, identity: int | None = 1, **more: Any) -> dict[str, Any]:
    """Key point k at (10 + k, 20 + k); the ears and the nose (k = 0) are not there."""
    keypoints: list[float] = []
    for k, name in enumerate(OURS):
        keypoints += [0, 0, 0] if name in (None, "nose") else [10 + k, 20.5 + k, 1]
    found = {
        "image_id": image, "id": 100 * image, "track_id": identity, "category_id": 1,
        "keypoints": keypoints, "scores": [], "bbox_head": [10, 20, 8, 6], **more,
    }  # fmt: skip
    return {key: value for key, value in found.items() if value is not None}


def person17(identity: int | None = 1, **more: Any) -> dict[str, Any]:
    """The same person."""
    points = [
        {"id": [number], "x": [10 + k], "y": [20.5 + k], "is_visible": [k % 2]}
        for k, number in enumerate(NUMBERS)
        if number not in (None, 13)
    ]
    found = {
        "x1": [10], "y1": [20], "x2": [18], "y2": [26], "annopoints": [{"point": points}],
        "track_id": None if identity is None else [identity], **more,
    }  # fmt: skip
    return {key: value for key, value in found.items() if value is not None}


def document18(
    people: Sequence[Sequence[dict[str, Any]]], name: str = NAME, **more: Any
) -> dict[str, Any]:
    """People per frame; frame f is image f + 1."""
    images = [
        {"id": f + 1, "file_name": f"images/train/{name}/{f:06d}.jpg", "is_labeled": bool(frame)}
        for f, frame in enumerate(people)
    ]
    category = {"id": 1, "name": "person", "keypoints": KEYPOINTS}
    annotations = [one for frame in people for one in frame]
    return {"images": images, "annotations": annotations, "categories": [category], **more}


def document17(people: Sequence[Sequence[dict[str, Any]]], name: str = NAME) -> dict[str, Any]:
    return {
        "annolist": [
            {
                "image": [{"name": f"images/train/{name}/{f:06d}.jpg"}],
                "imgnum": [f + 1],
                "is_labeled": [int(bool(frame))],
                "annorect": list(frame),
            }
            for f, frame in enumerate(people)
        ]
    }


def write(file: Path, document: Any) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(document))
    return file


def root(
    folder: Path, document: Any, name: str = NAME, *, split: str = "train", images: int = 0
) -> Path:
    """A data set of one sequence."""
    write(folder / "annotations" / split / f"{name}.json", document)
    for number in range(images):
        path = folder / "images" / split / name / f"{number:06d}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((*SIZE, 3), 10 * number, np.uint8)).save(path)
    return folder
