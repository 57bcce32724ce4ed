from __future__ import annotations

from unitrack.cli.scores import scores_csv, scores_table

SCORES = {"COMBINED": {"J": 0.5, "F": 0.25}, "a": {"J": 0.5, "F": 0.25}, "b": {}}


def test_a_sequence_in_which_nothing_counts_is_blank() -> None:
    assert scores_csv(SCORES) == "sequence,J,F\na,0.5,0.25\nb,,\nCOMBINED,0.5,0.25\n"
    assert scores_table(SCORES, ["J"]).splitlines()[2].split() == ["b", "-"]
