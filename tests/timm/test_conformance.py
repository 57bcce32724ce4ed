"""Every promise of every backbone of this wheel, and of some members of its family."""

from __future__ import annotations

import pytest

from unitrack.registry.manager import registry
from unitrack.registry.records import Record
from unitrack.testing import Check, cases, label

# Larger siblings of those that are built here: the same code with other numbers. What they state is
# compared with timm's own models in test_short_names.
_TOO_LARGE = ("_b14", "_b16", "_b8", "_l14", "_l16", "_h14", "_g14")
_QUICK = ("efficientnet_lite0", "timm")
_CASES = [
    pytest.param(record, check, marks=[] if record.name in _QUICK else [pytest.mark.slow])
    for record, check in cases("unitrack-timm")
    if not record.name.endswith(_TOO_LARGE)
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


@pytest.mark.parametrize("member", _MEMBERS)
def test_a_member_of_the_family_conforms(member: str) -> None:
    record = registry().get("backbones", f"timm/{member}")
    similar, _ = next(case for case in cases("unitrack-timm") if case[0].name == "dino_s16")
    for other, check in cases("unitrack-timm"):
        if other is similar and check.name != "listing_is_lazy":
            check(record)
