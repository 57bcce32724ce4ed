"""Report on a suite of 40 backbones at two layers on seven tasks, from made-up cached results.

Prints the seconds and the peak memory of `unitrack report`; the issue asks for 30 s and 1 GiB.
The tasks are as large as the paper's: 100 videos of one object, 30 of masks, 7 of crowds, 4 of
masks in crowds, 50 of tracked and 50 of propagated poses, 30 of instances.
"""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from unitrack.engine.ask import merged_settings, resolve_spec
from unitrack.engine.inputs import open_metric
from unitrack.engine.score import COMBINED
from unitrack.metrics import trackeval
from unitrack.metrics.base import Partial
from unitrack.metrics.trackeval import Matched
from unitrack.report.write import write_report
from unitrack.skeleton import SKELETONS
from unitrack.suite.codec import encode
from unitrack.suite.records import CellRecord, CellState, Column, Row, SuiteRecord, write_suite
from unitrack.suite.store import Finished, Store
from unitrack_mot.metrics.vis_ap import Ranked
from unitrack_sot.metrics.one_pass import OVERLAPS, PIXELS, SHARES
from unitrack_vos.metrics.objects import Followed

BACKBONES, LAYERS = 40, ("layer3", "layer4")
RNG = np.random.default_rng(0)


def crowd() -> Partial:
    """600 frames of ten people."""
    ids = np.arange(10)
    frames = [Matched(ids, RNG.permutation(ids), RNG.random((10, 10))) for _ in range(60)]
    return trackeval.evaluate(frames)


def one_object() -> Partial:
    curves = {
        name: np.sort(RNG.random(len(values)))
        for name, values in (("success", OVERLAPS), ("precision", PIXELS),
                             ("normalised_precision", SHARES))
    }  # fmt: skip
    return {"curves": curves, "mIoU": float(RNG.random())}


def masks() -> Partial:
    """Two objects in 70 frames."""
    return {"objects": [Followed(f"v_{k}", k, RNG.random(68), RNG.random(68)) for k in (1, 2)]}


def given_poses() -> Partial:
    return {
        "skeleton": "posetrack15", "hits": RNG.integers(0, 30, (15, 5)),
        "asked": RNG.integers(30, 40, 15), "undefined": RNG.integers(0, 3, 15),
    }  # fmt: skip


def tracked_poses() -> Partial:
    """Ten people in 80 frames."""
    joints, found = 15, 15 * 10 * 80
    names = ("objects", "predictions", "matches", "switches", "misses", "false_positives")
    counts = {name: RNG.integers(100, 200, joints) for name in (*names, "annotated", "identical")}
    return {
        "joints": SKELETONS["posetrack15"].joints, **counts, "gaps": RNG.random(joints),
        "joint": RNG.integers(0, joints, found, np.int16), "score": RNG.random(found),
        "right": RNG.random(found) < 0.5,
    }  # fmt: skip


def tubes() -> Partial:
    """Two of 40 classes, five tubes each."""

    def ranked() -> Ranked:
        return Ranked(
            np.sort(RNG.random(5))[::-1], RNG.random((5, 2)), np.full(5, 1e4), np.full(2, 1e4),
            np.zeros(2, np.bool_),
        )  # fmt: skip

    labels = RNG.choice(40, 2, replace=False).tolist()
    return {"name": str(RNG.random()), "classes": {label: ranked() for label in labels}}


TASKS: Mapping[str, tuple[int, Callable[[], Partial]]] = {
    "mot": (7, crowd),
    "mots": (4, lambda: {"pedestrian": crowd()}),
    "sot": (100, one_object),
    "vos": (30, masks),
    "poseprop": (50, given_poses),
    "posetrack": (50, tracked_poses),
    "vis": (30, tubes),
}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        suite = make(Path(folder))
        before = time.perf_counter()
        written = write_report([suite], Path(folder) / "report")
        seconds = time.perf_counter() - before
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        size = written.html.stat().st_size / 2**20
        cells = BACKBONES * len(LAYERS) * len(TASKS)
        print(f"{cells} cells of {BACKBONES} backbones: {seconds:.1f} s, peak {peak:.2f} GiB")
        print(f"the page: {size:.1f} MiB")


def make(folder: Path) -> Path:
    """A suite's folder; cells share the counts of their sequences and differ in their scores."""
    store = Store(folder / "store")
    store.open()
    states = []
    for column, (head, (sequences, count)) in enumerate(TASKS.items()):
        facts = {
            f"{head}-{k:03d}": fact(store, head, f"{head}{k:03d}", count) for k in range(sequences)
        }
        partials = {name: store.partial(about["key"]) for name, about in facts.items()}
        record, metric = open_metric(f"synthetic_{head}")
        known = {n: dict(metric.combine([p])) for n, p in partials.items() if p is not None}
        known = {
            COMBINED: dict(metric.combine([p for p in partials.values() if p is not None])),
            **known,
        }
        for row in range(BACKBONES):
            for layer in LAYERS:
                key = f"{head}-{row}-{layer}"
                store.keep_cell(
                    CellRecord(
                        key=key, spec=spec(head, layer), metric=record.name, shown=record.scores,
                        weights_id=f"{row:064d}", weights_layout="", sequences=facts,
                        scores={name: jitter(scores) for name, scores in known.items()},
                        breakdown={}, plots=plots(metric, partials),
                    )
                )  # fmt: skip
                states.append(CellState(row, column, layer, "done", key=key))
    names = ["imagenet_r50", "moco_v1_r50", "swav_r50", "byol_r50", "pirl_r50"]
    labels = [*names, *(f"backbone {k}" for k in range(BACKBONES - len(names)))]
    columns = tuple(
        Column(head, head, f"synthetic_{head}", open_metric(f"synthetic_{head}")[0].scores[:2])
        for head in TASKS
    )
    write_suite(
        folder / "suite",
        SuiteRecord(
            suite="made", about="", store=str(store.folder), command=(), columns=columns,
            rows=tuple(Row(label, "imagenet_r50", LAYERS) for label in labels),
            cells=tuple(states),
        ),
    )  # fmt: skip
    return folder / "suite"


def fact(store: Store, head: str, key: str, count: Callable[[], Partial]) -> dict[str, Any]:
    metric = open_metric(f"synthetic_{head}")[0].name
    about = {
        "schema": 1, "key": key, "metric": metric, "fingerprint": "0" * 64, "frames": 100,
        "timings_s": {"backbone": 10.0, "total": 12.0}, "peak_memory_bytes": 2**30,
        "versions": {"torch": "2"},
    }  # fmt: skip
    store.finish(key, Finished(about, {"a.txt": b"1"}, encode(count()), ""))
    return about


def spec(head: str, layer: str) -> dict[str, Any]:
    values = merged_settings(None, None, None, None)
    return resolve_spec(
        head, f"synthetic_{head}", "imagenet_r50", layer, None, Path(), None, None, 1,
        "benchmark", "default", "cpu", "fp32", values,
    ).to_json()  # fmt: skip


def jitter(scores: Mapping[str, float]) -> dict[str, float]:
    return {
        name: value if isinstance(value, int) else value * (0.9 + 0.1 * float(RNG.random()))
        for name, value in scores.items()
    }


def plots(metric: Any, partials: Mapping[str, Partial | None]) -> dict[str, Any]:
    import dataclasses

    made = metric.plots(partials) if hasattr(metric, "plots") else {}
    return {name: dataclasses.asdict(plot) for name, plot in made.items()}


if __name__ == "__main__":
    main()
