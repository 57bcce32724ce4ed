"""What a checkpoint is, and checkpoints written anew."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors import safe_open

from tests.ssl.made import Maker, crw, dino_full, moco, resnet, swav
from unitrack.appearance.build import build_backbone
from unitrack.appearance.convert import convert
from unitrack.appearance.fit import Fit
from unitrack.appearance.identify import identify
from unitrack.engine.inputs import known_layouts
from unitrack.errors import UniTrackError
from unitrack.registry.manager import registry
from unitrack.registry.records import BackboneRecord


def _listed() -> list[tuple[str, BackboneRecord]]:
    """All but the transformers, which take their time and are tried in tests/timm."""
    return [
        (offer.record.name, offer.record)
        for offer in registry().offers("backbones")
        if isinstance(offer.record, BackboneRecord) and offer.wheel != "unitrack-timm"
    ]


def _record(name: str) -> BackboneRecord:
    record = registry().get("backbones", name)
    assert isinstance(record, BackboneRecord)
    return record


@pytest.fixture(scope="module")
def numbers() -> dict[str, torch.Tensor]:
    return resnet(18, 0)


def _saved(content: object, folder: Path) -> Path:
    path = folder / "mine.pth"
    torch.save(content, path)
    return path


def test_layout_backbones_and_what_is_left_over_are_said(tmp_path: Path) -> None:
    path = _saved(moco("two")(dict(resnet(50, 0)), dict(resnet(50, 1))), tmp_path)
    found = identify(path, _listed())
    assert found.nearest is None
    (fitting,) = found.fittings
    assert fitting.layout == "moco_v1_r50"
    assert fitting.taps == ("layer3", "layer4")
    assert {"r50", "imagenet_r50", "moco_v2_r50"} <= set(fitting.backbones)
    assert "r18" not in fitting.backbones
    left = dict(fitting.unused)
    assert left.pop("state_dict.module.encoder_k") > 300
    assert sum(left.values()) == 10  # heads of both encoders, and the queue


def test_plain_names_are_called_plain_or_by_who_has_them(
    numbers: dict[str, torch.Tensor], tmp_path: Path
) -> None:
    kept = {key: value for key, value in numbers.items() if not key.startswith("layer4")}
    (fitting,) = identify(_saved(kept, tmp_path), _listed()).fittings
    assert fitting.taps == ("layer3",)
    assert fitting.unused == {}
    assert fitting.layout == ""
    assert {"r18", "imagenet_r18", "crw_r18"} <= set(fitting.backbones)
    assert "imagenet_r34" not in fitting.backbones


def test_a_file_that_fits_nothing_says_what_comes_nearest(
    numbers: dict[str, torch.Tensor], tmp_path: Path
) -> None:
    del numbers["layer2.0.conv1.weight"]
    found = identify(_saved(numbers, tmp_path), _listed())
    assert found.fittings == ()
    assert found.nearest is not None
    assert "lacks 1 of the" in found.nearest.what
    assert "layer2.0.conv1.weight" in found.nearest.what
    assert identify(_saved({"a": torch.ones(7)}, tmp_path), _listed()).nearest is None


@pytest.mark.parametrize(("maker", "depth"), [(crw(padded=True), 18), (dino_full, 50)])
def test_a_users_own_file_is_read_by_the_layouts_of_all_backbones_of_its_shape(
    maker: Maker, depth: int, tmp_path: Path
) -> None:
    path = _saved(maker(dict(resnet(depth, 0)), dict(resnet(depth, 1))), tmp_path)
    assert _loaded_as_made(path, depth, "auto")


def test_a_users_own_file_is_read_like_that_of_a_named_backbone(tmp_path: Path) -> None:
    path = _saved(swav("weight")(dict(resnet(18, 0)), {}), tmp_path)
    assert _loaded_as_made(path, 18, "swav_r50")


def _loaded_as_made(path: Path, depth: int, remap: str) -> bool:
    record = _record(f"r{depth}")
    layouts = known_layouts(remap, record)
    backbone = build_backbone(record, weights=str(path), device="cpu", layouts=layouts)
    found, made = backbone._module.state_dict(), resnet(depth, 0)
    return all(torch.equal(value, made[key]) for key, value in found.items())


def test_a_remap_of_an_unknown_name_is_refused() -> None:
    with pytest.raises(UniTrackError, match="no backbone is called so"):
        known_layouts("moco_v9_r50", _record("r50"))
    assert known_layouts("", _record("r50")) is None


def test_what_is_converted_loads_and_says_where_it_comes_from(tmp_path: Path) -> None:
    path = _saved(crw(padded=True)(dict(resnet(18, 0)), {}), tmp_path)
    record = _record("crw_r18")
    from unitrack_ssl.settings import CrwSettings

    out = tmp_path / "new" / "crw.safetensors"
    convert(record, out, weights=str(path), settings=CrwSettings())
    with safe_open(str(out), "pt") as file:
        said = json.loads(file.metadata()["unitrack"])
        assert set(file.keys()) == set(Fit(record, CrwSettings()).shapes("layer4"))
    assert said["backbone"] == "crw_r18"
    assert said["layer"] == "layer4"
    assert said["source_file"] == "mine.pth"
    assert len(said["source_sha256"]) == 64
    one, other = (
        build_backbone(record, weights=str(file), device="cpu", settings=CrwSettings())
        for file in (path, out)
    )
    images = torch.randn(1, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    assert torch.equal(one(images), other(images))
    before = out.read_bytes()
    convert(record, out, weights=str(path), settings=CrwSettings())
    assert out.read_bytes() == before
    assert [file.name for file in out.parent.iterdir()] == ["crw.safetensors"]


def test_what_is_complete_for_one_layer_is_converted_up_to_it(tmp_path: Path) -> None:
    kept = {key: value for key, value in resnet(18, 0).items() if not key.startswith("layer4")}
    path = _saved(kept, tmp_path)
    said = convert(_record("r18"), tmp_path / "out.safetensors", weights=str(path))
    assert said["layer"] == "layer3"


def test_what_does_not_fit_is_not_converted(tmp_path: Path) -> None:
    out = tmp_path / "out.safetensors"
    path = _saved({"conv1.weight": torch.ones(64, 3, 7, 7)}, tmp_path)
    with pytest.raises(UniTrackError, match="lacks"):
        convert(_record("r18"), out, weights=str(path))
    with pytest.raises(UniTrackError, match=r"is not called \.safetensors"):
        convert(_record("r18"), tmp_path / "out.pth", weights=str(path))
    assert not out.exists()
