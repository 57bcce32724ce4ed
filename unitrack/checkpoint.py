"""Read a checkpoint file into names and tensors, without ever running code from it."""

from __future__ import annotations

import argparse
import codecs
import hashlib
import io
import pickle
import re
import struct
import warnings
import zipfile
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from unitrack.errors import UniTrackError

__all__ = ["USUAL_CONTAINERS", "file_sha256", "looks_like_html", "read_checkpoint", "unwrap"]

# What a training script may wrap its state dict in; tried in this order on a stranger's file.
# The empty one is the file itself.
USUAL_CONTAINERS = (
    "classy_state_dict.base_model.model.trunk",
    "state_dict",
    "model",
    "network",
    "resnet",
    "teacher",
    "encoder",
    "",
)
_HEAD = 512  # bytes read to recognise a file
_SUFFIXES = (".pth", ".pt", ".tar", ".torch", ".pkl", ".bin", ".ckpt", ".safetensors")


def _numpy_parts() -> list[Callable[..., Any] | tuple[Callable[..., Any], str]]:
    """What NumPy's own arrays and scalars are pickled with, under the names of NumPy 1 and 2.

    None of it runs anything of the file's (any callable, hence Any).
    """
    multiarray = np._core.multiarray  # type: ignore[attr-defined]  # noqa: SLF001 - no public name
    parts: list[Callable[..., Any] | tuple[Callable[..., Any], str]] = [np.dtype, np.ndarray]
    parts += [
        (getattr(multiarray, part), f"numpy.{core}.multiarray.{part}")
        for part in ("_reconstruct", "scalar")
        for core in ("core", "_core")
    ]
    parts += {type(np.dtype(kind)) for kind in "?bBhHiIlLqQefdSU"}
    return [*parts, (codecs.encode, "_codecs.encode")]


# Plain things that training scripts save beside the weights.
_ALLOWED = [argparse.Namespace, *_numpy_parts()]

# All that torch's reader is known to raise on damaged files and on plain garbage.
_UNREADABLE = (
    pickle.UnpicklingError,
    RuntimeError,
    EOFError,
    ValueError,
    KeyError,
    IndexError,
    AttributeError,
    TypeError,
    AssertionError,
    struct.error,
)


def read_checkpoint(path: Path) -> object:
    """Read a ``.safetensors`` file or a torch file (zip or pickle), recognised by content.

    Only tensors and plain values are accepted; `argparse.Namespace` and the arrays and scalars of
    NumPy, which some training scripts save beside the weights, are plain as well. A zip archive
    with one checkpoint in it is opened.

    Raises:
        UniTrackError: If the file is missing, cut off, an HTML page, or would run code.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise UniTrackError(
            path,
            f"cannot be read ({error.strerror})",
            "Check the path; --weights takes a file, or random[:SEED].",
        ) from error
    if looks_like_html(head):
        raise UniTrackError(
            path,
            "is an HTML page, not a checkpoint",
            "Fetch the file itself; the page was probably a login or a preview.",
        )
    if path.suffix == ".safetensors" or head[8:9] == b"{":
        return _read_safetensors(path)
    return _read_zipped(path) or _read_torch(path, head)


def _read_safetensors(path: Path) -> Mapping[str, Tensor]:
    try:
        return load_file(path)
    except (SafetensorError, OSError, ValueError) as error:
        raise UniTrackError(
            path,
            f"is cut off or not a safetensors file ({_line(error)})",
            "Fetch or copy it again, and compare its size with the source.",
        ) from error


def _read_zipped(path: Path) -> object:
    """What the one checkpoint in an ordinary zip archive holds; None for any other file."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if any(name.endswith(("/data.pkl", "/constants.pkl")) for name in names):
                return None  # torch's own files are zip archives as well
            inside = [name for name in names if name.endswith(_SUFFIXES)]
            content = archive.read(inside[0]) if len(inside) == 1 else b""
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError):
        return None
    if not content:
        raise UniTrackError(
            path,
            f"is a zip archive with {len(inside)} checkpoints in it",
            "Unpack it and give the right file.",
        )
    return _loaded(io.BytesIO(content), content[:_HEAD], path)


def _read_torch(path: Path, head: bytes) -> object:
    return _loaded(path, head, path)


def _loaded(source: Path | io.BytesIO, head: bytes, path: Path) -> object:
    try:
        with torch.serialization.safe_globals(_ALLOWED), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of pickle protocols; what matters is raised as well
            return torch.load(source, map_location="cpu", weights_only=True)
    except _UNREADABLE as error:
        if "TorchScript" in str(error):
            raise UniTrackError(
                path,
                "is a TorchScript archive: it holds a program, so it was not opened",
                "Give a file with the state dict of its network.",
            ) from error
        if isinstance(error, pickle.UnpicklingError) and head.startswith((b"\x80", b"PK")):
            raise UniTrackError(
                path,
                f"holds more than tensors{_refused(error)}: opening it could run code, so it was "
                "not opened",
                "Where you trust its origin, save its tensors as .safetensors and give that file.",
            ) from error
        raise UniTrackError(
            path,
            f"is cut off or not a checkpoint ({_line(error)})",
            "Fetch or copy it again, and compare its size with the source.",
        ) from error


def _refused(error: Exception) -> str:
    """`` (module.name)`` of what torch's reader did not allow, where it says so."""
    named = re.search(r"GLOBAL ([\w.]+)|<class '([\w.]+)'>", str(error))
    return f" ({named[1] or named[2]})" if named else ""


def _line(error: Exception) -> str:
    """The first line of a message, bounded."""
    return (str(error).strip() or type(error).__name__).splitlines()[0][:120]


def looks_like_html(head: bytes) -> bool:
    """Whether a file with this beginning is a web page."""
    return head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"


def unwrap(content: object, containers: Sequence[str], where: object) -> dict[str, Tensor]:
    """The state dict inside what a file holds.

    Args:
        content: What `read_checkpoint` gave.
        containers: Dotted keys to go down to, the first that holds tensors is taken; the empty
            one stands for the content itself.
        where: The file, for messages.

    Raises:
        UniTrackError: If there are no tensors by name.
    """
    for dotted in containers:
        inside = _inside(content, dotted)
        if isinstance(inside, Mapping):
            tensors = {str(key): _tensor(value) for key, value in inside.items()}
            named = {key: tensor for key, tensor in tensors.items() if tensor is not None}
            if named:
                return named
    looked = " or ".join(dotted or "flat" for dotted in containers)
    raise UniTrackError(
        where, "holds no tensors by name", f"Give a checkpoint with a state dict, {looked}."
    )


def _tensor(value: object) -> Tensor | None:
    """A tensor, also of a NumPy array of numbers; None for anything else."""
    if isinstance(value, np.ndarray) and value.dtype.kind in "fiub":
        return torch.from_numpy(value)
    return value if isinstance(value, Tensor) else None


def _inside(content: object, dotted: str) -> object:
    for key in filter(None, dotted.split(".")):
        content = content.get(key) if isinstance(content, Mapping) else None
    return content


def file_sha256(path: Path) -> str:
    """Hex digest of a file; computed once per process as long as the file stays the same.

    Raises:
        UniTrackError: If the file cannot be read.
    """
    try:
        status = path.stat()
        return _digest(path, status.st_size, status.st_mtime_ns)
    except OSError as error:
        raise UniTrackError(
            path, f"cannot be read ({error.strerror})", "Check the path and its permissions."
        ) from error


@lru_cache(maxsize=64)
def _digest(path: Path, _size: int, _mtime_ns: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
