"""The records of this wheel, made-up numbers, and what a network of these numbers gives."""

from __future__ import annotations

from functools import cache

import pytest
import torch
from torch import Tensor

from tests.appearance.conftest import cache as cache_folder
from tests.appearance.conftest import served
from tests.reference.resnet import features
from tests.ssl.made import State, resnet
from unitrack.registry.manager import registry
from unitrack.registry.records import BackboneRecord

__all__ = ["cache_folder", "depth_of", "expected", "numbers", "records", "served"]


def records() -> dict[str, BackboneRecord]:
    offers = registry().offers("backbones")
    ours = [offer.record for offer in offers if offer.wheel == "unitrack-ssl"]
    return {record.name: record for record in ours if isinstance(record, BackboneRecord)}


def depth_of(record: BackboneRecord) -> int:
    return 18 if record.taps["layer4"] == 512 else 50


@cache
def numbers(depth: int, seed: int) -> State:
    return resnet(depth, seed)


@cache
def expected(depth: int) -> Tensor:
    """Features of `pictures` after layer4 in float64, of a network of `numbers` of seed 0."""
    return features(pictures(), numbers(depth, 0), 4)


def pictures() -> Tensor:
    return torch.randn(1, 3, 32, 32, generator=torch.Generator().manual_seed(3))


@pytest.fixture(autouse=True)
def _small(one_thread: None) -> None:
    pass
