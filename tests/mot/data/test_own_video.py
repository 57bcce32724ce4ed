"""Films of one's own: frames as stored, detections beside them, results in MOTChallenge's form."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from unitrack.cli.main import main
from unitrack.data.film import Film
from unitrack.errors import UniTrackError
from unitrack.ffmpeg import find_ffmpeg
from unitrack.render.video import VideoWriter
from unitrack.testing import cases
from unitrack_mot.data.own_video import video
from unitrack_mot.data.settings import MotDataSettings

FRAMES, SIZE = 12, (48, 64)
SETTINGS = MotDataSettings(columns="motchallenge")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film in which frame i is grey level 10 i, with one detection in each."""
    folder = tmp_path_factory.mktemp("films")
    with VideoWriter(folder / "street.mp4", 10, SIZE) as writer:
        for index in range(FRAMES):
            writer.write(np.full((*SIZE, 3), 10 * index, np.uint8))
    lines = (f"{number},-1,{number + 1},11,20,30,0.9\n" for number in range(1, FRAMES + 1))
    (folder / "street.txt").write_text("".join(lines))
    return folder


def levels(film: Film) -> list[int]:
    return [round(float(frame.image.mean()) / 10) for frame in film.frames()]


def test_frames_come_as_they_are_stored(made: Path) -> None:
    film = Film(made / "street.mp4")
    assert (film.fps, film.size, film.length) == (10.0, SIZE, FRAMES)
    assert levels(film) == list(range(FRAMES))
    assert [frame.name for frame in film.frames()][::11] == ["000001", "000012"]


def test_no_frame_is_doubled_where_the_rate_is_uneven(made: Path, tmp_path: Path) -> None:
    kept = [0, 1, 2, 6, 7, 11]
    chosen = "select='" + "+".join(f"eq(n,{index})" for index in kept) + "'"
    uneven = tmp_path / "uneven.mkv"
    source = str(made / "street.mp4")
    command = [find_ffmpeg("--video"), "-i", source, "-vf", chosen, "-fps_mode", "vfr", str(uneven)]
    subprocess.run(command, check=True, capture_output=True)
    film = Film(uneven)
    assert film.length == len(kept)
    assert levels(film) == kept


def test_detections_lie_beside_the_film(made: Path) -> None:
    (sequence,) = video(made, None, SETTINGS).sequences()
    seen = sequence.observations("benchmark")
    assert [observations[0].box[0] for observations in seen] == list(range(1, FRAMES + 1))
    assert sequence.truth is None


@pytest.mark.slow
def test_a_run_writes_results_and_an_annotated_film(made: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    words = ["run", "--head", "mot", "--data", "video", "--root", str(made), "--out", str(out)]
    assert main([*words, "--video"]) == 0
    written = (out / "results" / "street.txt").read_text().splitlines()
    assert len(written) == FRAMES
    assert {line.split(",")[1] for line in written} == {"1"}
    assert Film(out / "video" / "street.mp4").length == FRAMES


def test_it_conforms(made: Path) -> None:
    checked = [case for case in cases("unitrack-mot", roots={"video": made}) if case[1].root]
    assert {record.name for record, _ in checked} == {"video"}
    for record, check in checked:
        check(record)


def test_what_is_no_film_is_said(made: Path, tmp_path: Path) -> None:
    (tmp_path / "page.mp4").write_text("<html>not found</html>")
    with pytest.raises(UniTrackError, match=r"page\.mp4: cannot be decoded as a film"):
        _ = Film(tmp_path / "page.mp4").size
    whole = (made / "street.mp4").read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UniTrackError, match=r"cut\.mp4: cannot be decoded as a film"):
        _ = Film(tmp_path / "cut.mp4").length


def test_absent_detections_oracle_and_films_are_said(made: Path, tmp_path: Path) -> None:
    shutil.copy(made / "street.mp4", tmp_path)
    (sequence,) = video(tmp_path, None, SETTINGS).sequences()
    with pytest.raises(UniTrackError, match=r"street\.txt: is missing"):
        sequence.observations("benchmark")
    with pytest.raises(UniTrackError, match="has no truth"):
        sequence.observations("oracle")
    with pytest.raises(UniTrackError, match="--split train"):
        video(tmp_path, "train", SETTINGS)
    shutil.copy(made / "street.mp4", tmp_path / "street.mov")
    with pytest.raises(UniTrackError, match="two films named street"):
        video(tmp_path, None, SETTINGS)
    (tmp_path / "empty").mkdir()
    with pytest.raises(UniTrackError, match="holds no film"):
        video(tmp_path / "empty", None, SETTINGS)
