"""Checkpoints in the layouts in which their authors published them, around made-up numbers.

The layouts are written here from torchvision's names to the published ones, the other way round
than in the wheel, and from the descriptions of the files.
"""

from __future__ import annotations

import argparse
import math
import re
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from unitrack.torchvision_compat import declare_missing_operators

State = dict[str, Tensor]
Content = Any  # what a training script saves: nested dictionaries of all sorts of things
Maker = Callable[[State, State], Content]

_LENGTH = 1 << 16
_STEPS = (17, 7, 3, 1)  # from one entry of a kernel to the next along each axis


def resnet(depth: int, seed: int) -> State:
    """The state dict of a ResNet without classifier, filled so that activations stay moderate.

    Tensors are windows of a few shared tables of random numbers: distinct, and small on disk.
    """
    declare_missing_operators()
    from torchvision import models

    generator = torch.Generator().manual_seed(seed)
    tables: dict[float, Tensor] = {}

    def window(shape: tuple[int, ...], scale: float, mean: float) -> Tensor:
        if scale not in tables:
            tables[scale] = torch.randn(_LENGTH, generator=generator) * scale + mean
        steps = _STEPS[-len(shape) :]
        span = sum((n - 1) * step for n, step in zip(shape, steps, strict=True))
        start = int(torch.randint(_LENGTH - span, (1,), generator=generator))
        return tables[scale].as_strided(shape, steps, start)

    with torch.device("meta"):
        network = getattr(models, f"resnet{depth}")(weights=None).state_dict()
    state: State = {}
    for key, value in network.items():
        shape = tuple(value.shape)
        if key.startswith("fc."):
            continue
        if key.endswith("num_batches_tracked"):
            state[key] = torch.tensor(seed + 1)
        elif len(shape) > 1:
            state[key] = window(shape, math.sqrt(1.5 / math.prod(shape[1:])), 0.0)
        elif key.endswith("running_var"):
            state[key] = window(shape, 0.051, 1.0).clamp(min=0.5)
        elif key.endswith("weight"):
            state[key] = window(shape, 0.05, 0.7)
        else:
            state[key] = window(shape, 0.1, 0.0)
    return state


def _below(prefix: str, state: State) -> State:
    return OrderedDict((prefix + key, value) for key, value in state.items())


def _linear(name: str, outputs: int, inputs: int) -> State:
    return {f"{name}.weight": torch.ones(1).expand(outputs, inputs), f"{name}.bias": torch.ones(1)}


def _norm(name: str, size: int) -> State:
    parts = ("weight", "bias", "running_mean", "running_var")
    return {f"{name}.{part}": torch.ones(size) for part in parts}


def plain(state: State, _other: State) -> Content:
    return OrderedDict(state)


def plain_with_classifier(state: State, _other: State) -> Content:
    return {**state, **_linear("fc", 1000, 2048)}


def moco(head: str) -> Maker:
    """MoCo and its kin; ``head`` is ``one`` linear layer or ``two``."""

    def make(state: State, other: State) -> Content:
        layers = ("fc",) if head == "one" else ("fc.0", "fc.2")
        heads = {k: v for layer in layers for k, v in _linear(layer, 128, 2048).items()}
        return {
            "epoch": 200,
            "arch": "resnet50",
            "state_dict": {
                **_below("module.encoder_k.", {**other, **heads}),
                **_below("module.encoder_q.", {**state, **heads}),
                "module.queue": torch.zeros(128, 64),
                "module.queue_ptr": torch.zeros(1, dtype=torch.long),
            },
            "optimizer": {"state": {}, "param_groups": [{"lr": np.float64(0.03)}]},
        }

    return make


def resim(state: State, other: State) -> Content:
    content = moco("two")(state, other)
    beside = {"fpn.lateral.weight": torch.ones(256, 1024, 1, 1), "mlp.0.bias": torch.ones(3)}
    content["state_dict"] |= _below("module.encoder_q.", beside)
    return content


