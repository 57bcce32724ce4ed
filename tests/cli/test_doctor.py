from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Answer
from tests.registry.fakes import install
from unitrack.torchvision_compat import declare_missing_operators

Run = Callable[..., Answer]


@pytest.fixture(autouse=True, scope="module")
def _import_once() -> None:
    """So that no single test pays for it."""
    declare_missing_operators()
    importlib.import_module("torchvision")


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNITRACK_CACHE", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.delenv("UNITRACK_DATA", raising=False)


def _findings(answer: Answer) -> dict[str, dict[str, Any]]:
    return {finding["name"]: finding for finding in json.loads(answer.out)["findings"]}


def test_a_sound_installation_is_usable(unitrack: Run) -> None:
    answer = unitrack("doctor")
    assert answer.code == 0
    for name in ("python", "torch", "numpy", "plugin mot", "device cpu", "cache", "data"):
        assert f"\n{name} " in f"\n{answer.out}"
    assert "wrong:" not in answer.out


def test_the_form_for_machines_says_usable(unitrack: Run) -> None:
    answer = unitrack("doctor", "--json")
    assert json.loads(answer.out)["usable"] is True
    assert _findings(answer)["default backbone"]["value"] == "efficientnet_lite0"


def test_a_broken_plugin_is_wrong_and_can_be_mended(site: Path, unitrack: Run) -> None:
    install(site, "wheel-bad", "import no_such_module_anywhere")
    answer = unitrack("doctor")
    assert answer.code == 1
    assert "wrong: plugin wheel_bad: ModuleNotFoundError" in answer.out
    assert "pip uninstall wheel-bad" in answer.out


def test_a_broken_plugin_in_strict_mode_does_not_stop_the_doctor(
    site: Path, unitrack: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(site, "wheel-bad", "import no_such_module_anywhere")
    monkeypatch.setenv("UNITRACK_STRICT", "1")
    monkeypatch.setenv("UNITRACK_DATA", str(site))
    answer = unitrack("doctor", "--json")
    assert answer.code == 1
    assert "broken plugin" in _findings(answer)["plugins"]["problem"]


def test_the_other_project_of_this_name_is_wrong(site: Path, unitrack: Run) -> None:
    info = site / "unitrack-3.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: unitrack\nVersion: 3.0\n")
    answer = unitrack("doctor")
    assert answer.code == 1
    assert "wrong: namesake: another project that also imports as `unitrack`" in answer.out
    assert "pip uninstall -y unitrack &&" in answer.out


def test_a_cache_that_cannot_be_made_is_wrong(
    unitrack: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr("unitrack.cli.checks._writable", lambda _: False)
    monkeypatch.setenv("UNITRACK_CACHE", str(tmp_path / "absent"))
    answer = unitrack("doctor")
    assert answer.code == 1
    assert "Set UNITRACK_CACHE" in answer.out


def test_a_nearly_full_disk_is_a_note(unitrack: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("unitrack.cli.checks._SMALL_DISK_BYTES", 1 << 80)
    answer = unitrack("doctor")
    assert answer.code == 0
    assert "note: cache: the disk is nearly full" in answer.out


def test_data_sets_below_the_data_root_are_named(
    unitrack: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mot15").mkdir()
    monkeypatch.setenv("UNITRACK_DATA", str(tmp_path))
    assert _findings(unitrack("doctor", "--json"))["data"]["value"] == f"{tmp_path}: mot15"


def test_a_data_root_that_is_no_folder_is_wrong(
    unitrack: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNITRACK_DATA", str(tmp_path / "absent"))
    answer = unitrack("doctor")
    assert answer.code == 1
    assert "UNITRACK_DATA is no folder" in answer.out


def test_no_ffmpeg_is_a_note_with_the_install_line(
    unitrack: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    answer = unitrack("doctor")
    assert answer.code == 0
    assert "pip install 'unitrack-core[video]'" in answer.out


def test_a_torch_that_cannot_be_imported_is_wrong(
    unitrack: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    answer = unitrack("doctor", "--json")
    assert answer.code == 1
    assert "torch cannot be imported" in _findings(answer)["device"]["problem"]


def test_a_missing_library_is_wrong(unitrack: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("unitrack.cli.checks._LIBRARIES", ("no_such_library",))
    answer = unitrack("doctor")
    assert answer.code == 1
    assert "pip install no_such_library" in answer.out


def test_a_default_backbone_that_is_absent_is_a_note(
    site: Path, unitrack: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert site.is_dir()
    monkeypatch.setenv("UNITRACK_PLUGINS", "-timm")
    answer = unitrack("doctor")
    assert answer.code == 0
    assert "pip install unitrack-timm" in answer.out
