"""The ffmpeg program that the package imageio-ffmpeg carries."""

from __future__ import annotations

from pathlib import Path

from unitrack.errors import UniTrackError

__all__ = ["find_ffmpeg"]


def find_ffmpeg(where: str | Path) -> str:
    """Path of the program.

    Args:
        where: What needs it, for the message.

    Raises:
        UniTrackError: If the package, or a program for this machine, is missing.
    """
    try:
        import imageio_ffmpeg

        program: str = imageio_ffmpeg.get_ffmpeg_exe()
    except (ImportError, RuntimeError) as error:
        raise UniTrackError(
            where, f"no ffmpeg is installed ({error})", 'pip install "unitrack-core[video]"'
        ) from error
    return program
