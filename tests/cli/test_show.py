from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Answer
from tests.registry.fakes import HEADER, install

Run = Callable[..., Answer]

PLUGIN = f"""{HEADER}
@hookimpl
def unitrack_heads():
    yield HeadRecord(
        name="follow", factory="follow_build:head", summary="follows",
        settings="follow_settings:Settings", protocols="follow_settings:PROTOCOLS",
    )
"""
SETTINGS = """
from types import MappingProxyType
from typing import Literal
from pydantic import BaseModel, Field

class Settings(BaseModel):
    radius: float = Field(0.5, description="How far to look.", json_schema_extra={"unit": "cells"})
    rounds: int = Field(3, description="How often.", json_schema_extra={
        "unit": "count", "dagger": 20, "note": "the code reads rows first"})
    axes: tuple[int, ...] = Field((4, 10), description="Order.", json_schema_extra={
        "dagger": ["26", "30"], "note": "the paper transposes", "protocol_only": True})
    sizes: list[int] = Field(default_factory=lambda: [1, 2], description="Sizes.")
    gate: bool = Field(True, description="Whether to gate.")
    side: Literal["left", "right"] = Field("left", description="Which side.")

PROTOCOLS = MappingProxyType(
    {
        "default": {},
        "paper": {"rounds": 5, "gate": False, "radius": 0.5},
        "authors": {"axes": (10, 4)},
    }
)
"""


@pytest.fixture
def follow(site: Path) -> None:
    install(site, "wheel-follow", PLUGIN)
    (site / "follow_settings.py").write_text(SETTINGS)


def test_a_record_is_shown_field_by_field(unitrack: Run) -> None:
    out = unitrack("show", "backbone", "imagenet_r18").out
    assert "layer3: 256, layer4: 512" in out
    assert "BSD-3-Clause" in out
    assert "No settings." in out


@pytest.mark.usefixtures("follow")
def test_every_setting_is_shown_with_default_unit_meaning_and_note(unitrack: Run) -> None:
    lines = [line.split() for line in unitrack("show", "head", "follow").out.splitlines()]
    rows = {words[0]: " ".join(words) for words in lines if words}
    assert rows["radius"] == "radius 0.5 cells How far to look."
    assert rows["rounds"] == "rounds 3 count †20 How often. († the code reads rows first)"
    assert rows["axes"] == ("axes [4, 10] †26 †30 Order. [protocol] († the paper transposes)")
    assert rows["sizes"] == "sizes [1, 2] Sizes."
    assert rows["gate"] == "gate true Whether to gate."
    assert rows["side"] == "side left Which side. [left|right]"


@pytest.mark.usefixtures("follow")
def test_a_protocol_shows_only_what_it_changes_and_why(unitrack: Run) -> None:
    lines = unitrack("show", "head", "follow", "--protocol", "paper").out.splitlines()
    assert [line.split()[0] for line in lines] == ["setting", "rounds", "gate"]
    assert lines[1].split()[:5] == ["rounds", "3", "5", "count", "†20"]
    assert lines[1].endswith("the code reads rows first")
    assert "[10, 4]" in unitrack("show", "head", "follow", "--protocol", "authors").out


@pytest.mark.usefixtures("follow")
def test_the_default_protocol_changes_nothing(unitrack: Run) -> None:
    assert "changes nothing" in unitrack("show", "head", "follow", "--protocol", "default").out


@pytest.mark.usefixtures("follow")
def test_an_unknown_protocol_is_answered_with_the_known(unitrack: Run) -> None:
    answer = unitrack("show", "head", "follow", "--protocol", "best")
    assert answer.code == 2
    assert "paper, authors" in answer.err


def test_only_heads_have_protocols(unitrack: Run) -> None:
    assert unitrack("show", "backbone", "imagenet_r18", "--protocol", "paper").code == 2


@pytest.mark.usefixtures("follow")
def test_the_form_for_machines_holds_settings_and_changes(unitrack: Run) -> None:
    shown = json.loads(unitrack("show", "head", "follow", "--json").out)
    assert shown["kind"] == "head"
    assert shown["settings"][2]["default"] == [4, 10]
    assert shown["settings"][2]["protocol_only"] is True
    changed = json.loads(unitrack("show", "head", "follow", "--protocol", "paper", "--json").out)
    assert {one["name"]: one["value"] for one in changed["settings"]} == {
        "rounds": 5,
        "gate": False,
    }


def test_an_unknown_name_is_two_lines(unitrack: Run) -> None:
    answer = unitrack("show", "backbone", "imagenet_r81")
    assert answer.code == 2
    assert "Nearest: imagenet_r18" in answer.err
    assert answer.err.count("\n") == 2
