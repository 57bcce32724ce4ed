from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from unitrack import bench
from unitrack.association.config import AssociationConfig
from unitrack.errors import UniTrackError
from unitrack.heads.association import AssociationHead
from unitrack.heads.base import FrameFeatures
from unitrack.heads.masks import Masks
from unitrack.registry.manager import registry
from unitrack_mot.heads.mots import mots
from unitrack_mot.heads.mots_settings import PROTOCOLS, MotsSettings


def _head(**values: Any) -> AssociationHead:  # any setting, as a person would type it
    head = mots(MotsSettings(**values), registry().get)
    assert isinstance(head, AssociationHead)
    return head


def test_frames_keep_their_size() -> None:
    assert _head().needs == FrameFeatures()


def test_every_choice_of_the_core_can_be_reached() -> None:
    other: dict[str, Any] = {
        "tracklet_feature": "pool",
        "pool_size": 3,
        "use_kalman": "off",
        "motion": "off",
        "motion_lambda": 0.9,
        "motion_gated": "on",
        "gate_after_assignment": "on",
        "only_position": "on",
        "aspect": "h/w",
        "stage1_limit": 0.6,
        "stage2_limit": 0.4,
        "confirm": "on",
        "confirm_limit": 0.3,
        "iou_plus_one": "off",
        "class_gate": "stage1",
        "late_removal": "on",
        "dup_iou_thres": 0.1,
        "overlap_share": 0.3,
        "refind_limit": 0.3,
    }
    config, plain = _head(**other).config, _head().config
    untouched = [
        name
        for name in AssociationConfig.__dataclass_fields__
        if getattr(config, name) == getattr(plain, name)
    ]
    # Masks are reported as they are, at once.
    assert sorted(untouched) == ["confirm_by_looks", "output_box", "report_unconfirmed"]


def test_every_choice_of_the_form_can_be_reached() -> None:
    form = _head(mad_factor=2, duplicate_iou=0.5, empty_mask="drop", authors_geometry=True).form
    assert form == Masks(
        mad_factor=2.0, duplicate_iou=0.5, keep_vanished=False, authors_geometry=True
    )
    assert _head().form == Masks()
    assert _head(max_points=50, lost_frames=3, conf_thres=0.1).lost_frames == 3


@pytest.mark.parametrize(
    "values",
    [{"max_points": 0}, {"duplicate_iou": 2}, {"empty_mask": "random"}, {"roi_grid": "4x10"}],
)
def test_values_that_make_no_sense_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        MotsSettings(**values)


def test_all_protocols_build() -> None:
    for values in PROTOCOLS.values():
        _head(**values)


def test_all_points_in_a_row_are_refused_for_masks() -> None:
    with pytest.raises(UniTrackError, match="similarity=gf"):
        _head(similarity="gf")


# The authors' own scores (design: baselines.md), KITTI-MOTS 0017, true masks without identities,
# ResNet-18 layer3: HOTA, sMOTSA, IDF1, ID switches, misses. Their GPF compares the last look.
ROWS = {
    "authors": {
        ("rsm", True): (82.2, 88.5, 77.3, 15, 1),
        ("rsm", False): (82.0, 86.3, 80.9, 18, 1),
        ("gpf", False): (77.1, 89.2, 77.3, 14, 1),
    },
    "exact": {
        ("rsm", True): (83.6, 87.8, 79.7, 15, 2),
        ("rsm", False): (85.7, 91.4, 82.3, 11, 1),
    },
}


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize("padding", ROWS)
def test_the_authors_protocol_gives_the_authors_scores(padding: str, data_root: Path) -> None:
    expected = ROWS[padding]
    report = bench.ablation(
        "mots",
        "kitti_mots",
        root=data_root / "clips" / "kitti_mots",
        sequences=["0017"],
        observations="oracle",
        backbone="imagenet_r18",
        weights=data_root / "weights" / "resnet18_imagenet1k_layer3.safetensors",
        protocol="authors",
        similarities=list(dict.fromkeys(similarity for similarity, _ in expected)),
        settings={"rsm_padding": padding, "tracklet_feature": "last"},
        device="cpu",
    )
    found = {(row.changed["similarity"], row.changed["motion"]): row.scores for row in report.rows}
    for key, (*fractions, switches, misses) in expected.items():
        for name, value in zip(("HOTA", "sMOTSA", "IDF1"), fractions, strict=True):
            assert 100 * found[key][name] == pytest.approx(value, abs=0.06), (key, name)
        assert (found[key]["IDSW"], found[key]["CLR_FN"]) == (switches, misses), key
