from __future__ import annotations

from pathlib import Path

import pytest

from tests.mot.data.made import SIZE, sequence_folder
from unitrack.data.base import Sequence
from unitrack.errors import UniTrackError
from unitrack_mot.data.motchallenge import mot16
from unitrack_mot.data.settings import MotDataSettings

HEIGHT, WIDTH = SIZE
GT = ("1,1,11,21,10,20,1,1,1",)
# MOTChallenge's left 11, top 21, width 10, height 20.
LINE = f"{16 / WIDTH:.6f} {31 / HEIGHT:.6f} {10 / WIDTH:.6f} {20 / HEIGHT:.6f} 0.75\n"


@pytest.fixture
def sequence(tmp_path: Path) -> Sequence:
    sequence_folder(tmp_path / "images" / "train", "MOT16-02", truth=GT)
    settings = MotDataSettings(columns="motchallenge")
    (only,) = mot16(tmp_path, None, settings).sequences()
    return only


@pytest.fixture
def obs(tmp_path: Path) -> Path:
    folder = tmp_path / "obs" / "poi" / "train" / "MOT16-02" / "img1"
    folder.mkdir(parents=True)
    (folder / "000001.txt").write_text(LINE + LINE.replace("0.75", "-1.5"))
    (folder / "000003.txt").write_text("")
    return folder


def test_fractions_become_the_pixels_that_they_were_made_from(
    sequence: Sequence, obs: Path
) -> None:
    first, second, third = sequence.observations(str(obs.parents[1]))
    assert [(seen.score, seen.label) for seen in first] == [(0.75, 1), (-1.5, 1)]
    for seen in first:
        assert seen.box == pytest.approx((10, 20, 20, 40), abs=1e-3)
    assert sequence.truth is not None
    assert first[0].box == pytest.approx(sequence.truth[0][0].observation.box, abs=1e-3)
    assert second == third == ()


@pytest.mark.parametrize("name", ["000000", "000004", "first"])
def test_a_file_of_no_frame_is_named(sequence: Sequence, obs: Path, name: str) -> None:
    (obs / f"{name}.txt").write_text(LINE)
    with pytest.raises(UniTrackError, match=rf"{name}.txt: is no frame in 1\.\.3"):
        sequence.observations(str(obs.parents[1]))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("0.5 0.5 0.1 0.1\n", "000002.txt:1: has 4 columns"),
        ("0.5 0.5 0.1 0.1 0.9\n0.5 nan 0.1 0.1 0.9\n", "000002.txt:2: holds a value that is not"),
        ("0.5 0.5 0 0.1 0.9\n", "000002.txt:1: the box is 0 x 0.1"),
    ],
)
def test_a_bad_line_is_named(sequence: Sequence, obs: Path, text: str, what: str) -> None:
    (obs / "000002.txt").write_text(text)
    with pytest.raises(UniTrackError, match=what):
        sequence.observations(str(obs.parents[1]))


def test_a_folder_without_any_detection_is_an_error(sequence: Sequence, obs: Path) -> None:
    (obs / "000001.txt").write_text("")
    with pytest.raises(UniTrackError, match="holds no detection at all"):
        sequence.observations(str(obs.parents[1]))


def test_the_fingerprint_changes_with_any_file(sequence: Sequence, obs: Path) -> None:
    source = str(obs.parents[1])
    before = sequence.fingerprint(source)
    assert sequence.fingerprint(source) == before
    (obs / "000003.txt").rename(obs / "000002.txt")
    moved = sequence.fingerprint(source)
    (obs / "000001.txt").write_text(LINE)
    assert len({before, moved, sequence.fingerprint(source)}) == 3
