from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from unitrack.errors import UniTrackError
from unitrack.ffmpeg import find_ffmpeg
from unitrack.render.video import VideoWriter, render_sequence
from unitrack.types import BoxObservation, Frame, SequenceResult, TrackedObject


def _frame(index: int, height: int = 48, width: int = 64) -> Frame:
    image = np.zeros((height, width, 3), np.uint8)
    image[:, :, 0] = np.linspace(0, 255, width, dtype=np.uint8)
    image[:, :, 1] = 20 * index
    return Frame(index, f"{index + 1:06d}", image)


def _result(frames: int) -> SequenceResult:
    boxes = (BoxObservation((5.0 + i, 10, 25.0 + i, 40)) for i in range(frames))
    return SequenceResult("made_up", tuple((TrackedObject(1, box),) for box in boxes))


@dataclass(frozen=True)
class _Film:
    """What ffmpeg itself says about a file, and its pictures."""

    codec: str
    pixels: str
    size: tuple[int, int]
    fps: float
    frames: NDArray[np.uint8]


def _decode(path: Path) -> _Film:
    command = [
        find_ffmpeg("--video"),
        "-nostdin",
        "-i",
        str(path),
        "-f",
        "rawvideo",
        "-pix_fmt",
        "rgb24",
        "-",
    ]
    done = subprocess.run(command, capture_output=True, check=True)
    told = re.search(
        r"Video: (\w+).*?, (yuv\w+).*?, (\d+)x(\d+).*?, ([\d.]+) fps", done.stderr.decode()
    )
    assert told
    codec, pixels, width, height, fps = told.groups()
    shape = (-1, int(height), int(width), 3)
    frames = np.frombuffer(done.stdout, np.uint8).reshape(shape)
    return _Film(codec, pixels, (int(width), int(height)), float(fps), frames)


def _fake_encoder(monkeypatch: pytest.MonkeyPatch, folder: Path, script: str) -> None:
    program = folder / "ffmpeg"
    program.write_text(f"#!{sys.executable}\nimport sys\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(program))


def test_a_film_can_be_decoded_again(tmp_path: Path) -> None:
    path = tmp_path / "new" / "film.mp4"
    with VideoWriter(path, 7, (48, 64)) as writer:
        for index in range(9):
            writer.write(_frame(index).image)
    film = _decode(path)
    assert (film.codec, film.pixels, film.size, film.fps) == ("h264", "yuv420p", (64, 48), 7.0)
    assert len(film.frames) == 9
    error = np.abs(film.frames[4].astype(int) - _frame(4).image)
    assert error.mean() < 6


def test_the_index_of_a_film_comes_before_its_pictures(tmp_path: Path) -> None:
    with VideoWriter(tmp_path / "film.mp4", 30, (48, 64)) as writer:
        writer.write(_frame(0).image)
    content = (tmp_path / "film.mp4").read_bytes()
    assert 0 < content.index(b"moov") < content.index(b"mdat")


def test_odd_sizes_are_padded_by_a_pixel(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    with VideoWriter(path, 2.5, (47, 63)) as writer:
        writer.write(_frame(0, 47, 63).image)
        writer.write(_frame(1, 47, 63).image)
    film = _decode(path)
    assert (film.size, film.fps, len(film.frames)) == ((64, 48), 2.5, 2)


@pytest.mark.parametrize("kind", [KeyboardInterrupt, RuntimeError])
def test_an_exception_leaves_nothing_behind_and_the_earlier_film_intact(
    tmp_path: Path, kind: type[BaseException]
) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(b"earlier")
    with pytest.raises(kind), VideoWriter(path, 7, (48, 64)) as writer:
        writer.write(_frame(0).image)
        raise kind
    assert [entry.name for entry in tmp_path.iterdir()] == ["film.mp4"]
    assert path.read_bytes() == b"earlier"


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for ffmpeg is a script")
@pytest.mark.parametrize(
    "script", ["sys.stdin.buffer.read(); ", "sys.stdin.buffer.read(100); "], ids=["end", "midway"]
)
def test_an_encoder_that_fails_is_reported_with_its_own_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    words = "[out#0/mp4 @ 0x1] Error closing file: No space left on device"
    _fake_encoder(monkeypatch, tmp_path, f"{script}print('{words}', file=sys.stderr); sys.exit(1)")
    target = tmp_path / "out" / "film.mp4"
    with (
        pytest.raises(UniTrackError, match=r"\(Error closing file: No space left on device\)"),
        VideoWriter(target, 7, (480, 640)) as writer,
    ):
        for _ in range(5):
            writer.write(_frame(0, 480, 640).image)
    assert list(target.parent.iterdir()) == []


def test_a_missing_encoder_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    with pytest.raises(UniTrackError, match=r'pip install "unitrack-core\[video\]"'):
        find_ffmpeg("--video")


def test_a_folder_that_cannot_be_made_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with (
        pytest.raises(UniTrackError, match=r"film\.mp4"),
        VideoWriter(tmp_path / "file" / "film.mp4", 7, (48, 64)),
    ):
        pass


def test_a_frame_of_another_size_is_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(UniTrackError, match="10x48"),
        VideoWriter(tmp_path / "film.mp4", 7, (48, 64)) as writer,
    ):
        writer.write(_frame(0, 48, 10).image)


def test_a_sequence_is_written_as_film_and_as_pictures(tmp_path: Path) -> None:
    film, folder = tmp_path / "film.mp4", tmp_path / "frames"
    render_sequence(
        (_frame(i) for i in range(4)), _result(4), video=film, frames_folder=folder, fps=10
    )
    assert len(_decode(film).frames) == 4
    assert sorted(path.name for path in folder.iterdir()) == [f"{i:06d}.jpg" for i in range(1, 5)]
    picture = np.asarray(Image.open(folder / "000001.jpg"))
    plain = _frame(0).image
    assert picture.shape == plain.shape
    assert np.abs(picture[10:41, 4:26].astype(int) - plain[10:41, 4:26]).max() > 60


def test_pictures_alone_need_no_encoder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    render_sequence([_frame(0)], _result(1), video=None, frames_folder=tmp_path, fps=10)
    assert [path.name for path in tmp_path.iterdir()] == ["000001.jpg"]


def test_frames_are_asked_for_one_at_a_time(tmp_path: Path) -> None:
    def frames() -> Iterator[Frame]:
        for index in range(3):
            assert len(list(tmp_path.glob("*.jpg"))) == index
            yield _frame(index)

    render_sequence(frames(), _result(3), video=None, frames_folder=tmp_path, fps=10)


def test_a_picture_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UniTrackError, match=r"000001\.jpg: the picture cannot be written"):
        render_sequence(
            [_frame(0)], _result(1), video=None, frames_folder=tmp_path / "file", fps=10
        )
