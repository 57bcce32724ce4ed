"""How checkpoint files are laid out, and what a file may mean."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from torch import Tensor

from unitrack.checkpoint import USUAL_CONTAINERS, read_checkpoint, unwrap
from unitrack.errors import UniTrackError
from unitrack.registry.records import WeightFile, load

__all__ = ["Layout", "Reading", "State", "read_as", "readings"]

State = dict[str, Tensor]
_PARALLEL = "module."  # what torch's own parallel training puts before every name


@dataclass(frozen=True, slots=True)
class Layout:
    """How the published file of a backbone is laid out.

    Attributes:
        name: Whose it is, as a person would type it, e.g. ``moco_v2_r50``.
        file: Its container, prefix, remap, drop and reader are used.
    """

    name: str
    file: WeightFile


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file means, read one way: the state dict, and how it was read.

    Attributes:
        layout: Whose layout it was; empty for plain names, with or without a usual wrapper.
        state: Tensors by the names that the module should have.
    """

    layout: str
    state: State


def read_as(path: Path, file: WeightFile) -> State:
    """The state dict of a published file, under the module's names.

    Raises:
        UniTrackError: If it cannot be read, or is not laid out so.
    """
    content = _content(path, file.reader)
    state = unwrap(content, (file.container,), path)
    return _renamed(_without_prefix(state, file.prefix), file)


def readings(
    path: Path, layouts: Sequence[Layout], contents: dict[str, object] | None = None
) -> list[Reading]:
    """All that a stranger's file may mean: like one of the known ones, or plain.

    Layouts that say the same are tried once, under the name of the first.

    Args:
        path: The file.
        layouts: What it may be laid out like.
        contents: What each reader gave; filled, so that a second call reads nothing again.

    Raises:
        UniTrackError: If the file cannot be read in any way.
    """
    contents = {} if contents is None else contents
    faults: list[UniTrackError] = []
    for reader in dict.fromkeys(["", *(layout.file.reader for layout in layouts)]):
        if reader not in contents:
            try:
                contents[reader] = _content(path, reader)
            except UniTrackError as error:
                faults.append(error)
    found = [
        _like(contents[layout.file.reader], layout, path)
        for layout in _distinct(layouts)
        if layout.file.reader in contents
    ]
    if "" in contents:
        found.append(Reading("", _bare(contents[""], path)))
    if not found and not contents:
        raise faults[0]
    return found


def _distinct(layouts: Iterable[Layout]) -> list[Layout]:
    seen: dict[object, Layout] = {}
    for layout in layouts:
        file = layout.file
        key = (file.reader, file.container, file.prefix, file.remap, file.drop)
        seen.setdefault(key, layout)
    return list(seen.values())


def _like(content: object, layout: Layout, path: Path) -> Reading:
    """The file as a known one; plain where it has not that one's prefix.

    Neither the container nor a wrapper of torch's own parallel training decides: people save again
    what they have loaded.
    """
    file = layout.file
    if not file.prefix:
        bare = _bare(content, path, (file.container, *USUAL_CONTAINERS))
        state = _renamed(bare, file)
        return Reading("" if state.keys() <= bare.keys() else layout.name, state)
    for container in dict.fromkeys([file.container, *USUAL_CONTAINERS]):
        try:
            state = unwrap(content, (container,), path)
        except UniTrackError:
            continue
        for prefix in (file.prefix, _PARALLEL + file.prefix):
            stripped = _without_prefix(state, prefix)
            if stripped:
                return Reading(layout.name, _renamed(stripped, file))
    return Reading("", _renamed(_bare(content, path), file))


def _bare(content: object, path: Path, containers: Sequence[str] = USUAL_CONTAINERS) -> State:
    """The state dict in a container, without the prefix of torch's own parallel wrapper."""
    state = unwrap(content, containers, path)
    return _without_prefix(state, _PARALLEL) or state


def _content(path: Path, reader: str) -> object:
    return cast("Callable[[Path], object]", load(reader))(path) if reader else read_checkpoint(path)


def _renamed(state: State, file: WeightFile) -> State:
    if file.remap:
        state = cast("Callable[[State], State]", load(file.remap))(state)
    return {key: value for key, value in state.items() if not key.startswith(file.drop)}


def _without_prefix(state: State, prefix: str) -> State:
    return {k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)}
