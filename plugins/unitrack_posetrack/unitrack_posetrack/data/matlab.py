"""MATLAB files, and what goes wrong with them."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

from scipy.io import loadmat
from scipy.io.matlab import MatReadError

from unitrack.errors import UniTrackError

__all__ = ["UNREADABLE", "read_matlab", "unreadable"]

UNREADABLE = (
    OSError, ValueError, TypeError, IndexError, KeyError, AttributeError, OverflowError,
    MemoryError, EOFError, NotImplementedError, MatReadError, zlib.error, struct.error,
)  # fmt: skip
"""What is raised for files that are no MATLAB files, cut, of version 7.3, or laid out otherwise."""


def read_matlab(file: Path, name: str, *, squeeze: bool = False) -> Any:
    """One variable of a file, structures as objects; its form is the file's (hence Any).

    Args:
        file: MATLAB, up to version 7.2.
        name: Of the variable.
        squeeze: Drop axes of length 1.

    Raises:
        UniTrackError: If the file cannot be read, or has no such variable.
    """
    try:
        read = loadmat(file, variable_names=[name], squeeze_me=squeeze, struct_as_record=False)
    except UNREADABLE as error:
        raise unreadable(file, error) from error
    if name not in read:
        raise UniTrackError(file, f"holds no {name}", "Restore it from the original archive.")
    return read[name]


def unreadable(file: Path, error: Exception) -> UniTrackError:
    """The fault of a file that is not what it should be."""
    reason = " ".join(str(error).split()) or type(error).__name__
    return UniTrackError(
        file, f"cannot be read ({reason})", "Restore it from the original archive."
    )
