from __future__ import annotations

from unitrack.cli.scores import breakdown_tables, scores_csv, scores_table

SCORES = {
    "COMBINED": {"A": 0.5, "n": 3},
    "short": {"A": 0.25, "n": 1},
    "long": {"EAO": 0.1, "A": 1.0, "n": 2},
}


def test_fractions_are_percentages_counts_are_not_and_the_combined_row_is_last() -> None:
    assert scores_table(SCORES, ("A", "n")).splitlines() == [
        "sequence      A  n",
        "short      25.0  1",
        "long      100.0  2",
        "COMBINED   50.0  3",
    ]


def test_a_score_that_is_not_defined_for_a_sequence_is_a_dash() -> None:
    cells = [line.split() for line in scores_table(SCORES, ("EAO",)).splitlines()[1:]]
    assert cells == [["short", "-"], ["long", "10.0"], ["COMBINED", "-"]]


def test_columns_that_no_row_has_are_left_out() -> None:
    assert scores_table(SCORES, ("P@20", "n")).splitlines()[0] == "sequence  n"


def test_rows_that_have_none_of_the_columns_show_what_they_have() -> None:
    """A run in one pass of a benchmark that is scored with restarts."""
    assert scores_table(SCORES, ("AUC",)).splitlines()[0].split() == ["sequence", "A", "n", "EAO"]


def test_every_score_of_any_row_is_in_the_csv() -> None:
    assert scores_csv(SCORES).splitlines() == [
        "sequence,A,n,EAO",
        "short,0.25,1,",
        "long,1.0,2,0.1",
        "COMBINED,0.5,3,",
    ]


def test_further_tables_follow_after_an_empty_line() -> None:
    text = breakdown_tables({"tag": {"occlusion": {"A": 0.5}}}, ("EAO", "A"))
    assert text == "\ntag           A\nocclusion  50.0\n"
