"""The catalogue: complete, unmistakable, and honest about where files are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as nnf

from tests.ssl.conftest import records
from unitrack.appearance.build import build_backbone
from unitrack.appearance.embed import Embedder
from unitrack.errors import UniTrackError
from unitrack.registry.manager import registry
from unitrack.registry.records import BackboneRecord
from unitrack_ssl.settings import CrwSettings

RECORDS = records()
TABLE_1 = (
    *("insdis", "moco_v1", "pcl_v1", "pirl", "pcl_v2", "simclr_v1", "moco_v2", "simclr_v2"),
    *("sela_v2", "infomin", "barlow_twins", "byol", "deepcluster_v2", "swav", "vfs", "pixpro"),
    *("detco", "timecycle"),
)
TABLE_2 = ("colorization", "uvc", "crw")
BY_HAND = [name for name, record in RECORDS.items() if record.weights[0].page]


def test_every_representation_of_the_papers_tables_1_and_2_is_there() -> None:
    assert {f"{name}_r50" for name in TABLE_1} <= RECORDS.keys()
    assert {f"{name}_r18" for name in TABLE_2} <= RECORDS.keys()


def test_no_two_files_share_a_name_in_the_cache() -> None:
    files = [
        file
        for offer in registry().offers("backbones")
        if isinstance(offer.record, BackboneRecord)
        for file in offer.record.weights
        if not file.distribution
    ]
    # Two records may offer one file, under one address.
    names = [name for name, _ in {(file.file, file.url or file.page) for file in files}]
    assert sorted(set(names)) == sorted(names)
    assert all("/" not in name and "?" not in name for name in names)


def test_the_names_of_a_records_weights_are_distinct_and_no_keyword() -> None:
    for record in RECORDS.values():
        names = [file.name for file in record.weights]
        assert len(set(names)) == len(names)
        assert not any(name.startswith("random") for name in names)


@pytest.mark.parametrize("name", BY_HAND)
def test_what_must_be_fetched_by_hand_is_said_in_two_lines(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNITRACK_CACHE", str(tmp_path))
    file = RECORDS[name].weights[0]
    with pytest.raises(UniTrackError, match="by hand") as caught:
        build_backbone(RECORDS[name], device="cpu")
    where, how = str(caught.value).splitlines()
    assert where.startswith(f"{file.file}: ")
    assert file.page in where
    assert file.licence in where
    assert str(tmp_path / "weights" / file.file) in how


def test_simclr_sees_plain_fractions_and_crw_the_statistics_of_its_training() -> None:
    for name in ("simclr_v1_r50", "simclr_v2_r50"):
        assert (RECORDS[name].mean, RECORDS[name].std) == ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    assert RECORDS["crw_r18"].mean == (0.4914, 0.4822, 0.4465)
    assert RECORDS["vfs_r50"].mean == (0.485, 0.456, 0.406)


def test_uvc_is_blind_to_colour() -> None:
    embedder = Embedder(build_backbone(RECORDS["uvc_r18"], weights="random", device="cpu"))
    image = np.zeros((8, 8, 3), np.uint8)
    grey, red = (image.copy(), image.copy())
    grey[:], red[:] = 127, (255, 0, 0)  # lightness 53 both
    one, other = embedder.normalise(grey), embedder.normalise(red)
    assert torch.equal(one[0], one[1])
    assert torch.allclose(one, other, atol=0.05)


def test_crw_sees_zeros_or_a_mirror_beyond_the_border() -> None:
    images = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    features = {}
    for padding in ("zeros", "reflect"):
        settings = CrwSettings.model_validate({"padding": padding})
        backbone = build_backbone(
            RECORDS["crw_r18"], weights="random", device="cpu", settings=settings
        )
        first = backbone._module.get_submodule("conv1")
        mode = "reflect" if padding == "reflect" else "constant"
        weight = first.get_parameter("weight")
        wanted = nnf.conv2d(nnf.pad(images, (3, 3, 3, 3), mode), weight, stride=2)
        assert torch.allclose(first(images), wanted, atol=1e-5)
        features[padding] = backbone(images)
    assert features["zeros"].shape == features["reflect"].shape
    assert not torch.allclose(features["zeros"], features["reflect"])
    assert RECORDS["crw_r18"].settings
    assert CrwSettings().padding == "zeros"
