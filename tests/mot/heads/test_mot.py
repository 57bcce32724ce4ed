from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from unitrack.association.config import AssociationConfig
from unitrack.errors import UniTrackError
from unitrack.heads.association import AssociationHead
from unitrack.heads.base import FrameFeatures
from unitrack.registry import SimilarityRecord
from unitrack.registry.manager import registry
from unitrack.registry.records import Record
from unitrack_mot.heads.mot import mot
from unitrack_mot.heads.settings import PROTOCOLS, MotSettings


def _resolve(kind: str, name: str) -> Record:
    factories = {"rsm": "rsm", "cf": "centre", "gf": "concatenated", "gpf": "pooled"}
    assert kind == "similarities"
    factory = f"unitrack.association.similarity:{factories[name]}"
    return SimilarityRecord(name=name, factory=factory)


def _head(**values: Any) -> AssociationHead:  # any setting, as a person would type it
    head = mot(MotSettings(**values), _resolve)
    assert isinstance(head, AssociationHead)
    return head


def test_the_head_asks_for_frames_in_the_paper_size() -> None:
    assert _head().needs == FrameFeatures(letterbox=(608, 1088))


def test_the_defaults_of_settings_and_of_the_core_are_the_same() -> None:
    assert _head().config == AssociationConfig()


def test_every_choice_of_the_core_can_be_reached() -> None:
    other: dict[str, Any] = {
        "tracklet_feature": "pool",
        "pool_size": 3,
        "use_kalman": "off",
        "overlap_share": 0.3,
        "motion": "off",
        "motion_lambda": 0.9,
        "motion_gated": "off",
        "gate_after_assignment": "on",
        "only_position": "on",
        "aspect": "h/w",
        "stage1_limit": 0.6,
        "stage2_limit": 0.4,
        "confirm_limit": 0.3,
        "iou_plus_one": "off",
        "class_gate": "stage1",
        "late_removal": "on",
        "output_box": "detection",
        "confirm_by": "looks",
        "least_seen": 2,
        "refind_limit": 0.3,
    }
    config, plain = _head(**other, dup_iou_thres=0.1).config, AssociationConfig()
    untouched = [
        name
        for name in AssociationConfig.__dataclass_fields__
        if getattr(config, name) == getattr(plain, name)
    ]
    assert untouched == ["confirm"]  # boxes are always confirmed


@pytest.mark.parametrize(
    ("similarity", "memory"),
    [("rsm", "last"), ("cf", "smooth"), ("gf", "smooth"), ("gpf", "smooth")],
)
def test_what_a_tracklet_remembers_depends_on_the_similarity(similarity: str, memory: str) -> None:
    assert _head(similarity=similarity).config.tracklet_feature == memory
    assert _head(similarity=similarity, tracklet_feature="pool").config.tracklet_feature == "pool"


def test_protocols_change_what_the_design_says_and_nothing_else() -> None:
    assert PROTOCOLS["default"] == {}
    assert set(PROTOCOLS) == {"default", "authors", "paper", "best"}
    assert PROTOCOLS["authors"] == {
        "authors_geometry": True,
        "class_gate": "stage1",
        "late_removal": True,
    }
    assert PROTOCOLS["paper"]["motion_lambda"] == 0.99
    for values in PROTOCOLS.values():
        MotSettings(**values)


def test_every_setting_says_what_it_is() -> None:
    for name, field in MotSettings.model_fields.items():
        assert field.description, name
        assert isinstance(field.json_schema_extra, dict), name
        assert {"unit", "note"} <= set(field.json_schema_extra), name


def test_settings_that_only_a_protocol_may_change_are_marked() -> None:
    marked = {
        name
        for name, field in MotSettings.model_fields.items()
        if isinstance(field.json_schema_extra, dict)
        and field.json_schema_extra.get("protocol_only")
    }
    assert marked == {
        "authors_geometry",
        "aspect",
        "class_gate",
        "late_removal",
        "only_position",
        "pool_prenorm",
    }


@pytest.mark.parametrize("text", ["10x4", "10,4", [10, 4]])
def test_the_grid_of_points_can_be_written_as_rows_by_columns(text: object) -> None:
    assert MotSettings(roi_grid=text).roi_grid == (10, 4)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "values", [{"roi_grid": "0x4"}, {"motion_lambda": 2}, {"speed": 1}, {"lost_frames": -1}]
)
def test_values_that_make_no_sense_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        MotSettings(**values)


def test_reid_without_weights_says_where_to_get_them() -> None:
    record = SimilarityRecord(name="reid", factory="unitrack.association.reid:reid")
    with pytest.raises(UniTrackError, match="reid_weights"):
        mot(MotSettings(similarity="reid"), lambda _kind, _name: record)


def test_the_similarities_of_the_core_resolve_through_the_registry() -> None:
    for name in ("rsm", "cf", "gf", "gpf"):
        head = mot(MotSettings(similarity=name), registry().get)
        assert head.needs == FrameFeatures(letterbox=(608, 1088))
