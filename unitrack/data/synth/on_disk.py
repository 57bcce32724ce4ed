"""Write a rendered set so that it is there whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from unitrack.errors import UniTrackError
from unitrack.files import folder_atomic, writing

__all__ = ["write_set"]

_MARK = "synthetic.json"


def write_set(out: Path, settings: str, write: Callable[[Path], None]) -> None:
    """Let ``write`` fill a folder beside ``out`` and put it there when it is whole.

    A set that is already there with the same settings is left as it is.

    Args:
        out: Folder to make. It may be absent, empty, or an earlier synthetic set.
        settings: All that the set follows from, as text; kept beside the data.
        write: Fills the folder that it is given.

    Raises:
        UniTrackError: If ``out`` holds something else, or cannot be written.
    """
    mark = settings + "\n"
    with writing(out):
        if _holds(out, mark):
            return
    with folder_atomic(out) as folder:
        write(folder)
        (folder / _MARK).write_text(mark, encoding="utf-8")


def _holds(out: Path, mark: str) -> bool:
    """Whether this very set is there already.

    Raises:
        UniTrackError: If the folder holds anything that no earlier call wrote.
    """
    if not out.exists():
        return False
    names = {path.name for path in out.iterdir()} if out.is_dir() else {out.name}
    if names and _MARK not in names:
        raise UniTrackError(
            out, "holds other files than a synthetic set", "Give another folder with: --out DIR"
        )
    return _MARK in names and (out / _MARK).read_text(encoding="utf-8") == mark