def detectron2_names(state: State, _other: State) -> Content:
    def renamed(key: str) -> str:
        key = re.sub(r"bn(\d)", r"conv\1.norm", key)
        key = key.replace("downsample.0", "shortcut").replace("downsample.1", "shortcut.norm")
        key = re.sub(r"^layer(\d)", lambda m: f"res{int(m[1]) + 1}", key)
        return re.sub(r"^conv1", "stem.conv1", key)

    arrays = {renamed(key): value.numpy() for key, value in state.items()}
    return {"model": arrays, "__author__": "MoCo", "matching_heuristics": True}


def pycontrast(*heads: str, momentum: bool = False) -> Maker:
    def make(state: State, other: State) -> Content:
        projections = {k: v for h in heads for k, v in _linear(f"module.{h}", 128, 2048).items()}
        content = {
            "opt": argparse.Namespace(method="InsDis"),
            "model": {**_below("module.encoder.", state), **projections},
            "contrast": {"memory": torch.zeros(4, 128)},
            "optimizer": {},
            "epoch": 200,
        }
        return {**content, "model_ema": _below("encoder.", other)} if momentum else content

    return make


def pixpro(state: State, other: State) -> Content:
    return {
        "model": {
            **_below("module.encoder_k.", other),
            **_below("module.encoder.", state),
            "module.projector.linear1.weight": torch.ones(4, 4, 1, 1),
            "module.projector_k.linear1.weight": torch.ones(4, 4, 1, 1),
            "module.value_transform.weight": torch.ones(4, 4, 1, 1),
        }
    }


def soco(state: State, other: State) -> Content:
    content = pixpro(state, other)
    return {**content, "model_ema": _below("encoder.", other), "epoch": 400}


def swav(*prototypes: str) -> Maker:
    def make(state: State, _other: State) -> Content:
        heads = {
            **_linear("projection_head.0", 2048, 2048),
            **_norm("projection_head.1", 2048),
            **_linear("projection_head.3", 128, 2048),
            **{f"prototypes.{name}": torch.ones(1).expand(3000, 128) for name in prototypes},
        }
        return _below("module.", {**state, **heads})

    return make


def in_model(prefix: str, *beside: str) -> Maker:
    def make(state: State, _other: State) -> Content:
        heads = {key: torch.ones(3) for key in beside}
        return {"epoch": 1000, "model": {**_below(prefix, state), **heads}, "optimizer": {}}

    return make


def in_state_dict(prefix: str = "", *beside: str, **more: object) -> Maker:
    def make(state: State, _other: State) -> Content:
        heads = {key: torch.ones(3) for key in beside}
        return {"state_dict": {**_below(prefix, state), **heads}, **more}

    return make


def moco_v3(state: State, other: State) -> Content:
    return {
        "state_dict": {
            **_below("module.base_encoder.", {**state, **_linear("fc.0", 4096, 2048)}),
            **_below("module.momentum_encoder.", {**other, **_linear("fc.0", 4096, 2048)}),
            **_linear("module.predictor.0", 4096, 256),
        }
    }


def vissl(state: State, _other: State) -> Content:
    model = {
        "trunk": _below("_feature_blocks.", state),
        "heads": _linear("0.clf.0", 128, 2048),
    }
    return {
        "phase_idx": 799,
        "loss": {"meter": np.float64(0.5)},
        "classy_state_dict": {"base_model": {"model": model, "meters": []}, "optim": {}},
    }


def simclr_converted(state: State, _other: State) -> Content:
    return {"state_dict": {**state, **_linear("fc", 1000, 2048)}}


def simclr_v2_converted(state: State, _other: State) -> Content:
    numbers = {"conv1": "0", "bn1": "1.0", "conv2": "2", "bn2": "3.0", "conv3": "4", "bn3": "5.0"}

    def renamed(key: str) -> str:
        parts = key.split(".")
        if parts[0] in ("conv1", "bn1"):
            return f"net.0.{'0' if parts[0] == 'conv1' else '1.0'}.{parts[1]}"
        block = f"net.{parts[0][-1]}.blocks.{parts[1]}."
        if parts[2] == "downsample":
            return f"{block}projection.{'shortcut' if parts[3] == '0' else 'bn.0'}.{parts[4]}"
        return f"{block}net.{numbers.get(parts[2], parts[2])}.{parts[3]}"

    inside = {renamed(key): value for key, value in state.items()} | _linear("fc", 1000, 2048)
    return {"resnet": inside, "head": {"layers.0.weight": torch.ones(2)}}


