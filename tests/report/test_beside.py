from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from unitrack.engine.score import COMBINED
from unitrack.engine.spec import RunSpec
from unitrack.registry.records import MetricRecord
from unitrack.report.beside import beside_paper
from unitrack.report.cells import Cells
from unitrack.report.document import Listing
from unitrack.report.record import Record

SPEC = RunSpec(
    head="mot", backbone="imagenet_r50", layer="layer3", weights="", data="mot16", root="/",
    split="train", stride=1, limit=None, observations="benchmark", protocol="default",
    head_settings={"motion": False, "similarity": "rsm"}, data_settings={}, backbone_settings={},
    device="cpu", precision="fp32",
)  # fmt: skip


def rows(scores: dict[str, float], weights: str = "ab", **changed: object) -> list[tuple[str, ...]]:
    """Lines beside the paper of one run: table, printed as, score, ours, paper, difference."""
    record = Record(
        source=Path("run"),
        spec=dataclasses.replace(SPEC, **changed),  # type: ignore[arg-type]
        scores={COMBINED: scores, "a": scores, "b": scores},
        metric=MetricRecord(name="mot", factory="", scores=tuple(scores)),
        asked={"weights_sha256": weights},
    )
    tables = [block for block in beside_paper(Cells([record])) if isinstance(block, Listing)]
    return [
        (table.caption, row[1], row[2], row[4], row[6], row[7])
        for table in tables
        for row in table.rows
    ]


@pytest.mark.parametrize(
    ("changed", "scores", "expected"),
    [
        (
            {}, {"IDF1": 0.80, "HOTA": 0.633},
            [("Table 1", "imagenet_r50", "IDF1", "80.0", "75.6", "+4.4"),
             ("Table 1", "imagenet_r50", "HOTA", "63.3", "63.3", "+0.0")],
        ),
        (
            {"layer": "layer4"}, {"IDF1": 0.70},
            [("Table 1", "imagenet_r50", "IDF1", "70.0", "73.2", "-3.2")],
        ),
        (
            {"backbone": "r50"}, {"IDF1": 0.084},
            [("Table 1", "random_r50", "IDF1", "8.4", "8.4", "+0.0")],
        ),
        (
            {"head": "posetrack", "data": "posetrack18"}, {"IDSW": 7000},
            [("Table 1", "imagenet_r50", "IDSW", "7000", "6969", "+31")],
        ),
        (
            {"backbone": "crw_r18", "head": "vos", "data": "davis2017", "head_settings": {}},
            {"J": 0.632}, [("Table 2", "crw_r18", "J", "63.2", "63.2", "+0.0")],
        ),
        (
            {"backbone": "imagenet_r18", "observations": "DPM",
             "head_settings": {"motion": True, "similarity": "rsm"}}, {"IDSW": 500},
            [("Table 4", "RSM, detector DPM, motion 1", "IDSW", "500", "513", "-13")],
        ),
        (
            {"backbone": "imagenet_r18", "head": "sot", "data": "oxuva",
             "head_settings": {"propagator": "dcf"}}, {"MaxGM": 0.4},
            [("Table 9", "UniTrack", "MaxGM", "40.0", "33.4", "+6.6")],
        ),
        ({"head_settings": {"motion": True, "similarity": "rsm"}}, {"IDF1": 0.8}, []),
        ({"data": "mot15"}, {"IDF1": 0.8}, []),
        ({"layer": "layer2"}, {"IDF1": 0.8}, []),
    ],
)  # fmt: skip
def test_a_run_stands_beside_what_the_paper_printed_for_it(
    changed: dict[str, object],
    scores: dict[str, float],
    expected: list[tuple[str, ...]],
) -> None:
    weights = "random:0" if changed.get("backbone") == "r50" else "ab"
    found = rows(scores, weights, **changed)
    assert [row for row in found if row[0] != "Table 3"] == expected
