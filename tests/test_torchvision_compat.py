"""Importing torchvision beside a torch it was not built for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from unitrack import torchvision_compat as compat

_PROGRAM = """
from unitrack.torchvision_compat import declare_missing_operators
declare_missing_operators()
import torchvision
torchvision.models.resnet18
"""


@pytest.mark.slow
def test_torchvision_imports_without_a_warning_once_operators_are_declared() -> None:
    subprocess.run([sys.executable, "-W", "error", "-c", _PROGRAM], check=True, timeout=120)


def test_declaring_twice_gives_the_same_declaration() -> None:
    assert compat.declare_missing_operators() is compat.declare_missing_operators()


@pytest.mark.parametrize("folder", [None, Path("torchvision")])
def test_nothing_is_declared_where_torchvision_is_absent_or_sound(
    monkeypatch: pytest.MonkeyPatch, folder: Path | None
) -> None:
    monkeypatch.setattr(compat, "_torchvision_folder", lambda: folder)
    monkeypatch.setattr(compat, "_operators_load", lambda _: True)
    monkeypatch.setattr(
        "torch.library.Library", lambda *_: pytest.fail("declared what was there already")
    )
    assert compat.declare_missing_operators.__wrapped__() is None


def test_a_folder_without_the_binary_offers_no_operators(tmp_path: Path) -> None:
    assert not compat._operators_load(tmp_path)
    (tmp_path / "_C.so").write_bytes(b"no library")
    assert not compat._operators_load(tmp_path)
