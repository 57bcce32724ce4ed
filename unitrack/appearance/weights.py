"""The one door for weights: find the file, read it safely, load it strictly."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import cast

import torch
from torch import Tensor, nn

from unitrack.appearance.source import locate
from unitrack.checkpoint import (
    USUAL_CONTAINERS,
    file_sha256,
    read_checkpoint,
    unwrap,
)
from unitrack.errors import UniTrackError
from unitrack.registry.records import BackboneRecord, WeightFile, load

__all__ = ["Built", "build_module", "random_seed"]

_COUNTER = "num_batches_tracked"  # of no use in eval mode, and absent in old files
_NAMED = 3  # keys quoted in a message

State = dict[str, Tensor]
Build = Callable[[str], nn.Module]  # tap to module
Factory = Callable[[str, object], nn.Module]


@dataclass(frozen=True, slots=True)
class Built:
    """A module with its weights, and what identifies them: a sha256, or ``random:SEED``."""

    module: nn.Module
    weights_id: str


def build_module(
    record: BackboneRecord, tap: str, weights: str | None, settings: object = None
) -> Built:
    """Build a backbone up to ``tap`` and give it its weights.

    Args:
        record: The backbone.
        tap: A tap of the record.
        weights: None for the record's first weights, the name of others of them, ``random`` or
            ``random:SEED``, or a file.
        settings: The record's settings.

    Raises:
        UniTrackError: If the weights cannot be had, or do not fit the layers up to ``tap``.
    """
    seed = random_seed(weights, record)
    build = partial(_seeded, record, settings, seed or 0)
    module = build(tap)
    if seed is not None:
        return Built(module, f"random:{seed}")
    path, layout = _choose(record, weights)
    content = read_checkpoint(path)
    needed = module.state_dict()
    guesses = (
        [_laid_out(content, layout, path)] if layout else _guessed(content, record.weights, path)
    )
    state = min(guesses, key=lambda guess: len(_missing(needed, guess)))
    _check(record, tap, build, needed, state, path)
    counters = {key: torch.tensor(0) for key in needed if key.endswith(_COUNTER)}
    module.load_state_dict({key: (counters | state)[key] for key in needed}, strict=True)
    return Built(module, file_sha256(path))


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


def _laid_out(content: object, layout: WeightFile, path: Path) -> State:
    """The state dict of a published file, under the module's names."""
    state = unwrap(content, (layout.container,), path)
    return _renamed(_without_prefix(state, layout.prefix), layout)


def _guessed(content: object, layouts: Sequence[WeightFile], path: Path) -> Iterator[State]:
    """What a user's own file may mean: like one of the published ones, or plain."""
    state = unwrap(content, USUAL_CONTAINERS, path)
    bare = _without_prefix(state, "module.") or state  # of torch's own parallel wrapper
    for layout in layouts:
        published = _without_prefix(state, layout.prefix) if layout.prefix else {}
        yield _renamed(published or bare, layout)
    yield bare


def _renamed(state: State, layout: WeightFile) -> State:
    if layout.remap:
        state = cast("Callable[[State], State]", load(layout.remap))(state)
    return {key: value for key, value in state.items() if not key.startswith(layout.drop)}


def _without_prefix(state: State, prefix: str) -> State:
    return {k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)}


def _missing(needed: State, state: State) -> list[str]:
    return [key for key in needed if key not in state and not key.endswith(_COUNTER)]


def _check(
    record: BackboneRecord, tap: str, build: Build, needed: State, state: State, path: Path
) -> None:
    """Refuse a state dict that does not fit the layers up to ``tap`` exactly.

    Keys of the layers after ``tap`` are no fault.
    """
    missing = _missing(needed, state)
    if missing:
        complete = [t for t in record.taps if not _missing(build(t).state_dict(), state)]
        raise UniTrackError(
            path,
            f"lacks {len(missing)} of the {len(needed)} tensors of {record.name} up to {tap}, "
            f"e.g. {', '.join(missing[:_NAMED])}",
            f"It is complete for {' and '.join(complete)}: add --layer {complete[0]}."
            if complete
            else f"Give a checkpoint of {record.name}, or leave out --weights.",
        )
    fault = _wrong_shapes(needed, state) or _foreign_keys(record, build, needed, state)
    if fault:
        raise UniTrackError(
            path, fault, f"Give a checkpoint of {record.name}, or the --backbone it belongs to."
        )


def _wrong_shapes(needed: State, state: State) -> str:
    """One clause about tensors of another shape; empty when there are none."""
    shapes = {k: (tuple(state[k].shape), tuple(needed[k].shape)) for k in needed if k in state}
    wrong = [key for key, (given, wanted) in shapes.items() if given != wanted]
    if not wrong:
        return ""
    given, wanted = shapes[wrong[0]]
    return (
        f"holds {len(wrong)} tensors of another shape, e.g. {wrong[0]}: {given} instead of {wanted}"
    )


def _foreign_keys(record: BackboneRecord, build: Build, needed: State, state: State) -> str:
    """One clause about tensors that no tap of the record needs; empty when there are none."""
    extra = set(state) - set(needed)
    for tap in record.taps if extra else ():
        extra -= set(build(tap).state_dict())
    if not extra:
        return ""
    some = ", ".join(sorted(extra)[:_NAMED])
    return f"holds {len(extra)} tensors that {record.name} does not have, e.g. {some}"
