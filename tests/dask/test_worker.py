"""Who may compute for us, and what is refused before anything starts."""

from __future__ import annotations

import asyncio
import os
import threading
from pathlib import Path

import pytest

from unitrack.engine.executors import Executor
from unitrack.errors import UniTrackError
from unitrack.registry.records import Record
from unitrack.testing import Check, cases, label
from unitrack_dask import cluster
from unitrack_dask.cluster import own_cluster
from unitrack_dask.executor import dask
from unitrack_dask.worker import WorkerRefusedError, refuse_stranger, versions

HERE = {"unitrack-core": "0.2.0", "torch": "2.6.0"}


def test_the_versions_are_those_of_every_wheel_and_of_what_computes() -> None:
    assert versions().keys() >= {"unitrack-core", "unitrack-dask", "torch", "numpy", "python"}


def test_a_worker_like_us_is_welcome_and_may_have_more() -> None:
    refuse_stranger("tcp://there", 1, {**HERE, "unitrack-mine": "1"}, HERE)


@pytest.mark.parametrize(
    ("threads", "there", "line"),
    [
        (1, {**HERE, "torch": "2.7.0"}, "has torch 2.7.0, this process has 2.6.0"),
        (1, {"torch": "2.6.0"}, "has unitrack-core not at all, this process has 0.2.0"),
        (4, HERE, "runs 4 tasks at once"),
    ],
)
def test_a_worker_unlike_us_is_refused(threads: int, there: dict[str, str], line: str) -> None:
    with pytest.raises(WorkerRefusedError) as caught:
        refuse_stranger("tcp://there", threads, there, HERE)
    assert str(caught.value).splitlines()[0] == f"worker tcp://there: {line}"


def test_no_worker_and_a_number_for_a_running_cluster_are_refused() -> None:
    with pytest.raises(UniTrackError, match="--workers 0"):
        dask(0, "")
    with pytest.raises(UniTrackError, match="has its own workers"):
        dask(2, "tcp://there:1")


def test_the_executor_plays_the_role() -> None:
    played: Executor = dask(1, "")
    assert list(played.run(len, [])) == []


def test_a_cluster_of_our_own_has_our_event_loop_and_keeps_its_memory() -> None:
    """Dask's own loop ("IO loop") fails where its thread is not up after 10 s."""
    with own_cluster(1, gpu=False) as client:
        names = {thread.name for thread in threading.enumerate()}
        assert "Dask event loop" in names
        assert "IO loop" not in names
        # glibc gives memory of other threads than the main one back at once.
        assert client.submit(os.environ.get, "MALLOC_ARENA_MAX").result() == "1"
    assert "Dask event loop" not in {thread.name for thread in threading.enumerate()}


def test_an_event_loop_that_cannot_be_made_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise OSError("too many open files")

    monkeypatch.setattr(asyncio, "new_event_loop", fail)
    with pytest.raises(OSError, match="too many open files"), own_cluster(1, gpu=False):
        pass


def test_a_scheduler_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UniTrackError, match="is no file"):
        list(dask(1, str(tmp_path / "absent.json")).run(len, ["one"]))


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "carrier://pigeon:1", "nonsense"])
def test_a_scheduler_that_does_not_answer_is_said(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_ANSWER_S", 0.5)
    with pytest.raises(UniTrackError, match="no scheduler answers there"):
        list(dask(1, address).run(len, ["one"]))


def test_more_workers_than_gpus_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.device_count", lambda: 2)
    with pytest.raises(UniTrackError, match="there are 2 GPUs"), own_cluster(3, gpu=True):
        pass


def test_each_worker_sees_a_gpu_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.device_count", lambda: 2)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "5,3")
    assert cluster._gpus(2) == [{"CUDA_VISIBLE_DEVICES": "5"}, {"CUDA_VISIBLE_DEVICES": "3"}]


@pytest.mark.slow
@pytest.mark.parametrize(("record", "check"), cases("unitrack-dask"), ids=label)
def test_conforms(record: Record, check: Check) -> None:
    check(record)
