from __future__ import annotations

import dataclasses
import errno
import json
import os
import random
import signal
import time
import warnings
import zipfile
from pathlib import Path

import pytest

from tests.suite.conftest import SEQUENCES, Session
from unitrack.engine.inputs import open_metric
from unitrack.errors import UniTrackError
from unitrack.suite.estimate import look_ahead
from unitrack.suite.records import CellState, read_suite
from unitrack.suite.store import Store

pytestmark = pytest.mark.slow


def forked() -> int:
    with warnings.catch_warnings():  # newer Pythons warn of threads, of which the child uses none
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def states(session: Session) -> list[str]:
    return [cell.state for cell in read_suite(session.out).cells]


def results(store: Store) -> dict[str, dict[str, bytes]]:
    keys = [path.stem for path in store.folder.glob("sequences/*/*.zip")]
    return {key: store.results(key) for key in keys}


def test_a_suite_is_computed_once(session: Session) -> None:
    first = session.fill()
    assert first.tracked == 6
    assert states(session) == ["done", "done"]
    session.executor.asked.clear()
    second = session.fill()
    assert second.tracked == 0
    assert session.executor.asked == []
    assert second.record == first.record


def test_one_cells_scores_follow_from_the_counts_in_the_store(session: Session) -> None:
    key = session.fill().record.cells[0].key
    assert key is not None
    cell = session.store.cell(key)
    _, metric = open_metric("synthetic_poseprop")
    partials = [session.store.partial(one["key"]) for one in cell.sequences.values()]
    assert all(partial is not None for partial in partials)
    combined = metric.combine([partial for partial in partials if partial is not None])
    assert dict(combined) == cell.scores["COMBINED"]
    assert set(cell.scores) == {"COMBINED", *SEQUENCES}
    assert 0 < combined["PCK@0.5"] <= 1
    assert cell.breakdown["joint"]


def test_a_failed_sequence_is_recorded_and_the_rest_goes_on(session: Session) -> None:
    good = session.executor.known["random:0/SYNTH-02"]
    session.executor.known["random:0/SYNTH-02"] = ValueError("no\nluck")
    filled = session.fill()
    assert filled.tracked == 5
    assert states(session) == ["partial", "done"]
    cell = filled.record.cells[0]
    assert cell.failed == {"SYNTH-02": "ValueError: no luck"}
    assert cell.key is not None
    assert set(session.store.cell(cell.key).sequences) == {"SYNTH-01", "SYNTH-03"}

    session.executor.known["random:0/SYNTH-02"] = good
    session.executor.asked.clear()
    assert session.fill().record == filled.record  # not tried again by itself
    assert session.executor.asked == []

    assert session.fill(retry_failed=True).tracked == 1
    assert session.executor.asked == ["random:0/SYNTH-02"]
    assert states(session) == ["done", "done"]


def test_a_cell_of_which_nothing_is_left_has_failed(session: Session) -> None:
    for name in SEQUENCES:
        session.executor.known[f"random:0/{name}"] = UniTrackError("here", "is wrong", "Mend it.")
    cell = session.fill().record.cells[0]
    assert (cell.state, cell.key) == ("failed", None)
    assert cell.failed == dict.fromkeys(SEQUENCES, "here: is wrong")


def test_a_result_of_other_inputs_is_not_kept_under_this_key(session: Session) -> None:
    known = session.executor.known
    known["random:1/SYNTH-02"] = known["random:0/SYNTH-02"]
    # Other data of the same frames' names and weights show in the content key as well.
    known["random:1/SYNTH-03"] = dataclasses.replace(
        known["random:1/SYNTH-03"], content_key="of other data"
    )
    cell = session.fill().record.cells[1]
    said = "was tracked with other data, weights or code than this process sees"
    assert cell.failed == {name: f"{name}: {said}" for name in ("SYNTH-02", "SYNTH-03")}


