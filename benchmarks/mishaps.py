"""Claim: the suite ``smoke`` has the same results, byte for byte, whatever dies on the way.

Fills it in one process, then on a Dask cluster of two workers three times: in peace, with a worker
killed half-way, and with the scheduler killed half-way and the same command given again.

``python -m benchmarks.mishaps``: some eight minutes on two cores.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from unitrack.suite.store import Store

SEQUENCES = 42  # of the suite: three networks, seven tasks, two sequences each
HALF = SEQUENCES // 2
ONE_THREAD = {"OMP_NUM_THREADS": "1"}  # each process has a core
WORKER = ("--no-nanny", "--nthreads", "1", "--no-dashboard")
SCHEDULER = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard")

Process = subprocess.Popen[bytes]


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        seconds, alone = fill(folder / "alone")
        assert len(alone) == SEQUENCES, len(alone)
        print(f"one process: {seconds:.0f} s, {len(alone)} sequences", flush=True)
        for name, victim in (("two workers", ""), ("a worker killed", "worker"),
                             ("the scheduler killed", "scheduler")):  # fmt: skip
            place = folder / name.replace(" ", "_")
            place.mkdir()
            with cluster(place) as processes:
                seconds, found = fill(place, processes.get(victim))
            kept, said = found, ""
            if victim == "scheduler":
                with cluster(place):
                    more, found = fill(place)
                assert kept.items() < found.items()
                seconds += more
                said = f" in two runs, {len(kept)} sequences kept from the first"
            same = "yes" if found == alone else "NO"
            print(f"{name}: {seconds:.0f} s{said}; the same bytes: {same}", flush=True)


def fill(place: Path, victim: Process | None = None) -> tuple[float, dict[str, object]]:
    """Fill the suite, killing the victim when half of it is in the store.

    Returns:
        Seconds; and for each sequence in the store its key and all that is kept of it.
    """
    store, file = place / "store", place / "scheduler.json"
    words = ["bench", "suite", "smoke", "--store", str(store), "--out", str(place / "out")]
    if file.exists():
        words += ["--executor", f"dask:{file}"]
    start = time.monotonic()
    running = _start("unitrack", *words, log=place / "suite.log")
    while victim is not None and running.poll() is None:
        if len(list(store.glob("sequences/*/*.zip"))) >= HALF:
            victim.kill()
            break
        time.sleep(0.05)
    code = running.wait()
    seconds = time.monotonic() - start
    print(f"  exit code {code}: {(place / 'suite.log').read_text().splitlines()[-1]}", flush=True)
    keys = sorted(path.stem for path in store.glob("sequences/*/*.zip"))
    return seconds, {key: Store(store).results(key) for key in keys}


@contextmanager
def cluster(place: Path) -> Iterator[dict[str, Process]]:
    """A scheduler and two workers on the loopback, ended with the block."""
    file = place / "scheduler.json"
    file.unlink(missing_ok=True)
    named, log = ("--scheduler-file", str(file)), place / "dask.log"
    scheduler = _start("distributed.cli.dask_scheduler", *named, *SCHEDULER, log=log)
    processes = [scheduler]
    try:
        while not file.exists():
            assert scheduler.poll() is None, log.read_text()
            time.sleep(0.05)
        processes += [
            _start("distributed.cli.dask_worker", *named, *WORKER, "--name", name, log=log)
            for name in ("one", "two")
        ]
        yield {"scheduler": scheduler, "worker": processes[1]}
    finally:
        for process in processes:
            process.kill()
            process.wait()


def _start(module: str, *words: str, log: Path) -> Process:
    log.parent.mkdir(exist_ok=True)
    with log.open("ab") as file:
        return subprocess.Popen(
            [sys.executable, "-m", module, *words],
            env={**os.environ, **ONE_THREAD}, stdout=file, stderr=file,
        )  # fmt: skip


if __name__ == "__main__":
    main()
