"""Seconds per stage, and the peak memory of this process."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["Clock", "peak_memory_bytes"]


class Clock:
    """Adds up seconds per stage; a stage belongs to one thread."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._nested = threading.local()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count the time inside the block for ``name``, less that of stages inside it."""
        outer = getattr(self._nested, "seconds", 0.0)
        self._nested.seconds = 0.0
        start = time.perf_counter()
        try:
            yield
        finally:
            passed = time.perf_counter() - start
            own = passed - self._nested.seconds
            self.seconds[name] = self.seconds.get(name, 0.0) + own
            self._nested.seconds = outer + passed


def peak_memory_bytes() -> int:
    """Largest resident size of this process so far, in bytes; 0 where it cannot be told."""
    try:
        import resource
    except ImportError:  # not on Windows
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
