"""Short names say what timm says; their files load in every published layout."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from tests.appearance.conftest import Served
from unitrack.appearance.build import build_backbone
from unitrack.appearance.fit import Fit
from unitrack.appearance.identify import identify
from unitrack.appearance.layouts import read_as
from unitrack.errors import UniTrackError
from unitrack.registry.manager import registry
from unitrack.registry.records import BackboneRecord, WeightFile
from unitrack_timm.names import to_model
from unitrack_timm.settings import TokenSettings
from unitrack_timm.timm_models import create

State = dict[str, Tensor]


def _records() -> dict[str, BackboneRecord]:
    offers = registry().offers("backbones")
    ours = [offer.record for offer in offers if offer.wheel == "unitrack-timm"]
    return {
        record.name: record
        for record in ours
        if isinstance(record, BackboneRecord) and "timm_models" in record.factory
    }


RECORDS = _records()


def _model(record: BackboneRecord) -> str:
    return to_model(record.factory.partition(":")[2])


@pytest.mark.parametrize("name", RECORDS)
def test_a_short_name_states_what_timm_states(name: str) -> None:
    short = RECORDS[name]
    long = registry().get("backbones", f"timm/{_model(short)}")
    assert isinstance(long, BackboneRecord)
    for field in ("factory", "settings", "taps", "default_tap", "mean", "std", "anchor", "licence"):
        assert getattr(short, field) == getattr(long, field), field
    assert short.weights[0].url == long.weights[0].url
    assert short.weights[0].name == long.weights[0].name
    assert list(short.taps) == list(long.taps)


def test_the_names_asked_for_are_there() -> None:
    wanted = {"dino_s16", "dino_s8", "dinov2_s14", "dinov2_reg_s14", "dinov3_s16", "mae_b16"}
    assert wanted | {"clip_b16", "siglip2_b16", "ijepa_h14"} <= RECORDS.keys()


def _filled(model: str, seed: int = 0) -> State:
    """Numbers for a whole model of timm, windows of one table: distinct, and small on disk."""
    generator = torch.Generator().manual_seed(seed)
    table = torch.randn(1 << 20, generator=generator) * 0.03
    with torch.device("meta"):
        shapes = {key: value.shape for key, value in create(model).state_dict().items()}
    state = {}
    for key, shape in shapes.items():
        steps = (41, 5, 2, 1)[-len(shape) :] if shape else ()
        span = sum((n - 1) * step for n, step in zip(shape, steps, strict=True))
        start = int(torch.randint(len(table) - span, (1,), generator=generator))
        counts = key.endswith("num_batches_tracked")
        state[key] = torch.tensor(3) if counts else table.as_strided(shape, steps, start)
    return state


def _dinov2(state: State) -> object:
    """Registers under their own name, position of the class token apart, a mask token."""
    out = dict(state)
    if "reg_token" in out:
        out["register_tokens"] = out.pop("reg_token")
        positions = out["pos_embed"]
        out["pos_embed"] = torch.cat([torch.zeros_like(positions[:, :1]), positions], dim=1)
    out["mask_token"] = torch.zeros(1, state["cls_token"].shape[-1])
    return out


def _dinov3(state: State) -> object:
    out: State = {}
    for key, value in state.items():
        parts = key.split(".")
        if parts[-1] in ("gamma_1", "gamma_2"):
            key = ".".join([*parts[:-1], f"ls{parts[-1][-1]}", "gamma"])  # noqa: PLW2901
        out[key] = value
    out["storage_tokens"] = out.pop("reg_token")
    out["mask_token"] = torch.zeros(1, state["cls_token"].shape[-1])
    out["rope_embed.periods"] = torch.ones(16)
    for block in range(12):
        out[f"blocks.{block}.attn.qkv.bias"] = torch.zeros(3 * 384)
        out[f"blocks.{block}.attn.qkv.bias_mask"] = torch.ones(3 * 384)
    return out


def _without_head(state: State) -> State:
    return {k: v for k, v in state.items() if not k.startswith(("head.", "fc_norm."))}


OFFICIAL: dict[str, Callable[[State], object]] = {
    "dino_s16": lambda state: state,
    "dino_s8": lambda state: state,
    "dinov2_s14": _dinov2,
    "dinov2_reg_s14": _dinov2,
    "dinov3_s16": _dinov3,
    "mae_b16": lambda state: {"model": state, "epoch": 1600},
}


def _images(side: int) -> Tensor:
    return torch.randn(1, 3, side, side, generator=torch.Generator().manual_seed(5))


def _as_timm_reads_it(model: str, path: Path, images: Tensor) -> Tensor:
    import timm

    theirs: Any = timm.create_model(
        model,
        pretrained=True,
        pretrained_cfg_overlay={"file": str(path), "hf_hub_id": None, "url": ""},
        dynamic_img_size=True,
        num_classes=0,
    ).eval()
    with torch.inference_mode():
        (features,) = theirs.forward_intermediates(
            images, indices=1, norm=True, output_fmt="NCHW", intermediates_only=True
        )
    assert isinstance(features, Tensor)
    return features


@pytest.mark.slow
@pytest.mark.parametrize("name", OFFICIAL)
def test_the_file_of_its_authors_gives_what_timm_makes_of_it(
    name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    record = RECORDS[name]
    model = _model(record)
    path = tmp_path / "official.pth"
    torch.save(OFFICIAL[name](_without_head(_filled(model))), path)
    official = next(file for file in record.weights if file.name == "official")
    patch = int(model.partition("patch")[2].partition("_")[0])
    found = build_backbone(
        _there(record, official, path),
        device="cpu",
        settings=TokenSettings(dense="resample"),
    )(_images(8 * patch))
    wanted = _as_timm_reads_it(model, path, _images(8 * patch))
    wanted = torch.nn.functional.interpolate(wanted, found.shape[-2:], mode="bilinear")
    assert torch.allclose(found, wanted, atol=1e-4 * float(wanted.abs().max()))
    capfd.readouterr()  # timm talks about the biases of DINOv3


def _there(record: BackboneRecord, file: WeightFile, path: Path) -> BackboneRecord:
    """The record with its file in this folder, as if it had been put there by hand."""
    import os

    os.environ["UNITRACK_CACHE"] = str(path.parent)
    folder = path.parent / "weights"
    folder.mkdir(exist_ok=True)
    (folder / path.name).write_bytes(path.read_bytes())
    there = dataclasses.replace(
        file, url="", page="a test", file=path.name, sha256="", checksum="", size=0
    )
    return dataclasses.replace(record, weights=(there,))


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("UNITRACK_CACHE", str(tmp_path))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))


@pytest.mark.parametrize("model", ["test_vit", "test_resnet", "test_convnext"])
def test_a_file_of_the_hub_goes_through_the_door(
    model: str, served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = {key: value.contiguous().clone() for key, value in _filled(model).items()}
    save_file(state, tmp_path / "hub.safetensors")
    served.content = (tmp_path / "hub.safetensors").read_bytes()
    monkeypatch.setenv("HF_ENDPOINT", served.url.removesuffix("/net.pth"))
    record = registry().get("backbones", f"timm/{model}.r160_in1k")
    assert isinstance(record, BackboneRecord)
    backbone = build_backbone(record, device="cpu")
    for key, value in backbone._module.state_dict().items():
        assert torch.equal(value, state[key.removeprefix("network.")]), key
    kept = tmp_path / "weights" / f"timm_{model}.r160_in1k.safetensors"
    assert kept.is_file()
    again = build_backbone(record, weights=str(kept), device="cpu")  # as a user's own
    assert again.weights_id == backbone.weights_id


@pytest.mark.parametrize("name", ["dinov2_s14", "timm/test_vit"])
def test_without_a_network_two_lines_say_so(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:1")
    record = registry().get("backbones", name)
    assert isinstance(record, BackboneRecord)
    with pytest.raises(UniTrackError, match="cannot be reached") as caught:
        build_backbone(record, device="cpu")
    assert str(caught.value).count("\n") == 1
    assert "--weights FILE" in caught.value.mend


def test_files_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    record = registry().get("backbones", "timm/test_vit")
    assert isinstance(record, BackboneRecord)
    state = _filled("test_vit")
    path = tmp_path / "net.pth"
    key = "blocks.3.attn.qkv.weight"
    for said, content in {
        "lacks 1 of the .*blocks.3.attn": {k: v for k, v in state.items() if k != key},
        "another shape": {**state, key: torch.ones(2, 2)},
        "holds 1 tensors that": {**state, "blocks.3.gate": torch.ones(2)},
    }.items():
        torch.save(content, path)
        with pytest.raises(UniTrackError, match=said):
            build_backbone(record, weights=str(path), device="cpu")
    torch.save(_filled("test_resnet"), path)
    with pytest.raises(UniTrackError, match="lacks"):
        build_backbone(record, weights=str(path), device="cpu")


@pytest.mark.slow
def test_a_file_is_identified_among_all_backbones_of_this_wheel(tmp_path: Path) -> None:
    path = tmp_path / "mine.pth"
    listed = list(RECORDS.items())
    torch.save({"model": _filled("vit_small_patch16_224.dino")}, path)
    (fitting,) = identify(path, listed).fittings
    assert fitting.backbones == ("dino_s16",)
    assert fitting.taps[-1] == "norm"
    torch.save(_filled("resnet18"), path)
    found = identify(path, listed)
    assert found.fittings == ()


def test_a_file_of_ijepa_is_laid_out_as_said(tmp_path: Path) -> None:
    record = RECORDS["ijepa_h14"]
    encoder = _without_head(_filled(_model(record)))
    target = _without_head(_filled(_model(record), seed=1))
    path = tmp_path / "ijepa.pth.tar"
    content = {
        "encoder": {f"module.{key}": value for key, value in encoder.items()},
        "predictor": {"module.predictor_embed.weight": torch.ones(2)},
        "target_encoder": {f"module.{key}": value for key, value in target.items()},
        "opt": {},
        "epoch": 300,
    }
    torch.save(content, path)
    fit = Fit(record, TokenSettings())
    for file, wanted in zip(record.weights, (encoder, target), strict=True):
        state = read_as(path, file)
        assert fit.fault("norm", state, path) is None
        assert torch.equal(state["network.pos_embed"], wanted["pos_embed"])
