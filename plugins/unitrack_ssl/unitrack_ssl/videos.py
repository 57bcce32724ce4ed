"""Representations learnt from videos: the rest of Table 1, and Table 2."""

from __future__ import annotations

from collections.abc import Iterator

from unitrack.registry import BackboneRecord, WeightFile
from unitrack_ssl.rows import by_hand, drive, fetched, resnet18, resnet50

__all__ = ["from_videos"]

_LAYOUTS = "unitrack_ssl.layouts:"
_VFS = "https://github.com/xvjiarui/VFS/releases/download/v0.1-rc1/"
_VFS_PAPER = "Xu and Wang, ICCV 2021"
_NO_LICENCE = "none stated"


def from_videos() -> Iterator[BackboneRecord]:
    """VFS, TimeCycle, and the three ResNet-18 of Table 2."""
    yield from _pairs_of_frames()
    yield from _of_table_2()


def _pairs_of_frames() -> Iterator[BackboneRecord]:
    """VFS, with a smaller sibling, and TimeCycle."""
    yield resnet50(
        "vfs_r50",
        "VFS, 100 epochs of Kinetics-400",
        _VFS_PAPER,
        _vfs("fine", "r50_nc_sgd_cos_100e_r5_1xNx2_k400-d7ce3ad0.pth"),
        _vfs("object", "r50_sgd_cos_100e_r5_1xNx2_k400-b7fb2a38.pth"),
    )
    yield resnet18(
        "vfs_r18",
        "VFS, 100 epochs of Kinetics-400",
        _VFS_PAPER,
        _vfs("fine", "r18_nc_sgd_cos_100e_r2_1xNx8_k400-db1a4c0d.pth"),
        _vfs("object", "r18_sgd_cos_100e_r2_1xNx8_k400-99e2f7cd.pth"),
    )
    # layer4 took no part in the training: its weights are those it started from.
    yield resnet50(
        "timecycle_r50",
        "TimeCycle, VLOG; layer4 untrained",
        "Wang et al., CVPR 2019",
        _timecycle("unitrack", "1WUYLkfowJ853RG_9OhbrKpb3r-cc-cOA", "timecycle_r50.pth.tar"),
        _timecycle("original", "1jKwP6qOoEFhhr9WFL_mfXvk0IHtElsmB", "checkpoint_14.pth.tar"),
    )


def _of_table_2() -> Iterator[BackboneRecord]:
    """ResNet-18, learnt by finding pixels again."""
    yield resnet18(
        "colorization_r18",
        "colorization with memory, Kinetics-400",
        "Lai et al., CVPR 2020; weights of Wang et al., NeurIPS 2021",
        by_hand(
            "unitrack",
            drive("1gWPRgYH70t-9uwj0EId826ZxFdosbzQv"),
            "colorization_r18.pth",
            _NO_LICENCE,
            remap=f"{_LAYOUTS}inside_backbone",
            drop=("fc.",),
        ),
    )
    # Of UVC's own input, L / 256, the paper's code makes L / 255; we follow the paper.
    yield resnet18(
        "uvc_r18",
        "UVC, Kinetics-400; input is lightness",
        "Li et al., NeurIPS 2019",
        fetched(
            "kinetics",
            "https://github.com/Liusifei/UVC/raw/master/weights/checkpoint_latest.pth.tar",
            "MIT",
            file="uvc_checkpoint_latest.pth.tar",
            checksum="git:8e2c3c43d05451f0008312dd84e8555b4d1a8eb0",
            container="state_dict",
            prefix="module.gray_encoder.",
        ),
        colour="lab_l",
    )
    yield resnet18(
        "crw_r18",
        "contrastive random walk, Kinetics-400",
        "Jabri et al., NeurIPS 2020",
        fetched(
            "kinetics",
            "https://github.com/ajabri/videowalk/raw/master/pretrained.pth",
            "MIT",
            file="crw_pretrained.pth",
            checksum="git:7d3a446fc45567471ca98d5d43bce4810b3a5759",
            container="model",
            prefix="encoder.model.",
            remap=f"{_LAYOUTS}unpadded",
        ),
        factory="unitrack_ssl.backbones:crw_r18",
        settings="unitrack_ssl.settings:CrwSettings",
        mean=(0.4914, 0.4822, 0.4465),
        std=(0.2023, 0.1994, 0.2010),
    )


def _vfs(name: str, file: str) -> WeightFile:
    return fetched(
        name,
        _VFS + file,
        "Apache-2.0",
        sha256=file.rpartition("-")[2].removesuffix(".pth"),
        container="state_dict",
        prefix="backbone.",
        remap=f"{_LAYOUTS}openmmlab",
    )


def _timecycle(name: str, number: str, file: str) -> WeightFile:
    return by_hand(
        name,
        drive(number),
        file,
        _NO_LICENCE,
        container="state_dict",
        prefix="module.encoderVideo.",
        remap=f"{_LAYOUTS}flattened",
    )
