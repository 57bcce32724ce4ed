from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Answer
from tests.suite.conftest import TINY

Run = Callable[..., Answer]


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    """The command on a tiny suite of one cell, with a store and a folder of its own."""
    suite = TINY.replace("sequences: 3", "sequences: 2")
    second = '  - {backbone: imagenet_squeezenet, label: second, weights: "random:1"}\n'
    (tmp_path / "tiny.yaml").write_text(suite.replace(second, ""), encoding="utf-8")
    folders = ["--store", str(tmp_path / "store"), "--out", str(tmp_path / "out")]
    return ["bench", "suite", str(tmp_path / "tiny.yaml"), "--device", "cpu", *folders]


@pytest.mark.slow
def test_a_suite_from_nothing_to_its_table(unitrack: Run, words: list[str], tmp_path: Path) -> None:
    ahead = unitrack(*words, "--dry-run")
    assert ahead.code == 0
    assert ahead.out.splitlines()[1].split() == [
        "first", "stage256", "poses", "waiting", "0/2", "6", "?"
    ]  # fmt: skip
    assert "1 cells: 1 waiting." in ahead.out
    assert not (tmp_path / "store").exists()
    assert not (tmp_path / "out").exists()

    first = unitrack(*words)
    assert first.code == 0
    header, row = first.out.splitlines()
    assert header.split() == ["backbone", "layer", "poses", "PCK@0.1"]
    assert row.split()[:2] == ["first", "stage256"]
    assert "2 sequences computed" in first.err

    again = unitrack(*words)
    assert (again.code, again.out) == (0, first.out)
    assert "0 sequences computed" in again.err
    content = json.loads((tmp_path / "out" / "suite.json").read_text())
    assert [cell["state"] for cell in content["cells"]] == ["done"]

    assert "2/2" in unitrack(*words, "--dry-run").out


@pytest.mark.slow
def test_two_workers_give_the_same_bytes(unitrack: Run, words: list[str], tmp_path: Path) -> None:
    from unitrack.suite.store import Store

    def results(folder: Path) -> dict[str, dict[str, bytes]]:
        store = Store(folder)
        keys = sorted(path.stem for path in folder.glob("sequences/*/*.zip"))
        return {key: store.results(key) for key in keys}

    assert unitrack(*words).code == 0
    elsewhere = tmp_path / "other"
    words[words.index("--store") + 1] = str(elsewhere)
    assert unitrack(*words, "--workers", "2").code == 0
    assert len(results(elsewhere)) == 2
    assert results(elsewhere) == results(tmp_path / "store")


def test_what_is_missing_is_listed_and_the_exit_code_says_so(unitrack: Run, tmp_path: Path) -> None:
    (tmp_path / "far.yaml").write_text(
        "backbones: [{backbone: imagenet_r18, weights: 'random:0'}]\n"
        "entries: [{head: mot, data: mot16}, {head: vos, data: davis2017}]\n",
        encoding="utf-8",
    )
    words = ["bench", "suite", str(tmp_path / "far.yaml"), "--root", str(tmp_path)]
    words += ["--store", str(tmp_path / "store"), "--out", str(tmp_path / "out")]
    answer = unitrack(*words)
    assert answer.code == 1
    assert answer.out.splitlines()[1].split() == ["imagenet_r18", "layer3", "missing", "missing"]
    assert f"missing: {tmp_path}/mot16: is no folder; mot16 is looked for there" in answer.err
    assert "2 missing" in unitrack(*words, "--dry-run").out


def test_weights_that_are_not_here_are_said_without_fetching_them(
    unitrack: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNITRACK_CACHE", str(tmp_path / "cache"))
    (tmp_path / "far.yaml").write_text(
        "backbones: [{backbone: insdis_r50}]\n"
        "entries: [{head: poseprop, data: synthetic_poseprop, data_settings: "
        "{sequences: 1, frames: 2, width: 96, height: 64}}]\n",
        encoding="utf-8",
    )
    answer = unitrack("bench", "suite", str(tmp_path / "far.yaml"), "--dry-run")
    assert answer.code == 0
    assert "its weights are not on this machine" in answer.out


def test_a_wrong_name_stops_before_anything_is_written(unitrack: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(TINY.replace("squeezenet", "squeezent"), encoding="utf-8")
    store = str(tmp_path / "store")
    answer = unitrack("bench", "suite", str(tmp_path / "mine.yaml"), "--store", store)
    assert answer.code == 2
    assert "mine.yaml:4: imagenet_squeezent: no backbone is called so" in answer.err
    assert "Nearest: imagenet_squeezenet" in answer.err
    assert len(answer.err.splitlines()) == 2
    assert not (tmp_path / "store").exists()