def test_a_stopped_suite_goes_on_where_it_was(session: Session) -> None:
    def stop(name: str) -> None:
        if name == "random:1/SYNTH-01":
            raise KeyboardInterrupt

    session.executor.before = stop
    with pytest.raises(KeyboardInterrupt):
        session.fill()
    assert states(session) == ["done", "waiting"]
    session.executor.before = lambda _: None
    session.executor.asked.clear()
    assert session.fill().tracked == 3
    assert session.executor.asked == [f"random:1/{name}" for name in SEQUENCES]


def test_a_damaged_sequence_is_found_before_it_is_scored(session: Session) -> None:
    session.fill()
    victim = next(session.store.folder.glob("sequences/*/*.zip"))
    with zipfile.ZipFile(victim) as archive:
        first = archive.getinfo("partial.json")
    data = bytearray(victim.read_bytes())
    data[first.header_offset + 30 + len(first.filename) + 20] ^= 0xFF  # behind its header
    victim.write_bytes(data)
    for cell in session.store.folder.glob("cells/*.json"):
        cell.unlink()
    before = session.said.copy()
    assert session.fill().tracked == 1
    assert states(session) == ["done", "done"]
    (line,) = session.said[len(before) :]
    assert line.startswith(f"{victim}: is damaged")
    assert line.endswith("computed again")


def test_a_damaged_cell_is_scored_again(session: Session) -> None:
    record = session.fill().record
    victim = next(session.store.folder.glob("cells/*.json"))
    whole = victim.read_text()
    victim.write_text(whole[:100])
    assert session.fill().record == record
    assert victim.read_text() == whole
    assert session.said == [session.said[0]]
    assert "is damaged" in session.said[0]


