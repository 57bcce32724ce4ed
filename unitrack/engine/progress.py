"""Saying how far a run is: a bar on a terminal, JSON lines on demand, silence otherwise."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rich.progress import ProgressColumn, Task

__all__ = ["Progress", "Silent", "json_lines", "terminal_bar"]


class Progress(Protocol):
    """What a run reports while it goes on."""

    def begin(self, frames: int, sequences: int) -> None:
        """The run starts; so many frames are still to be tracked."""

    def advance(self, sequence: str, frames: int) -> None:
        """``frames`` more frames of a sequence are tracked."""

    def finish(self, sequence: str, error: str | None) -> None:
        """A sequence is finished, or failed with one line."""


class Silent:
    """No report."""

    def begin(self, frames: int, sequences: int) -> None:
        """Say nothing."""

    def advance(self, sequence: str, frames: int) -> None:
        """Say nothing."""

    def finish(self, sequence: str, error: str | None) -> None:
        """Say nothing."""


class _JsonLines:
    """One JSON object a line on stderr; frames at most once a second."""

    def __init__(self) -> None:
        self._start = self._last = time.monotonic()
        self._done = self._total = 0

    def begin(self, frames: int, sequences: int) -> None:
        self._total = frames
        self._say(event="begin", frames=frames, sequences=sequences)

    def advance(self, sequence: str, frames: int) -> None:
        self._done += frames
        now = time.monotonic()
        if now - self._last < 1.0:
            return
        self._last = now
        fps = self._done / (now - self._start)
        left = (self._total - self._done) / fps
        self._say(
            event="frames",
            sequence=sequence,
            done=self._done,
            total=self._total,
            fps=round(fps, 2),
            seconds_left=round(left, 1),
        )

    def finish(self, sequence: str, error: str | None) -> None:
        self._say(event="failed" if error else "finished", sequence=sequence, error=error)

    def _say(self, **fields: object) -> None:
        fields["seconds"] = round(time.monotonic() - self._start, 3)
        print(json.dumps(fields), file=sys.stderr, flush=True)  # noqa: T201 - this is its purpose


def json_lines() -> Progress:
    """Progress as JSON lines on stderr."""
    return _JsonLines()


class _Bar:
    """A rich progress bar: frames, frames per second, time left."""

    def __init__(self, bar: object) -> None:
        from rich.progress import Progress as RichProgress

        assert isinstance(bar, RichProgress)
        self._bar = bar
        self._task = bar.add_task("starting", total=None)

    def begin(self, frames: int, sequences: int) -> None:
        self._bar.reset(self._task, total=frames, description=f"{sequences} sequences")

    def advance(self, sequence: str, frames: int) -> None:
        self._bar.update(self._task, advance=frames, description=sequence)

    def finish(self, sequence: str, error: str | None) -> None:
        if error:
            self._bar.console.print(f"{sequence}: {error}", markup=False, highlight=False)


def _speed_column() -> ProgressColumn:
    from rich.progress import ProgressColumn
    from rich.text import Text

    class Speed(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(f"{task.speed:.1f} fps" if task.speed else "")

    return Speed()


@contextmanager
def terminal_bar() -> Iterator[Progress]:
    """A progress bar on stderr while the block runs; silence where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield Silent()
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as RichProgress

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("frames"),
        _speed_column(),
        TimeRemainingColumn(),
    )
    with RichProgress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield _Bar(bar)
