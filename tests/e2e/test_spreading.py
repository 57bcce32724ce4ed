"""What the engine asks of an executor, and what it takes from one."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

import unitrack
from unitrack import api
from unitrack.api import RunReport

pytestmark = pytest.mark.slow


class Watched:
    """Runs jobs here, keeps the order of their names, and may do something before each."""

    def __init__(self, before: Callable[[str], object] = len) -> None:
        self.names: list[str] = []
        self.devices: set[str] = set()
        self._before = before

    def run(self, job: Any, names: Sequence[str]) -> Iterator[tuple[str, Any]]:
        self.names.extend(names)
        self.devices.add(job.device)
        for name in names:
            self._before(name)
            yield name, job(name)


def _run(data: Path, out: Path, executor: Watched, patch: pytest.MonkeyPatch) -> RunReport:
    patch.setattr(api, "open_executor", lambda _name, _workers: (executor, True))
    return unitrack.run(
        "mot", "synthetic_mot", root=data, backbone="imagenet_r18", weights="random:0",
        device="cpu", out=out, workers=2,
    )  # fmt: skip


def _shorten(sequence: Path, frames: int) -> None:
    """Keep the first frames of a sequence only."""
    info = sequence / "seqinfo.ini"
    lines = info.read_text().splitlines()
    kept = [f"seqLength={frames}" if line.startswith("seqLength") else line for line in lines]
    info.write_text("\n".join(kept) + "\n")
    for image in sorted((sequence / "img1").iterdir())[frames:]:
        image.unlink()
    for file in (sequence / "gt" / "gt.txt", sequence / "det" / "det.txt"):
        rows = file.read_text().splitlines()
        file.write_text("\n".join(r for r in rows if int(r.split(",")[0]) <= frames) + "\n")


def test_the_longest_sequence_is_handed_out_first(
    data_copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _shorten(data_copy / "train" / "SYNTH-01", 3)
    watched = Watched()
    assert not _run(data_copy, tmp_path / "run", watched, monkeypatch).failed
    assert watched.names == ["SYNTH-02", "SYNTH-01"]
    assert watched.devices == {"cpu"}


def test_a_result_made_from_other_data_is_refused(
    data_copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As by a worker on a machine where another copy of the data lies under the same path."""
    other = tmp_path / "other"
    shutil.copytree(data_copy, other)
    _shorten(other / "train" / "SYNTH-02", 3)

    def swap(name: str) -> None:
        if name == "SYNTH-02":
            shutil.rmtree(data_copy)
            shutil.copytree(other, data_copy)

    report = _run(data_copy, tmp_path / "run", Watched(swap), monkeypatch)
    assert list(report.failed) == ["SYNTH-02"]
    assert report.failed["SYNTH-02"].startswith("SYNTH-02: was tracked with other data")
    assert not (tmp_path / "run" / "results" / "SYNTH-02.txt").exists()