def vfs(state: State, _other: State) -> Content:
    def renamed(key: str) -> str:
        key = key.replace("downsample.0", "downsample.conv")
        key = key.replace("downsample.1", "downsample.bn")
        key = re.sub(r"conv(\d)\.(\w+)$", r"conv\1.conv.\2", key)
        return re.sub(r"bn(\d)\.", r"conv\1.bn.", key)

    inside = {f"backbone.{renamed(key)}": value for key, value in state.items()}
    heads = {"img_head.projection_fcs.0.weight": torch.ones(3, 3)}
    return {"meta": {"epoch": 100, "CLASSES": None}, "state_dict": inside | heads}


def timecycle(state: State, _other: State) -> Content:
    inflated = {k: v.unsqueeze(2) if v.ndim == 4 else v for k, v in state.items()}
    heads = {
        "module.afterconv1.weight": torch.ones(1).expand(512, 1024, 1, 1, 1),
        "module.afterconv3_trans.weight": torch.ones(3, 3, 1, 1),
        "module.linear2.weight": torch.ones(6, 4),
    }
    return {
        "epoch": 14,
        "state_dict": {**_below("module.encoderVideo.", inflated), **heads},
        "best_loss": np.float64(0.1),
        "optimizer": {},
    }


def uvc(state: State, _other: State) -> Content:
    beside = {"module.rgb_encoder.conv1.weight": torch.ones(64, 3, 3, 3)}
    beside["module.decoder.conv1.weight"] = torch.ones(3, 64, 3, 3)
    inside = {**_below("module.gray_encoder.", state), **beside}
    return {"epoch": 29, "best_loss": 0.1, "state_dict": inside}


def crw(*, padded: bool) -> Maker:
    def make(state: State, _other: State) -> Content:
        def renamed(key: str) -> str:
            return re.sub(r"conv([12])\.weight$", r"conv\1.1.weight", key) if padded else key

        inside = {f"encoder.model.{renamed(key)}": value for key, value in state.items()}
        return {
            "model": {**inside, **_linear("selfsim_fc.0", 128, 512)},
            "optimizer": {},
            "lr_scheduler": {},
            "epoch": 24,
            "args": argparse.Namespace(lr=1e-4, data_path="/data"),
        }

    return make


def dino_full(state: State, other: State) -> Content:
    heads = {"head.mlp.0.weight": torch.ones(3, 3)}
    return {
        "student": _below("module.", {**_below("backbone.", other), **heads}),
        "teacher": {**_below("backbone.", state), **heads},
        "optimizer": {},
        "epoch": 800,
        "args": argparse.Namespace(arch="resnet50"),
    }


def openselfsup(state: State, other: State) -> Content:
    """A raw training file of DenseCL."""
    return {
        "meta": {},
        "state_dict": {
            **_below("backbone.", state),
            **_below("encoder_q.0.", other),
            "neck.mlp.0.weight": torch.ones(3),
            "queue": torch.zeros(128, 64),
        },
    }


def obow(state: State, _other: State) -> Content:
    return {"network": {**state, **_linear("fc", 1000, 2048)}}


def obow_full(state: State, other: State) -> Content:
    def renamed(key: str) -> str:
        key = re.sub(r"^conv1", "0.0", key)
        key = re.sub(r"^bn1", "0.1", key)
        return re.sub(r"^layer(\d)", r"\1", key)

    below = "feature_extractor._feature_blocks."
    teacher = "feature_extractor_teacher._feature_blocks."
    return {
        "network": {
            **{below + renamed(key): value for key, value in state.items()},
            **{teacher + renamed(key): value for key, value in other.items()},
            "bow_predictor.layers_w.0.weight": torch.ones(3),
        }
    }


