"""Claim: spreading 20 sequences with Dask costs at most 5 % more than with local processes.

Renders 20 sequences, runs them with one and two workers of each executor, and compares result
files and wall time. Every process computes with one thread, so that two workers have a core each
on a machine of two. Then times tasks that do nothing, which is all that Dask itself costs a
sequence.

``python -m benchmarks.scaling [FRAMES]``: frames of a sequence, 20 when left out.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import torch

import unitrack
from unitrack_dask.executor import dask

SEQUENCES = 20
FRAMES = 20
EMPTY = 2000
RUNS = (("local", 1), ("local", 2), ("dask", 1), ("dask", 2))


def main() -> None:
    torch.set_num_threads(1)
    frames = int(sys.argv[1]) if len(sys.argv) > 1 else FRAMES
    seconds: dict[tuple[str, int], float] = {}
    with tempfile.TemporaryDirectory() as temporary:
        written: set[tuple[bytes, ...]] = set()
        for executor, workers in RUNS:
            out = Path(temporary) / f"{executor}{workers}"
            seconds[executor, workers] = run(executor, workers, frames, out)
            written.add(tuple(path.read_bytes() for path in sorted((out / "results").iterdir())))
    print(f"{SEQUENCES} sequences of {frames} frames")
    print("executor  workers  seconds  against one process")
    for (executor, workers), wall in seconds.items():
        print(f"{executor:8} {workers:8} {wall:8.1f}  {seconds['local', 1] / wall:6.2f} x")
    for workers in (1, 2):
        more = seconds["dask", workers] / seconds["local", workers] - 1
        print(f"dask against local at {workers}: {more:+.1%}")
    print(f"the same bytes: {'yes' if len(written) == 1 else 'NO'}")
    print(f"a task that does nothing: {empty() * 1e3:.1f} ms")


def run(executor: str, workers: int, frames: int, out: Path) -> float:
    """Seconds of a whole run, start and scoring included."""
    start = time.perf_counter()
    report = unitrack.run(
        "mot", "synthetic_mot", backbone="imagenet_r18", weights="random:0", out=out,
        data_settings={"sequences": SEQUENCES, "frames": frames, "width": 320, "height": 240},
        executor=executor, workers=workers,
    )  # fmt: skip
    assert not report.failed
    return time.perf_counter() - start


def empty() -> float:
    """Seconds a task of one worker that has nothing to do, its start left out."""
    first = 0.0
    for index, _ in enumerate(dask(1, "").run(len, [str(n) for n in range(EMPTY)])):
        if index == 0:
            first = time.perf_counter()
    return (time.perf_counter() - first) / (EMPTY - 1)


if __name__ == "__main__":
    main()
