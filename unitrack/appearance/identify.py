"""What a checkpoint file is: whose layout it has, which backbones it fits, what they leave over."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor

from unitrack.appearance.fit import Fit
from unitrack.appearance.layouts import Layout, Reading, readings
from unitrack.errors import UniTrackError
from unitrack.registry.records import BackboneRecord, load

__all__ = ["Fitting", "Identified", "identify"]

_LAYER = re.compile(
    r"(^|\.)(\d+|layer\d.*|conv\d.*|bn\d.*|blocks|stages|features|weight|bias)(\.|$).*"
)


@dataclass(frozen=True, slots=True)
class Fitting:
    """One way to read a file that fits.

    Attributes:
        layout: Whose published file it is laid out like; empty for plain names.
        backbones: Names of the backbones that it fits, all of one shape.
        taps: Their layers that it is complete for.
        unused: Beginning of the keys that are not used to how many there are.
    """

    layout: str
    backbones: tuple[str, ...]
    taps: tuple[str, ...]
    unused: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Identified:
    """What a file is.

    Attributes:
        tensors: How many it holds.
        fittings: Ways to read it that fit.
        nearest: Where nothing fits: why not, about the backbone that comes nearest.
    """

    tensors: int
    fittings: tuple[Fitting, ...]
    nearest: UniTrackError | None


def identify(path: Path, backbones: Sequence[tuple[str, BackboneRecord]]) -> Identified:
    """Compare a file with every published layout and every backbone.

    Args:
        path: The file.
        backbones: Names, as a person would type them, and records.

    Raises:
        UniTrackError: If the file cannot be read.
    """
    contents: dict[str, object] = {}
    layouts = [Layout(name, file) for name, record in backbones for file in record.weights]
    readings(path, [one for one in layouts if one.file.reader], contents)
    held = {key: value for content in contents.values() for key, value in _tensors(content)}
    sides = {side for value in held.values() for side in value.shape}
    fittings: list[Fitting] = []
    faults: list[tuple[int, UniTrackError]] = []
    for group in _by_network(backbones):
        record = group[0][1]
        # What a backbone gives is a side of one of its last tensors.
        if not sides.intersection(record.taps.values()):
            continue
        same = [
            Layout(n, file) for n, r in backbones if r.taps == record.taps for file in r.weights
        ]
        fit = Fit(record, _default_settings(record))
        for reading in readings(path, same, contents):
            taps = tuple(tap for tap in record.taps if fit.fault(tap, reading.state, path) is None)
            if taps:
                _add(fittings, reading, tuple(name for name, _ in group), taps, held)
            else:
                faults.append(_fault(fit, reading, path))
    faults.sort(key=lambda fault: fault[0])
    nearest = faults[0][1] if faults and not fittings else None
    return Identified(len(held), tuple(fittings), nearest)


def _fault(fit: Fit, reading: Reading, path: Path) -> tuple[int, UniTrackError]:
    """How many tensors are missing for the least demanding layer, and the words for it."""
    missing = {tap: len(fit.missing(tap, reading.state)) for tap in fit.record.taps}
    tap = min(missing, key=missing.__getitem__)
    fault = fit.fault(tap, reading.state, path)
    assert fault is not None
    return missing[tap], fault


def _add(
    fittings: list[Fitting],
    reading: Reading,
    backbones: tuple[str, ...],
    taps: tuple[str, ...],
    held: Mapping[str, Tensor],
) -> None:
    """Add a way to read the file, unless it is one that is there already."""
    used = {(value.data_ptr(), value.shape.numel()) for value in reading.state.values()}
    left = Counter(
        _beginning(key)
        for key, value in held.items()
        if (value.data_ptr(), value.shape.numel()) not in used
    )
    found = Fitting(reading.layout, backbones, taps, dict(left))
    for place, one in enumerate(fittings):
        if (one.layout, one.taps, one.unused) == (found.layout, taps, found.unused):
            # Two networks that differ in what is no tensor, e.g. in how they pad.
            names = dict.fromkeys((*one.backbones, *backbones))
            fittings[place] = dataclasses.replace(one, backbones=tuple(names))
            return
        if (one.backbones, one.unused) == (backbones, found.unused):
            return  # the same tensors by the layout of another
    fittings.append(found)


def _by_network(
    backbones: Sequence[tuple[str, BackboneRecord]],
) -> list[list[tuple[str, BackboneRecord]]]:
    groups: dict[str, list[tuple[str, BackboneRecord]]] = {}
    for name, record in backbones:
        groups.setdefault(record.factory, []).append((name, record))
    return list(groups.values())


def _default_settings(record: BackboneRecord) -> object:
    # A pydantic model of the plugin's own (hence Any).
    return cast("Any", load(record.settings))() if record.settings else None


def _tensors(content: object, above: str = "") -> Iterator[tuple[str, Tensor]]:
    """Every tensor in nested dictionaries, with the keys that lead to it."""
    if isinstance(content, np.ndarray) and content.dtype.kind == "f":
        yield above, torch.from_numpy(content)
    elif isinstance(content, Tensor):
        yield above, content
    elif isinstance(content, Mapping):
        for key, value in content.items():
            yield from _tensors(value, f"{above}.{key}" if above else str(key))


def _beginning(key: str) -> str:
    """A key up to its layer, e.g. ``state_dict.module.encoder_k``."""
    return _LAYER.sub("", key) or key.partition(".")[0]
