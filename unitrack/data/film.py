"""Frames of a film (mp4, mov, mkv, avi, webm, ...), decoded one at a time by ffmpeg."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO

import numpy as np

from unitrack.errors import UniTrackError
from unitrack.ffmpeg import find_ffmpeg
from unitrack.types import Frame

__all__ = ["SUFFIXES", "Film"]

SUFFIXES = frozenset({".avi", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".webm"})
"""Endings of files that are taken for films."""

_Y4M = re.compile(rb"YUV4MPEG2 W(\d+) H(\d+) F(\d+):(\d+)")


@dataclass(frozen=True)
class Film:
    """A film on disk: the first video stream in it, every frame as it is stored.

    What is asked of it raises `UniTrackError` if it cannot be decoded, or ffmpeg is missing.

    Attributes:
        path: The file.
    """

    path: Path

    @property
    def fps(self) -> float:
        """Frames per second, on average."""
        return self._stated[0]

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels of the upright frames."""
        return self._stated[1]

    @cached_property
    def length(self) -> int:
        """Number of frames; it is decoded once for that, as headers are often wrong."""
        with self._decoded("framecrc") as stream:
            return sum(not line.startswith(b"#") for line in stream)

    def frames(self) -> Iterator[Frame]:
        """Frames in order, named by their 1-based numbers in six digits."""
        height, width = self.size
        size = 3 * height * width
        with self._decoded("rawvideo", "-pix_fmt", "rgb24") as stream:
            index = 0
            while len(data := stream.read(size)) == size:
                image = np.frombuffer(data, np.uint8).reshape(height, width, 3)
                yield Frame(index, f"{index + 1:06d}", image)
                index += 1

    @cached_property
    def _stated(self) -> tuple[float, tuple[int, int]]:
        # The head of a YUV4MPEG2 stream states size and rate after rotation, in one plain line.
        with self._decoded("yuv4mpegpipe", "-frames:v", "1", "-pix_fmt", "yuv420p") as stream:
            head = _Y4M.match(stream.read())
        if not head:
            raise self._failure()
        width, height, frames, seconds = map(int, head.groups())
        return frames / seconds, (height, width)

    @contextmanager
    def _decoded(self, form: str, *options: str) -> Iterator[IO[bytes]]:
        """What ffmpeg makes of it; a bad end is raised when the stream was read to its end."""
        program = find_ffmpeg(self.path)
        source = ["-hide_banner", "-loglevel", "error", "-nostdin", "-i", str(self.path)]
        whole = ["-map", "0:v:0", "-fps_mode", "passthrough", *options, "-f", form, "-"]
        with subprocess.Popen(  # noqa: S603 - our own program and arguments
            [program, *source, *whole],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is ours to handle
        ) as process:
            assert process.stdout
            try:
                yield process.stdout
                if not process.stdout.read(1) and process.wait() != 0:
                    raise self._failure()
            finally:
                process.kill()

    def _failure(self) -> UniTrackError:
        return UniTrackError(
            self.path,
            "cannot be decoded as a film",
            "Convert it, e.g. ffmpeg -i FILE -c:v libx264 new.mp4, or give a folder of images.",
        )
