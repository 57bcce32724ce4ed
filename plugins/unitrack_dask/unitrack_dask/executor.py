"""The executor ``dask``: one task is one sequence, and its result comes back to the engine."""

from __future__ import annotations

import logging
import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TypeVar
from uuid import uuid4

from dask.typing import Key
from distributed import CancelledError, Client, Future, as_completed
from distributed.scheduler import KilledWorker

from unitrack.errors import UniTrackError
from unitrack_dask.cluster import GPU, own_cluster, running_cluster
from unitrack_dask.worker import (
    Task,
    WorkerRefusedError,
    describe,
    refuse_other_versions,
    refuse_stranger,
    versions,
)

__all__ = ["DaskExecutor", "dask"]

Outcome = TypeVar("Outcome")

_LOG = logging.getLogger("unitrack")


def dask(workers: int, address: str) -> DaskExecutor:
    """A cluster of ``workers`` processes of this machine, or the one whose scheduler is named.

    Raises:
        UniTrackError: If there are fewer than one worker, or a number for a running cluster.
    """
    if workers < 1:
        raise UniTrackError(f"--workers {workers}", "must be at least 1", "Write --workers 1.")
    if address and workers > 1:
        raise UniTrackError(
            f"--workers {workers}", "a running cluster has its own workers", "Leave it out."
        )
    return DaskExecutor(workers, address)


@dataclass(frozen=True, slots=True)
class DaskExecutor:
    """Runs a job for each name on a cluster.

    Attributes:
        workers: Processes to start, where there is no address.
        address: A scheduler's address or file, or empty.
    """

    workers: int
    address: str

    def run(
        self, job: Callable[[str], Outcome], names: Sequence[str]
    ) -> Iterator[tuple[str, Outcome | Exception]]:
        """Start the names in the given order; yield each with its value or its exception.

        Raises:
            UniTrackError: If the cluster cannot be used, a worker is refused, or the scheduler is
                lost.
        """
        if not names:
            return
        gpu = str(getattr(job, "device", "cpu")).startswith("cuda")
        with self._connected(len(names), gpu=gpu) as client:
            here = versions()
            _check_workers(client, here, gpu=gpu)
            task: Task[Outcome] = Task(pickle.dumps(job), _threads(), here)
            resources = {GPU: 1} if gpu else {}
            suspects: list[str] = []
            for name, outcome in _spread(client, task, resources, names, at_once=len(names)):
                if isinstance(outcome, KilledWorker):
                    suspects.append(name)
                else:
                    yield name, outcome
            # Dask counts the death of a worker against everything that was waiting there as well.
            # Each suspect is tried again with nothing behind it.
            alone = max(1, len(client.nthreads()))
            for name, outcome in _spread(client, task, resources, suspects, at_once=alone):
                yield name, _given_up(outcome) if isinstance(outcome, KilledWorker) else outcome

    def _connected(self, names: int, *, gpu: bool) -> AbstractContextManager[Client]:
        if self.address:
            return running_cluster(self.address)
        return own_cluster(min(self.workers, names), gpu=gpu)


def _check_workers(client: Client, here: Mapping[str, str], *, gpu: bool) -> None:
    """Look at the scheduler and the workers that are there before they are given anything.

    Raises:
        UniTrackError: If one is refused, or none has a GPU to give.
    """
    assert client.scheduler is not None
    scheduler = f"Dask scheduler {client.scheduler.address}"
    try:
        there = client.run_on_scheduler(versions)
    except Exception as error:
        raise _unusable(scheduler, error) from error
    refuse_other_versions(scheduler, there, here)
    for address, answer in client.run(describe, on_error="return").items():
        if isinstance(answer, Exception):
            raise _unusable(f"worker {address}", answer)
        threads, there = answer
        refuse_stranger(address, threads, there, here)
    workers = client.scheduler_info(n_workers=-1)["workers"].values()
    if not workers:
        _LOG.warning("no Dask worker is there yet; waiting for one (Ctrl-C ends)")
    elif gpu and not any(worker["resources"].get(GPU) for worker in workers):
        raise UniTrackError(
            "--device cuda",
            f"no Dask worker offers the resource {GPU}",
            f'Start each with: dask worker ADDRESS --nthreads 1 --resources "{GPU}=1"',
        )


def _spread(
    client: Client,
    task: Task[Outcome],
    resources: Mapping[str, int],
    names: Sequence[str],
    *,
    at_once: int,
) -> Iterator[tuple[str, Outcome | Exception]]:
    """Submit names, at most so many at once, and yield each with its outcome as it comes.

    Raises:
        UniTrackError: If a worker is refused, or the scheduler is lost.
    """
    run = uuid4().hex
    done = as_completed(loop=client.loop)
    submitted: dict[Key, str] = {}

    def submit(count: int) -> None:
        first = len(submitted)
        some = names[first : first + count]
        keys: list[Key] = [(f"sequence-{run}", first + i) for i in range(len(some))]
        if some:
            submitted.update(zip(keys, some, strict=True))
            # Of equal priority are run first those that come first.
            done.update(client.map(task, some, key=keys, resources=dict(resources) or None))

    submit(at_once)
    for future in done:
        outcome = _outcome(client, future)
        submit(1)
        yield submitted[future.key], outcome


def _outcome(client: Client, future: Future[Outcome]) -> Outcome | Exception:
    """What a task gave, or the exception it raised.

    Raises:
        UniTrackError: If its worker is refused, or the scheduler is lost.
    """
    if future.status == "error":
        error = future.exception()
        if isinstance(error, WorkerRefusedError):
            raise error
        assert isinstance(error, Exception)
        return error
    try:
        return future.result()
    except (CancelledError, OSError) as error:
        assert client.scheduler is not None
        raise UniTrackError(
            f"Dask scheduler {client.scheduler.address}",
            "is lost",
            "What is finished is kept. Start the scheduler again; the same command goes on.",
        ) from error


def _unusable(where: str, error: Exception) -> UniTrackError:
    """A process that cannot even say its versions, most likely for want of our wheels."""
    reason = " ".join(f"{type(error).__name__}: {error}".split())
    return UniTrackError(where, f"cannot be used ({reason})", "Install the same wheels on both.")


def _given_up(error: KilledWorker) -> Exception:
    """One line of what Dask says in four."""
    deaths, last = error.allowed_failures + 1, error.last_worker.address
    return RuntimeError(f"{deaths} workers died of it, the last at {last}; was memory short?")


def _threads() -> int:
    import torch

    return torch.get_num_threads()
