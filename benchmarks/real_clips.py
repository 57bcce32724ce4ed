"""The table of the README: real MOTChallenge clips, every setting on one pass of each backbone.

Needs the clips (``--root``) and the ResNet-18 checkpoint (``--weights``); each row equals what
``unitrack run`` with the same settings prints, only the features are computed once for all rows.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import unitrack
from unitrack.appearance.embed import Embedder
from unitrack.data.base import Dataset
from unitrack.data.base import Sequence as Video
from unitrack.engine.inputs import open_metric
from unitrack.engine.score import score
from unitrack.engine.settings import resolve_settings
from unitrack.engine.track import BATCH
from unitrack.heads.base import TaskHead
from unitrack.registry.manager import registry
from unitrack.registry.records import HeadRecord, load
from unitrack.testing.scenes import embed
from unitrack.types import Frame, SequenceInfo, SequenceResult

LETTERBOX = (608, 1088)
OBSERVATIONS = ("det_frcnn_sort", "benchmark")
SETTINGS: dict[str, tuple[str, dict[str, str]]] = {
    "authors": ("authors", {}),
    "authors, motion off": ("authors", {"motion": "off"}),
    "default": ("default", {}),
    "default, motion off": ("default", {"motion": "off"}),
    "default, smooth": ("default", {"tracklet_feature": "smooth"}),
}
SHOWN = ("HOTA", "MOTA", "IDF1", "IDSW")


@dataclass(frozen=True)
class Row:
    """One line of the table, for one clip and backbone."""

    observations: str
    setting: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, default=Path("../shared/data/clips/mot15"))
    parser.add_argument(
        "--weights",
        type=Path,
        default=Path("../shared/data/weights/resnet18_imagenet1k_layer3.safetensors"),
    )
    options = parser.parse_args()
    dataset = unitrack.dataset("mot15", root=options.root)
    print("| backbone | clip | observations | setting | HOTA | MOTA | IDF1 | IDSW |")
    print("|---|---|---|---|---|---|---|---|")
    for title, name, weights in (
        ("imagenet_r18", "imagenet_r18", options.weights),
        ("efficientnet_lite0", None, None),
        ("random r18", "imagenet_r18", "random:0"),
    ):
        embedder = unitrack.backbone(name, weights=weights, letterbox=LETTERBOX)
        for video in dataset.sequences():
            for row, result in track_all(video, embedder).items():
                scores = scored(dataset, video, result)
                cells = [f"{100 * scores[s]:.1f}" if s != "IDSW" else scores[s] for s in SHOWN]
                words = [title, video.name, row.observations, row.setting, *map(str, cells)]
                print(f"| {' | '.join(words)} |", flush=True)


def track_all(video: Video, embedder: Embedder) -> dict[Row, SequenceResult]:
    """Every setting, in lockstep on the same features."""
    info = SequenceInfo(video.name, video.fps, video.size, video.length)
    rows = [Row(source, setting) for source in OBSERVATIONS for setting in SETTINGS]
    seen = {source: video.observations(source) for source in OBSERVATIONS}
    trackers = {row: head(row.setting).start(info, embed) for row in rows}
    frames: dict[Row, list[Any]] = {row: [] for row in rows}
    for batch in batches(video.frames()):
        maps = embedder.embed([embedder.prepare(frame.image) for frame in batch])
        for frame, features in zip(batch, maps, strict=True):
            for row, tracker in trackers.items():
                given = seen[row.observations][frame.index]
                frames[row].append(tuple(tracker.step(frame, features, given)))
    return {row: SequenceResult(video.name, tuple(kept)) for row, kept in frames.items()}


def batches(frames: Iterator[Frame]) -> Iterator[list[Frame]]:
    batch: list[Frame] = []
    for frame in frames:
        batch.append(frame)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def head(setting: str, name: str = "mot") -> TaskHead:
    record = registry().get("heads", name)
    assert isinstance(record, HeadRecord)
    protocol, assigned = SETTINGS[setting]
    settings = resolve_settings(record, protocol, {}, assigned)
    made: TaskHead = cast("Any", load(record.factory))(settings, registry().get)
    return made


def scored(
    dataset: Dataset, video: Video, result: SequenceResult, data: str = "mot15"
) -> dict[str, float | int]:
    with tempfile.TemporaryDirectory() as folder:
        dataset.write(result, Path(folder))
        _, metric = open_metric(data)
        scores = score(dataset, metric, {video.name: video}, Path(folder), 1).scores
        return dict(scores[video.name])


if __name__ == "__main__":
    main()
