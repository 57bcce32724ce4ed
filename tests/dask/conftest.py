"""A real scheduler and real workers, each in a process of its own, on the loopback."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from unitrack.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
RUN = ("--head", "mot", "--data", "synthetic_mot", "--backbone", "imagenet_r18",
       "--weights", "random:0")  # fmt: skip


@dataclass
class Cluster:
    """What `dask scheduler` and `dask worker` start; ended with the test."""

    folder: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def file(self) -> Path:
        return self.folder / "scheduler.json"

    def scheduler(self, path: str = "") -> subprocess.Popen[bytes]:
        options = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        started = self._start("scheduler", *options, path=path)
        while not self.file.exists():
            assert started.poll() is None, self._log("scheduler")
            time.sleep(0.05)
        return started

    def worker(self, name: str, *options: str, path: str = "") -> subprocess.Popen[bytes]:
        """One without a nanny, so that the process is the worker and stays dead once killed."""
        return self._start(
            "worker", "--no-nanny", "--nthreads", "1", "--no-dashboard", "--name", name,
            *options, path=path,
        )  # fmt: skip

    def _start(self, role: str, *options: str, path: str = "") -> subprocess.Popen[bytes]:
        words = [sys.executable, "-m", f"distributed.cli.dask_{role}"]
        paths = [path, str(ROOT), *sys.path] if path else [str(ROOT), *sys.path]
        with (self.folder / f"{role}.log").open("ab") as log:
            process = subprocess.Popen(
                [*words, "--scheduler-file", str(self.file), *options],
                env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
                cwd=self.folder, stdout=log, stderr=log,
            )  # fmt: skip
        self.processes.append(process)
        return process

    def _log(self, role: str) -> str:
        return (self.folder / f"{role}.log").read_text()

    def end(self) -> None:
        for process in self.processes:
            process.kill()
        for process in self.processes:
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    with ExitStack() as stack:
        made = Cluster(tmp_path)
        stack.callback(made.end)
        yield made


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five rendered sequences of four small frames."""
    root = tmp_path_factory.mktemp("dask") / "data"
    sizes = {"sequences": 5, "frames": 4, "width": 320, "height": 240, "objects": 4}
    words = [f"--set={key}={value}" for key, value in sizes.items()]
    assert main(["data", "synth", "mot", "--out", str(root), *words]) == 0
    return root


@pytest.fixture(scope="session")
def alone(data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The result files of a run in this process."""
    out = tmp_path_factory.mktemp("alone") / "run"
    assert main(["run", *RUN, "--root", str(data), "--out", str(out)]) == 0
    return results(out)


@pytest.fixture
def words(data: Path, tmp_path: Path) -> Callable[..., list[str]]:
    """The words of ``unitrack run`` on the rendered sequences; the folder is ``tmp_path/run``."""

    def make(*more: str) -> list[str]:
        return ["run", *RUN, "--root", str(data), "--out", str(tmp_path / "run"), *more]

    return make


def results(out: Path) -> dict[str, bytes]:
    """Name to bytes of each result file."""
    return {path.name: path.read_bytes() for path in sorted((out / "results").iterdir())}
