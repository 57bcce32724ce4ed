"""Networks of tokens (ViT and its kin) as dense features at stride 8.

A picture is first padded on the right and below to whole cells. Cell ``i`` is centred on pixel
``8 i + 4`` in every mode:

- ``enlarge``: the picture is scaled so that a patch covers 8 of its pixels;
- ``overlap``: patches keep their size and are taken every 8 pixels, the picture being padded by
  reflection so that patch ``i`` is centred on its cell;
- ``resample``: patches as in training, and the map of features is enlarged.

Source:
    Dosovitskiy et al., ICLR 2021 (ViT); Amir et al., ECCVW 2022 (overlapping patches).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor, nn
from torch.nn.functional import interpolate, pad

__all__ = ["STRIDE", "Tokens"]

STRIDE = 8  # pixels per cell


class Tokens(nn.Module):
    """A transformer up to one block, as a dense backbone.

    Args:
        network: timm's model (it has no types, hence Any), with positions for any picture.
        block: Index of the last block.
        norm: Whether the final norm follows.
        patch: Pixels per patch.
        dense: ``enlarge``, ``overlap`` or ``resample``.
    """

    def __init__(self, network: Any, block: int, *, norm: bool, patch: int, dense: str) -> None:
        super().__init__()
        network.prune_intermediate_layers([block], prune_norm=not norm, prune_head=True)
        self.network = network
        self._block, self._norm, self._patch = block, norm, patch
        self._dense: Callable[[Tensor], Tensor] = {
            "enlarge": self._enlarged,
            "overlap": self._overlapping,
            "resample": self._resampled,
        }[dense if patch != STRIDE else "resample"]
        if dense == "overlap" and patch != STRIDE:
            _let_overlap(network.patch_embed)

    def forward(self, images: Tensor) -> Tensor:
        """Images ``(B, 3, H, W)`` to features ``(B, C, ceil(H / 8), ceil(W / 8))``."""
        rows, columns = (-(-side // STRIDE) for side in images.shape[-2:])
        whole = _padded(images, rows * STRIDE, columns * STRIDE)
        return self._dense(whole)[..., :rows, :columns]

    def _features(self, images: Tensor) -> Tensor:
        (features,) = self.network.forward_intermediates(
            images,
            indices=[self._block],
            norm=self._norm,
            stop_early=True,
            output_fmt="NCHW",
            intermediates_only=True,
        )
        assert isinstance(features, Tensor)
        return features

    def _enlarged(self, images: Tensor) -> Tensor:
        size = [side // STRIDE * self._patch for side in images.shape[-2:]]
        scaled = interpolate(images, size, mode="bicubic", align_corners=False)
        return self._features(scaled)

    def _overlapping(self, images: Tensor) -> Tensor:
        before = (self._patch - STRIDE) // 2
        after = self._patch - STRIDE - before
        mode = "reflect" if min(images.shape[-2:]) > after else "replicate"
        return self._features(pad(images, (before, after, before, after), mode=mode))

    def _resampled(self, images: Tensor) -> Tensor:
        height, width = (-(-side // self._patch) * self._patch for side in images.shape[-2:])
        features = self._features(_padded(images, height, width))
        if self._patch == STRIDE:
            return features
        # With the factor as it is, not that of the rounded size, output i lies on pixel 8 i + 4.
        return interpolate(
            features,
            scale_factor=self._patch / STRIDE,
            mode="bilinear",
            align_corners=False,
            recompute_scale_factor=False,
        )


def _padded(images: Tensor, height: int, width: int) -> Tensor:
    """Zeros (the mean colour) on the right and below."""
    below, right = height - images.shape[-2], width - images.shape[-1]
    return pad(images, (0, right, 0, below)) if below or right else images


def _let_overlap(patches: Any) -> None:
    """Take patches every 8 pixels; the embedding of timm then no longer asks for whole patches."""
    size = patches.patch_size

    def grid(image: tuple[int, int]) -> tuple[int, int]:
        rows, columns = (
            (side - edge) // STRIDE + 1 for side, edge in zip(image, size, strict=True)
        )
        return rows, columns

    patches.proj.stride = (STRIDE, STRIDE)
    patches.img_size = None
    patches.dynamic_feat_size = grid
