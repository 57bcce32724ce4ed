"""Choose what enters protocol ``best`` of the heads vos and poseprop.

Every candidate on every real clip and on rendered sets of three seeds, one clip left out in turn:
an ingredient may enter if it wins on average and loses nowhere by more than a point. Feature maps
are computed once for each clip, backbone and input size, and kept in ``--cache`` (half precision),
so that a further candidate costs the propagation alone.

    python -m benchmarks.selection.labels --head vos --cache runs/labels
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

import unitrack
from benchmarks.selection.cases import BACKBONES, SEEDS
from benchmarks.selection.features import Kept, keep
from benchmarks.selection.table import left_out, verdicts
from unitrack.appearance.embed import Embedder
from unitrack.data.base import Sequence as Video
from unitrack.engine.inputs import open_metric
from unitrack.engine.settings import resolve_settings
from unitrack.heads.base import FrameFeatures, TaskHead
from unitrack.registry.manager import registry
from unitrack.registry.records import HeadRecord, load
from unitrack.testing.scenes import embed
from unitrack.types import SequenceInfo, SequenceResult

Values = Mapping[str, Any]
"""Settings as ``--set`` takes them."""


@dataclass(frozen=True)
class Task:
    """What a head is scored on.

    Attributes:
        data: Real clips: name of the data set and its folder below the clips.
        rendered: Name of the rendered set.
        length: Settings of the rendered set beside its seed.
        scores: The one that decides, and one to show beside it.
        candidates: The first is what the others are measured against.
    """

    data: tuple[str, str]
    rendered: str
    length: Values
    scores: tuple[str, str]
    candidates: Mapping[str, Values]


_EDGES: Values = {"edge_radius": 16}
_NEAR: Values = {**_EDGES, "radius": 7, "top_k": 7}
_PATCHES: Values = {"carry": "patches"}
_FINE: Values = {**_PATCHES, "pose_size": "448x448"}

TASKS = {
    "vos": Task(
        ("davis2016", "davis"),
        "synthetic_vos",
        {"sequences": 1, "frames": 24},
        ("J", "F"),
        {
            "default": {},
            "edges": _EDGES,
            "edges, softer": {**_EDGES, "edge_epsilon": 1e-3},
            "edges, nearer": {**_EDGES, "radius": 7},
            "best": _NEAR,
            "narrower windows": {**_NEAR, "edge_radius": 8},
            "wider windows": {**_NEAR, "edge_radius": 24},
            "5 cells": {**_NEAR, "top_k": 5, "temperature": 0.07},
        },
    ),
    "poseprop": Task(
        ("jhmdb", "jhmdb"),
        "synthetic_poseprop",
        {"sequences": 2},
        ("PCK@0.1", "PCK@0.2"),
        {
            "default": {},
            "larger input": {"pose_size": "448x448"},
            "patches": _PATCHES,
            "patches, larger input": _FINE,
            "smaller patches": {**_FINE, "patch_radius": 2, "patch_sigma": 1.5},
            "first frame alone": {**_FINE, "patch_first": 1.0},
            "last frame alone": {**_FINE, "patch_first": 0.0},
        },
    ),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--head", choices=TASKS, required=True)
    parser.add_argument("--backbone", choices=BACKBONES, default="r18")
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--candidates", default="", help="only these beside the first: A;B")
    parser.add_argument("--only", default="", help="clips whose name holds one of these: A,B")
    parser.add_argument("--clips", type=Path, default=Path("../shared/data/clips"))
    parser.add_argument("--weights", type=Path, default=Path("../shared/data/weights"))
    options = parser.parse_args()
    task = TASKS[options.head]
    asked = options.candidates.split(";") if options.candidates else list(task.candidates)
    names = [next(iter(task.candidates)), *(n for n in task.candidates if n in asked)]
    names = list(dict.fromkeys(names))
    heads = [_head(options.head, task.candidates[name]) for name in names]
    model = BACKBONES[options.backbone]
    file = options.weights / model.weights if model.weights else None
    backbone = unitrack.backbone(model.name, weights=file, device="cpu").backbone
    print(f"| clip | {' | '.join(names)} |\n|---|{'---|' * len(names)}")
    columns, clips = [], []
    for clip, data, video in _videos(task, options.clips.resolve()):
        if not any(word in clip for word in options.only.split(",")):
            continue
        _, metric = open_metric(data)
        found = []
        for head in heads:
            assert isinstance(head.needs, FrameFeatures)
            size = head.needs.stretch
            folder = options.cache / options.backbone / clip / str(size or "own size")
            kept = keep(video, folder, Embedder(backbone, stretch=size))
            row = metric.combine([metric.evaluate(video, _track(head, video, kept))])
            found.append([100 * float(row[score]) for score in task.scores])
        columns.append([deciding for deciding, _ in found])
        clips.append((clip, clip))
        cells = (f"{deciding:.1f} / {other:.1f}" for deciding, other in found)
        print(f"| {clip} | {' | '.join(cells)} |", flush=True)
    scores = np.array(columns).T
    print()
    for name, verdict in zip(names, verdicts(scores, clips), strict=True):
        print(
            f"{name}: mean {verdict.mean:.1f}, gain {verdict.gain:+.1f}, worst "
            f"{verdict.worst:+.1f} ({verdict.case}){', enters' if verdict.enters else ''}"
        )
    for clip, (best, gain) in left_out(scores, clips).items():
        print(f"without {clip} one would choose {names[best]}: {gain:+.1f} there")


def _videos(task: Task, clips: Path) -> Iterator[tuple[str, str, Video]]:
    """Name of the clip, of its data set, and its sequence."""
    data, folder = task.data
    for video in unitrack.dataset(data, root=clips / folder).sequences():
        yield video.name, data, video
    for seed in SEEDS:
        settings = {**task.length, "seed": seed}
        for video in unitrack.dataset(task.rendered, settings=settings).sequences():
            yield f"{video.name} of seed {seed}", task.rendered, video


def _head(name: str, values: Values) -> TaskHead:
    record = registry().get("heads", name)
    assert isinstance(record, HeadRecord)
    settings = resolve_settings(record, "default", {}, values)
    made: TaskHead = cast("Any", load(record.factory))(settings, registry().get)
    return made


def _track(head: TaskHead, video: Video, kept: Kept) -> SequenceResult:
    info = SequenceInfo(video.name, video.fps, video.size, video.length)
    tracker = head.start(info, embed)
    given = video.observations("benchmark")
    frames = [
        tuple(tracker.step(frame, kept[frame.index], given[frame.index]))
        for frame in video.frames()
    ]
    return tracker.finish(SequenceResult(video.name, tuple(frames)))


if __name__ == "__main__":
    main()
