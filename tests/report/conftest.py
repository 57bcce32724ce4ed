"""Tiny rendered sets, and runs on them that no network was needed for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import unitrack
from tests.report.made import run_folder, spec_of
from unitrack.cli.main import main

__all__ = ["unitrack"]

SIZE = {"sequences": 3, "frames": 6, "width": 160, "height": 120}


def _rendered(head: str, root: Path, **more: int) -> Path:
    sizes = [f"--set={key}={value}" for key, value in {**SIZE, **more}.items()]
    assert main(["data", "synth", head, "--out", str(root), *sizes]) == 0
    return root


@pytest.fixture(scope="session")
def mot_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _rendered("mot", tmp_path_factory.mktemp("mot") / "data", objects=4)


@pytest.fixture(scope="session")
def mots_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _rendered("mots", tmp_path_factory.mktemp("mots") / "data", objects=4)


@pytest.fixture(scope="session")
def poseprop_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("poseprop") / "data"
    assert main(["data", "synth", "poseprop", "--out", str(root), "--set=frames=6"]) == 0
    return root


@pytest.fixture(scope="session")
def posetrack_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _rendered("posetrack", tmp_path_factory.mktemp("posetrack") / "data", objects=3)


@pytest.fixture(scope="session")
def vis_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _rendered("vis", tmp_path_factory.mktemp("vis") / "data")


@pytest.fixture(scope="session")
def vos_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _rendered("vos", tmp_path_factory.mktemp("vos") / "data")


@pytest.fixture(scope="session")
def sot_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _rendered("sot", tmp_path_factory.mktemp("sot") / "data", objects=3, occluders=1)


@pytest.fixture(scope="session")
def runs(
    mot_root: Path, sot_root: Path, vos_root: Path, tmp_path_factory: pytest.TempPathFactory
) -> list[Path]:
    """Three backbones on three tasks, one of them at two layers; nothing changes them."""
    top = tmp_path_factory.mktemp("runs")
    made = []
    roots = {"mot": mot_root, "sot": sot_root, "vos": vos_root}
    for place, (backbone, layer, weights) in enumerate(
        (
            ("imagenet_r50", "layer3", ""),
            ("imagenet_r50", "layer4", ""),
            ("moco_v1_r50", "layer3", ""),
            ("imagenet_r50", "layer3", "random:0"),
            ("swav_r50", "layer3", ""),
        )
    ):
        for head, root in roots.items():
            out = top / f"{place}-{head}"
            quality = 0.3 if weights else 0.9 - 0.05 * place
            spec = spec_of(head, root, backbone, layer, weights)
            made.append(run_folder(out, spec, quality=quality, seed=place))
    return made