def test_a_full_disk_ends_with_a_line_and_loses_nothing(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(name: str) -> None:
        if name == "random:0/SYNTH-03":
            monkeypatch.setattr(os, "fsync", no_space)

    def no_space(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    session.executor.before = full
    with pytest.raises(UniTrackError, match=r"cannot be written .No space left on device"):
        session.fill()
    assert len(results(session.store)) == 2
    assert not list(session.store.folder.rglob(".*"))  # nothing unfinished is left behind
    monkeypatch.undo()
    session.executor.before = lambda _: None
    assert session.fill().tracked == 4


def test_a_score_that_is_no_number_is_null(session: Session) -> None:
    key = session.fill().record.cells[0].key
    assert key is not None
    cell = session.store.cell(key)
    odd = dataclasses.replace(cell, key="0" * 64, scores={"COMBINED": {"A": float("nan"), "B": 1}})
    session.store.keep_cell(odd)
    text = (session.store.folder / "cells" / f"{'0' * 64}.json").read_text()
    assert json.loads(text, parse_constant=pytest.fail)["scores"]["COMBINED"] == {"A": None, "B": 1}


def test_a_cell_that_cannot_be_scored_stops_no_other(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_score(*_: object) -> None:
        monkeypatch.undo()
        raise ZeroDivisionError("of nothing")

    monkeypatch.setattr("unitrack.suite.run.score_cell", no_score)
    record = session.fill().record
    assert [cell.state for cell in record.cells] == ["failed", "done"]
    assert record.cells[0].reason == "cannot be scored (ZeroDivisionError: of nothing)"
    assert [cell.state for cell in session.fill().record.cells] == ["done", "done"]


def test_two_processes_share_a_suite_and_wait_for_each_other(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("unitrack.suite.run._POLL_S", 0.02)
    ready, go = os.pipe(), os.pipe()
    if (child := forked()) == 0:
        os.close(go[1])

        def hold(_: str) -> None:
            os.write(ready[1], b"x")
            os.read(go[0], 1)

        session.executor.before = hold
        session.fill()
        os._exit(0)

    class Told(list[str]):
        """Lets the other process go on as soon as this one waits for it."""

        def append(self, line: str) -> None:
            super().append(line)
            os.write(go[1], b"xxx")

    session.said = Told()
    os.read(ready[0], 1)
    filled = session.fill()
    assert os.waitpid(child, 0)[1] == 0
    assert filled.tracked == 3  # of the other network; none is computed twice
    assert session.executor.asked == [f"random:1/{name}" for name in SEQUENCES]
    assert [cell.state for cell in filled.record.cells] == ["done", "done"]
    assert session.said == ["another suite fills 1 of these cells; waiting for it"]
    for end in (*ready, *go):
        os.close(end)


def test_killed_at_any_moment_the_store_is_whole(session: Session) -> None:
    """What is there is whole, what was finished stays, and the end is the same as without kills."""
    chance = random.Random(0)  # noqa: S311 - moments, no secrets
    finished: set[str] = set()
    kills = halfway = 0
    while kills < 25:
        ready, tell = os.pipe()
        child = forked()
        if child == 0:

            def before(_: str, tell: int = tell) -> None:
                os.write(tell, b"x")
                time.sleep(0.005)

            session.executor.before = before
            session.fill()
            os._exit(0)
        os.close(tell)
        for _ in range(chance.randrange(5)):  # so many sequences begun, or the end
            os.read(ready, 1)
        time.sleep(chance.uniform(0.0, 0.02))
        os.kill(child, signal.SIGKILL)
        os.close(ready)
        kills += os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
        now = results(session.store)  # reads every byte; raises on half a file
        assert finished <= set(now)
        halfway += 0 < len(now) < 6
        finished = set(now)
        if len(finished) == 6 and kills < 25:  # all done: take some away and go on killing
            for key in chance.sample(sorted(finished), 4):
                session.store.discard(key)
                finished.discard(key)
            for cell in session.store.folder.glob("cells/*.json"):
                cell.unlink()
    session.fill()
    assert states(session) == ["done", "done"]
    for key, content in results(session.store).items():
        record = session.store.record(key)
        known = session.executor.known[f"{record['spec']['weights']}/{record['sequence']}"]
        assert content == known.results
    assert halfway > 5


def test_what_is_left_is_known_before(session: Session) -> None:
    before = look_ahead(session.table, session.store)
    assert [(one.finished, one.sequences, one.frames, one.seconds) for one in before] == [
        (0, 3, 9, None)
    ] * 2
    session.fill()
    victim = session.store.cell(next(session.store.folder.glob("cells/*.json")).stem)
    took = sum(s["timings_s"]["total"] for s in victim.sequences.values())
    assert all(one.seconds == one.frames == 0 for one in look_ahead(session.table, session.store))
    rest = [c for c in session.store.folder.glob("cells/*.json") if c.stem != victim.key]
    lost = session.store.cell(rest[0].stem)
    rest[0].unlink()
    for one in lost.sequences.values():
        session.store.discard(one["key"])
    after = [one for one in look_ahead(session.table, session.store) if one.frames]
    assert [one.frames for one in after] == [9]
    assert after[0].seconds == pytest.approx(took)


def test_a_store_of_another_version_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "store.json").write_text('{"schema": 7}')
    with pytest.raises(UniTrackError, match="schema 7; this version reads 1"):
        Store(tmp_path).open()


def test_a_store_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UniTrackError, match=r"file: cannot be made .*\n  Choose another --store"):
        Store(tmp_path / "file").open()


def test_a_folder_of_something_else_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").write_text("")
    with pytest.raises(UniTrackError, match="is not empty and no store"):
        Store(tmp_path).open()


def test_a_missing_input_is_a_state_of_the_cell(session: Session) -> None:
    table = session.table
    spec = table.cells[0].spec
    assert spec is not None
    gone = dataclasses.replace(
        table.cells[0], spec=dataclasses.replace(spec, root="/nowhere", data="jhmdb",
                                                 data_settings={})
    )  # fmt: skip
    session.table = dataclasses.replace(table, cells=(gone, table.cells[1]))
    cells: tuple[CellState, ...] = session.fill().record.cells
    assert [cell.state for cell in cells] == ["missing", "done"]
    assert cells[0].reason == (
        "/nowhere: is no folder; jhmdb is looked for there. "
        "Give the folder that holds jhmdb with --root DIR."
    )
