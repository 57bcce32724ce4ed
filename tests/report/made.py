"""Run folders and suites as if backbones had run: results are the truth, spoilt a little."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from unitrack.api import dataset
from unitrack.data.base import Sequence as Video
from unitrack.engine.ask import merged_settings, resolve_spec
from unitrack.engine.inputs import open_metric
from unitrack.engine.score import score
from unitrack.engine.spec import RunSpec
from unitrack.engine.store import write_json
from unitrack.suite.codec import encode
from unitrack.suite.records import (
    CellRecord,
    CellState,
    Column,
    Row,
    SuiteRecord,
    write_suite,
)
from unitrack.suite.store import Finished, Store
from unitrack.types import BoxObservation, MaskObservation, SequenceResult, TrackedObject

Settings = Mapping[str, Any]


def spec_of(
    head: str,
    root: Path,
    backbone: str = "imagenet_r50",
    layer: str = "layer3",
    weights: str = "",
    settings: Settings | None = None,
    data: str = "",
    limit: int | None = None,
) -> RunSpec:
    """A complete spec on a synthetic set."""
    return resolve_spec(
        head, data or f"synthetic_{head}", backbone, layer, weights or None, root, None, limit, 1,
        "benchmark", "default", "cpu", "fp32", merged_settings(None, settings, None, None),
    )  # fmt: skip


def spoilt(video: Video, quality: float, seed: int) -> SequenceResult:
    """The truth with identities lost and boxes moved, the more the lower the quality (0..1)."""
    assert video.truth is not None
    rng = np.random.default_rng(seed)
    frames = []
    for frame in video.truth:
        objects = []
        for one in frame:
            if rng.random() > quality and not _given(video):
                continue
            seen = one.observation
            if isinstance(seen, BoxObservation):
                x0, y0, x1, y1 = seen.box
                dx, dy = rng.normal(0, (1 - quality) * (x1 - x0) / 2, 2).tolist()
                seen = BoxObservation((x0 + dx, y0 + dy, x1 + dx, y1 + dy))
            elif isinstance(seen, MaskObservation):  # an own score, so that no two are equal
                seen = dataclasses.replace(seen, score=float(rng.random()))
            objects.append(TrackedObject(one.id, seen))
        frames.append(tuple(objects))
    return SequenceResult(video.name, tuple(frames))


def _given(video: Video) -> bool:
    """Whether objects are given, so that none may be missing."""
    return type(video).__name__ in ("SotSequence", "MaskSequence", "JointSequence")


def run_folder(
    out: Path,
    spec: RunSpec,
    *,
    quality: float = 0.8,
    seed: int = 0,
    sequences: Sequence[str] | None = None,
    failed: Mapping[str, str] | None = None,
) -> Path:
    """A run folder as `unitrack run` leaves it."""
    opened = dataset(spec.data, root=spec.root, settings=spec.data_settings)
    videos = {v.name: v for v in opened.sequences() if sequences is None or v.name in sequences}
    done = {name: video for name, video in videos.items() if name not in (failed or {})}
    for number, video in enumerate(done.values()):
        opened.write(spoilt(video, quality, seed + number), out / "results")
    _, metric = open_metric(spec.data)
    scored = score(opened, metric, done, out / "results", 1)
    random = spec.weights.startswith("random")
    write_json(
        out / "run.json",
        {
            "schema": 1,
            "command": ["unitrack", "run"],
            "spec": spec.to_json(),
            "sequences": list(videos),
            "weights_sha256": "random:0" if random else "ab" * 32,
            "weights_layout": "",
            "fingerprints": dict.fromkeys(videos, "cd" * 32),
            "versions": {"torch": "2"},
        },
    )
    write_json(
        out / "results.json",
        {
            "schema": 1,
            "scores": scored.scores,
            "breakdown": scored.breakdown,
            "frames": sum(video.length for video in done.values()),
            "timings_s": {"decode": 0.1, "backbone": 1.0, "total": 1.5},
            "peak_memory_bytes": 2**28,
            "failed": dict(failed or {}),
        },
    )
    return out


def suite_folder(
    out: Path, specs: Mapping[tuple[str, str], Sequence[RunSpec]], absent: Sequence[str] = ()
) -> Path:
    """The folder of a suite and its store.

    Args:
        out: Where both go.
        specs: Label of the row and of the column to a spec a layer.
        absent: Labels of rows that have not been run, in the first column.
    """
    store = Store(out / "store")
    store.open()
    rows = list(dict.fromkeys([*(row for row, _ in specs), *absent]))
    columns = list(dict.fromkeys(column for _, column in specs))
    if not columns:
        columns = ["MOT"]
    states, kinds = [], {}
    for place, (key, layers) in enumerate(specs.items()):
        for spec in layers:
            kinds[key[1]] = spec
            cell = _keep(store, spec, place)
            states.append(
                CellState(rows.index(key[0]), columns.index(key[1]), spec.layer, "done", key=cell)
            )
    states += [
        CellState(rows.index(row), 0, "layer3", "missing", "no weights here") for row in absent
    ]
    networks = {row: specs[row, c][0].backbone for row, c in specs}
    write_suite(
        out / "suite",
        SuiteRecord(
            suite="made", about="", store=str(store.folder), command=("unitrack", "bench"),
            rows=tuple(Row(row, networks.get(row, "vfs_r50"), ("layer3",)) for row in rows),
            columns=tuple(
                Column(c, kinds[c].head, kinds[c].data, open_metric(kinds[c].data)[0].scores[:2])
                if c in kinds
                else Column(c, "mot", "mot16", ("HOTA",))
                for c in columns
            ),
            cells=tuple(states),
        ),
    )  # fmt: skip
    return out / "suite"


def _keep(store: Store, spec: RunSpec, seed: int) -> str:
    opened = dataset(spec.data, root=spec.root, settings=spec.data_settings)
    videos = {video.name: video for video in opened.sequences()}
    record, metric = open_metric(spec.data)
    folder = store.folder.parent / "written" / f"{spec.head}-{seed}-{spec.layer}"
    facts = {}
    for number, video in enumerate(videos.values()):
        result = spoilt(video, 0.9 - 0.1 * seed, seed + number)
        opened.write(result, folder)
        key = f"{seed:02d}{spec.layer}{video.name}"
        about = {
            "schema": 1, "key": key, "metric": record.name, "fingerprint": "cd", "frames": 6,
            "timings_s": {"total": 1.0}, "peak_memory_bytes": 1, "versions": {},
        }  # fmt: skip
        files = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file() and video.name in str(path.relative_to(folder))
        }
        counted = encode(metric.evaluate(video, opened.read(video, folder)))
        store.finish(key, Finished(about, files, counted, ""))
        facts[video.name] = about
    scored = score(opened, metric, videos, folder, 1)
    cell = CellRecord(
        key=f"{seed:02d}{spec.layer}", spec=spec.to_json(), metric=record.name,
        shown=record.scores, weights_id="ab", weights_layout="", sequences=facts,
        scores=scored.scores, breakdown=scored.breakdown,
        plots={name: dataclasses.asdict(plot) for name, plot in scored.plots.items()},
    )  # fmt: skip
    store.keep_cell(cell)
    return cell.key
