"""Names of other code bases to torchvision's. Keys that are not theirs stay as they are."""

from __future__ import annotations

import re
from collections.abc import Mapping

from torch import Tensor

__all__ = [
    "detectron2",
    "flattened",
    "inside_backbone",
    "numbered",
    "openmmlab",
    "resnet_parts",
    "simclr_v2",
    "unpadded",
]

State = dict[str, Tensor]
_RESNET = ("conv1.", "bn1.", "layer1.", "layer2.", "layer3.", "layer4.")
_TIME = 2  # axis of a kernel that also looks along time: (out, in, time, y, x)
_WITH_TIME = 5  # axes of such a kernel


def simclr_v2(state: Mapping[str, Tensor]) -> State:
    """Of the converter of SimCLR v2: ``net.S.blocks.B.net.N`` to ``layerS.B.convN`` and ``bnN``.

    Source:
        The naming of Separius/SimCLRv2-Pytorch.
    """
    rules = (
        (r"net\.0\.0\.", r"conv1."),
        (r"net\.0\.1\.0\.", r"bn1."),
        (r"net\.(\d)\.blocks\.(\d+)\.projection\.shortcut\.", r"layer\1.\2.downsample.0."),
        (r"net\.(\d)\.blocks\.(\d+)\.projection\.bn\.0\.", r"layer\1.\2.downsample.1."),
        (r"net\.(\d)\.blocks\.(\d+)\.net\.0\.", r"layer\1.\2.conv1."),
        (r"net\.(\d)\.blocks\.(\d+)\.net\.1\.0\.", r"layer\1.\2.bn1."),
        (r"net\.(\d)\.blocks\.(\d+)\.net\.2\.", r"layer\1.\2.conv2."),
        (r"net\.(\d)\.blocks\.(\d+)\.net\.3\.0\.", r"layer\1.\2.bn2."),
        (r"net\.(\d)\.blocks\.(\d+)\.net\.4\.", r"layer\1.\2.conv3."),
        (r"net\.(\d)\.blocks\.(\d+)\.net\.5\.0\.", r"layer\1.\2.bn3."),
    )
    return _renamed(state, rules)


def openmmlab(state: Mapping[str, Tensor]) -> State:
    """Of OpenMMLab's ``ConvModule``: ``convN.conv`` and ``convN.bn`` to ``convN`` and ``bnN``.

    Source:
        The naming of mmcv, as used by xvjiarui/VFS.
    """
    rules = (
        (r"(.*\.)?conv(\d)\.conv\.", r"\1conv\2."),
        (r"(.*\.)?conv(\d)\.bn\.", r"\1bn\2."),
        (r"(.*\.)downsample\.conv\.", r"\1downsample.0."),
        (r"(.*\.)downsample\.bn\.", r"\1downsample.1."),
    )
    return _renamed(state, rules)


def detectron2(state: Mapping[str, Tensor]) -> State:
    """Of Detectron2: ``resK.B.convN.norm`` to ``layer(K-1).B.bnN``."""
    stages = tuple((rf"res{number + 1}\.", rf"layer{number}.") for number in (1, 2, 3, 4))
    rules = (
        (r"stem\.conv1\.norm\.", r"bn1."),
        (r"stem\.conv1\.", r"conv1."),
        (r"(layer\d\.\d+\.)conv(\d)\.norm\.", r"\1bn\2."),
        (r"(layer\d\.\d+\.)shortcut\.norm\.", r"\1downsample.1."),
        (r"(layer\d\.\d+\.)shortcut\.", r"\1downsample.0."),
    )
    return _renamed(_renamed(state, stages), rules)


def numbered(state: Mapping[str, Tensor]) -> State:
    """Of OBoW's feature extractor: blocks by number, the first of them conv1 and bn1."""
    first = ((r"0\.0\.", r"conv1."), (r"0\.1\.", r"bn1."))
    return _renamed(state, (*first, *((rf"{n}\.", rf"layer{n}.") for n in (1, 2, 3, 4))))


def flattened(state: Mapping[str, Tensor]) -> State:
    """Of TimeCycle: kernels of one time step, ``(O, I, 1, h, w)``, lose their time axis.

    A longer one stays, and does not fit.
    """
    return {
        key: value.squeeze(_TIME) if value.ndim == _WITH_TIME else value
        for key, value in state.items()
    }


def unpadded(state: Mapping[str, Tensor]) -> State:
    """Of CRW: a convolution that was wrapped together with its padding, ``convN.1.weight``."""
    return _renamed(state, ((r"(.*\.)?(conv[12])\.1\.(?=weight$)", r"\1\2."),))


def inside_backbone(state: Mapping[str, Tensor]) -> State:
    """The part below ``backbone.``, after a wrapper of parallel training or not; else everything.

    For files of which it is not known whether the whole training or the backbone was saved.
    """
    bare = {key.removeprefix("module."): value for key, value in state.items()}
    inside = {k.removeprefix("backbone."): v for k, v in bare.items() if k.startswith("backbone.")}
    return inside or bare


def resnet_parts(state: Mapping[str, Tensor]) -> State:
    """The ResNet alone, without what its authors put beside it under the same prefix."""
    return {key: value for key, value in state.items() if key.startswith(_RESNET)}


def _renamed(state: Mapping[str, Tensor], rules: tuple[tuple[str, str], ...]) -> State:
    """Each key by the first rule that matches its beginning."""
    compiled = [(re.compile(pattern), new) for pattern, new in rules]
    return {_by_rule(key, compiled): value for key, value in state.items()}


def _by_rule(key: str, rules: list[tuple[re.Pattern[str], str]]) -> str:
    for pattern, new in rules:
        matched = pattern.match(key)
        if matched:
            return matched.expand(new) + key[matched.end() :]
    return key
