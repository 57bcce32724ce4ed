"""From the command line to the scores, and what it says of bad input."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.vos.made import Labels, annotation, davis, labels, save, youtube
from unitrack.cli.main import main

Capture = pytest.CaptureFixture[str]

WORDS = ("--head", "vos", "--backbone", "imagenet_r18", "--weights", "random:0")


def big(values: Labels) -> Labels:
    """Large enough for a backbone."""
    return values.repeat(4, 0).repeat(4, 1)


FRAMES = [big(labels(o1=(2, 10, 2 + t, 10 + t), o3=(14, 22, 5, 15))) for t in range(4)]


def run(data: str, root: Path, out: Path, *more: str) -> int:
    return main(["run", *WORDS, "--data", data, "--root", str(root), "--out", str(out), *more])


def test_a_run_is_scored_evaluated_and_packed(tmp_path: Path, capsys: Capture) -> None:
    root, out = davis(tmp_path / "data", FRAMES), tmp_path / "run"
    assert run("davis2017", root, out, "--json") == 0
    report = json.loads((out / "results.json").read_text())
    assert set(report["scores"]) == {"COMBINED", "blackswan"}
    assert list(report["breakdown"]["object"]) == ["blackswan_1", "blackswan_3"]
    files = sorted(path.name for path in (out / "results" / "blackswan").iterdir())
    assert files == [f"{n:05d}.png" for n in range(4)]
    capsys.readouterr()
    same = ["--data", "davis2017", "--root", str(root)]
    assert main(["eval", "--results", str(out), *same, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == report["scores"]
    archive = tmp_path / "mine.zip"
    assert main(["submit", "--results", str(out), *same, "--archive", str(archive)]) == 0
    assert len(zipfile.ZipFile(archive).namelist()) == 4


def test_few_frames_are_run_and_leave_the_scores_blank(tmp_path: Path) -> None:
    root = davis(tmp_path / "data", FRAMES)
    assert run("davis2017", root, tmp_path / "run", "--limit", "2") == 0
    report = json.loads((tmp_path / "run" / "results.json").read_text())
    assert report["frames"] == 2
    assert report["scores"] == {"COMBINED": {}, "blackswan": {}}


@pytest.mark.parametrize("few", [("--stride", "99"), ("--limit", "1")])
def test_one_frame_is_what_was_given(few: tuple[str, str], tmp_path: Path) -> None:
    root, out = davis(tmp_path / "data", FRAMES), tmp_path / "run"
    assert run("davis2017", root, out, "--protocol", "best", *few) == 0
    with Image.open(out / "results" / "blackswan" / "00000.png") as picture:
        assert (np.array(picture) == FRAMES[0]).all()


def test_a_cut_leaves_masks_that_do_not_overlap(tmp_path: Path) -> None:
    root, out = davis(tmp_path / "data", FRAMES), tmp_path / "run"
    for number, shown in ((2, 0), (3, 255)):  # black, then white: every object is gone at once
        (old,) = root.glob(f"JPEGImages/480p/*/{number:05d}.jpg")
        Image.fromarray(np.full((96, 128, 3), shown, np.uint8)).save(old)
    assert run("davis2017", root, out, "--protocol", "best", "--json") == 0
    scores = json.loads((out / "results.json").read_text())["scores"]["COMBINED"]
    assert all(np.isfinite(value) for value in scores.values())


def test_later_objects_are_followed_from_where_they_appear(tmp_path: Path) -> None:
    frames = {n: big(labels(o2=(2, 10, 2, 10))) for n in (0, 5)}
    frames |= {n: big(labels(o2=(2, 10, 2, 10), o7=(14, 22, 5, 15))) for n in (10, 15, 20)}
    root = youtube(tmp_path / "data", {"v": frames}, numbers=range(0, 25, 5))
    rng = np.random.default_rng(0)
    before, arrived = rng.integers(0, 255, (2, 96, 128, 3), np.uint8)
    for number in range(0, 25, 5):
        shown = before.copy()
        if number >= 10:
            shown[frames[number] == 7] = arrived[frames[number] == 7] // 4
        folder = root / "train" / "JPEGImages" / "v"
        (folder / f"{number:05d}.jpg").unlink()
        Image.fromarray(shown).save(folder / f"{number:05d}.png")
    assert run("youtube_vos", root, tmp_path / "run") == 0
    pictures = sorted((tmp_path / "run" / "results" / "v").iterdir())
    seen = [set(np.unique(np.asarray(Image.open(path))).tolist()) for path in pictures]
    assert seen == [{0, 2}] * 2 + [{0, 2, 7}] * 3
    report = json.loads((tmp_path / "run" / "results.json").read_text())
    assert report["scores"]["v"]["J"] > 0.7  # nothing moves


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda root: save(annotation(root, 0), big(labels())), "shows no object"),
        (lambda root: save(annotation(root, 0), labels(o1=(0, 9, 0, 9))), "is 32x24, but"),
        (lambda root: annotation(root, 2).unlink(), "00002.png: is missing"),
        (lambda root: save(annotation(root, 4), FRAMES[0]), "annotates a frame that is not there"),
        (
            lambda root: (root / "JPEGImages/480p/blackswan/00001.jpg").unlink(),
            "00001.jpg: is missing",
        ),
        (
            lambda root: save(annotation(root, 0), FRAMES[0].astype(np.uint16) * 100, grey=True),
            "holds the object 300",
        ),
        (
            lambda root: annotation(root, 0).write_bytes(annotation(root, 0).read_bytes()[:-40]),
            "cannot be decoded",
        ),
    ],
)
def test_bad_input_is_said_in_two_lines_before_anything_is_written(
    tmp_path: Path, capsys: Capture, spoil: object, words: str
) -> None:
    root = davis(tmp_path / "data", FRAMES)
    assert callable(spoil)
    spoil(root)
    assert run("davis2017", root, tmp_path / "run") == 2
    lines = capsys.readouterr().err.rstrip("\n").splitlines()
    assert len(lines) == 2, lines
    assert words in lines[0]
    assert lines[1].startswith("  ")
    assert not (tmp_path / "run").exists()


def test_detections_are_refused(tmp_path: Path, capsys: Capture) -> None:
    root = davis(tmp_path / "data", FRAMES)
    assert run("davis2017", root, tmp_path / "run", "--observations", "oracle") == 2
    err = capsys.readouterr().err
    assert err.splitlines()[1] == "  Leave out --observations."


def test_a_missing_picture_of_a_result_is_said(tmp_path: Path, capsys: Capture) -> None:
    root = davis(tmp_path / "data", FRAMES)
    for index, values in enumerate(FRAMES[:3]):
        save(tmp_path / "out" / "blackswan" / f"{index:05d}.png", values)
    words = ["--results", str(tmp_path / "out"), "--data", "davis2017", "--root", str(root)]
    assert main(["eval", *words]) == 2
    err = capsys.readouterr().err.rstrip("\n").splitlines()
    assert len(err) == 2
    assert "00003.png: is missing" in err[0]
