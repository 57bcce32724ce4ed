"""Every promise of every backbone of this wheel, and of some members of its family."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest

from unitrack.registry.manager import registry
from unitrack.registry.records import BackboneRecord, Record
from unitrack.testing import Check, cases, label
from unitrack_timm import timm_models

# Larger siblings of those that are built as they are: checked with one block of their own width.
_LARGE = ("_b14", "_b16", "_b8", "_l14", "_l16", "_h14", "_g14")
_QUICK = ("efficientnet_lite0", "timm")
_ALL = cases("unitrack-timm")
_CASES = [
    pytest.param(record, check, marks=[] if record.name in _QUICK else [pytest.mark.slow])
    for record, check in _ALL
    if not record.name.endswith(_LARGE)
]
_LARGE_CASES = [
    (record, check)
    for record, check in _ALL
    if record.name.endswith(_LARGE) and check.name != "listing_is_lazy"  # once a wheel is enough
]
# One of each kind: strides removed or not, padded or not, with and without attention.
_MEMBERS = (
    "test_resnet",
    "test_convnext",
    "test_efficientnet",
    "test_vit3",
    "test_vit",
    "pvt_v2_b0",
)


@pytest.mark.parametrize(("record", "check"), _CASES, ids=label)
def test_the_plugin_timm_conforms(record: Record, check: Check) -> None:
    check(record)


@pytest.fixture
def one_block(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Transformers of one block: patches, positions, prefix tokens and widths are their own."""
    whole = timm_models.create
    monkeypatch.setattr(timm_models, "create", lambda model, **more: whole(model, depth=1, **more))
    timm_models.shape_of.cache_clear()
    yield
    timm_models.shape_of.cache_clear()


@pytest.mark.slow
@pytest.mark.usefixtures("one_block")
@pytest.mark.parametrize(("record", "check"), _LARGE_CASES, ids=label)
def test_a_large_transformer_conforms_but_for_its_depth(
    record: BackboneRecord, check: Check
) -> None:
    # The taps inside are blocks that are left out; their widths are compared in test_short_names.
    check(dataclasses.replace(record, taps={"norm": record.taps["norm"]}, default_tap="norm"))


@pytest.mark.parametrize("member", _MEMBERS)
def test_a_member_of_the_family_conforms(member: str) -> None:
    record = registry().get("backbones", f"timm/{member}")
    similar, _ = next(case for case in _ALL if case[0].name == "dino_s16")
    for other, check in _ALL:
        if other is similar and check.name != "listing_is_lazy":
            check(record)
