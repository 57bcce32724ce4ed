"""Real wheels in a fresh environment: installing one changes ``unitrack list`` and nothing else."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

from tests.e2e.environment import ROOT, Environment, Listing, build, fresh

PLUGINS = ROOT / "tests" / "fixtures" / "plugins"
SOURCES = (
    ROOT,
    ROOT / "plugins" / "unitrack_mot",
    ROOT / "plugins" / "unitrack_timm",
    PLUGINS / "patchwork",
    PLUGINS / "splinter",
)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    folder = tmp_path_factory.mktemp("wheels")
    made = Environment(folder / "venv", folder / "wheels")
    build(made.wheels, *SOURCES)
    fresh(made.folder, folder / "dependencies")
    return made


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="needs symbolic links and POSIX paths")
def test_installing_a_wheel_changes_the_listing_and_nothing_else(environment: Environment) -> None:
    environment.install("unitrack-core")
    core = environment.listing()
    assert {wheel["wheel"] for wheel in core.values()} == {"unitrack-core"}
    assert ("backbones", "imagenet_r18") in core
    assert not {kind for kind, _ in core} & {"heads", "datasets"}
    _assert_a_missing_name_is_answered_with_the_install_line(environment)

    with_mot = _install(environment, "unitrack-mot", core)
    heads = {name for kind, name in with_mot.keys() - core.keys() if kind == "heads"}
    assert heads == {"mot", "mots", "vis"}

    with_timm = _install(environment, "unitrack-timm", with_mot)
    added = with_timm.keys() - with_mot.keys()
    assert ("backbones", "efficientnet_lite0") in added
    assert {kind for kind, _ in added} == {"backbones"}
    assert environment.unitrack("list", "backbones", "--default").stdout == "efficientnet_lite0\n"
    assert environment.unitrack("doctor").returncode == 0

    files = environment.files()
    stranger = _install(environment, "unitrack-patchwork", with_timm)
    assert stranger.keys() - with_timm.keys() == {
        ("backbones", "patch_means"),
        ("heads", "nearest"),
        ("similarities", "mean_colour"),
    }
    _assert_a_broken_wheel_is_named_and_isolated(environment, stranger)

    environment.uninstall("unitrack-patchwork")
    assert environment.listing() == with_timm
    assert environment.files() == files
    environment.uninstall("unitrack-mot")
    assert environment.listing() == {
        key: record for key, record in with_timm.items() if record["wheel"] != "unitrack-mot"
    }


def _install(environment: Environment, wheel: str, before: Listing) -> Listing:
    """Install, and see that every record listed before is listed as before."""
    help_before = environment.unitrack("--help").stdout
    environment.install(wheel)
    after = environment.listing()
    assert {key: after[key] for key in before} == before
    assert {after[key]["wheel"] for key in after.keys() - before.keys()} == {wheel}
    assert environment.unitrack("--help").stdout == help_before
    return after


def _assert_a_missing_name_is_answered_with_the_install_line(environment: Environment) -> None:
    answer = environment.unitrack("show", "head", "mot")
    assert answer.returncode == 2
    assert answer.stderr.splitlines()[1].strip() == "Install it with: pip install unitrack-mot"


def _assert_a_broken_wheel_is_named_and_isolated(environment: Environment, before: Listing) -> None:
    environment.install("unitrack-splinter")
    assert environment.listing() == before
    answer = environment.unitrack("list", "heads")
    assert (answer.returncode, answer.stderr.count("\n")) == (0, 1)
    assert "unitrack-splinter 0.1.0 (ImportError: libsplinter.so.3" in answer.stderr
    listed = {plugin["name"]: plugin for plugin in _plugins(environment)}
    assert listed["splinter"]["status"] == "broken"
    assert listed["patchwork"]["status"] == "loaded"
    assert environment.unitrack("list", "heads", UNITRACK_STRICT="1").returncode == 2
    without = environment.unitrack(
        "list", "heads", UNITRACK_STRICT="1", UNITRACK_PLUGINS="-splinter"
    )
    assert (without.returncode, without.stderr) == (0, "")
    doctor = environment.unitrack("doctor")
    assert doctor.returncode == 1
    assert "pip uninstall unitrack-splinter" in doctor.stdout
    environment.uninstall("unitrack-splinter")
    assert environment.unitrack("list", "heads").stderr == ""


def _plugins(environment: Environment) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(environment.unitrack("plugins", "--json").stdout)
    return found
