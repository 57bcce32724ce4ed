from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.cli.conftest import Answer

Run = Callable[..., Answer]

COMMAND = (
    "bench", "ablation", "--head", "mots", "--data", "synthetic_mots", "--backbone",
    "imagenet_r18", "--weights", "random:0", "--device", "cpu",
    "--set", "data.sequences=1", "--set", "data.frames=4", "--set", "data.width=128",
    "--set", "data.height=96", "--set", "data.objects=3", "--set", "data.occluders=0",
)  # fmt: skip


def test_rows_stand_one_below_the_other(unitrack: Run) -> None:
    answer = unitrack(*COMMAND, "--similarity", "rsm, gpf", "--motion", "off,on")
    assert answer.code == 0
    header, *rows = [line.split() for line in answer.out.splitlines()]
    assert header[:5] == ["similarity", "motion", "sMOTSA", "IDF1", "IDSW"]
    assert [row[:2] for row in rows] == [
        ["rsm", "off"], ["rsm", "on"], ["gpf", "off"], ["gpf", "on"],
    ]  # fmt: skip
    assert all(len(row) == len(header) for row in rows)


def test_every_score_can_be_had_as_json(unitrack: Run) -> None:
    answer = unitrack(*COMMAND, "--similarity", "cf", "--motion", "on", "--json")
    printed = json.loads(answer.out)
    assert (printed["schema"], printed["head"], printed["frames"]) == (1, "mots", 4)
    (row,) = printed["rows"]
    assert row["settings"] == {"similarity": "cf", "motion": True}
    assert 0 <= row["scores"]["IDF1"] <= 1


@pytest.mark.parametrize(
    ("options", "what"),
    [
        (["--similarity", "gf"], "similarity=gf: needs as many points in every object"),
        (["--motion", "maybe"], "--set motion=maybe"),
        (["--similarity", ","], "--similarity: names nothing"),
    ],
)
def test_what_cannot_be_compared_takes_two_lines(
    unitrack: Run, options: list[str], what: str
) -> None:
    answer = unitrack(*COMMAND, *options)
    assert answer.code == 2
    assert what in answer.err
    assert len(answer.err.splitlines()) == 2
    assert not answer.out


def test_a_ladder_adds_one_value_of_a_protocol_a_row(unitrack: Run) -> None:
    words = tuple("ladder" if word == "ablation" else word for word in COMMAND)
    answer = unitrack(*words, "--protocol", "paper", "--set", "motion_lambda=0.9")
    assert answer.code == 0
    header, *rows = [line.split() for line in answer.out.splitlines()]
    assert (header[:2], header[-1]) == (["settings", "sMOTSA"], "ms")
    assert rows[0][0] == "default"
    assert [row[1] for row in rows[1:4]] == [
        "tracklet_feature=pool", "rsm_scale=1.0", "rsm_padding=exact",
    ]  # fmt: skip
    assert not any("motion_lambda" in row[1] for row in rows), "what is set is set in all rows"
    assert all(float(row[-1]) > 0 for row in rows)


def test_a_ladder_needs_a_protocol_that_there_is(unitrack: Run) -> None:
    words = tuple("ladder" if word == "ablation" else word for word in COMMAND)
    answer = unitrack(*words, "--protocol", "worst")
    assert answer.code == 2
    assert answer.err.splitlines()[0] == "--protocol worst: mots has no such protocol"
    assert len(answer.err.splitlines()) == 2
