"""State dicts in timm's own names, and in those of a model's authors, to those of our networks.

Every attribute of this module is the renaming for the model of that name; see `timm_models`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import partial
from inspect import signature

import torch
from torch import Tensor

from unitrack_timm.names import to_model
from unitrack_timm.timm_models import __getattr__ as factory_of
from unitrack_timm.timm_models import create, shape_of

__all__: list[str] = []

State = dict[str, Tensor]
# What timm's translations raise on tensors that are not what they expect.
_PUZZLED = (KeyError, IndexError, RuntimeError, ValueError, AttributeError, TypeError)
_PATCHES = "patch_embed.proj.weight"
_PREFIX = "network."  # below which our networks hold timm's


def __getattr__(attribute: str) -> Callable[[State], State]:
    if attribute.startswith("__"):
        raise AttributeError(attribute)
    return partial(_renamed, attribute)


def _renamed(attribute: str, state: Mapping[str, Tensor]) -> State:
    """Translated as timm does on loading; what the whole model has and no tap needs is left out."""
    model = to_model(attribute)
    if state and all(key.startswith(_PREFIX) for key in state):
        return dict(state)
    with torch.device("meta"):
        whole = create(model)
        theirs = set(whole.state_dict())
        dense = factory_of(attribute)
        ours: set[str] = set()
        for tap in shape_of(model).taps:
            ours |= {key.removeprefix(_PREFIX) for key in dense(tap, None).state_dict()}
    patches = whole.state_dict().get(_PATCHES)
    if _PATCHES in state and patches is not None and state[_PATCHES].shape[2:] != patches.shape[2:]:
        return {_PREFIX + key: value for key, value in state.items()}  # timm would resample them
    try:
        translated = _translation(model)(dict(state), whole)
    except _PUZZLED:  # it is another network's; the door says what does not fit
        return dict(state)
    unneeded = theirs - ours
    return {_PREFIX + key: value for key, value in translated.items() if key not in unneeded}


def _translation(model: str) -> Callable[[State, object], State]:
    """What timm does with a file of this model; by its custom it lies beside the model."""
    import timm

    module = sys.modules[timm.model_entrypoint(model.partition(".")[0]).__module__]
    for name in ("checkpoint_filter_fn", "_filter_fn"):
        found: Callable[..., State] | None = getattr(module, name, None)
        if found is not None:
            return found if len(signature(found).parameters) > 1 else partial(_of_state, found)
    return partial(_of_state, dict)


def _of_state(translate: Callable[[State], State], state: State, _model: object) -> State:
    return translate(state)
