"""Transformers, and a few networks of stages, under the names that people call them by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from unitrack.registry import BackboneRecord, WeightFile
from unitrack_timm.names import to_attribute
from unitrack_timm.rows import in_hub, official, tokens

__all__ = ["short_names"]

_FBAI = "https://dl.fbaipublicfiles.com/"
_SMALL: dict[str, Any] = {"channels": 384}
_LARGE: dict[str, Any] = {"channels": 1024, "depth": 24}
_HALF: dict[str, Any] = {"mean": (0.5, 0.5, 0.5), "std": (0.5, 0.5, 0.5)}
_CLIP: dict[str, Any] = {
    "mean": (0.48145466, 0.4578275, 0.40821073),
    "std": (0.26862954, 0.26130258, 0.27577711),
}
_APACHE, _NC = "apache-2.0", "cc-by-nc-4.0"


def short_names() -> Iterator[BackboneRecord]:
    """DINO, DINOv2, DINOv3, MAE, CLIP, SigLIP 2 and I-JEPA."""
    yield from _dino()
    yield from _dinov2()
    yield from _dinov3()
    yield from _mae()
    yield from _beside_text()
    yield _ijepa()


def _hub(model: str, licence: str) -> WeightFile:
    return in_hub(model, f"timm/{model}", model.partition(".")[2], licence)


def _dino() -> Iterator[BackboneRecord]:
    paper = "Caron et al., ICCV 2021"
    for size, patch, folder in (
        ("small", 16, "dino_deitsmall16_pretrain"),
        ("small", 8, "dino_deitsmall8_pretrain"),
        ("base", 16, "dino_vitbase16_pretrain"),
        ("base", 8, "dino_vitbase8_pretrain"),
    ):
        model = f"vit_{size}_patch{patch}_224.dino"
        yield tokens(
            f"dino_{size[0]}{patch}",
            model,
            _hub(model, _APACHE),
            official(model, f"{_FBAI}dino/{folder}/{folder}.pth", licence=_APACHE),
            summary=f"DINO, ViT-{size[0].upper()}/{patch}",
            paper=paper,
            **(_SMALL if size == "small" else {}),
        )


def _dinov2() -> Iterator[BackboneRecord]:
    paper = "Oquab et al., TMLR 2024"
    for size, more in (("small", _SMALL), ("base", {}), ("large", _LARGE)):
        for registers in ("", "_reg4"):
            model = f"vit_{size}_patch14{registers}_dinov2.lvd142m"
            short = f"dinov2_vit{size[0]}14"
            with_registers = ", with registers" if registers else ""
            yield tokens(
                f"dinov2{'_reg' if registers else ''}_{size[0]}14",
                model,
                _hub(model, _APACHE),
                official(
                    model, f"{_FBAI}dinov2/{short}/{short}{registers}_pretrain.pth", licence=_APACHE
                ),
                summary=f"DINOv2{with_registers}, ViT-{size[0].upper()}/14",
                paper=f"{paper}; Darcet et al., ICLR 2024" if registers else paper,
                **more,
            )


def _dinov3() -> Iterator[BackboneRecord]:
    paper, licence = "Simeoni et al., 2025 (arXiv 2508.10104)", "dinov3-license"
    page = "https://ai.meta.com/resources/models-and-libraries/dinov3-downloads (after agreeing)"
    for size, digest, more in (
        ("small", "08c60483", _SMALL),
        ("base", "73cec8be", {}),
        ("large", "8aa4cbdd", _LARGE),
    ):
        model = f"vit_{size}_patch16_dinov3.lvd1689m"
        file = f"dinov3_vit{size[0]}16_pretrain_lvd1689m-{digest}.pth"
        by_hand = WeightFile(
            name="official",
            page=page,
            file=file,
            sha256=digest,
            licence=licence,
            remap=f"unitrack_timm.timm_weights:{to_attribute(model)}",
        )
        yield tokens(
            f"dinov3_{size[0]}16",
            model,
            _hub(model, licence),
            by_hand,
            summary=f"DINOv3, ViT-{size[0].upper()}/16",
            paper=paper,
            **more,
        )
    yield _stages(
        "dinov3_convnext_tiny",
        "convnext_tiny.dinov3_lvd1689m",
        {"stages.1": 192, "stages.2": 384, "stages.3": 768},
        licence,
        summary="DINOv3, ConvNeXt-T distilled from ViT-7B",
        paper=paper,
    )


def _mae() -> Iterator[BackboneRecord]:
    for size, digits, more in (("base", "8cad7c", {}), ("large", "b8b06e", _LARGE)):
        model = f"vit_{size}_patch16_224.mae"
        yield tokens(
            f"mae_{size[0]}16",
            model,
            _hub(model, _NC),
            official(
                model,
                f"{_FBAI}mae/pretrain/mae_pretrain_vit_{size}.pth",
                licence=_NC,
                checksum=f"md5:{digits}",
                container="model",
            ),
            summary=f"MAE, ViT-{size[0].upper()}/16",
            paper="He et al., CVPR 2022",
            **more,
        )


def _beside_text() -> Iterator[BackboneRecord]:
    """CLIP and SigLIP 2."""
    for size, patch, more in (("base", 16, {}), ("large", 14, _LARGE)):
        model = f"vit_{size}_patch{patch}_clip_quickgelu_224.openai"
        yield tokens(
            f"clip_{size[0]}{patch}",
            model,
            # On the hub both forms of the activation share one file.
            in_hub(model, f"timm/{model.replace('_quickgelu', '')}", "openai", _APACHE),
            summary=f"CLIP, ViT-{size[0].upper()}/{patch}",
            paper="Radford et al., ICML 2021",
            **_CLIP,
            **more,
        )
    yield _stages(
        "clip_r50",
        "resnet50_clip_gap.openai",
        {"stages.1": 512, "stages.2": 1024, "final_conv": 2048},
        "mit",
        summary="CLIP, ResNet-50 with three convolutions in its stem",
        paper="Radford et al., ICML 2021",
        **_CLIP,
    )
    model = "vit_base_patch16_siglip_224.v2_webli"
    yield tokens(
        "siglip2_b16",
        model,
        _hub(model, _APACHE),
        summary="SigLIP 2, ViT-B/16",
        paper="Tschannen et al., 2025 (arXiv 2502.14786)",
        **_HALF,
    )


def _ijepa() -> BackboneRecord:
    model = "vit_huge_patch14_gap_224.in1k_ijepa"
    url = f"{_FBAI}ijepa/IN1K-vit.h.14-300e.pth.tar"
    return tokens(
        "ijepa_h14",
        model,
        *(
            official(model, url, name=name, licence=_NC, container=container, prefix="module.")
            for name, container in (("in1k_ijepa", "encoder"), ("target", "target_encoder"))
        ),
        summary="I-JEPA, ViT-H/14",
        paper="Assran et al., CVPR 2023",
        channels=1280,
        depth=32,
    )


def _stages(
    name: str, model: str, taps: dict[str, int], licence: str, **more: Any
) -> BackboneRecord:
    return BackboneRecord(
        name=name,
        factory=f"unitrack_timm.timm_models:{to_attribute(model)}",
        taps=taps,
        default_tap="stages.2",
        weights=(_hub(model, licence),),
        licence=licence,
        **more,
    )
