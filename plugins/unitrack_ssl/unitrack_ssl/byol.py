"""BYOL's published file: a pickle of JAX objects, read without JAX and without running anything.

Source:
    google-deepmind/deepmind-research, ``byol``: what its experiment saves; the encoder of the
    online network is taken. Its strided layers were padded as TensorFlow does; in a network that
    pads alike on both sides, all frames are shifted by the same few pixels.
"""

from __future__ import annotations

import pickle
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from unitrack.errors import UniTrackError

__all__ = ["read", "to_torchvision"]

# Libraries whose objects the file holds; each becomes a `_Stub`, and none is imported.
_FOREIGN = ("byol", "haiku", "jax", "jaxlib", "optax")
_MEMBERS = 5  # of the saved state: parameters and statistics of two networks, and the optimiser's
_HEADS = ("projector", "predictor", "classifier")

_STEM = re.compile(r"(?:.*/)?initial_(conv|batchnorm)/(.+)")
_BLOCK = re.compile(
    r"(?:.*/)?block_group_(\d)/~/block_(\d+)/~/(shortcut_)?(conv|batchnorm)(?:_(\d))?/(.+)"
)
_VALUES = {
    "w": "weight",
    "scale": "weight",
    "offset": "bias",
    "~/mean_ema/average": "running_mean",
    "~/var_ema/average": "running_var",
}


class _Stub:
    """Stands for an object of a library that is not there: keeps what it was made of."""

    arguments: tuple[object, ...]

    def __new__(cls, *arguments: object) -> Self:
        self = super().__new__(cls)  # pickle calls this and not always __init__
        self.arguments = arguments
        return self

    def __setstate__(self, state: object) -> None:
        self.arguments = (*self.arguments, state)


class _RefusedError(pickle.UnpicklingError):
    """The file asks for something that is neither an array nor of the libraries it is made with."""


class _Unpickler(pickle.Unpickler):
    """Makes arrays and stubs, nothing else."""

    def find_class(self, module: str, name: str) -> Any:  # what pickle asks for is any class
        if module in ("numpy.core.multiarray", "numpy._core.multiarray") and name in (
            "_reconstruct",
            "scalar",
        ):
            return super().find_class("numpy._core.multiarray", name)
        if (module, name) in (("numpy", "ndarray"), ("numpy", "dtype")):
            return super().find_class(module, name)
        if (module, name) in (("_codecs", "encode"), ("collections", "OrderedDict")):
            return super().find_class(module, name)
        if module.partition(".")[0] in _FOREIGN:
            return _Stub
        raise _RefusedError(f"{module}.{name}")


def read(path: Path) -> dict[str, NDArray[Any]]:
    """Arrays of the online network, by ``module/name`` in Haiku's spelling.

    Raises:
        UniTrackError: If the file is damaged, would run code, or is not what BYOL's code saves.
    """
    saved = _unpickled(path)
    state = saved.get("experiment_state") if isinstance(saved, dict) else None
    members = state.arguments if isinstance(state, _Stub) else ()
    if len(members) != _MEMBERS:
        raise UniTrackError(
            path,
            "is not what BYOL's code saves: it has no experiment_state of five members",
            "Give pretrain_res50x1.pkl as published, or a state dict in torchvision's names.",
        )
    online_parameters, _, online_statistics, *_ = members
    return {
        f"{module}/{name}": array
        for modules in (online_parameters, online_statistics)
        for module, arrays in _mapping(modules).items()
        for name, array in _mapping(arrays).items()
        if isinstance(array, np.ndarray)
    }


def _unpickled(path: Path) -> object:
    try:
        with path.open("rb") as file:
            return _Unpickler(file).load()
    except _RefusedError as error:
        raise UniTrackError(
            path,
            f"is no file of BYOL: it asks for {error}, and was not opened further",
            "Give pretrain_res50x1.pkl as published.",
        ) from error
    except Exception as error:  # a damaged pickle may raise anything
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise UniTrackError(
            path,
            f"is cut off or not a pickle ({reason})",
            "Fetch or copy it again, and compare its size with the source.",
        ) from error


def _mapping(value: object) -> Mapping[str, object]:
    """A mapping, also one of Haiku's, which is made of an ordinary one."""
    if isinstance(value, _Stub):
        value = next((part for part in value.arguments if isinstance(part, dict)), {})
    return value if isinstance(value, dict) else {}


def to_torchvision(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Haiku's names and axes to torchvision's, without heads and the bookkeeping of averages."""
    renamed = {}
    for key, value in state.items():
        if key.startswith(_HEADS) or key.endswith(("/hidden", "/counter")):
            continue
        # Kernels are (h, w, in, out) there; vectors (1, 1, 1, channels).
        renamed[_name(key)] = (
            value.permute(3, 2, 0, 1).contiguous() if key.endswith("/w") else value.flatten()
        )
    return renamed


def _name(key: str) -> str:
    stem, block = _STEM.fullmatch(key), _BLOCK.fullmatch(key)
    if block:
        group, number, shortcut, kind, layer, value = block.groups()
        place = f"layer{int(group) + 1}.{number}."
        if shortcut:
            place += f"downsample.{int(kind == 'batchnorm')}."
        else:
            place += f"{'conv' if kind == 'conv' else 'bn'}{int(layer or 0) + 1}."
    elif stem:
        kind, value = stem.groups()
        place = "conv1." if kind == "conv" else "bn1."
    else:
        return key
    return place + _VALUES.get(value, value)
