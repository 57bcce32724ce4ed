"""Later ResNet-50s that are not in the paper."""

from __future__ import annotations

from collections.abc import Iterator

from unitrack.registry import BackboneRecord, WeightFile
from unitrack_ssl.pictures import MOCO, VISSL
from unitrack_ssl.rows import FBAI, by_hand, fetched, resnet50

__all__ = ["later"]

_LAYOUTS = "unitrack_ssl.layouts:"
_NC = "CC BY-NC 4.0"
_RESIM = "https://people.eecs.berkeley.edu/~cjrd/data/"
_DENSECL = "https://huggingface.co/xinlongwang/DenseCL/resolve/main/"
_OBOW = "https://github.com/valeoai/obow/releases/download/v0.1.0/"
_SOCO = "https://drive.google.com/drive/folders/1-kL9v5VeWzszq8oY-v1TRuOv60PpfT8N"
_VISSL = FBAI + "vissl/model_zoo/"


def later() -> Iterator[BackboneRecord]:
    """What came after the paper, or beside it."""
    yield from _against_a_mean()
    yield from _two_views()
    yield from _dense()
    yield from _of_vissl()


def _against_a_mean() -> Iterator[BackboneRecord]:
    """Learnt against a running mean of the network itself."""
    yield resnet50(
        "dino_r50",
        "DINO, ImageNet",
        "Caron et al., ICCV 2021",
        fetched("pretrain", _dino("pretrain"), "Apache-2.0"),
        fetched(
            "full",
            _dino("pretrain_full_checkpoint"),
            "Apache-2.0",
            container="teacher",
            remap=f"{_LAYOUTS}inside_backbone",
        ),
    )
    yield resnet50(
        "moco_v3_r50",
        "MoCo v3, 1000 epochs of ImageNet",
        "Chen et al., ICCV 2021",
        fetched(
            "1000ep",
            f"{FBAI}moco-v3/r-50-1000ep/r-50-1000ep.pth.tar",
            _NC,
            file="moco_v3_r-50-1000ep.pth.tar",
            container="state_dict",
            prefix="module.base_encoder.",
            drop=("fc.",),
        ),
    )
    yield resnet50(
        "obow_r50",
        "OBoW, 200 epochs of ImageNet",
        "Gidaris et al., CVPR 2021",
        fetched(
            "200ep",
            f"{_OBOW}ImageNetFull_ResNet50_OBoW_full_feature_extractor.zip",
            "Apache-2.0",
            container="network",
            drop=("fc.",),
        ),
        fetched(
            "full",
            f"{_OBOW}ImageNetFull_ResNet50_OBoW_full.zip",
            "Apache-2.0",
            container="network",
            prefix="feature_extractor._feature_blocks.",
            remap=f"{_LAYOUTS}numbered",
        ),
    )


def _two_views() -> Iterator[BackboneRecord]:
    """Learnt from two views of a picture alone."""
    yield resnet50(
        "vicreg_r50",
        "VICReg, 1000 epochs of ImageNet",
        "Bardes et al., ICLR 2022",
        fetched("1000ep", f"{FBAI}vicreg/resnet50.pth", "MIT", file="vicreg_resnet50.pth"),
        fetched(
            "full",
            f"{FBAI}vicreg/resnet50_fullckpt.pth",
            "MIT",
            file="vicreg_resnet50_fullckpt.pth",
            container="model",
            prefix="module.backbone.",
        ),
    )
    yield resnet50(
        "augnet_r50",
        "AugNet, ImageNet without labels; weights installed by pip",
        "Chen and Ooi, 2021 (arXiv 2106.06250)",
        WeightFile(
            name="imagenet",
            distribution="imgsim",
            file="imgsim/model.pth",
            sha256="c2cb3cac82642c5698721bd4c57702c3d2ffab077ee9fc277c60ef7359293add",
            size=100_656_367,
            licence="MIT",
            prefix="module.pre.",
            drop=("fc.",),
        ),
    )


