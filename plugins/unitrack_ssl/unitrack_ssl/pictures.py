"""Representations learnt from still pictures: most rows of the paper's Table 1.

Layouts and addresses were read in the sources that write or read the files. The paper's authors
gave InsDis to DetCo out as plain copies as well; like any plain ResNet-50, such a copy loads with
``--weights FILE``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from unitrack.registry import BackboneRecord, WeightFile
from unitrack_ssl.rows import FBAI, by_hand, drive, fetched, resnet50

__all__ = ["of_table_1"]

_NC = "CC BY-NC 4.0"
_DROPBOX = "https://www.dropbox.com/sh/87d24jqsl6ra7t2/"
_PCL = "https://storage.googleapis.com/sfr-pcl-data-research/PCL_checkpoint/"
_VISSL = FBAI + "vissl/model_zoo/"
_LAYOUTS = "unitrack_ssl.layouts:"

# Of a query encoder trained against a momentum encoder; the other one, `encoder_k`, is left out.
MOCO: dict[str, Any] = {
    "container": "state_dict",
    "prefix": "module.encoder_q.",
    "drop": ("fc.",),
}
_PYCONTRAST: dict[str, Any] = {"container": "model", "prefix": "module.encoder."}
_SWAV: dict[str, Any] = {"prefix": "module.", "drop": ("projection_head.", "prototypes.")}
VISSL: dict[str, Any] = {
    "container": "classy_state_dict.base_model.model.trunk",
    "prefix": "_feature_blocks.",
}
# Networks that were trained on [0, 1] without statistics.
_UNIT: dict[str, Any] = {"mean": (0.0, 0.0, 0.0), "std": (1.0, 1.0, 1.0)}


def of_table_1() -> Iterator[BackboneRecord]:
    """Rows of Table 1, in its order."""
    yield from _instances()
    yield from _views()
    yield from _dense()


def _instances() -> Iterator[BackboneRecord]:
    """Each picture is told from all others."""
    yield resnet50(
        "insdis_r50",
        "InsDis, 200 epochs of ImageNet",
        "Wu et al., CVPR 2018; as re-implemented in PyContrast",
        _pycontrast("AACcsSIt1_Njv7GsmsuzZ6Sta/InsDis.pth", "200ep"),
    )
    yield resnet50(
        "moco_v1_r50",
        "MoCo v1, 200 epochs of ImageNet",
        "He et al., CVPR 2020",
        _moco(1, 200, "b251726a"),
    )
    yield resnet50("pcl_v1_r50", "PCL v1, 200 epochs of ImageNet", "Li et al., ICLR 2021", _pcl(1))
    yield resnet50(
        "pirl_r50",
        "PIRL, 200 epochs of ImageNet",
        "Misra and van der Maaten, CVPR 2020; as re-implemented in PyContrast",
        _pycontrast("AADN4jKnvTI0U5oT6hTmQZz8a/PIRL.pth", "200ep"),
        _vissl_pirl("vissl_200ep", "200ep_pirl_jigsaw_4node_resnet_22_07_20.ffd17b75", 199),
        _vissl_pirl("vissl_800ep", "pirl_jigsaw_4node_resnet_22_07_20.34377f59", 799),
    )
    yield resnet50("pcl_v2_r50", "PCL v2, 200 epochs of ImageNet", "Li et al., ICLR 2021", _pcl(2))
    yield resnet50(
        "simclr_v1_r50",
        "SimCLR v1, 1000 epochs of ImageNet",
        "Chen et al., ICML 2020",
        *_simclr_v1(),
        **_UNIT,
    )
    yield resnet50(
        "moco_v2_r50",
        "MoCo v2, 800 epochs of ImageNet",
        "Chen et al., 2020 (arXiv 2003.04297)",
        _moco(2, 800, "a04e12f8"),
        _moco(2, 200, "59fd9945"),
    )
    yield resnet50(
        "simclr_v2_r50",
        "SimCLR v2 (1x, no selective kernels), 800 epochs of ImageNet",
        "Chen et al., NeurIPS 2020",
        *_simclr_v2(),
        **_UNIT,
    )


def _views() -> Iterator[BackboneRecord]:
    """Views of a picture agree: over clusters, mutual information, or without any other picture."""
    # SeLa v2, DeepCluster v2 and SwAV were trained with 0.228 as the first std; the paper evaluates
    # them, as all others, with ImageNet's 0.229.
    yield resnet50(
        "sela_v2_r50",
        "SeLa v2, 400 epochs of ImageNet",
        "Asano et al., ICLR 2020; Caron et al., NeurIPS 2020",
        _swav("selav2_400ep"),
    )
    yield resnet50(
        "infomin_r50",
        "InfoMin, 800 epochs of ImageNet",
        "Tian et al., NeurIPS 2020",
        _pycontrast("AAAzMTynP3Qc8mIE4XWkgILUa/InfoMin_800.pth", "800ep"),
    )
    yield resnet50(
        "barlow_twins_r50",
        "Barlow Twins, 1000 epochs of ImageNet",
        "Zbontar et al., ICML 2021",
        *_barlow_twins(),
    )
    yield resnet50(
        "byol_r50",
        "BYOL, 1000 epochs of ImageNet",
        "Grill et al., NeurIPS 2020",
        fetched(
            "1000ep",
            "https://storage.googleapis.com/deepmind-byol/checkpoints/pretrain_res50x1.pkl",
            "Apache-2.0",
            reader="unitrack_ssl.byol:read",
            remap="unitrack_ssl.byol:to_torchvision",
        ),
    )
    yield resnet50(
        "deepcluster_v2_r50",
        "DeepCluster v2, 800 epochs of ImageNet",
        "Caron et al., NeurIPS 2020",
        _swav("deepclusterv2_800ep"),
    )
    yield resnet50(
        "swav_r50",
        "SwAV, 800 epochs of ImageNet",
        "Caron et al., NeurIPS 2020",
        _swav("swav_800ep"),
    )


def _dense() -> Iterator[BackboneRecord]:
    """Parts of a picture are learnt from as well."""
    yield resnet50(
        "pixpro_r50",
        "PixPro, 400 epochs of ImageNet",
        "Xie et al., CVPR 2021",
        _pixpro("400ep", "1Ox2RoFbTrrllbwvITdZvwkNnKUQSUPmV"),
        _pixpro("100ep", "1oZwYSLSYSOzTLtOFdi4jXW6T5cGkQTgD"),
    )
    yield resnet50(
        "detco_r50",
        "DetCo, 200 epochs of ImageNet",
        "Xie et al., ICCV 2021",
        _detco("200ep", "1w8cO8VyTUhyOY55nd-YbPxBXyJnhnDXR"),
        _detco("200ep_aa", "1CF8_G99uVNMsu28HDi04psBO2zzz3tXc"),
    )


def _pycontrast(path: str, name: str) -> WeightFile:
    # dl=1: the file itself, not the page about it.
    file = path.rpartition("/")[2]
    return fetched(name, f"{_DROPBOX}{path}?dl=1", "BSD-3-Clause", file=file, **_PYCONTRAST)


def _moco(version: int, epochs: int, md5: str) -> WeightFile:
    run = f"moco_v{version}_{epochs}ep"
    url = f"{FBAI}moco/moco_checkpoints/{run}/{run}_pretrain.pth.tar"
    return fetched(f"{epochs}ep", url, _NC, checksum=f"md5:{md5}", **MOCO)


def _pcl(version: int) -> WeightFile:
    return fetched("200ep", f"{_PCL}PCL_v{version}_epoch200.pth.tar", "MIT", **MOCO)


def _swav(run: str) -> WeightFile:
    url = f"{FBAI}deepcluster/{run}_pretrain.pth.tar"
    return fetched(run.rpartition("_")[2], url, _NC, **_SWAV)


def _vissl_pirl(name: str, run: str, phase: int) -> WeightFile:
    url = f"{_VISSL}pirl_jigsaw_4node_{run}/model_final_checkpoint_phase{phase}.torch"
    return fetched(name, url, "MIT", file=f"pirl_{name}.torch", **VISSL)


def _pixpro(name: str, number: str) -> WeightFile:
    file = f"pixpro_base_r50_{name}.pth"
    return by_hand(name, drive(number), file, "MIT", **_PYCONTRAST)


def _detco(name: str, number: str) -> WeightFile:
    return by_hand(
        name,
        drive(number),
        f"detco_{name}.pkl",
        "BSD-2-Clause for academic use",
        container="state_dict",
        drop=("fc.",),
    )


def _barlow_twins() -> Iterator[WeightFile]:
    yield fetched(
        "first_release",
        f"{FBAI}barlowtwins/ep1000_bs2048_lrw0.2_lrb0.0048_lambd0.0051/resnet50.pth",
        "MIT",
        file="barlow_twins_resnet50.pth",
    )
    yield fetched(
        "second_release",
        f"{FBAI}barlowtwins/ljng/resnet50.pth",
        "MIT",
        file="barlow_twins_ljng_resnet50.pth",
    )
    yield fetched(
        "full",
        f"{FBAI}barlowtwins/ljng/checkpoint.pth",
        "MIT",
        file="barlow_twins_ljng_checkpoint.pth",
        container="model",
        prefix="module.backbone.",
    )
    yield fetched(
        "vissl",
        f"{_VISSL}barlow_twins/barlow_twins_32gpus_4node_imagenet1k_1000ep_resnet50.torch",
        "MIT",
        **VISSL,
    )


def _simclr_v1() -> Iterator[WeightFile]:
    yield by_hand(
        "unitrack",
        drive("1RdB2KaaXOtU2_t-Uk_HQbxMZgSGUcy6c"),
        "simclr_v1_r50.pth",
        "Apache-2.0",
        drop=("fc.",),
    )
    yield by_hand(
        "converted",
        "https://github.com/tonylins/simclr-converter (its output)",
        "resnet50-1x.pth",
        "Apache-2.0",
        container="state_dict",
        drop=("fc.",),
    )


def _simclr_v2() -> Iterator[WeightFile]:
    yield by_hand(
        "unitrack",
        drive("1NSCrZ7MaejJaOJS7yA3URtbubxLR-fz5X"),
        "simclr_v2_r50.pth",
        "Apache-2.0",
        drop=("fc.",),
    )
    yield by_hand(
        "converted",
        "https://github.com/Separius/SimCLRv2-Pytorch (its output)",
        "r50_1x_sk0.pth",
        "Apache-2.0",
        container="resnet",
        remap=f"{_LAYOUTS}simclr_v2",
        drop=("fc.",),
    )
