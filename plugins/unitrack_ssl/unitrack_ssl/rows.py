"""The words that the tables of this wheel are written in."""

from __future__ import annotations

from typing import Any

from unitrack.registry import BackboneRecord, WeightFile

__all__ = ["by_hand", "drive", "fetched", "resnet18", "resnet50"]

FBAI = "https://dl.fbaipublicfiles.com/"
_RESNET = "unitrack.appearance.resnet:resnet"


def resnet50(
    name: str, summary: str, paper: str, *weights: WeightFile, **more: Any
) -> BackboneRecord:
    """A ResNet-50; ``more`` are fields of the record that differ from the usual (hence Any)."""
    return _resnet(50, (1024, 2048), name, summary, paper, weights, more)


def resnet18(
    name: str, summary: str, paper: str, *weights: WeightFile, **more: Any
) -> BackboneRecord:
    """A ResNet-18; see `resnet50`."""
    return _resnet(18, (256, 512), name, summary, paper, weights, more)


def _resnet(
    depth: int,
    channels: tuple[int, int],
    name: str,
    summary: str,
    paper: str,
    weights: tuple[WeightFile, ...],
    more: dict[str, Any],
) -> BackboneRecord:
    fields: dict[str, Any] = {
        "factory": f"{_RESNET}{depth}",
        "taps": {"layer3": channels[0], "layer4": channels[1]},
        "default_tap": "layer3",
        "anchor": 0.5,  # padded alike on both sides: cell i lies on pixel 8 i
        "licence": weights[0].licence,
        **more,
    }
    return BackboneRecord(
        name=name, summary=f"ResNet-{depth}, {summary}", paper=paper, weights=weights, **fields
    )


def fetched(name: str, url: str, licence: str, *, file: str = "", **layout: Any) -> WeightFile:
    """Weights at an address.

    Args:
        name: Short name.
        url: The address.
        licence: Their licence.
        file: Name in the cache; the address's own where that is unmistakable.
        layout: Digests and layout, as in `WeightFile` (hence Any).
    """
    return WeightFile(
        name=name, url=url, licence=licence, file=file or url.rpartition("/")[2], **layout
    )


def by_hand(name: str, page: str, file: str, licence: str, **layout: Any) -> WeightFile:
    """Weights that a person must fetch; see `fetched`."""
    return WeightFile(name=name, page=page, licence=licence, file=file, **layout)


def drive(number: str) -> str:
    """The page of a file on Google Drive."""
    return f"https://drive.google.com/file/d/{number}/view"
