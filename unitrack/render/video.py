"""Videos that a browser plays, and folders of annotated frames."""

from __future__ import annotations

import re
import subprocess
import tempfile
import uuid
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from unitrack.errors import UniTrackError
from unitrack.ffmpeg import find_ffmpeg
from unitrack.render.draw import draw
from unitrack.render.trails import Trails
from unitrack.types import Frame, SequenceResult

__all__ = ["VideoWriter", "render_sequence"]

_TRAIL_SECONDS = 2.0
_JPEG_QUALITY = 92


class VideoWriter:
    """Writes H.264 in mp4, frame by frame; use it in a ``with`` statement.

    The film appears under its name when it is whole; after an exception nothing is left behind
    and an earlier film of that name is intact.

    Args:
        path: The film, ``….mp4``; its folder is made.
        fps: Frames per second, any positive number.
        size: Height and width of the frames; odd ones are padded by one pixel.

    Raises:
        UniTrackError: On entering, if there is no encoder or the folder cannot be made; on
            writing and leaving, if the encoder fails, for instance on a full disk.
    """

    def __init__(self, path: Path, fps: float, size: tuple[int, int]) -> None:
        self._path = path
        self._fps = fps
        self._size = size
        self._unfinished = path.with_name(f".{path.name}.{uuid.uuid4().hex}.partial")
        self._process: subprocess.Popen[bytes] | None = None
        self._messages: IO[bytes] | None = None

    def __enter__(self) -> Self:
        program = find_ffmpeg("--video")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._messages = tempfile.TemporaryFile()  # a pipe that nobody reads would block
            self._process = subprocess.Popen(  # noqa: S603 - our own program and arguments
                self._command(program),
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=self._messages,
                start_new_session=True,  # Ctrl-C is ours to handle
            )
        except OSError as error:
            raise self._failure(str(error.strerror or error)) from error
        return self

    def write(self, image: NDArray[np.uint8]) -> None:
        """Append one RGB frame ``(H, W, 3)``."""
        assert self._process, "the writer is not open"
        assert self._process.stdin
        if image.shape != (*self._size, 3):
            raise UniTrackError(
                self._path,
                f"a frame is {image.shape[1]}x{image.shape[0]}, the first ones were "
                f"{self._size[1]}x{self._size[0]}",
                "Give frames of one size.",
            )
        try:
            self._process.stdin.write(np.ascontiguousarray(image).data)
        except OSError as error:  # the encoder has gone; what it said tells why
            self._process.wait()
            raise self._failure(self._last_words()) from error

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process
        try:
            if kind is None:
                self._finish(self._process)
        finally:
            self._process.kill()
            self._process.wait()
            if self._process.stdin:
                _close_quietly(self._process.stdin)
            if self._messages:
                self._messages.close()
            self._unfinished.unlink(missing_ok=True)

    def _finish(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin
        _close_quietly(process.stdin)  # a broken pipe shows in the exit code as well
        if process.wait() != 0:
            raise self._failure(self._last_words())
        try:
            self._unfinished.replace(self._path)
        except OSError as error:
            raise self._failure(str(error.strerror or error)) from error

    def _command(self, program: str) -> list[str]:
        height, width = self._size
        rate = str(Fraction(self._fps).limit_denominator(100_000))
        source = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", rate]
        even = "pad=ceil(iw/2)*2:ceil(ih/2)*2,scale=out_color_matrix=bt709:out_range=tv"
        colours = "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709"
        encoder = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "21", "-pix_fmt", "yuv420p"]
        # A key frame every two seconds, so that a viewer can jump; the index comes first, so that
        # a browser can start before it has everything.
        seeking = ["-g", str(max(1, round(2 * self._fps))), "-movflags", "+faststart"]
        return [
            *(program, "-hide_banner", "-loglevel", "error", "-nostdin", "-y"),
            *(*source, "-i", "pipe:0", "-an", "-vf", f"{even},{colours}"),
            *(*encoder, *seeking, "-f", "mp4", str(self._unfinished)),
        ]

    def _last_words(self) -> str:
        assert self._messages
        self._messages.seek(0)
        lines = self._messages.read().decode(errors="replace").strip().splitlines()
        if not lines:
            return "the encoder stopped without a word"
        return re.sub(r"^(\[[^]]*\] )+", "", lines[-1])  # the parts of ffmpeg that speak

    def _failure(self, reason: str) -> UniTrackError:
        return UniTrackError(
            self._path,
            f"the video cannot be written ({reason})",
            "Free space or choose another folder with --out DIR, then run the same command again.",
        )


def _close_quietly(pipe: IO[bytes]) -> None:
    with suppress(BrokenPipeError):
        pipe.close()


def render_sequence(
    frames: Iterable[Frame],
    result: SequenceResult,
    *,
    video: Path | None,
    frames_folder: Path | None,
    fps: float,
) -> None:
    """Draw a tracker's result over the frames, once, for a film, a folder of pictures, or both.

    One frame is held at a time.

    Args:
        frames: The pictures; each finds its objects by its ``index``.
        result: What the tracker said.
        video: The mp4 to write, or None.
        frames_folder: Where to write ``<frame name>.jpg``, or None.
        fps: Frames per second of ``frames``.

    Raises:
        UniTrackError: If the encoder is missing or fails, or something cannot be written.
    """
    length = max(2, round(_TRAIL_SECONDS * fps))
    trails = Trails(length=length, patience=length)
    with ExitStack() as stack:
        writer: VideoWriter | None = None
        for frame in frames:
            objects = result.frames[frame.index]
            trails = trails.after(objects)
            picture = draw(frame.image, objects, trails.points)
            if video and writer is None:
                size = (picture.shape[0], picture.shape[1])
                writer = stack.enter_context(VideoWriter(video, fps, size))
            if writer:
                writer.write(picture)
            if frames_folder:
                _save(picture, frames_folder / f"{frame.name}.jpg")


def _save(picture: NDArray[np.uint8], path: Path) -> None:
    """Write one picture so that it is whole or not there at all."""
    unfinished = path.with_name(f".{path.name}.{uuid.uuid4().hex}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture).save(unfinished, format="JPEG", quality=_JPEG_QUALITY)
        unfinished.replace(path)
    except OSError as error:
        raise UniTrackError(
            path,
            f"the picture cannot be written ({error.strerror or error})",
            "Free space or choose another folder with --out DIR, then run the same command again.",
        ) from error
    finally:
        with suppress(OSError):  # what went wrong is told already
            unfinished.unlink(missing_ok=True)
