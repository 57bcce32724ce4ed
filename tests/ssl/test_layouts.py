"""Every published layout goes through the real door and gives the features of its numbers."""

from __future__ import annotations

import dataclasses
import re
import zipfile
from pathlib import Path

import pytest
import torch
from torch import Tensor

from tests.appearance.conftest import Served
from tests.ssl.conftest import depth_of, expected, numbers, pictures, records
from tests.ssl.made import LAYOUTS, Maker
from unitrack.appearance.build import build_backbone
from unitrack.appearance.fit import Fit
from unitrack.appearance.layouts import Layout, Reading, read_as, readings
from unitrack.appearance.weights import choose_reading
from unitrack.errors import UniTrackError
from unitrack.registry.records import BackboneRecord, WeightFile

RECORDS = records()
# Arrays of NumPy are written in full, all hundred megabytes of them.
LARGE = ("resim_r50", "detectron2")
CASES = [
    pytest.param(*key, number, marks=[pytest.mark.slow] if key == LARGE else [])
    for key, makers in LAYOUTS.items()
    for number in range(len(makers))
]
FITS: dict[str, Fit] = {}


def _file(name: str, weights: str) -> tuple[BackboneRecord, WeightFile]:
    record = RECORDS[name]
    return record, next(file for file in record.weights if file.name == weights)


def _write(path: Path, content: object) -> Path:
    if path.suffix != ".zip":
        torch.save(content, path)
        return path
    inner = path.with_suffix(".pth.tar")
    torch.save(content, inner)
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(inner, f"{path.stem}/{inner.name}")
    return path


def _made(maker: Maker, record: BackboneRecord, path: Path) -> Path:
    depth = depth_of(record)
    return _write(path, maker(dict(numbers(depth, 0)), dict(numbers(depth, 1))))


def _settings(record: BackboneRecord) -> object:
    if not record.settings:
        return None
    from unitrack_ssl.settings import CrwSettings

    return CrwSettings()


def _is_close(found: Tensor, wanted: Tensor) -> bool:
    # Single against double precision, through up to 49 convolutions.
    return float((found - wanted).abs().max()) < 2e-5 * float(wanted.abs().max())


def test_all_weights_of_this_wheel_are_made_here_except_those_with_a_test_of_their_own() -> None:
    all_of_them = {(name, file.name) for name, one in RECORDS.items() for file in one.weights}
    assert all_of_them == {*LAYOUTS, ("byol_r50", "1000ep")}


def test_a_network_of_other_numbers_gives_other_features() -> None:
    for depth in (18, 50):
        wanted = expected(depth)
        assert float(wanted.abs().max()) > 0.1
        assert float(wanted.std()) > 0.02 * float(wanted.abs().max())


@pytest.mark.parametrize(("name", "weights", "number"), CASES)
def test_a_published_file_gives_the_features_of_its_numbers(
    name: str, weights: str, number: int, served: Served, cache_folder: Path, tmp_path: Path
) -> None:
    record, file = _file(name, weights)
    path = _made(LAYOUTS[name, weights][number], record, tmp_path / file.file.rpartition("/")[2])
    served.content = path.read_bytes()
    there = dataclasses.replace(file, file=path.name, sha256="", checksum="", size=0)
    if file.page:
        cache_folder.mkdir(parents=True)
        path.rename(cache_folder / path.name)
    else:
        there = dataclasses.replace(there, url=served.url, distribution="")
    backbone = build_backbone(
        dataclasses.replace(record, weights=(there,)),
        tap="layer4",
        device="cpu",
        settings=_settings(record),
    )
    assert _is_close(backbone(pictures()), expected(depth_of(record)))


@pytest.mark.parametrize(("name", "weights", "number"), CASES)
def test_a_published_file_that_is_not_whole_is_refused(
    name: str, weights: str, number: int, tmp_path: Path
) -> None:
    record, file = _file(name, weights)
    maker, depth = LAYOUTS[name, weights][number], depth_of(record)
    key = "layer3.1.conv2.weight"
    sound, other = numbers(depth, 0), dict(numbers(depth, 1))
    faulty = {
        "lacks 1 of": {k: v for k, v in sound.items() if k != key},
        r"1 tensors of another shape, e\.g\. layer3\.1": {**sound, key: torch.ones(2, 3, 3, 3)},
        "holds 1 tensors that": {**sound, "layer3.1.conv9.weight": torch.ones(2, 3, 3, 3)},
    }
    for number_of_fault, (said, state) in enumerate(faulty.items()):
        path = _write(tmp_path / f"{number_of_fault}-{Path(file.file).name}", maker(state, other))
        assert _fault(record, file, path, said)


@pytest.mark.parametrize("name", RECORDS)
def test_a_file_of_another_layout_or_network_is_refused(name: str, tmp_path: Path) -> None:
    record = RECORDS[name]
    for file in record.weights:
        if not file.reader:
            path = tmp_path / "other.pth"
            torch.save({"state_dict": {"net.encoder.conv1.weight": torch.ones(64, 3, 7, 7)}}, path)
            assert _fault(record, file, path, "lacks|no tensors by name")
            depth = 18 if depth_of(record) == 50 else 50
            torch.save(dict(numbers(depth, 0)), path)
            assert _fault(record, file, path, "lacks|no tensors by name|another shape")


def _fault(record: BackboneRecord, file: WeightFile, path: Path, said: str) -> bool:
    """Whether a file is refused in two lines of which the first says so."""
    fit = FITS.setdefault(record.name, Fit(record, _settings(record)))
    try:
        if file.page:
            choose_reading(readings(path, [Layout(record.name, file)]), fit, "layer4", path)
        else:
            choose_reading([Reading("", read_as(path, file))], fit, "layer4", path)
    except UniTrackError as fault:
        return bool(re.search(said, str(fault))) and str(fault).count("\n") == 1
    return False
