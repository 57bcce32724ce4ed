"""Any model of timm as a backbone.

Every attribute of this module is the factory of the model of that name, with two underscores where
timm has a dot: ``resnet50__a1_in1k``. So a record can name it without timm being imported.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import torch
from torch import nn

from unitrack.errors import UniTrackError
from unitrack.torchvision_compat import declare_missing_operators
from unitrack_timm.backbones.pyramid import Pyramid, remove_strides
from unitrack_timm.backbones.tokens import STRIDE, Tokens
from unitrack_timm.names import to_model
from unitrack_timm.settings import TokenSettings

__all__ = ["Shape", "create", "shape_of"]

# Sides of a picture that no model was trained on; each can be halved six times.
_TRIED = (128, 192)
_QUARTERS = (1, 2, 3)  # of the depth of a transformer, after which it can be tapped
_NORM = "norm"
# What models raise when a picture does not suit them.
_UNABLE = (RuntimeError, AssertionError, ValueError, TypeError, AttributeError, IndexError)


@dataclass(frozen=True, slots=True)
class Shape:
    """What a model gives.

    Attributes:
        taps: Name of a layer (timm's own) to channels.
        levels: Name to index among the layers that timm lists.
        reductions: Name to pixels per cell, after the removal of strides where there is one.
        patch: Pixels per token of a transformer; 0 for networks of stages.
        last_strided: The layer after which strides are removed; empty where they are not.
        multiple: Pixels that the sides of the input must be divisible by.
    """

    taps: dict[str, int]
    levels: dict[str, int]
    reductions: dict[str, int]
    patch: int = 0
    last_strided: str = ""
    multiple: int = STRIDE


def __getattr__(attribute: str) -> Callable[[str, object], nn.Module]:
    if attribute.startswith("__"):
        raise AttributeError(attribute)
    return partial(_build, to_model(attribute))


def _build(model: str, tap: str, settings: object) -> nn.Module:
    """One model of timm up to ``tap``, without weights."""
    dense = settings.dense if isinstance(settings, TokenSettings) else "enlarge"
    return _assembled(create(model), shape_of(model), tap, dense)


def _assembled(network: Any, shape: Shape, tap: str, dense: str = "enlarge") -> nn.Module:
    level = shape.levels[tap]
    if shape.patch:
        return Tokens(network, level, norm=tap == _NORM, patch=shape.patch, dense=dense)
    if shape.last_strided:
        remove_strides(network, shape.last_strided)
    return Pyramid(network, level, reduction=shape.reductions[tap], multiple=shape.multiple)


def create(model: str, **more: Any) -> Any:
    """A model of timm (which has no types, hence Any), without weights.

    Raises:
        UniTrackError: If timm has no such model.
    """
    declare_missing_operators()
    import timm

    if not timm.is_model(model):
        from difflib import get_close_matches

        near = get_close_matches(model, [*timm.list_models(), *timm.list_pretrained()], 3)
        raise UniTrackError(
            f"--backbone timm/{model}",
            "timm has no such model",
            (f"Nearest: {', '.join(near)}. " if near else "")
            + "See all of them with: unitrack list backbones --match WORD",
        )
    try:  # positions that are laid over a picture of any size
        return timm.create_model(model, pretrained=False, dynamic_img_size=True, **more)
    except TypeError:
        return timm.create_model(model, pretrained=False, **more)


@lru_cache(maxsize=64)
def shape_of(model: str) -> Shape:
    """What a model gives; found on an empty one, which takes no memory.

    Raises:
        UniTrackError: If timm has no such model, or it takes pictures of one size only.
    """
    with torch.device("meta"):
        network = create(model)
        network.eval()
        layers = [(info["module"], info["num_chs"], info["reduction"]) for info in _layers(network)]
        reductions = {reduction for _, _, reduction in layers}
        one = len(reductions) == 1 and min(reductions) >= STRIDE
        shape = _of_tokens(layers) if one else _of_stages(network, layers)
        if not shape.last_strided:
            _check(model, shape)
    return shape


def _layers(network: Any) -> list[dict[str, Any]]:
    listed = network.feature_info
    return list(listed) if isinstance(listed, list) else list(listed.info)


def _of_tokens(layers: list[tuple[str, int, int]]) -> Shape:
    depth = len(layers)
    blocks = sorted({max(depth * quarter // 4 - 1, 0) for quarter in _QUARTERS})
    levels = {layers[block][0]: block for block in blocks} | {_NORM: depth - 1}
    patch = layers[0][2]
    return Shape(
        taps={tap: layers[block][1] for tap, block in levels.items()},
        levels=levels,
        reductions=dict.fromkeys(levels, patch),
        patch=patch,
    )


def _of_stages(network: Any, layers: list[tuple[str, int, int]]) -> Shape:
    """Strides removed where the network then gives maps of stride 8, else as it is."""
    coarse = [(index, *layer) for index, layer in enumerate(layers) if layer[2] >= STRIDE]
    levels = {name: index for index, name, _, _ in coarse}
    taps = {name: channels for _, name, channels, _ in coarse}
    reductions = {name: reduction for _, name, _, reduction in coarse}
    native = [name for name, reduction in reductions.items() if reduction == STRIDE]
    if native:
        shape = Shape(taps, levels, dict.fromkeys(taps, STRIDE), last_strided=native[-1])
        remove_strides(network, native[-1])
        if _gives(network, shape):
            return shape
    return Shape(taps, levels, reductions, multiple=max(reductions.values(), default=STRIDE))


def _gives(network: Any, shape: Shape) -> bool:
    """Whether a model, as it is now, gives maps of stride 8 and of the stated channels."""
    height, width = _TRIED
    try:
        maps = network.forward_intermediates(
            torch.zeros(1, 3, height, width),
            indices=list(shape.levels.values()),
            output_fmt="NCHW",
            intermediates_only=True,
        )
    except _UNABLE:
        return False
    wanted = [(channels, height // STRIDE, width // STRIDE) for channels in shape.taps.values()]
    return [tuple(found.shape[1:]) for found in maps] == wanted


def _check(model: str, shape: Shape) -> None:
    """Refuse a model that no dense backbone can be made of.

    Raises:
        UniTrackError: If it takes pictures of one size only, or gives no maps.
    """
    if not shape.taps:
        raise _unfit(model, "has no layer whose map could be used")
    height, width = _TRIED
    # The last layer of a transformer has the shape of all others, and needs all of them.
    for tap in list(shape.taps)[-1:] if shape.patch else shape.taps:
        try:
            dense = _assembled(create(model), shape, tap)
            found = tuple(dense(torch.zeros(1, 3, height, width)).shape[1:])
        except _UNABLE as error:
            reason = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise _unfit(model, f"takes no pictures of any size ({reason})") from error
        if found != (shape.taps[tap], height // STRIDE, width // STRIDE):
            raise _unfit(model, f"gives no map of a picture of any size at its layer {tap}")


def _unfit(model: str, what: str) -> UniTrackError:
    return UniTrackError(
        f"--backbone timm/{model}",
        what,
        "Choose another; see: unitrack list backbones --match WORD",
    )
