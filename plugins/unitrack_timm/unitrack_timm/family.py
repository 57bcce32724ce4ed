"""``timm/<any model>``: its record, read off timm when somebody asks for it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import torch
from torch import nn

from unitrack.registry import BackboneRecord, WeightFile
from unitrack.torchvision_compat import declare_missing_operators
from unitrack_timm.names import to_attribute
from unitrack_timm.rows import DEFAULT_TOKENS, TOKEN_ANCHOR, at_address, in_hub
from unitrack_timm.timm_models import Shape, create, shape_of

__all__ = ["members", "record"]

_SETTINGS = "unitrack_timm.settings:TokenSettings"
_LIKE_LAYER3 = 16  # reduction, before strides are removed, of the stage that the paper prefers


@lru_cache(maxsize=64)
def record(model: str) -> BackboneRecord:
    """The record of ``timm/MODEL``.

    Raises:
        UniTrackError: If timm has no such model, or no dense backbone can be made of it.
    """
    shape = shape_of(model)
    import timm

    config: Any = timm.get_pretrained_cfg(model)  # timm has no types
    licence = config.license or "see https://huggingface.co/timm"
    weights: tuple[WeightFile, ...] = ()
    if config.hf_hub_id:
        weights = (in_hub(model, config.hf_hub_id, config.tag or "timm", licence),)
    elif config.url:
        weights = (at_address(model, config.url, config.tag or "timm", licence),)
    with torch.device("meta"):
        network = create(model)
    return BackboneRecord(
        name=f"timm/{model}",
        factory=f"unitrack_timm.timm_models:{to_attribute(model)}",
        summary=f"{config.architecture} of timm, {config.tag or 'no tag'}",
        settings=_SETTINGS if shape.patch else "",
        taps=shape.taps,
        default_tap=DEFAULT_TOKENS if shape.patch else _default_stage(network, shape),
        anchor=TOKEN_ANCHOR if _has_plain_patches(network, shape) else None,
        mean=tuple(config.mean),
        std=tuple(config.std),
        weights=weights,
        paper=str(config.paper_name or config.paper_ids or config.origin_url or "of timm"),
        licence=licence,
    )


def members(part: str) -> list[str]:
    """Architectures, and architectures with the tag of weights, whose name contains ``part``."""
    declare_missing_operators()
    import timm

    return sorted({*timm.list_models(f"*{part}*"), *timm.list_pretrained(f"*{part}*")})


def _default_stage(network: Any, shape: Shape) -> str:
    """The stage of the place of a ResNet's layer3, or the finest one."""
    listed = network.feature_info
    layers = listed if isinstance(listed, list) else list(listed.info)
    like = [info["module"] for info in layers if info["reduction"] == _LIKE_LAYER3]
    return like[0] if like else next(iter(shape.taps))


def _has_plain_patches(network: Any, shape: Shape) -> bool:
    """Whether a token sees its patch and nothing else, so that it is centred on its cell."""
    first = getattr(getattr(network, "patch_embed", None), "proj", None)
    alone = (shape.patch, shape.patch)
    return isinstance(first, nn.Linear) or (
        isinstance(first, nn.Conv2d) and first.kernel_size == first.stride == alone
    )
