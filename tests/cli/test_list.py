from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Answer
from tests.registry.fakes import install, offering

Run = Callable[..., Answer]


def test_the_kinds_are_counted(unitrack: Run) -> None:
    counts = json.loads(unitrack("list", "--json").out)
    assert counts["heads"] >= 1
    assert set(counts) >= {"backbones", "datasets", "metrics", "similarities", "executors"}
    assert unitrack("list").out.split()[:2] == ["kind", "offered"]


@pytest.mark.parametrize(
    "kind", ["backbone", "head", "dataset", "metric", "similarity", "executor", "similarities"]
)
def test_every_kind_is_listed_with_wheels(unitrack: Run, kind: str) -> None:
    answer = unitrack("list", kind)
    assert answer.code == 0
    assert answer.out.startswith("name")
    assert "unitrack-" in answer.out


def test_an_unknown_kind_is_a_fault_of_the_user(unitrack: Run) -> None:
    answer = unitrack("list", "trackers")
    assert (answer.code, answer.err.count("\n")) == (2, 2)


def test_a_part_of_a_name_finds_records_and_members_of_families(unitrack: Run) -> None:
    found = json.loads(unitrack("list", "backbones", "--match", "dinov2", "--json").out)
    assert {"dinov2_s14", "timm/vit_small_patch14_dinov2.lvd142m"} <= set(found)
    assert all("dinov2" in name for name in found)
    lines = unitrack("list", "backbones", "--match", "dinov2").out.splitlines()
    assert found[-1] == lines[-1]
    none = unitrack("list", "backbones", "--match", "nobody")
    assert (none.code, none.out, none.err.count("\n")) == (2, "", 2)


def test_the_default_backbone_is_printed_alone(unitrack: Run) -> None:
    assert unitrack("list", "backbones", "--default").out == "efficientnet_lite0\n"
    assert unitrack("list", "backbone", "--default", "--json").out == '"efficientnet_lite0"\n'


@pytest.mark.parametrize("arguments", [("heads", "--default"), ("--default",)])
def test_only_backbones_have_a_default(unitrack: Run, arguments: tuple[str, ...]) -> None:
    answer = unitrack("list", *arguments)
    assert answer.code == 2
    assert "unitrack list backbones --default" in answer.err


def test_a_name_of_two_wheels_is_listed_as_one_must_type_it(site: Path, unitrack: Run) -> None:
    install(site, "wheel-a", offering("crw_r18"))
    install(site, "wheel-b", offering("crw_r18"))
    out = unitrack("list", "backbones").out
    assert "wheel-a:crw_r18" in out
    assert "wheel-b:crw_r18" in out
    assert unitrack("show", "backbone", "wheel-b:crw_r18").code == 0


def test_the_listing_for_machines_holds_the_whole_record(unitrack: Run) -> None:
    records = {one["name"]: one for one in json.loads(unitrack("list", "backbones", "--json").out)}
    assert records["imagenet_r18"]["taps"] == {"layer3": 256, "layer4": 512}
    assert records["imagenet_r18"]["wheel"] == "unitrack-core"


def test_a_broken_plugin_is_named_on_stderr_and_the_listing_is_whole(
    site: Path, unitrack: Run
) -> None:
    install(site, "wheel-bad", "import no_such_module_anywhere")
    answer = unitrack("list", "heads")
    assert answer.code == 0
    assert "mot" in answer.out
    assert answer.err.count("wheel-bad 1.0") == 1


def test_strict_mode_ends_with_exit_code_2(
    site: Path, unitrack: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(site, "wheel-bad", "import no_such_module_anywhere")
    monkeypatch.setenv("UNITRACK_STRICT", "1")
    answer = unitrack("list", "heads")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("wheel-bad 1.0: broken plugin")
