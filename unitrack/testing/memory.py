"""How much a tracker holds: everything that can be reached from it, tensors with their storage."""

from __future__ import annotations

import gc
import sys
from types import BuiltinFunctionType, FrameType, FunctionType, ModuleType

import torch

__all__ = ["reachable_bytes"]


def reachable_bytes(root: object) -> int:
    """Bytes of all objects reachable from ``root``; code (classes, modules) does not count."""
    seen: set[int] = set()
    storages: dict[int, int] = {}
    waiting = [root]
    total = 0
    while waiting:
        value = waiting.pop()
        if id(value) in seen or isinstance(
            value, type | ModuleType | BuiltinFunctionType | FrameType
        ):
            continue
        seen.add(id(value))
        total += sys.getsizeof(value)
        if isinstance(value, torch.Tensor):
            storage = value.untyped_storage()
            storages[storage.data_ptr()] = storage.nbytes()
        waiting.extend(_parts(value))
    return total + sum(storages.values())


def _parts(value: object) -> list[object]:
    """What an object holds; of a function only what it closes over, since its globals are code."""
    if isinstance(value, FunctionType):
        return [value.__closure__, value.__defaults__, value.__kwdefaults__]
    return list(gc.get_referents(value))
