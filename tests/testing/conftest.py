"""One thread: the pictures are so small that two threads only wait for each other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from tests.registry.conftest import site
from unitrack.registry.manager import registry

__all__ = ["patchwork", "site"]

_EXAMPLE = Path(__file__).resolve().parents[1] / "fixtures" / "plugins" / "patchwork"


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def patchwork(site: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The example plugin of the documentation, as if installed."""
    info = site / "unitrack_patchwork-0.1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: unitrack-patchwork\nVersion: 0.1.0\n"
    )
    (info / "entry_points.txt").write_text("[unitrack]\npatchwork = patchwork.plugin\n")
    monkeypatch.syspath_prepend(str(_EXAMPLE))
    registry.cache_clear()
    return "unitrack-patchwork"
