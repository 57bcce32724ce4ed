"""Bad input: two lines (where and what; how to mend), exit code 2, nothing half-written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sot.data import made
from unitrack.cli.main import main

Capture = pytest.CaptureFixture[str]
ROWS = [",".join(map(str, made.box(k))) for k in range(5)]


def run(root: Path, out: Path, *more: str, data: str = "otb100") -> int:
    # Random weights: nothing is fetched, and every fault is found before they matter.
    words = ["--head", "sot", "--backbone", "imagenet_r18", "--weights", "random:0"]
    return main(["run", *words, "--data", data, "--root", str(root), "--out", str(out), *more])


def expect_two_lines(code: int, capsys: Capture, *words: str) -> None:
    err = capsys.readouterr().err
    assert code == 2, err
    lines = err.rstrip("\n").splitlines()
    assert len(lines) == 2, err
    assert lines[1].startswith("  ")
    for word in words:
        assert word in err


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (["0,0,0,0", *ROWS[1:]], ("no object in the first frame of Clip",)),
        (["5,10,-3,16", *ROWS[1:]], ("no object in the first frame",)),
        (["5,10,0,16", *ROWS[1:]], ("no object in the first frame",)),
        (["200,10,12,16", *ROWS[1:]], ("outside the picture of 64 x 48",)),
        (["-40,10,12,16", *ROWS[1:]], ("outside the picture",)),
        (["nan,10,12,16", *ROWS[1:]], ("groundtruth_rect.txt:1", "not finite")),
        ([*ROWS[:3], "5,nan,5,5", ROWS[4]], ("groundtruth_rect.txt:4", "not finite")),
        (ROWS[:4], ("annotates 4 frames, but there are 5 images",)),
        ([*ROWS, ROWS[0]], ("annotates 6 frames, but there are 5 images",)),
        ([*ROWS[:4], "1,2,3"], ("groundtruth_rect.txt:5", "3 columns")),
        ([*ROWS[:4], "1,2,3,four"], ("groundtruth_rect.txt:5", "'four' is no number")),
    ],
)
def test_a_bad_annotation_is_said_before_anything_is_written(
    tmp_path: Path, capsys: Capture, rows: list[str], words: tuple[str, ...]
) -> None:
    made.otb(tmp_path / "set", truth="\n".join(rows))
    expect_two_lines(run(tmp_path / "set", tmp_path / "run"), capsys, *words)
    assert not (tmp_path / "run").exists()


def test_a_gap_in_the_numbers_of_the_images_is_said(tmp_path: Path, capsys: Capture) -> None:
    folder = made.otb(tmp_path / "set")
    (folder / "img" / "0003.png").unlink()
    code = run(tmp_path / "set", tmp_path / "run")
    expect_two_lines(code, capsys, "0003.png", "is missing")
    assert not (tmp_path / "run").exists()


def test_images_that_are_not_there_at_all_are_said(tmp_path: Path, capsys: Capture) -> None:
    made.boxes(tmp_path / "set" / "Clip" / "groundtruth_rect.txt", map(made.box, range(5)))
    code = run(tmp_path / "set", tmp_path / "run")
    expect_two_lines(code, capsys, "holds no image", "Restore the images")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    "data",
    ["otb100", "lasot", "trackingnet", "tc128", "tlp", "oxuva", "vot2016", "vot2019",
     "synthetic_sot"],
)  # fmt: skip
def test_an_empty_root_names_where_it_was_looked(
    tmp_path: Path, capsys: Capture, data: str
) -> None:
    (tmp_path / "set").mkdir()
    code = run(tmp_path / "set", tmp_path / "run", data=data)
    expect_two_lines(code, capsys, "(looked for", "--root")
    assert not (tmp_path / "run").exists()


SETS: dict[str, tuple[Callable[[Path], object], str]] = {
    "otb100": (made.otb, "Splits: otb100, otb50, otb2013."),
    "lasot": (made.lasot, "Splits: test, train."),
    "trackingnet": (made.trackingnet, "Splits: test, train."),
    "tc128": (made.tc128, "Splits: without_otb."),
    "tlp": (made.tlp, "Splits: tiny."),
    "oxuva": (made.oxuva, "Splits: dev, test."),
    "vot2016": (made.vot, "none; leave it out"),
    "synthetic_sot": (made.otb, "none; leave it out"),
}


@pytest.mark.parametrize("data", SETS)
def test_an_unknown_split_is_answered_with_the_known_ones(
    tmp_path: Path, capsys: Capture, data: str
) -> None:
    make, known = SETS[data]
    make(tmp_path / "set")
    code = run(tmp_path / "set", tmp_path / "run", "--split", "val", data=data)
    expect_two_lines(code, capsys, "--split val", known)


def test_a_split_of_which_nothing_is_there_is_said(tmp_path: Path, capsys: Capture) -> None:
    made.otb(tmp_path / "set", "Elsewhere")
    code = run(tmp_path / "set", tmp_path / "run", "--split", "otb50")
    expect_two_lines(code, capsys, "holds no sequence of the split otb50")


@pytest.mark.parametrize("source", ["oracle", "detector"])
def test_observations_are_not_given_to_a_tracker_of_one_object(
    tmp_path: Path, capsys: Capture, source: str
) -> None:
    made.otb(tmp_path / "set")
    code = run(tmp_path / "set", tmp_path / "run", "--observations", source)
    expect_two_lines(code, capsys, f"--observations {source}", "Leave out --observations")


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (ROWS[:3], ("holds 3 frames, but Clip has 5",)),
        ([*ROWS[:4], "1,2,nan,4"], ("Clip.txt:5", "not finite")),
        ([*ROWS[:4], "1;2;3;4"], ("Clip.txt:5", "1 columns")),
        ([], ("Clip.txt", "is empty")),
    ],
)
def test_a_bad_result_is_said(
    tmp_path: Path, capsys: Capture, rows: list[str], words: tuple[str, ...]
) -> None:
    made.otb(tmp_path / "set")
    made.lines(tmp_path / "results" / "Clip.txt", rows)
    options = ["--results", str(tmp_path / "results"), "--root", str(tmp_path / "set")]
    code = main(["eval", "--data", "otb100", *options, "--out", str(tmp_path / "out")])
    expect_two_lines(code, capsys, *words)
    assert not (tmp_path / "out").exists()


def test_a_failing_region_of_vot_is_said(tmp_path: Path, capsys: Capture) -> None:
    folder = made.vot(tmp_path / "set")
    (folder / "groundtruth.txt").write_text("1,2,3,4,5\n")
    code = run(tmp_path / "set", tmp_path / "run", data="vot2016")
    expect_two_lines(code, capsys, "groundtruth.txt:1", "has 5 numbers")
