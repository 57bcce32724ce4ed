"""What ``unitrack doctor`` looks at: one small function a fact, each with what to do about it."""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from unitrack import __version__
from unitrack.cache import cache_folder
from unitrack.errors import UniTrackError
from unitrack.registry.manager import KINDS, registry

__all__ = ["CHECKS", "Finding"]

_LIBRARIES = ("torch", "torchvision", "numpy", "scipy", "lap", "trackeval", "pydantic")
_SMALL_DISK_BYTES = 1 << 30
_MIB, _GIB = 1 << 20, 1 << 30


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact about this installation.

    Attributes:
        name: What was looked at.
        value: What was found.
        problem: What is wrong, empty when all is well.
        mend: What to type or change, empty when there is nothing to do.
        usable: False where UniTrack does not work properly until it is mended.
    """

    name: str
    value: str
    problem: str = ""
    mend: str = ""
    usable: bool = True


def versions() -> Iterator[Finding]:
    """Python, this package and the libraries that decide results."""
    yield Finding("python", f"{platform.python_version()} on {platform.platform()}")
    yield Finding("unitrack-core", __version__)
    for name in _LIBRARIES:
        found = _version(name)
        if found:
            yield Finding(name, found)
        else:
            yield Finding(name, "none", "is not installed", f"pip install {name}", usable=False)


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""


def namesake() -> Iterator[Finding]:
    """Another project on the public index is called ``unitrack`` and imports as ``unitrack``."""
    other = _version("unitrack")
    if other:
        yield Finding(
            "namesake",
            f"unitrack {other}",
            "another project that also imports as `unitrack` is installed; the two mix their files",
            "pip uninstall -y unitrack && pip install --force-reinstall --no-deps unitrack-core",
            usable=False,
        )


def plugins() -> Iterator[Finding]:
    """Every plugin, and names that two wheels use."""
    try:
        found = registry()
    except UniTrackError as error:
        yield Finding("plugins", error.where, error.what, error.mend, usable=False)
        return
    for plugin in found.plugins:
        name, value = f"plugin {plugin.name}", f"{plugin.wheel} {plugin.version}, {plugin.status}"
        if plugin.error:
            mend = f"pip install --upgrade {plugin.wheel}; or: pip uninstall {plugin.wheel}"
            yield Finding(name, value, plugin.error, mend, usable=False)
        else:
            yield Finding(name, value)
    for kind in KINDS:
        shared = sorted(
            spelt for o in found.offers(kind) if (spelt := found.spelling(o)) != o.record.name
        )
        if shared:
            names = ", ".join(shared)
            yield Finding(kind, names, "wheels share a bare name", "Type the qualified names.")
    yield _default_backbone()


def _default_backbone() -> Finding:
    try:
        return Finding("default backbone", registry().spelling(registry().default_backbone()))
    except UniTrackError as error:
        return Finding("default backbone", "none", error.what, error.mend)


def devices() -> Iterator[Finding]:
    """The processor and what torch finds beside it."""
    try:
        import torch
    except (ImportError, OSError) as error:
        reason = " ".join(str(error).split())
        mend = "pip install --force-reinstall torch"
        yield Finding("device", "none", f"torch cannot be imported ({reason})", mend, usable=False)
        return
    yield Finding("device cpu", f"{torch.get_num_threads()} threads")
    for index in range(torch.cuda.device_count()):
        device = torch.cuda.get_device_properties(index)
        yield Finding(
            f"device cuda:{index}", f"{device.name}, {device.total_memory / _GIB:.0f} GiB"
        )
    if torch.backends.mps.is_available():
        yield Finding("device mps", "available")


def torchvision() -> Iterator[Finding]:
    """Whether torchvision can be imported, and whether its compiled part fits this torch."""
    if not _version("torch") or not _version("torchvision"):
        return  # said by `versions` already
    name = "torchvision operators"
    try:
        from unitrack.torchvision_compat import declare_missing_operators

        declared = declare_missing_operators()
        import_module("torchvision")
    except (ImportError, OSError, RuntimeError) as error:
        reason = " ".join(str(error).split())
        mend = "pip install --force-reinstall torch torchvision"
        yield Finding(name, "none", f"torchvision fails ({reason})", mend, usable=False)
        return
    unfit = "do not load beside this torch; harmless, UniTrack uses none of them"
    yield Finding(name, "load" if declared is None else unfit)


def ffmpeg() -> Iterator[Finding]:
    """What writes videos."""
    try:
        import imageio_ffmpeg

        yield Finding("ffmpeg", imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError):
        problem = "no ffmpeg: --video cannot write"
        yield Finding("ffmpeg", "none", problem, "pip install 'unitrack-core[video]'")


def cache() -> Iterator[Finding]:
    """Where weights and rendered data are kept: writable, and how full."""
    folder = cache_folder()
    existing = next(path for path in (folder, *folder.parents) if path.is_dir())
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    free = shutil.disk_usage(existing).free
    value = f"{folder} ({size / _MIB:.0f} MiB used, {free / _GIB:.1f} GiB free)"
    mend = "Set UNITRACK_CACHE to a folder that can be written."
    if not _writable(existing):
        yield Finding("cache", value, "cannot be written", mend, usable=False)
    elif free < _SMALL_DISK_BYTES:
        yield Finding("cache", value, "the disk is nearly full", mend)
    else:
        yield Finding("cache", value)


def _writable(folder: Path) -> bool:
    """Tried, not asked: permission bits say nothing of read-only mounts."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def data_roots() -> Iterator[Finding]:
    """``$UNITRACK_DATA`` and the data sets that lie in it."""
    chosen = os.environ.get("UNITRACK_DATA")
    if not chosen:
        yield Finding("data", "UNITRACK_DATA is not set; give --root, or use a synthetic set")
        return
    root = Path(chosen)
    if not root.is_dir():
        mend = "Set UNITRACK_DATA to the folder that holds <data set>/, or unset it."
        yield Finding("data", chosen, "UNITRACK_DATA is no folder", mend, usable=False)
        return
    there = ", ".join(name for name in _dataset_names() if (root / name).is_dir())
    yield Finding("data", f"{root}: {there or 'no known data set'}")


def _dataset_names() -> list[str]:
    try:
        return [offer.record.name for offer in registry().offers("datasets")]
    except UniTrackError:
        return []  # said by `plugins` already


CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    versions,
    namesake,
    plugins,
    devices,
    torchvision,
    ffmpeg,
    cache,
    data_roots,
)
