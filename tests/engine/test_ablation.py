from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

import unitrack
from unitrack import bench
from unitrack.appearance.embed import Embedder
from unitrack.errors import UniTrackError

CROWD = {
    "sequences": 2, "frames": 7, "width": 160, "height": 120, "objects": 4, "occluders": 1,
    "miss_rate": 0.1,
}  # fmt: skip
SAME: dict[str, Any] = {
    "backbone": "imagenet_r18", "weights": "random:0", "data_settings": CROWD, "device": "cpu",
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    ("head", "data", "similarities"),
    [("mot", "synthetic_mot", ("rsm", "gf")), ("mots", "synthetic_mots", ("rsm", "gpf"))],
)
def test_each_row_is_what_a_run_with_its_settings_scores(
    head: str, data: str, similarities: tuple[str, ...], tmp_path: Path
) -> None:
    kept: dict[str, Any] = {**SAME, "limit": 6, "stride": 2, "settings": {"lost_frames": 2}}
    if head == "mot":
        kept["settings"]["min_box_area"] = 20
    report = bench.ablation(head, data, similarities=similarities, **kept)
    assert [tuple(row.changed.values()) for row in report.rows] == [
        (similarity, moving) for similarity in similarities for moving in (True, False)
    ]
    assert report.frames == 2 * 4
    for number, row in enumerate(report.rows):
        kept["settings"] |= row.changed
        run = unitrack.run(head, data, out=tmp_path / str(number), **kept)
        assert run.scores["COMBINED"] == row.scores


def test_features_are_computed_once_for_all_rows(tmp_path: Path) -> None:
    seen: list[int] = []
    embed = Embedder.embed

    def counted(self: Embedder, prepared: Any) -> Any:  # hands on what the embedder takes and gives
        seen.append(len(prepared))
        return embed(self, prepared)

    with patch.object(Embedder, "embed", counted):
        report = bench.ablation(
            "mots", "synthetic_mots", similarities=("rsm", "cf"), out=tmp_path, **SAME
        )
    assert sum(seen) == 2 * CROWD["frames"] == report.frames
    written = json.loads((tmp_path / "ablation.json").read_text())
    assert written == json.loads(json.dumps(report.to_json()))
    assert [row["settings"] for row in written["rows"]] == [
        {"similarity": similarity, "motion": moving}
        for similarity in ("rsm", "cf")
        for moving in (True, False)
    ]
    assert {"backbone", "decode", "association"} <= written["timings_s"].keys()


@pytest.mark.parametrize(
    ("head", "options", "what"),
    [
        ("mots", {"similarities": ("rsm", "gf")}, "similarity=gf: needs as many points"),
        ("mots", {"similarities": ("nope",)}, "nope"),
        ("mots", {"similarities": ()}, "names nothing"),
        ("mots", {"motion": ("perhaps",)}, "--set motion=perhaps"),
        ("mots", {"similarities": ("reid",)}, "reid_weights"),
    ],
)
def test_what_cannot_be_compared_is_refused_before_the_first_frame(
    head: str, options: dict[str, Any], what: str, tmp_path: Path
) -> None:
    with (
        patch.object(Embedder, "prepare", side_effect=AssertionError("a frame was read")),
        pytest.raises(UniTrackError, match=what),
    ):
        bench.ablation(head, "synthetic_mots", out=tmp_path, **{**SAME, **options})
    assert list(tmp_path.iterdir()) == []


def test_a_head_without_these_settings_says_so(tmp_path: Path) -> None:
    with pytest.raises(UniTrackError, match="--set similarity: vos has no such setting"):
        bench.ablation("vos", "mot15", root=tmp_path, device="cpu")


def test_without_truth_there_is_nothing_to_compare(tmp_path: Path) -> None:
    root = tmp_path / "set"
    from unitrack_mot.data.mots_synthetic import synthesise
    from unitrack_mot.data.mots_synthetic_settings import SyntheticMotsSettings

    synthesise(root, SyntheticMotsSettings(sequences=1, frames=1, width=160, height=120))
    (root / "train" / "SYNTH-01" / "gt" / "gt.txt").unlink()
    with pytest.raises(UniTrackError, match="holds no annotation to score against"):
        bench.ablation("mots", "synthetic_mots", root=root, **SAME)


def test_the_last_row_of_a_ladder_is_the_protocol(tmp_path: Path) -> None:
    kept: dict[str, Any] = {**SAME, "limit": 4}
    report = bench.ladder("mots", "synthetic_mots", protocol="paper", out=tmp_path, **kept)
    for row, protocol in ((report.rows[0], "default"), (report.rows[-1], "paper")):
        run = unitrack.run(
            "mots", "synthetic_mots", protocol=protocol, out=tmp_path / protocol, **kept
        )
        assert run.scores["COMBINED"] == row.scores
    assert [len(row.changed) for row in report.rows] == [0] + [1] * (len(report.rows) - 1)
    written = json.loads((tmp_path / "ladder.json").read_text())
    assert [row["ms"] > 0 for row in written["rows"]] == [True] * len(report.rows)
