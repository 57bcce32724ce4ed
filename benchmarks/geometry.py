"""How far the scores of a clip move when features are looked up half a pixel elsewhere.

One pass of the backbone; on it, the protocols ``default`` and ``authors`` with the places of all
feature look-ups shifted by -1, -0.5, 0, 0.5 and 1 image pixel in x and y. The shift means nothing
physically, so the spread is the noise of the clip: a difference between two single runs that is
smaller says nothing, and the two protocols are compared by their medians.
"""

from __future__ import annotations

import argparse
import dataclasses
import statistics
from itertools import product
from pathlib import Path

import unitrack
from benchmarks.real_clips import LETTERBOX, batches, head, scored
from unitrack.testing.scenes import embed
from unitrack.types import FeatureMap, SequenceInfo, SequenceResult, TrackedObject

SHIFTS = (-1.0, -0.5, 0.0, 0.5, 1.0)
SHOWN = ("HOTA", "IDF1")
SETTINGS = ("authors", "default", "authors, motion off", "default, motion off")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, default=Path("../shared/data/clips/mot15"))
    parser.add_argument(
        "--weights",
        type=Path,
        default=Path("../shared/data/weights/resnet18_imagenet1k_layer3.safetensors"),
    )
    parser.add_argument("--sequence", default="PETS09-S2L1")
    parser.add_argument("--observations", default="det_frcnn_sort")
    options = parser.parse_args()
    dataset = unitrack.dataset("mot15", root=options.root)
    (video,) = (each for each in dataset.sequences() if each.name == options.sequence)
    embedder = unitrack.backbone("imagenet_r18", weights=options.weights, letterbox=LETTERBOX)
    info = SequenceInfo(video.name, video.fps, video.size, video.length)
    seen = video.observations(options.observations)
    variants = list(product(SETTINGS, SHIFTS, SHIFTS))
    trackers = {each: head(each[0]).start(info, embed) for each in variants}
    frames: dict[tuple[str, float, float], list[tuple[TrackedObject, ...]]] = {
        each: [] for each in variants
    }
    for batch in batches(video.frames()):
        maps = embedder.embed([embedder.prepare(frame.image) for frame in batch])
        for frame, features in zip(batch, maps, strict=True):
            for each, tracker in trackers.items():
                moved = shifted(features, each[1], each[2])
                objects = tracker.step(frame, moved, seen[frame.index])
                frames[each].append(tuple(objects))
    for setting in SETTINGS:
        rows = [
            scored(dataset, video, SequenceResult(video.name, tuple(frames[each])))
            for each in variants
            if each[0] == setting
        ]
        for score in SHOWN:
            values = sorted(100 * float(row[score]) for row in rows)
            print(
                f"{setting:20} {score}: {values[0]:.1f} to {values[-1]:.1f}, median "
                f"{statistics.median(values):.1f}, deviation {statistics.stdev(values):.1f} "
                f"over {len(values)} shifts"
            )


def shifted(features: FeatureMap, right: float, down: float) -> FeatureMap:
    """The same features, looked up ``right`` and ``down`` image pixels away."""
    grid = features.grid
    moved = dataclasses.replace(
        grid,
        anchor_x=grid.anchor_x - right * grid.scale_x,
        anchor_y=grid.anchor_y - down * grid.scale_y,
    )
    return FeatureMap(features.data, moved)


if __name__ == "__main__":
    main()
