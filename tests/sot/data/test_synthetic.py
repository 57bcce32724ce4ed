from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError

import unitrack
from unitrack.errors import UniTrackError
from unitrack_sot.data import synthetic
from unitrack_sot.data.synthetic import synthesise
from unitrack_sot.data.synthetic_settings import SyntheticSotSettings

SMALL: dict[str, Any] = {
    "sequences": 2, "frames": 8, "width": 128, "height": 96, "objects": 4, "camera_pan": 8,
}  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("synthetic") / "set"
    synthesise(out, SyntheticSotSettings(**SMALL))
    return out


def _digest(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_layout_is_that_of_otb(made: Path) -> None:
    folders = sorted(path for path in made.iterdir() if path.is_dir())
    assert [folder.name for folder in folders] == ["SYNTH-01", "SYNTH-02"]
    for folder in folders:
        names = [path.name for path in sorted((folder / "img").iterdir())]
        assert names == [f"{number:04d}.jpg" for number in range(1, 9)]
        with Image.open(folder / "img" / "0001.jpg") as image:
            assert (image.size, image.mode) == ((128, 96), "RGB")
        rows = np.loadtxt(folder / "groundtruth_rect.txt", delimiter=",")
        assert rows.shape == (8, 4)
        assert (rows[:, 2:] > 0).all()


def test_it_reads_as_any_set_of_that_layout(made: Path) -> None:
    videos = unitrack.dataset("synthetic_sot", root=made).sequences()
    assert [video.name for video in videos] == ["SYNTH-01", "SYNTH-02"]
    for video in videos:
        assert video.truth is not None
        assert all(frame[0].counted for frame in video.truth)
        assert "BC" in video.attributes  # type: ignore[attr-defined]


def test_the_marked_person_is_in_the_picture_throughout(made: Path) -> None:
    for file in made.rglob("groundtruth_rect.txt"):
        rows = np.loadtxt(file, delimiter=",")
        centre = rows[:, :2] - 1 + rows[:, 2:] / 2
        assert ((centre > 0) & (centre < (128, 96))).all()


def test_the_same_settings_give_the_same_bytes_and_a_seed_others(
    made: Path, tmp_path: Path
) -> None:
    synthesise(tmp_path / "again", SyntheticSotSettings(**SMALL))
    assert _digest(tmp_path / "again") == _digest(made)
    synthesise(tmp_path / "other", SyntheticSotSettings(**SMALL, seed=1))
    assert _digest(tmp_path / "other") != _digest(made)


def test_a_set_that_is_there_is_left_and_other_files_are_never_replaced(
    made: Path, tmp_path: Path
) -> None:
    before = (made / "SYNTH-01" / "img" / "0001.jpg").stat().st_mtime_ns
    synthesise(made, SyntheticSotSettings(**SMALL))
    assert (made / "SYNTH-01" / "img" / "0001.jpg").stat().st_mtime_ns == before
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UniTrackError, match="holds other files"):
        synthesise(tmp_path, SyntheticSotSettings(**SMALL))


def test_settings_with_which_nobody_stays_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(synthetic, "_ATTEMPTS", 1)
    hasty = SyntheticSotSettings(**{**SMALL, "objects": 1, "speed": 10, "frames": 40, "fps": 2})
    with pytest.raises(UniTrackError, match="nobody stays in the picture for 40 frames"):
        synthesise(tmp_path / "set", hasty)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("name", "value"), [("frames", 1), ("objects", 0), ("people", 3)])
def test_strange_settings_are_refused(name: str, value: int) -> None:
    with pytest.raises(ValidationError):
        SyntheticSotSettings(**{name: value})


@pytest.mark.slow
def test_by_default_the_person_is_hidden_for_a_while_and_changes_in_size(tmp_path: Path) -> None:
    synthesise(tmp_path / "set", SyntheticSotSettings())
    for file in (tmp_path / "set").rglob("attrs.txt"):
        assert "OCC" in file.read_text()
        tall = np.loadtxt(file.with_name("groundtruth_rect.txt"), delimiter=",")[:, 3]
        assert tall.max() / tall.min() > 1.2
