"""How near a cluster comes to its bound, total work over workers: the queue, simulated.

10,000 sequences with each of 40 backbones, handed out by one process to 8, 64 and 512 workers. The
times of the sequences are drawn from those measured: of the run folders given, else from a
log-normal distribution fitted to seven runs of the real clips on two cores (median 160 s, standard
deviation of the logarithm 1.2). A GPU is taken to be 100 times as fast; that is not measured.

``python -m benchmarks.queue [RUN_FOLDER ...]``
"""

from __future__ import annotations

import heapq
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SEQUENCES, BACKBONES = 10_000, 40
WORKERS = (8, 64, 512)
MEDIAN_S, SPREAD = 160.0, 1.2
FASTER = 100.0
HANDED_S = 0.005  # the one process, per sequence; benchmarks/scaling.py measures it
BUILT_S = 1.0  # a worker that gets another backbone than before

Times = NDArray[np.float64]


def main() -> None:
    folders = [Path(word) for word in sys.argv[1:]]
    times = sequence_times(folders)
    origin = f"drawn from {len(folders)} run folders" if folders else "drawn from a log-normal"
    print(f"{SEQUENCES} sequences x {BACKBONES} backbones, {origin}")
    print("hours: bound, longest first, longest first within a backbone, as they come")
    for name, faster in (("CPU", 1.0), ("GPU", FASTER)):
        table = np.repeat((times / faster)[:, None], BACKBONES, axis=1)
        for workers in WORKERS:
            bound = table.sum() / workers
            made = [makespan(table, order, workers) for order in orders(table)]
            shares = "".join(f"{one / 3600:11.2f} ({one / bound - 1:+6.1%})" for one in made)
            print(f"{name} {workers:4} workers {bound / 3600:10.2f} {shares}")


def sequence_times(folders: list[Path]) -> Times:
    """Seconds of each sequence, ``(SEQUENCES,)``."""
    random = np.random.default_rng(0)
    if not folders:
        return random.lognormal(np.log(MEDIAN_S), SPREAD, SEQUENCES)
    entries = [entry for folder in folders for entry in sorted((folder / "cache").glob("*.json"))]
    measured = [json.loads(entry.read_text())["timings_s"]["total"] for entry in entries]
    return random.choice(np.array(measured), SEQUENCES)


def orders(table: Times) -> Iterator[NDArray[np.intp]]:
    """Flat indices of the table in the order of hand-out: three ways."""
    sequences = np.argsort(-table[:, 0], kind="stable")
    tasks = sequences[:, None] * BACKBONES + np.arange(BACKBONES)
    yield tasks.ravel()
    yield tasks.T.ravel()
    yield np.random.default_rng(1).permutation(table.size)


def makespan(table: Times, order: NDArray[np.intp], workers: int) -> float:
    """Seconds until the last worker is done, each free one given the next task in turn."""
    free = [(0.0, worker, -1) for worker in range(workers)]  # since when, who, with which backbone
    seconds, handed, last = table.ravel()[order].tolist(), 0.0, 0.0
    for duration, backbone in zip(seconds, (order % BACKBONES).tolist(), strict=True):
        since, worker, built = free[0]
        handed = max(since, handed) + HANDED_S
        end = handed + duration + (BUILT_S if built != backbone else 0.0)
        heapq.heapreplace(free, (end, worker, backbone))
        last = max(last, end)
    return last


if __name__ == "__main__":
    main()
