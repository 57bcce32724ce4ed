"""A video that ends before its annotation does, for each head that follows what is given."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.posetrack.data import made as joints
from tests.sot.data import made as boxes
from tests.vos import made as masks
from unitrack.cli.main import main

pytestmark = pytest.mark.slow

Capture = pytest.CaptureFixture[str]
FRAMES = 4


@dataclass(frozen=True)
class Set:
    """A miniature of a benchmark: two videos of `FRAMES` images.

    Attributes:
        data: Name of the data set.
        make: Makes one video under a root, of a name.
        last: Its last image, below the root.
        result: Its result, below the folder of results.
        more: Further words of the command line.
    """

    data: str
    make: Callable[[Path, str], object]
    last: str
    result: str
    more: tuple[str, ...] = ()


def _masks(root: Path, name: str) -> None:
    shown = [masks.two_objects(k).repeat(4, 0).repeat(4, 1) for k in range(FRAMES)]
    masks.davis(root, shown, name=name)


SETS = {
    "sot": Set(
        "otb100",
        lambda root, name: boxes.otb(root, name, FRAMES),
        "{}/img/0004.png",
        "{}.txt",
        ("--set", "crop_size=128"),
    ),
    "vos": Set("davis2017", _masks, "JPEGImages/480p/{}/00003.jpg", "{}"),
    "poseprop": Set(
        "jhmdb",
        lambda root, name: joints.clip(root, name, images=FRAMES, frames=FRAMES),
        "Rename_Images/walk/{}/00004.png",
        "{}.json",
    ),
}


def run(head: str, root: Path, out: Path) -> int:
    one = SETS[head]
    # Random weights: nothing is fetched, and it is of no account where the object is found.
    words = ["--head", head, "--backbone", "imagenet_r18", "--weights", "random:0", *one.more]
    return main(["run", *words, "--data", one.data, "--root", str(root), "--out", str(out)])


def made(head: str, root: Path, *names: str) -> Path:
    for name in names:
        SETS[head].make(root, name)
    return root


def last(head: str, root: Path, name: str) -> Path:
    return root / SETS[head].last.format(name)


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ("sot", "annotates 4 frames, but there are 3 images"),
        ("vos", "00003.png: annotates a frame that is not there"),
    ],
)
def test_a_missing_last_image_is_said_before_anything_is_written(
    head: str, words: str, tmp_path: Path, capsys: Capture
) -> None:
    root = made(head, tmp_path / "set", "clip")
    last(head, root, "clip").unlink()
    assert run(head, root, tmp_path / "run") == 2
    lines = capsys.readouterr().err.rstrip("\n").splitlines()
    assert len(lines) == 2, lines
    assert words in lines[0]
    assert lines[1].startswith("  ")
    assert not (tmp_path / "run").exists()


def test_a_clip_of_jhmdb_ends_with_its_images(tmp_path: Path) -> None:
    """Its annotations are known to be longer or shorter than the clips; both count as they do."""
    root = made("poseprop", tmp_path / "set", "clip")
    last("poseprop", root, "clip").unlink()
    assert run("poseprop", root, tmp_path / "run") == 0
    report = json.loads((tmp_path / "run" / "results.json").read_text())
    assert report["frames"] == FRAMES - 1
    assert report["scores"]["clip"] == report["scores"]["COMBINED"]


@pytest.mark.parametrize("head", SETS)
def test_an_image_that_is_cut_off_costs_its_video_only(
    head: str, tmp_path: Path, capsys: Capture
) -> None:
    root = made(head, tmp_path / "set", "cut", "whole")
    image = last(head, root, "cut")
    content = image.read_bytes()
    image.write_bytes(content[: len(content) // 2])
    assert run(head, root, tmp_path / "run") == 2
    lines = capsys.readouterr().err.rstrip("\n").splitlines()
    assert f"{image.name}: cannot be decoded" in lines[-2]
    assert lines[-1].startswith("  Restore the image")
    results = tmp_path / "run" / "results"
    assert [path.name for path in results.iterdir()] == [SETS[head].result.format("whole")]
    image.write_bytes(content)
    assert run(head, root, tmp_path / "run") == 0
    assert "were there already" in capsys.readouterr().err
    assert (results / SETS[head].result.format("cut")).exists()