def _dense() -> Iterator[BackboneRecord]:
    """Learnt from parts of pictures, for detection and segmentation."""
    yield resnet50(
        "densecl_r50",
        "DenseCL, 200 epochs of ImageNet",
        "Wang et al., CVPR 2021",
        _densecl("200ep", "densecl_r50_imagenet_200ep.pth"),
        _densecl("coco_800ep", "densecl_r50_coco_800ep.pth"),
        _densecl("coco_1600ep", "densecl_r50_coco_1600ep.pth"),
    )
    yield resnet50(
        "resim_r50",
        "ReSim-FPN, 400 epochs of ImageNet",
        "Xiao et al., ICCV 2021",
        _resim("fpn_400ep", "resim_fpn_400ep.pth.tar"),
        _resim("fpn_200ep", "resim_fpn_200ep.pth.tar"),
        _resim("c4_200ep", "resim_c4_200ep.pth.tar"),
        by_hand(
            "detectron2",
            "https://github.com/Tete-Xiao/ReSim (a backbone file for Detectron2)",
            "resim_backbone.pth.tar",
            _NC,
            container="model",
            remap=f"{_LAYOUTS}detectron2",
        ),
    )
    yield resnet50(
        "soco_r50",
        "SoCo-C4, 400 epochs of ImageNet",
        "Wei et al., NeurIPS 2021",
        by_hand(
            "c4_400ep",
            f"{_SOCO} (SoCo_C4_400ep/ckpt_epoch_400.pth)",
            "soco_c4_400ep.pth",
            "MIT",
            container="model",
            prefix="module.encoder.",
        ),
    )


def _of_vissl() -> Iterator[BackboneRecord]:
    """Trained again by VISSL."""
    yield resnet50(
        "vissl_simclr_r50",
        "SimCLR as trained by VISSL, 800 epochs of ImageNet",
        "Goyal et al., 2021 (VISSL); Chen et al., ICML 2020",
        _vissl("800ep", "simclr_rn50_800ep_simclr_8node_resnet_16_07_20.7e8feed1", 799),
    )
    yield resnet50(
        "vissl_npid_r50",
        "NPID++ as trained by VISSL, 200 epochs of ImageNet",
        "Goyal et al., 2021 (VISSL); Wu et al., CVPR 2018",
        _vissl("200ep", "npid_1node_200ep_4kneg_npid_8gpu_resnet_23_07_20.9eb36512", 199),
    )
    yield resnet50(
        "vissl_moco_v2_r50",
        "MoCo v2 as trained by VISSL, 200 epochs of ImageNet",
        "Goyal et al., 2021 (VISSL); Chen et al., 2020",
        _vissl("200ep", "moco_v2_1node_lr.03_step_b32_zero_init", 199),
    )


def _dino(file: str) -> str:
    return f"{FBAI}dino/dino_resnet50_pretrain/dino_resnet50_{file}.pth"


def _densecl(name: str, file: str) -> WeightFile:
    # Hosted files hold the backbone alone or the whole training; which, is not stated.
    return fetched(
        name,
        _DENSECL + file,
        "GPL-3.0 (of the code)",
        container="state_dict",
        remap=f"{_LAYOUTS}inside_backbone",
        drop=("fc.",),
    )


def _resim(name: str, file: str) -> WeightFile:
    # The pyramid beside the ResNet lies under the same prefix.
    layout = {**MOCO, "drop": (), "remap": f"{_LAYOUTS}resnet_parts"}
    return fetched(name, _RESIM + file, _NC, **layout)


def _vissl(name: str, run: str, phase: int) -> WeightFile:
    url = f"{_VISSL}{run}/model_final_checkpoint_phase{phase}.torch"
    return fetched(name, url, "MIT", file=f"vissl_{run.partition('_')[0]}_{name}.torch", **VISSL)
