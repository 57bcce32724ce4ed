"""Whether a state dict fits a backbone exactly, and if not, why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import cast

import torch
from torch import Tensor, nn

from unitrack.appearance.layouts import Reading
from unitrack.errors import UniTrackError
from unitrack.registry.records import BackboneRecord, load

__all__ = ["COUNTER", "Factory", "Fit", "is_same"]

COUNTER = "num_batches_tracked"  # of no use in eval mode, and absent in old files
_NAMED = 3  # keys quoted in a message

Shapes = dict[str, tuple[int, ...]]
Factory = Callable[[str, object], nn.Module]


class Fit:
    """What the taps of a backbone need.

    Args:
        record: The backbone.
        settings: Its settings.
    """

    def __init__(self, record: BackboneRecord, settings: object = None) -> None:
        self.record = record
        self._settings = settings
        self._shapes: dict[str, Shapes] = {}

    def shapes(self, tap: str) -> Shapes:
        """Names and shapes of the tensors up to a tap; no memory is taken for them."""
        if tap not in self._shapes:
            state = self._empty(tap).state_dict()
            self._shapes[tap] = {key: tuple(value.shape) for key, value in state.items()}
        return self._shapes[tap]

    def _empty(self, tap: str) -> nn.Module:
        factory = cast("Factory", load(self.record.factory))
        try:
            with torch.device("meta"):
                return factory(tap, self._settings)
        except (RuntimeError, NotImplementedError):  # one that looks at its values while it is made
            with torch.random.fork_rng(devices=[]):
                return factory(tap, self._settings)

    def missing(self, tap: str, state: Mapping[str, Tensor]) -> list[str]:
        """Keys of the layers up to ``tap`` that a state dict lacks."""
        return [k for k in self.shapes(tap) if k not in state and not k.endswith(COUNTER)]

    def fault(self, tap: str, state: Mapping[str, Tensor], path: Path) -> UniTrackError | None:
        """Why a state dict does not fit the layers up to ``tap`` exactly; None when it does.

        Keys of the layers after ``tap`` are no fault.
        """
        name = self.record.name
        missing = self.missing(tap, state)
        if missing:
            complete = [other for other in self.record.taps if not self.missing(other, state)]
            return UniTrackError(
                path,
                f"lacks {len(missing)} of the {len(self.shapes(tap))} tensors of {name} up to "
                f"{tap}, e.g. {', '.join(missing[:_NAMED])}",
                f"It is complete for {' and '.join(complete)}: add --layer {complete[0]}."
                if complete
                else f"Give a checkpoint of {name}; what this one is, says: "
                "unitrack weights inspect FILE",
            )
        fault = self._wrong_shapes(tap, state) or self._foreign_keys(state)
        if not fault:
            return None
        mend = f"Give a checkpoint of {name}, or the --backbone it belongs to."
        return UniTrackError(path, fault, mend)

    def _wrong_shapes(self, tap: str, state: Mapping[str, Tensor]) -> str:
        """One clause about tensors of another shape; empty when there are none."""
        needed = self.shapes(tap)
        wrong = [key for key in needed if key in state and tuple(state[key].shape) != needed[key]]
        if not wrong:
            return ""
        given = tuple(state[wrong[0]].shape)
        return (
            f"holds {len(wrong)} tensors of another shape, "
            f"e.g. {wrong[0]}: {given} instead of {needed[wrong[0]]}"
        )

    def _foreign_keys(self, state: Mapping[str, Tensor]) -> str:
        """One clause about tensors that no tap needs; empty when there are none."""
        extra = set(state)
        for tap in self.record.taps:
            extra -= self.shapes(tap).keys()
        if not extra:
            return ""
        some = ", ".join(sorted(extra)[:_NAMED])
        return f"holds {len(extra)} tensors that {self.record.name} does not have, e.g. {some}"


def is_same(one: Reading, other: Reading) -> bool:
    """Whether two readings of a file give the same tensors by the same names."""
    return one.state.keys() == other.state.keys() and all(
        value is other.state[key] or torch.equal(value, other.state[key])
        for key, value in one.state.items()
    )