def imgsim(state: State, _other: State) -> Content:
    return _below("module.pre.", {**state, **_linear("fc", 768, 2048)})


# Weights by backbone and name, and the ways in which their file may be laid out.
LAYOUTS: dict[tuple[str, str], list[Maker]] = {
    ("insdis_r50", "200ep"): [pycontrast("head.0")],
    ("moco_v1_r50", "200ep"): [moco("one")],
    ("pcl_v1_r50", "200ep"): [moco("one")],
    ("pirl_r50", "200ep"): [pycontrast("head.0", "head_jig.0")],
    ("pirl_r50", "vissl_200ep"): [vissl],
    ("pirl_r50", "vissl_800ep"): [vissl],
    ("pcl_v2_r50", "200ep"): [moco("two")],
    ("simclr_v1_r50", "unitrack"): [plain, plain_with_classifier],
    ("simclr_v1_r50", "converted"): [simclr_converted],
    ("moco_v2_r50", "800ep"): [moco("two")],
    ("moco_v2_r50", "200ep"): [moco("two")],
    ("simclr_v2_r50", "unitrack"): [plain],
    ("simclr_v2_r50", "converted"): [simclr_v2_converted],
    ("sela_v2_r50", "400ep"): [swav("prototypes0.weight", "prototypes1.weight"), swav("weight")],
    ("infomin_r50", "800ep"): [pycontrast("head.0", "head.2", "head_jig.0", momentum=True)],
    ("barlow_twins_r50", "first_release"): [plain],
    ("barlow_twins_r50", "second_release"): [plain],
    ("barlow_twins_r50", "full"): [
        in_model("module.backbone.", "module.projector.0.weight", "module.bn.running_mean")
    ],
    ("barlow_twins_r50", "vissl"): [vissl],
    ("deepcluster_v2_r50", "800ep"): [swav(*(f"prototypes{n}.weight" for n in range(3)))],
    ("swav_r50", "800ep"): [swav("weight")],
    ("pixpro_r50", "400ep"): [pixpro],
    ("pixpro_r50", "100ep"): [pixpro],
    ("detco_r50", "200ep"): [in_state_dict(author="x"), in_state_dict("", "fc.weight")],
    ("detco_r50", "200ep_aa"): [in_state_dict()],
    ("vfs_r50", "fine"): [vfs],
    ("vfs_r50", "object"): [vfs],
    ("vfs_r18", "fine"): [vfs],
    ("vfs_r18", "object"): [vfs],
    ("timecycle_r50", "unitrack"): [timecycle],
    ("timecycle_r50", "original"): [timecycle],
    ("colorization_r18", "unitrack"): [plain, in_state_dict("module.backbone.", "module.head")],
    ("uvc_r18", "kinetics"): [uvc],
    ("crw_r18", "kinetics"): [crw(padded=False), crw(padded=True)],
    ("dino_r50", "pretrain"): [plain],
    ("dino_r50", "full"): [dino_full],
    ("densecl_r50", "200ep"): [in_state_dict(author="x"), openselfsup],
    ("densecl_r50", "coco_800ep"): [in_state_dict()],
    ("densecl_r50", "coco_1600ep"): [in_state_dict()],
    ("vicreg_r50", "1000ep"): [plain],
    ("vicreg_r50", "full"): [in_model("module.backbone.", "module.projector.0.weight")],
    ("moco_v3_r50", "1000ep"): [moco_v3],
    ("obow_r50", "200ep"): [obow],
    ("obow_r50", "full"): [obow_full],
    ("resim_r50", "fpn_400ep"): [resim],
    ("resim_r50", "fpn_200ep"): [resim],
    ("resim_r50", "c4_200ep"): [resim],
    ("resim_r50", "detectron2"): [detectron2_names],
    ("soco_r50", "c4_400ep"): [soco],
    ("vissl_simclr_r50", "800ep"): [vissl],
    ("vissl_npid_r50", "200ep"): [vissl],
    ("vissl_moco_v2_r50", "200ep"): [vissl],
    ("augnet_r50", "imagenet"): [imgsim],
}
