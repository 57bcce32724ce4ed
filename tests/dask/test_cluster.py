"""Real schedulers and workers: same bytes, whoever dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from distributed import Client

import unitrack
from tests.dask.conftest import Cluster, results
from tests.dask.jobs import Where, dies
from tests.suite.conftest import TINY
from unitrack.cli.main import main
from unitrack.engine.progress import Silent
from unitrack.errors import UniTrackError
from unitrack.suite.store import Store
from unitrack_dask import cluster as cluster_module
from unitrack_dask.executor import dask

pytestmark = pytest.mark.slow


class AfterTheFirst(Silent):
    """Does something when the first sequence is finished."""

    def __init__(self, act: Callable[[], object]) -> None:
        self._acts = [act]

    def finish(self, sequence: str, error: str | None) -> None:
        del sequence, error
        while self._acts:
            self._acts.pop()()


def test_two_workers_give_the_bytes_of_one_process(
    cluster: Cluster, alone: dict[str, bytes], words: Callable[..., list[str]], tmp_path: Path
) -> None:
    cluster.scheduler()
    cluster.worker("one")
    cluster.worker("two")
    assert main(words("--executor", f"dask:{cluster.file}")) == 0
    assert results(tmp_path / "run") == alone


def test_a_suite_on_two_workers_gives_the_bytes_of_one_process(
    cluster: Cluster, tmp_path: Path
) -> None:
    suite = tmp_path / "tiny.yaml"
    suite.write_text(TINY, encoding="utf-8")
    cluster.scheduler()
    cluster.worker("one")
    cluster.worker("two")
    found = []
    for name, executor in (("alone", "local"), ("spread", f"dask:{cluster.file}")):
        store = tmp_path / name / "store"
        filled = unitrack.bench_suite(
            suite, store=store, out=tmp_path / name / "out", executor=executor, device="cpu"
        )
        assert [cell.state for cell in filled.record.cells] == ["done", "done"]
        keys = sorted(path.stem for path in store.glob("sequences/*/*.zip"))
        found.append({key: Store(store).results(key) for key in keys})
    assert len(found[0]) == 6
    assert found[1] == found[0]


def test_a_job_on_cuda_takes_a_worker_with_a_gpu(cluster: Cluster) -> None:
    cluster.scheduler()
    cluster.worker("plain")
    names = [str(index) for index in range(6)]
    here = dask(1, str(cluster.file))
    assert len(dict(here.run(Where(), names))) == len(names)
    with pytest.raises(UniTrackError, match="no Dask worker offers the resource GPU"):
        list(here.run(Where("cuda:0"), names))
    gpu = cluster.worker("gpu", "--resources", "GPU=1")
    deadline = time.monotonic() + 60
    while len({pid for _, pid in here.run(Where(), names)}) < 2:
        assert time.monotonic() < deadline
    assert {pid for _, pid in here.run(Where("cuda:0"), names)} == {gpu.pid}


def test_a_killed_worker_costs_no_byte(
    cluster: Cluster, alone: dict[str, bytes], data: Path, tmp_path: Path
) -> None:
    cluster.scheduler()
    cluster.worker("one")
    victim = cluster.worker("two")
    report = unitrack.run(
        "mot", "synthetic_mot", root=data, backbone="imagenet_r18", weights="random:0",
        out=tmp_path / "run", executor=f"dask:{cluster.file}", progress=AfterTheFirst(victim.kill),
    )  # fmt: skip
    assert not report.failed
    assert results(tmp_path / "run") == alone


def test_a_lost_scheduler_loses_nothing(
    cluster: Cluster,
    alone: dict[str, bytes],
    data: Path,
    words: Callable[..., list[str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(cluster_module, "_ANSWER_S", 3)
    scheduler = cluster.scheduler()
    cluster.worker("one")
    with pytest.raises(UniTrackError, match="is lost"):
        unitrack.run(
            "mot", "synthetic_mot", root=data, backbone="imagenet_r18", weights="random:0",
            out=tmp_path / "run", executor=f"dask:{cluster.file}",
            progress=AfterTheFirst(scheduler.kill),
        )  # fmt: skip
    assert capfd.readouterr().err == ""
    kept = results(tmp_path / "run")
    assert kept
    assert kept.items() < alone.items()
    assert main(words()) == 0
    said = capfd.readouterr().err
    assert f"({len(kept)} sequences were there already)" in said
    assert results(tmp_path / "run") == alone


def test_a_worker_with_another_version_is_refused_whenever_it_comes(
    cluster: Cluster, tmp_path: Path
) -> None:
    info = tmp_path / "site" / "unitrack_mot-9.9.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: unitrack-mot\nVersion: 9.9\n")
    (info / "entry_points.txt").write_text("[unitrack]\nmot = unitrack_mot.plugin\n")
    cluster.scheduler()
    here = dask(1, str(cluster.file))
    # More than a worker computes while another one starts, however busy the machine.
    first = here.run(Where(), [str(index) for index in range(2000)])
    cluster.worker("ours")
    next(first)
    cluster.worker("strange", path=str(info.parent))
    line = r"worker tcp://\S+: has unitrack-mot 9.9, this process has 0\."
    with pytest.raises(UniTrackError, match=line):
        list(first)
    with pytest.raises(UniTrackError, match=line):
        next(here.run(Where(), ["one"]))


def test_a_worker_without_our_wheels_is_refused(cluster: Cluster, tmp_path: Path) -> None:
    hollow = tmp_path / "site" / "unitrack_dask"
    hollow.mkdir(parents=True)
    (hollow / "__init__.py").touch()
    cluster.scheduler()
    cluster.worker("bare", path=str(hollow.parent))
    with Client(scheduler_file=str(cluster.file), set_as_default=False) as client:
        client.wait_for_workers(1)
    line = r"worker \S+: cannot be used \(.*No module named .{1,2}unitrack_dask.worker"
    with pytest.raises(UniTrackError, match=line):
        list(dask(1, str(cluster.file)).run(Where(), ["one"]))


def test_a_scheduler_without_our_wheels_is_refused(cluster: Cluster, tmp_path: Path) -> None:
    hollow = tmp_path / "site" / "unitrack_dask"
    hollow.mkdir(parents=True)
    (hollow / "__init__.py").touch()
    cluster.scheduler(path=str(hollow.parent))
    line = r"Dask scheduler \S+: cannot be used \(.*No module named .{1,2}unitrack_dask.worker"
    with pytest.raises(UniTrackError, match=line):
        list(dask(1, str(cluster.file)).run(Where(), ["one"]))


def test_what_kills_its_workers_is_given_up_and_nothing_else() -> None:
    outcomes = dict(dask(1, "").run(dies, ["one", "victim", "two"]))
    victim = outcomes.pop("victim")
    assert isinstance(victim, RuntimeError)
    assert str(victim).startswith("2 workers died of it, the last at tcp://127.0.0.1:")
    assert outcomes == {"one": "one", "two": "two"}


def test_an_interrupt_keeps_what_is_finished(
    words: Callable[..., list[str]], alone: dict[str, bytes], tmp_path: Path
) -> None:
    run = [sys.executable, "-m", "unitrack", *words("--executor", "dask", "--workers", "2")]
    process = subprocess.Popen(run, stderr=subprocess.PIPE, start_new_session=True)
    cache = tmp_path / "run" / "cache"
    while not list(cache.glob("*.json")):
        assert process.poll() is None
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate()
    assert process.returncode == 130
    assert said.strip() == b"Stopped. Finished sequences are kept; the same command goes on."
    kept = results(tmp_path / "run")
    assert kept.items() <= alone.items()
    assert kept
