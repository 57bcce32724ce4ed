"""Whole runs of the head on miniature sets: what is written, and what it scores."""

from __future__ import annotations

from pathlib import Path

import pytest

import unitrack
from tests.sot.data import made
from unitrack.api import RunReport


def run(root: Path, data: str, out: Path, **more: object) -> RunReport:
    return unitrack.run(
        "sot", data, root=root, out=out, backbone="imagenet_r18", weights="random:0",
        device="cpu", **more,  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.mark.slow
def test_a_supervised_run_of_vot_is_written_with_its_codes(tmp_path: Path) -> None:
    made.vot(tmp_path / "set", count=4)
    report = run(tmp_path / "set", "vot2016", tmp_path / "run")
    assert not report.failed
    lines = (tmp_path / "run" / "results" / "bag" / "bag_001.txt").read_text().splitlines()
    assert len(lines) == 4
    assert lines[0] == "1"
    row = report.scores["COMBINED"]
    assert "EAO" not in row  # four frames are too few
    assert row["failures"] == lines.count("2")
    assert unitrack.replay(tmp_path / "run").differing == ()


@pytest.mark.slow
def test_a_cut_run_scores_the_frames_it_ran(tmp_path: Path) -> None:
    made.otb(tmp_path / "set", count=6)
    report = run(tmp_path / "set", "otb100", tmp_path / "run", limit=2, stride=2)
    lines = (tmp_path / "run" / "results" / "Clip.txt").read_text().splitlines()
    assert [line == "0.0000,0.0000,0.0000,0.0000" for line in lines] == [
        False, True, False, True, True, True,
    ]  # fmt: skip
    assert lines[0] == "5.0000,10.0000,12.0000,16.0000"
    assert report.scores["COMBINED"]["AUC"] >= 10 / 21  # the first of two frames is given
    assert (tmp_path / "run" / "plots" / "success.svg").is_file()
    resumed = run(tmp_path / "set", "otb100", tmp_path / "run", limit=2, stride=2)
    assert resumed.resumed == ("Clip",)
