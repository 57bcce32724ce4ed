"""What a metric counted, as JSON and back: no pickle, so that a store is data and never a program.

Plain values stay what they are. Arrays, tuples, mappings with keys that are no words, bytes and
dataclasses are written as an object with one key that begins with ``!``.
"""

from __future__ import annotations

import base64
import dataclasses
import importlib
import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from unitrack.errors import UniTrackError

__all__ = ["decode", "encode"]

_MARK = "!"
_PLAIN = (str, int, float, bool, type(None))
_KINDS = "biufSU"  # of arrays: bool, integers, floats, text; never objects


def encode(value: object) -> str:
    """Any nesting of plain values, arrays, tuples, mappings and dataclasses as JSON.

    Raises:
        TypeError: If something else is in it: a fault of the metric.
    """
    return json.dumps(_out(value), separators=(",", ":"))


def decode(text: str, packages: frozenset[str]) -> Any:
    """The inverse of `encode`; what it gives is the metric's own (hence Any).

    Args:
        text: As `encode` wrote it.
        packages: Top-level packages whose dataclasses may be made; nothing else is imported.

    Raises:
        UniTrackError: If the text is not what `encode` writes.
    """
    try:
        return _in(json.loads(text), packages)
    except (ValueError, TypeError, KeyError, AttributeError, ImportError) as error:
        raise UniTrackError(
            "a metric's counts",
            f"cannot be read ({' '.join(str(error).split())})",
            "Run the suite again.",
        ) from error


def _out(value: object) -> object:  # noqa: PLR0911 - one line a kind
    if isinstance(value, np.generic):
        return {"!scalar": _array(np.asarray(value))}
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, np.ndarray):
        return {"!array": _array(value)}
    if isinstance(value, bytes):
        return {"!bytes": base64.b64encode(value).decode()}
    if isinstance(value, list):
        return [_out(one) for one in value]
    if isinstance(value, tuple):
        return {"!tuple": [_out(one) for one in value]}
    if isinstance(value, Mapping):
        if all(isinstance(key, str) and not key.startswith(_MARK) for key in value):
            return {key: _out(one) for key, one in value.items()}
        return {"!pairs": [[_out(key), _out(one)] for key, one in value.items()]}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {
            field.name: _out(getattr(value, field.name)) for field in dataclasses.fields(value)
        }
        kind = type(value)
        return {"!dataclass": [kind.__module__, kind.__qualname__, fields]}
    raise TypeError(f"{type(value).__name__} has no place in what a metric counts")


def _array(value: np.ndarray[Any, Any]) -> list[object]:
    if value.dtype.kind not in _KINDS:
        raise TypeError(f"an array of {value.dtype} has no place in what a metric counts")
    data = base64.b64encode(np.ascontiguousarray(value).tobytes()).decode()
    return [value.dtype.str, list(value.shape), data]


def _in(value: Any, packages: frozenset[str]) -> Any:
    if isinstance(value, list):
        return [_in(one, packages) for one in value]
    if not isinstance(value, dict):
        return value
    mark = next(iter(value), "")
    if not mark.startswith(_MARK):
        return {key: _in(one, packages) for key, one in value.items()}
    return _MARKED[mark](value[mark], packages)


def _as_array(content: Any, _: frozenset[str]) -> Any:
    kind, shape, data = content
    if np.dtype(kind).kind not in _KINDS:
        raise ValueError(f"an array of {kind}")
    return np.frombuffer(base64.b64decode(data), kind).reshape(shape).copy()


def _as_dataclass(content: Any, packages: frozenset[str]) -> Any:
    module, name, fields = content
    if module.partition(".")[0] not in packages:
        raise ValueError(f"{module} is none of the metric's packages")
    made = getattr(importlib.import_module(module), name)
    if not (isinstance(made, type) and dataclasses.is_dataclass(made)):
        raise ValueError(f"{module}.{name} is no dataclass")
    return made(**{key: _in(one, packages) for key, one in fields.items()})


_MARKED: dict[str, Callable[[Any, frozenset[str]], Any]] = {
    "!array": _as_array,
    "!scalar": lambda content, packages: _as_array(content, packages)[()],
    "!bytes": lambda content, _: base64.b64decode(content),
    "!tuple": lambda content, packages: tuple(_in(one, packages) for one in content),
    "!pairs": lambda content, packages: {
        _in(key, packages): _in(one, packages) for key, one in content
    },
    "!dataclass": _as_dataclass,
}
