from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from unitrack.engine.settings import parse_assignments, read_config, resolve_settings
from unitrack.errors import UniTrackError
from unitrack.registry.manager import registry

HEAD = registry().get("heads", "mot")


def resolved(
    protocol: str = "default", config: dict[str, Any] | None = None, **assigned: Any
) -> Any:
    return resolve_settings(HEAD, protocol, config or {}, assigned)


def test_assignments_are_sorted_into_groups() -> None:
    values = parse_assignments(
        ("motion=off", "data.seed=3", "backbone.x=[1, 2]", "roi_grid=(10, 4)")
    )
    assert values == {
        "head": {"motion": "off", "roi_grid": [10, 4]},
        "data": {"seed": "3"},
        "backbone": {"x": [1, 2]},
    }


@pytest.mark.parametrize("text", ["motion", "=1", "other.key=1", "data.=1"])
def test_a_malformed_assignment_is_one_clear_fault(text: str) -> None:
    with pytest.raises(UniTrackError, match="not an assignment"):
        parse_assignments((text,))


def test_the_order_is_protocol_then_file_then_assignment() -> None:
    assert resolved().stage1_limit == 0.7
    assert resolved(config={"stage1_limit": 0.6}).stage1_limit == 0.6
    assert resolved(config={"stage1_limit": 0.6}, stage1_limit="0.5").stage1_limit == 0.5


def test_on_and_off_are_booleans() -> None:
    assert resolved(motion="off").motion is False
    assert resolved(motion="on").motion is True


def test_an_unknown_setting_names_the_nearest() -> None:
    with pytest.raises(UniTrackError, match="Nearest: stage1_limit"):
        resolved(stage1_limt=1)


def test_a_value_that_does_not_fit_says_where_to_look() -> None:
    with pytest.raises(UniTrackError, match="unitrack show head mot"):
        resolved(stage1_limit="much")


def test_an_unknown_protocol_lists_the_known_ones() -> None:
    with pytest.raises(UniTrackError, match="default, authors, paper"):
        resolved("papers")


def test_a_configuration_file_may_name_groups_or_not(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text("motion: off\nhead:\n  stage1_limit: 0.6\ndata:\n  seed: 4\n")
    assert read_config(path) == {
        "head": {"motion": False, "stage1_limit": 0.6},
        "data": {"seed": 4},
        "backbone": {},
    }


@pytest.mark.parametrize("text", ["- a\n- b\n", "a: [1\n", "head: 3\n", "just words\n"])
def test_a_malformed_configuration_file_is_one_clear_fault(tmp_path: Path, text: str) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(text)
    with pytest.raises(UniTrackError, match=r"c\.yaml"):
        read_config(path)


def test_an_absent_configuration_file_is_one_clear_fault(tmp_path: Path) -> None:
    with pytest.raises(UniTrackError, match="cannot be read"):
        read_config(tmp_path / "none.yaml")
