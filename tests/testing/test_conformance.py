"""The kit on everything that is registered here."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from unitrack.registry.records import Record
from unitrack.testing import Check, cases, label
from unitrack.torchvision_compat import declare_missing_operators

# Building these, or starting their processes, takes longer than two seconds on a busy machine.
_LARGE = {"imagenet_r50", "imagenet_r101", "r50", "reid", "local"}
# The cases are named before any test runs; the file is made when the first of them does.
_REID_WEIGHTS = Path(tempfile.gettempdir()) / f"unitrack-reid-{os.getpid()}.pth"
_CORE = [
    pytest.param(record, check, marks=[pytest.mark.slow] if record.name in _LARGE else [])
    for record, check in cases("unitrack-core", settings={"reid": {"reid_weights": _REID_WEIGHTS}})
]


@pytest.fixture(scope="module")
def _reid_weights() -> Iterator[None]:
    """A person re-identification network that knows nothing, in torchvision's names."""
    declare_missing_operators()
    from torchvision import models

    torch.manual_seed(0)
    torch.save(models.resnet50(weights=None).state_dict(), _REID_WEIGHTS)
    yield
    _REID_WEIGHTS.unlink()


@pytest.mark.usefixtures("_reid_weights")
@pytest.mark.parametrize(("record", "check"), _CORE, ids=label)
def test_the_core_conforms(record: Record, check: Check) -> None:
    check(record)


def test_the_example_of_the_documentation_conforms(patchwork: str) -> None:
    for record, check in cases(patchwork):
        check(record)
