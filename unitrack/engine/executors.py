"""Where sequences are run: in this process, or in worker processes of this machine."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Protocol, TypeVar, cast

from unitrack.errors import UniTrackError
from unitrack.registry.manager import registry
from unitrack.registry.records import load

__all__ = ["Executor", "local", "open_executor"]

Outcome = TypeVar("Outcome")

# A sequence is tried again when a worker dies (the kernel's out-of-memory killer may have chosen
# an innocent one), but not for ever.
_TRIES = 2


class Executor(Protocol):
    """Runs a job for each name; the order of the outcomes is free.

    A job can be pickled. One that needs a device of its own says which in its attribute ``device``,
    e.g. ``cuda:0``; one without that attribute computes on the CPU.
    """

    def run(
        self, job: Callable[[str], Outcome], names: Sequence[str]
    ) -> Iterator[tuple[str, Outcome | Exception]]:
        """Start the names in the given order; yield each with its value or its exception.

        Raises:
            UniTrackError: If the workers as a whole are lost or cannot be used.
        """


def open_executor(named: str, workers: int) -> tuple[Executor, bool]:
    """The executor ``NAME[:ADDRESS]``, and whether it leaves this process.

    Raises:
        UniTrackError: If no executor has that name, or it cannot be started so.
    """
    name, _, address = named.partition(":")
    record = registry().get("executors", name)
    made: Executor = cast("Any", load(record.factory))(workers, address)
    return made, workers > 1 or name != "local"


def local(workers: int, address: str) -> Executor:
    """This machine: no process for one worker, a pool of fresh processes for more.

    Raises:
        UniTrackError: If there is an address, or fewer than one worker.
    """
    if address:
        raise UniTrackError(
            f"--executor local:{address}", "local processes have no address", "Leave it out."
        )
    if workers < 1:
        raise UniTrackError(f"--workers {workers}", "must be at least 1", "Write --workers 1.")
    return _Here() if workers == 1 else _Pool(workers)


def _threads() -> int:
    import torch

    return torch.get_num_threads()


class _Here:
    def run(
        self, job: Callable[[str], Outcome], names: Sequence[str]
    ) -> Iterator[tuple[str, Outcome | Exception]]:
        for name in names:
            try:
                outcome: Outcome | Exception = job(name)
            except Exception as error:  # noqa: BLE001 - handed to the engine, which sorts it out
                outcome = error
            yield name, outcome


class _Pool:
    def __init__(self, workers: int) -> None:
        self._workers = workers

    def run(
        self, job: Callable[[str], Outcome], names: Sequence[str]
    ) -> Iterator[tuple[str, Outcome | Exception]]:
        waiting = list(names)
        for attempt in range(_TRIES if waiting else 0):
            lost: list[str] = []
            for name, outcome in self._once(job, waiting):
                if isinstance(outcome, BrokenProcessPool) and attempt + 1 < _TRIES:
                    lost.append(name)
                else:
                    yield name, outcome
            waiting = lost
            if not waiting:
                return

    def _once(
        self, job: Callable[[str], Outcome], names: Sequence[str]
    ) -> Iterator[tuple[str, Outcome | Exception]]:
        # Fresh processes: a forked one would inherit torch's thread pool in an unknown state.
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(
            min(self._workers, len(names)),
            mp_context=context,
            initializer=_start_worker,
            initargs=(_threads(),),
        )
        try:
            futures: dict[Future[Outcome], str] = {pool.submit(job, n): n for n in names}
            for future in as_completed(futures):
                error = future.exception()
                if error is None:
                    yield futures[future], future.result()
                elif isinstance(error, Exception):
                    yield futures[future], error
                else:
                    raise error
        except BaseException:
            # Ctrl-C, or the consumer gave up: what is finished has been handed over already.
            for process in multiprocessing.active_children():
                process.terminate()
            raise
        finally:
            pool.shutdown(cancel_futures=True)


def _start_worker(threads: int) -> None:
    """Leave Ctrl-C to the main process, which ends the workers; compute as one process does.

    The last bits of some layers depend on the number of threads, and results must not depend on
    the number of workers; so each worker has the threads that a single process would have.
    """
    import torch

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(threads)
