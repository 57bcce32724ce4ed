"""How far the scores of a clip move when features are looked up a little elsewhere.

One pass of the backbone; on it, the protocols ``default`` and ``authors`` with the places of all
feature look-ups shifted in x and y: for boxes by -1 to 1 image pixel in halves, for masks, which
consist of pixels, by -2 to 2. What is reported is not shifted. The shift means nothing physically,
so the spread is the noise of the clip: a difference between two single runs that is smaller says
nothing, and the two protocols are compared by their medians.

    python -m benchmarks.geometry
    python -m benchmarks.geometry --head mots
"""

from __future__ import annotations

import argparse
import dataclasses
import statistics
from collections.abc import Sequence
from itertools import product
from pathlib import Path

import numpy as np

import unitrack
from benchmarks.real_clips import LETTERBOX, batches, head, scored
from unitrack.heads.base import Tracker
from unitrack.testing.scenes import embed
from unitrack.types import (
    FeatureMap,
    Frame,
    MaskObservation,
    Observation,
    SequenceInfo,
    SequenceResult,
    TrackedObject,
)

SHOWN = ("HOTA", "IDF1", "IDSW")
COMPARED = ("authors", "default", "authors, motion off", "default, motion off")


@dataclasses.dataclass(frozen=True)
class Clip:
    """Where a head's clip is, and how far its look-ups are moved."""

    data: str
    sequence: str
    observations: str
    letterbox: tuple[int, int] | None
    shifts: tuple[float, ...]


CLIPS = {
    "mot": Clip("mot15", "PETS09-S2L1", "det_frcnn_sort", LETTERBOX, (-1.0, -0.5, 0.0, 0.5, 1.0)),
    "mots": Clip("kitti_mots", "0017", "oracle", None, (-2.0, -1.0, 0.0, 1.0, 2.0)),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--head", choices=CLIPS, default="mot")
    parser.add_argument("--clips", type=Path, default=Path("../shared/data/clips"))
    parser.add_argument(
        "--weights",
        type=Path,
        default=Path("../shared/data/weights/resnet18_imagenet1k_layer3.safetensors"),
    )
    parser.add_argument("--sequence", help="another one than the head's clip")
    parser.add_argument("--observations", help="others than the head's clip has")
    options = parser.parse_args()
    clip = CLIPS[options.head]
    dataset = unitrack.dataset(clip.data, root=options.clips / clip.data)
    name = options.sequence or clip.sequence
    (video,) = (each for each in dataset.sequences() if each.name == name)
    embedder = unitrack.backbone("imagenet_r18", weights=options.weights, letterbox=clip.letterbox)
    info = SequenceInfo(video.name, video.fps, video.size, video.length)
    seen = video.observations(options.observations or clip.observations)
    variants = list(product(COMPARED, clip.shifts, clip.shifts))
    trackers = {each: head(each[0], options.head).start(info, embed) for each in variants}
    frames: dict[tuple[str, float, float], list[tuple[TrackedObject, ...]]] = {
        each: [] for each in variants
    }
    for batch in batches(video.frames()):
        maps = embedder.embed([embedder.prepare(frame.image) for frame in batch])
        for frame, features in zip(batch, maps, strict=True):
            for each, tracker in trackers.items():
                objects = step(tracker, frame, features, seen[frame.index], each[1], each[2])
                frames[each].append(objects)
    for setting in COMPARED:
        rows = [
            scored(dataset, video, SequenceResult(video.name, tuple(frames[each])), clip.data)
            for each in variants
            if each[0] == setting
        ]
        report(setting, rows)


def report(setting: str, rows: Sequence[dict[str, float | int]]) -> None:
    for score in SHOWN:
        factor = 1 if score == "IDSW" else 100
        values = sorted(factor * float(row[score]) for row in rows)
        print(
            f"{setting:20} {score}: {values[0]:.1f} to {values[-1]:.1f}, median "
            f"{statistics.median(values):.1f}, deviation {statistics.stdev(values):.1f} "
            f"over {len(values)} shifts"
        )


def step(
    tracker: Tracker,
    frame: Frame,
    features: FeatureMap,
    seen: Sequence[Observation],
    right: float,
    down: float,
) -> tuple[TrackedObject, ...]:
    """One frame, with the features looked up ``right`` and ``down`` image pixels away."""
    masks = [one for one in seen if isinstance(one, MaskObservation)]
    if len(masks) < len(seen):
        return tuple(tracker.step(frame, shifted(features, right, down), seen))
    moved = [moved_mask(one, int(right), int(down)) for one in masks]
    given = {id(there): here for there, here in zip(moved, masks, strict=True)}
    objects = tracker.step(frame, features, moved)
    return tuple(TrackedObject(one.id, given[id(one.observation)]) for one in objects)


def shifted(features: FeatureMap, right: float, down: float) -> FeatureMap:
    """The same features, looked up ``right`` and ``down`` image pixels away."""
    grid = features.grid
    moved = dataclasses.replace(
        grid,
        anchor_x=grid.anchor_x - right * grid.scale_x,
        anchor_y=grid.anchor_y - down * grid.scale_y,
    )
    return FeatureMap(features.data, moved)


def moved_mask(seen: MaskObservation, right: int, down: int) -> MaskObservation:
    """The same mask elsewhere; what leaves the picture is gone."""
    height, width = seen.size
    room = 2 * max(abs(right), abs(down))
    whole = np.pad(seen.mask, room)
    top, left = room - down, room - right
    part = whole[top : top + height, left : left + width]
    return MaskObservation.of(part, seen.score, seen.label)


if __name__ == "__main__":
    main()
