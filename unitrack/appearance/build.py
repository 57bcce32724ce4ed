"""A backbone by its record: weights loaded, frozen, on its device, ready to be called."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from unitrack.appearance.allocator import keep_freed_memory
from unitrack.appearance.anchor import PERIOD, measure_anchor
from unitrack.appearance.device import resolve_device, resolve_precision
from unitrack.appearance.layouts import Layout
from unitrack.appearance.weights import build_module
from unitrack.errors import UniTrackError
from unitrack.registry.records import BackboneRecord

__all__ = ["Backbone", "build_backbone"]


class Backbone:
    """A frozen network from normalised images to a dense feature map; an `AppearanceModel`.

    Attributes:
        record: What it is.
        tap: The layer whose output it gives.
        weights_id: sha256 of the weight file, or ``random:SEED``.
        layout: Whose published file the weights were read like; empty for plain names.
        device: Where it runs.
        dtype: Number format of its inside; images and features are float32.
    """

    def __init__(
        self,
        record: BackboneRecord,
        tap: str,
        module: nn.Module,
        *,
        weights_id: str,
        layout: str = "",
        device: torch.device,
        dtype: torch.dtype,
    ) -> None:
        self.record = record
        self.tap = tap
        self.weights_id = weights_id
        self.layout = layout
        self.device = device
        self.dtype = dtype
        self._module = module.to(device).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._anchors: dict[int, float] = {}

    def __call__(self, images: Tensor) -> Tensor:
        """Normalised images to features.

        Args:
            images: ``(B, 3, H, W)``, float32, on the backbone's device.

        Returns:
            ``(B, C, h, w)``, float32, without gradient.
        """
        half = self.dtype != torch.float32
        images = images.contiguous(memory_format=torch.channels_last)
        with (
            torch.inference_mode(),
            torch.autocast(self.device.type, self.dtype, enabled=half),
            # fp32 means fp32 (no TF32), and a run repeated gives the same bytes.
            torch.backends.cudnn.flags(enabled=True, deterministic=True, allow_tf32=False),
        ):
            features: Tensor = self._module(images)
            return features.float()

    @property
    def parameters(self) -> int:
        """Numbers in the network, statistics of its norms included."""
        return sum(value.numel() for value in self._module.state_dict().values())

    def anchor(self, side: int) -> float:
        """The network pixel on which cell 0 is centred, along an axis of ``side`` pixels."""
        if self.record.anchor is not None:
            return self.record.anchor
        if side % PERIOD not in self._anchors:
            found = measure_anchor(self._module, side, self.record.stride)
            self._anchors[side % PERIOD] = found
        return self._anchors[side % PERIOD]


def build_backbone(
    record: BackboneRecord,
    *,
    tap: str | None = None,
    weights: str | None = None,
    device: str = "auto",
    precision: str = "fp32",
    settings: object = None,
    layouts: Sequence[Layout] | None = None,
) -> Backbone:
    """Build a backbone.

    Args:
        record: What to build.
        tap: Layer whose output is wanted; None for the record's default.
        weights: None for the record's first weights, the name of others of them, ``random`` or
            ``random:SEED``, or a file.
        device: ``auto``, ``cpu``, ``cuda[:N]`` or ``mps``.
        precision: ``fp32``, ``bf16`` or ``fp16``: of the network's inside.
        settings: The record's settings.
        layouts: What a file may be laid out like; None for the record's own layouts.

    Raises:
        UniTrackError: If the tap, device or precision does not exist, or the weights cannot be had
            or do not fit.
    """
    tap = record.default_tap if tap is None else tap
    if tap not in record.taps:
        raise UniTrackError(
            f"--layer {tap}",
            f"{record.name} has no such layer",
            f"Layers: {', '.join(record.taps)}.",
        )
    place = resolve_device(device)
    dtype = resolve_precision(precision, place)
    if place.type == "cpu":
        keep_freed_memory()
    built = build_module(record, tap, weights, settings, layouts)
    return Backbone(
        record,
        tap,
        built.module.eval().requires_grad_(False),
        weights_id=built.weights_id,
        layout=built.layout,
        device=place,
        dtype=dtype,
    )
