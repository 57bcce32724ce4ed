"""A new plugin from a template: a whole wheel whose tests pass as it is written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from importlib.util import find_spec
from pathlib import Path
from string import Template

from unitrack import __version__
from unitrack.errors import UniTrackError
from unitrack.files import folder_atomic
from unitrack.registry.collect import CORE, wheel_name
from unitrack.registry.manager import first_party, registry

__all__ = ["TEMPLATES", "new_plugin"]

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_SUFFIX = ".tmpl"
_PACKAGE = "PACKAGE"  # stands for the package's name in the paths of the templates


@dataclass(frozen=True, slots=True)
class _Kind:
    """What the files of one kind say.

    Attributes:
        summary: What the example is.
        dependencies: Of the wheel, beside the core.
        use: The line of its README that uses it.
    """

    summary: str
    dependencies: tuple[str, ...]
    use: str


_RUN = "unitrack run --head mot --data synthetic_mot"
TEMPLATES = {
    "backbone": _Kind(
        "a small convolutional network",
        ("torch>=2.4",),
        _RUN + " --backbone $name --weights random",
    ),
    "head": _Kind(
        "boxes linked by overlap and looks",
        ("numpy>=2.0", "pydantic>=2.7", "torch>=2.4"),
        "unitrack run --head $name --data DATASET",
    ),
    "dataset": _Kind(
        "folders of frames with boxes in CSV files",
        ("unitrack-mot>=0.1",),
        "unitrack run --head mot --data $name --root FOLDER",
    ),
    "metric": _Kind(
        "how long objects keep one identity",
        ("numpy>=2.0",),
        "unitrack list metrics",
    ),
    "similarity": _Kind(
        "every point's best counterpart",
        ("numpy>=2.0", "torch>=2.4"),
        _RUN + " --set similarity=$name",
    ),
}
"""Kinds of which there is a template."""


def new_plugin(name: str, kind: str, out: str | Path | None = None) -> Path:
    """Write a wheel that offers one thing: ready to build, install and test.

    Args:
        name: What one will type for it, lower snake case; the wheel is ``unitrack-<name>``.
        kind: ``backbone``, ``head``, ``dataset``, ``metric`` or ``similarity``.
        out: The new folder; ``unitrack-<name>`` here when left out.

    Returns:
        The new folder.

    Raises:
        UniTrackError: If the name is no name or taken, the kind has no template, the folder is
            there already or cannot be written; nothing is written then.
    """
    if kind not in TEMPLATES:
        kinds = ", ".join(TEMPLATES)
        raise UniTrackError(f"--kind {kind}", "there is no such template", f"Kinds: {kinds}.")
    wheel = wheel_name(f"unitrack-{name}")
    _check_name(name, kind, wheel)
    folder = Path(out) if out is not None else Path(wheel)
    if folder.exists() or folder.is_symlink():
        raise UniTrackError(folder, "is there already", "Choose another folder with --out.")
    words = _words(name, kind, wheel)
    templates = files("unitrack") / "templates"
    with folder_atomic(folder) as unfinished:
        for template in ("common", kind):
            _fill(templates / template, unfinished, words)
    return folder


def _words(name: str, kind: str, wheel: str) -> dict[str, str]:
    """What the placeholders of the templates stand for."""
    chosen = TEMPLATES[kind]
    core = f"{CORE}>={__version__}"
    return {
        "name": name,
        "kind": kind,
        "wheel": wheel,
        "package": f"unitrack_{name}",
        "summary": chosen.summary,
        "dependencies": ", ".join(f'"{one}"' for one in (core, *chosen.dependencies)),
        "use": Template(chosen.use).substitute(name=name),
    }


def _check_name(name: str, kind: str, wheel: str) -> None:
    if not _NAME.fullmatch(name):
        raise UniTrackError(
            repr(name), "is no name for a plugin", "Take lower snake case, like moco_v4."
        )
    taken = {CORE, *first_party(), *(plugin.wheel for plugin in registry().plugins)}
    if wheel in taken or find_spec(f"unitrack_{name}") is not None:
        raise UniTrackError(name, f"{wheel} is a wheel already", "Choose another name.")
    for offer in registry().offers(kind):
        if offer.record.name == name:
            raise UniTrackError(
                name, f"{offer.wheel} offers a {kind} of this name", "Choose another name."
            )


def _fill(template: Traversable, folder: Path, words: dict[str, str]) -> None:
    """Copy a folder of templates with their placeholders filled in."""
    for entry in template.iterdir():
        name = words["package"] if entry.name == _PACKAGE else entry.name.removesuffix(_SUFFIX)
        if entry.is_dir():
            (folder / name).mkdir(exist_ok=True)
            _fill(entry, folder / name, words)
        else:
            text = Template(entry.read_text(encoding="utf-8")).substitute(words)
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
