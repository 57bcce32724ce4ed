from __future__ import annotations

import threading
import time

import pytest

from unitrack.engine.clock import Clock


def test_a_stage_inside_another_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter([0.0, 1.0, 3.0, 4.0, 7.0, 9.0])
    monkeypatch.setattr(time, "perf_counter", lambda: next(ticks))
    clock = Clock()
    with clock.stage("outer"):  # 0 .. 9
        with clock.stage("inner"):  # 1 .. 3
            pass
        with clock.stage("inner"):  # 4 .. 7
            pass
    assert clock.seconds == {"inner": 5.0, "outer": 4.0}


def test_a_stage_on_another_thread_is_not_inside() -> None:
    clock = Clock()
    inside, done = threading.Event(), threading.Event()

    def other() -> None:
        with clock.stage("other"):
            inside.set()
            done.wait(5)

    thread = threading.Thread(target=other)
    with clock.stage("main"):
        thread.start()
        assert inside.wait(5)
        time.sleep(0.02)
        done.set()
        thread.join()
    assert clock.seconds["main"] >= 0.02
