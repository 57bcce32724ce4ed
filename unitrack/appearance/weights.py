"""The one door for weights: find the file, read it safely, load it strictly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import torch
from torch import nn

from unitrack.appearance.fit import COUNTER, Factory, Fit, is_same
from unitrack.appearance.layouts import Layout, Reading, read_as, readings
from unitrack.appearance.source import find, keep, locate
from unitrack.checkpoint import file_sha256
from unitrack.errors import UniTrackError
from unitrack.registry.records import BackboneRecord, WeightFile, load

__all__ = [
    "Built",
    "Found",
    "build_module",
    "choose_reading",
    "find_weights",
    "random_seed",
    "weights_id",
]


@dataclass(frozen=True, slots=True)
class Built:
    """A module with its weights.

    Attributes:
        module: The module.
        weights_id: sha256 of the weight file, or ``random:SEED``.
        layout: Whose published file a user's own was read like; empty for plain names.
    """

    module: nn.Module
    weights_id: str
    layout: str = ""


def build_module(
    record: BackboneRecord,
    tap: str,
    weights: str | None,
    settings: object = None,
    layouts: Sequence[Layout] | None = None,
) -> Built:
    """Build a backbone up to ``tap`` and give it its weights.

    Args:
        record: The backbone.
        tap: A tap of the record.
        weights: None for the record's first weights, the name of others of them, ``random`` or
            ``random:SEED``, or a file.
        settings: The record's settings.
        layouts: What a file may be laid out like; None for the record's own layouts. Plain names
            are always understood.

    Raises:
        UniTrackError: If the weights cannot be had, do not fit the layers up to ``tap``, or fit in
            two ways.
    """
    seed = random_seed(weights, record)
    if seed is not None:
        return Built(_seeded(record, settings, seed, tap), f"random:{seed}")
    fit = Fit(record, settings)
    found = find_weights(record, tap, weights, fit, layouts)
    module = _seeded(record, settings, 0, tap)
    needed = module.state_dict()
    counters = {key: torch.tensor(0) for key in needed if key.endswith(COUNTER)}
    state = counters | found.reading.state
    module.load_state_dict({key: state[key] for key in needed}, strict=True)
    digest = file_sha256(found.path)
    if found.file is not None:
        keep(found.file, found.path, digest)
    return Built(module, digest, found.reading.layout)


@dataclass(frozen=True, slots=True)
class Found:
    """Weights that fit.

    Attributes:
        path: Their file.
        file: What is published about it; None for a user's own.
        reading: What it means.
    """

    path: Path
    file: WeightFile | None
    reading: Reading


def find_weights(
    record: BackboneRecord,
    tap: str,
    weights: str | None,
    fit: Fit,
    layouts: Sequence[Layout] | None = None,
) -> Found:
    """The weights of a backbone up to ``tap``, before there is a module for them.

    Args:
        record: The backbone.
        tap: A tap of the record.
        weights: None, the name of published weights, or a file; not ``random``.
        fit: What the record's taps need.
        layouts: As for `build_module`.

    Raises:
        UniTrackError: As `build_module`.
    """
    path, file = _choose(record, weights)
    own = [Layout(record.name, published) for published in record.weights]
    if file is None:
        found = readings(path, own if layouts is None else layouts)
    elif file.page:  # put there by a person, who may have it from elsewhere
        found = readings(path, own)
    else:
        found = [Reading(record.name, read_as(path, file))]
    return Found(path, file, choose_reading(found, fit, tap, path))


def choose_reading(found: Sequence[Reading], fit: Fit, tap: str, path: Path) -> Reading:
    """The one reading of a file that fits the layers up to ``tap`` exactly.

    Raises:
        UniTrackError: If none fits (about the one that comes nearest), or two that differ do.
    """
    faults = [fit.fault(tap, reading.state, path) for reading in found]
    fitting = [reading for reading, fault in zip(found, faults, strict=True) if fault is None]
    if not fitting:
        nearest = min(range(len(found)), key=lambda i: len(fit.missing(tap, found[i].state)))
        fault = faults[nearest]
        assert fault is not None
        raise fault
    first = fitting[0]
    other = next((reading for reading in fitting[1:] if not is_same(first, reading)), None)
    if other is not None:
        names = [reading.layout or "plain names" for reading in (first, other)]
        raise UniTrackError(
            path,
            f"can be read as two networks that differ: like {' and like '.join(names)}",
            f"Say which: {' or '.join(f'--remap {n}' for n in names if ' ' not in n)}.",
        )
    return first


def random_seed(weights: str | None, record: BackboneRecord) -> int | None:
    """The seed of ``random[:SEED]`` (0 when not given), or None where a file is meant.

    Raises:
        UniTrackError: If the seed is no whole number of 0 or more, or if nothing is asked for and
            the record has random weights only.
    """
    if weights is None and not record.weights:
        raise UniTrackError(
            f"--backbone {record.name}", "has no weights of its own", "Add --weights random."
        )
    word, colon, seed = (weights or "").partition(":")
    if word != "random":
        return None
    if colon and not (seed.isascii() and seed.isdigit()):
        raise UniTrackError(
            f"--weights {weights}",
            "the seed is no whole number",
            "Write random, or e.g. random:7.",
        )
    return int(seed or 0)


def weights_id(record: BackboneRecord, weights: str | None, *, fetch: bool = True) -> str:
    """What `Built.weights_id` will be, without building anything.

    Args:
        record: The backbone.
        weights: As for `build_module`.
        fetch: Whether weights that are not on this machine may be downloaded.

    Raises:
        UniTrackError: If the weights cannot be had.
    """
    seed = random_seed(weights, record)
    if seed is not None:
        return f"random:{seed}"
    published = next((file for file in record.weights if weights in (None, file.name)), None)
    if not fetch and published is not None and find(published) is None:
        raise UniTrackError(
            f"--backbone {record.name}",
            f"its weights are not on this machine ({published.file})",
            f"unitrack weights fetch {record.name}",
        )
    path, _ = _choose(record, weights)
    return file_sha256(path)


def _seeded(record: BackboneRecord, settings: object, seed: int, tap: str) -> nn.Module:
    """Build on a random stream of its own; the caller's is left as it was."""
    factory = cast("Factory", load(record.factory))
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        return factory(tap, settings)


def _choose(record: BackboneRecord, weights: str | None) -> tuple[Path, WeightFile | None]:
    """The file, and its layout where it is a published one."""
    for file in record.weights:
        if weights in (None, file.name):
            return locate(file), file
    path = Path(weights or "").expanduser()
    if not path.is_file():
        names = ", ".join([*(file.name for file in record.weights), "random[:SEED]"])
        raise UniTrackError(
            f"--weights {weights}", "there is no such file", f"Give a file, or one of: {names}."
        )
    return path, None
