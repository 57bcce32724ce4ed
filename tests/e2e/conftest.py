"""A tiny rendered data set, and a finished run on it, made once."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

import unitrack
from unitrack.api import RunReport
from unitrack.cli.main import main

# Random weights: the engine does not care how good the features are, and nothing is fetched.
RUN = (
    "--head",
    "mot",
    "--data",
    "synthetic_mot",
    "--backbone",
    "imagenet_r18",
    "--weights",
    "random:0",
)


@pytest.fixture(scope="session")
def tiny_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two rendered sequences of six small frames."""
    root = tmp_path_factory.mktemp("tiny") / "data"
    sizes = [
        f"--set={key}={value}"
        for key, value in {
            "sequences": 2,
            "frames": 6,
            "width": 320,
            "height": 240,
            "objects": 4,
        }.items()
    ]
    assert main(["data", "synth", "mot", "--out", str(root), *sizes]) == 0
    return root


@pytest.fixture(scope="session")
def finished(tiny_root: Path, tmp_path_factory: pytest.TempPathFactory) -> RunReport:
    """A finished run; tests must not change its folder."""
    return unitrack.run(
        "mot",
        "synthetic_mot",
        root=tiny_root,
        backbone="imagenet_r18",
        weights="random:0",
        out=tmp_path_factory.mktemp("finished") / "run",
        workers=1,
    )


@pytest.fixture
def run_copy(finished: RunReport, tmp_path: Path) -> Path:
    """A copy of the finished run's folder, to spoil."""
    return Path(shutil.copytree(finished.out, tmp_path / "run"))


@pytest.fixture
def data_copy(tiny_root: Path, tmp_path: Path) -> Path:
    """A copy of the data, to spoil."""
    return Path(shutil.copytree(tiny_root, tmp_path / "data"))


@pytest.fixture
def command(tiny_root: Path) -> Callable[..., int]:
    """Run the command line on the tiny data set; gives the exit code."""

    def call(out: Path, *more: str, root: Path = tiny_root) -> int:
        words: Sequence[str] = ["run", *RUN, "--root", str(root), "--out", str(out), *more]
        return main(words)

    return call
