"""The words that records of timm's models are written in; nothing heavy is imported."""

from __future__ import annotations

from typing import Any

from unitrack.registry import BackboneRecord, WeightFile
from unitrack_timm.names import to_attribute

__all__ = ["DEFAULT_TOKENS", "TOKEN_ANCHOR", "at_address", "in_hub", "official", "tokens"]

DEFAULT_TOKENS = "norm"  # the last block and the norm that follows it
TOKEN_ANCHOR = 4.0  # a token is centred on the eight pixels that it stands for
_IMAGENET: dict[str, Any] = {"mean": (0.485, 0.456, 0.406), "std": (0.229, 0.224, 0.225)}


def in_hub(model: str, repository: str, name: str, licence: str) -> WeightFile:
    """Weights in timm's own layout, on the Hugging Face hub."""
    return WeightFile(
        name=name,
        url=f"hf://{repository}/model.safetensors",
        file=f"{repository.replace('/', '_')}.safetensors",
        licence=licence,
        remap=_remap(model),
    )


def at_address(model: str, url: str, name: str, licence: str) -> WeightFile:
    """Weights that timm takes from where their authors published them."""
    layout = {"container": "encoder", "prefix": "module."} if "ijepa" in url else {}
    return official(model, url, name=name, licence=licence, **layout)


def official(
    model: str, url: str, *, licence: str, name: str = "official", **more: Any
) -> WeightFile:
    """Weights in their authors' layout, which timm's own translation understands.

    Args:
        model: timm's name of the model.
        url: Their address.
        licence: Their licence.
        name: Short name.
        more: Digests and layout, as in `WeightFile` (hence Any).
    """
    file = f"{model.partition('.')[0]}_{url.rpartition('/')[2]}"
    return WeightFile(name=name, url=url, file=file, licence=licence, remap=_remap(model), **more)


def _remap(model: str) -> str:
    return f"unitrack_timm.timm_weights:{to_attribute(model)}"


def tokens(
    name: str,
    model: str,
    *weights: WeightFile,
    summary: str,
    paper: str,
    channels: int = 768,
    depth: int = 12,
    **more: Any,
) -> BackboneRecord:
    """A transformer under a short name.

    Args:
        name: The short name.
        model: timm's name.
        weights: Further weights, after those of timm's own entry on the hub where there are any.
        summary: One line.
        paper: Source.
        channels: Of every block.
        depth: Number of blocks.
        more: Fields of the record that differ (hence Any).
    """
    blocks = [depth * quarter // 4 - 1 for quarter in (1, 2, 3)]
    return BackboneRecord(
        name=name,
        factory=f"unitrack_timm.timm_models:{to_attribute(model)}",
        settings="unitrack_timm.settings:TokenSettings",
        summary=summary,
        taps={**{f"blocks.{block}": channels for block in blocks}, DEFAULT_TOKENS: channels},
        default_tap=DEFAULT_TOKENS,
        anchor=TOKEN_ANCHOR,
        weights=weights,
        paper=paper,
        licence=weights[0].licence,
        **{**_IMAGENET, **more},
    )
