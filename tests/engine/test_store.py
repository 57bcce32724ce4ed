from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import NoReturn

import pytest

from unitrack.engine.store import Store, write_json
from unitrack.errors import UniTrackError


def finished_store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "run")
    store.results.mkdir(parents=True)
    (store.results / "A.txt").write_text("1\n")
    store.finish("A", "key", {"frames": 3})
    return store


def test_a_finished_sequence_is_known_by_its_key(tmp_path: Path) -> None:
    store = finished_store(tmp_path)
    entry = store.finished("A", "key")
    assert entry is not None
    assert entry["frames"] == 3
    assert store.finished("A", "other key") is None
    assert store.finished("B", "key") is None


def test_a_result_that_was_changed_or_removed_is_not_finished(tmp_path: Path) -> None:
    store = finished_store(tmp_path)
    (store.results / "A.txt").write_text("2\n")
    assert store.finished("A", "key") is None
    (store.results / "A.txt").unlink()
    assert store.finished("A", "key") is None


def test_a_torn_entry_is_not_finished(tmp_path: Path) -> None:
    store = finished_store(tmp_path)
    (store.out / "cache" / "A.json").write_text('{"key": ')
    assert store.finished("A", "key") is None


def test_a_result_may_be_a_folder(tmp_path: Path) -> None:
    store = Store(tmp_path)
    (store.results / "A" / "deep").mkdir(parents=True)
    (store.results / "A" / "deep" / "1.png").write_bytes(b"x")
    store.finish("A", "key", {})
    assert store.finished("A", "key") is not None
    (store.results / "A" / "deep" / "2.png").write_bytes(b"y")
    assert store.finished("A", "key") is None


def test_two_runs_on_one_folder_are_refused(tmp_path: Path) -> None:
    with Store(tmp_path).locked(), pytest.raises(UniTrackError, match="another run"):  # noqa: SIM117
        with Store(tmp_path).locked():
            pass
    with Store(tmp_path).locked():
        pass


def test_a_full_disk_leaves_the_earlier_file_and_no_half_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "results.json"
    write_json(path, {"a": 1})

    def full(_: int) -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UniTrackError, match="No space left"):
        write_json(path, {"a": 2})
    assert json.loads(path.read_text()) == {"a": 1}
    assert os.listdir(tmp_path) == ["results.json"]  # noqa: PTH208 - hidden files count too


def test_a_folder_that_cannot_be_made_is_one_clear_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UniTrackError, match="cannot be written"):  # noqa: SIM117
        with Store(tmp_path / "file" / "run").locked():
            pass


def test_run_json_that_is_no_json_is_one_clear_fault(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text("<html>")
    with pytest.raises(UniTrackError, match=r"run\.json"):
        Store(tmp_path).asked()
