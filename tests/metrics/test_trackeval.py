from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reference import scores as reference
from unitrack.metrics.base import Row
from unitrack.metrics.trackeval import Matched, combine, evaluate

ALPHAS = np.arange(0.05, 0.99, 0.05)
NEAR = pytest.approx

# benchmarks.md 19.1, computed by trackeval 1.3.0 itself.
SIMILARITY = ([[0.9, 0], [0, 0.8]], [[0.7], [0]], [[0.6, 0.1], [0, 0.9]])
IDS = (((0, 1), (0, 1)), ((0, 1), (0,)), ((0, 1), (2, 1)))
KNOWN = {
    "HOTA": 0.58320, "DetA": 0.64933, "AssA": 0.53099, "DetRe": 0.68421, "DetPr": 0.82105,
    "AssRe": 0.54269, "AssPr": 0.87719, "LocA": 0.81807, "OWTA": 0.60123, "HOTA(0)": 0.70711,
    "LocA(0)": 0.78, "MOTA": 0.66667, "MOTP": 0.78, "MODA": 0.83333, "sMOTA": 0.48333,
    "CLR_Re": 0.83333, "CLR_Pr": 1, "MOTAL": 0.83333, "IDF1": 0.72727, "IDR": 0.66667, "IDP": 0.8,
}  # fmt: skip
KNOWN_COUNTS = {
    "CLR_TP": 5, "CLR_FN": 1, "CLR_FP": 0, "IDSW": 1, "MT": 1, "PT": 1, "ML": 0, "Frag": 1,
    "IDTP": 4, "IDFN": 2, "IDFP": 1, "Dets": 5, "GT_Dets": 6, "IDs": 3, "GT_IDs": 2,
}  # fmt: skip


def frame(truth: Sequence[int], found: Sequence[int], similarity: object = ()) -> Matched:
    return Matched(
        np.array(truth, np.int64),
        np.array(found, np.int64),
        np.array(similarity, np.float64).reshape(len(truth), len(found)),
    )


def row(frames: Sequence[Matched]) -> Row:
    return combine([evaluate(frames)])


def known_frames(kind: type[np.floating] = np.float64) -> list[Matched]:
    return [
        frame(*ids, np.array(values, kind)) for ids, values in zip(IDS, SIMILARITY, strict=True)
    ]


@st.composite
def videos(draw: st.DrawFn) -> list[Matched]:
    """Up to six frames of up to four true and four found objects; frames may be empty."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    made = []
    for _ in range(draw(st.integers(1, 6))):
        truth = rng.permutation(5)[: rng.integers(0, 5)].tolist()
        found = rng.permutation(6)[: rng.integers(0, 5)].tolist()
        values = rng.random((len(truth), len(found)))
        made.append(frame(truth, found, np.where(rng.random(values.shape) < 0.4, 0, values)))
    return made


def test_the_known_answer_of_every_score() -> None:
    scored = row(known_frames())
    for name, value in KNOWN.items():
        assert scored[name] == NEAR(value, abs=5e-5), name
    assert {name: scored[name] for name in KNOWN_COUNTS} == KNOWN_COUNTS


def test_single_precision_would_lose_matches_at_the_threshold() -> None:
    """0.7 in float32 is below 0.7: whoever computes similarity must stay in float64."""
    assert row(known_frames(np.float32))["HOTA"] == NEAR(0.5617, abs=5e-5)
    assert evaluate(known_frames())["HOTA"]["HOTA_TP"][ALPHAS.searchsorted(0.699)] == 4


def test_one_object_found_in_one_of_two_frames() -> None:
    scored = row([frame([1], [5], [[1.0]]), frame([1], [])])
    # One hit, one miss; the pair spends 1 of 2 frames together.
    for name in ("HOTA", "DetA", "AssA", "DetRe", "MOTA", "IDR"):
        assert scored[name] == NEAR(0.5), name
    assert scored["IDF1"] == NEAR(2 / 3)
    assert (scored["DetPr"], scored["LocA"], scored["MOTP"], scored["IDP"]) == (1, 1, 1, 1)
    assert (scored["PT"], scored["IDSW"], scored["Frag"]) == (1, 0, 0)


def test_a_swap_of_identities_is_two_switches() -> None:
    apart = [[1.0, 0], [0, 1.0]]
    scored = row([frame([1, 2], [1, 2], apart), frame([1, 2], [2, 1], apart)])
    assert (scored["IDSW"], scored["DetA"]) == (2, 1)
    assert scored["MOTA"] == NEAR(0.5)
    assert scored["AssA"] == NEAR(1 / 3)
    assert scored["IDF1"] == NEAR(0.5)


@pytest.mark.parametrize("frames", [[], [frame([], [])], [frame([], [])] * 3])
def test_a_video_of_nothing_scores_nothing(frames: list[Matched]) -> None:
    scored = row(frames)
    assert (scored["HOTA"], scored["MOTA"], scored["IDF1"], scored["LocA"]) == (0, 0, 0, 1)
    assert (scored["GT_Dets"], scored["Dets"]) == (0, 0)


def test_an_empty_output_misses_everything() -> None:
    scored = row([frame([1, 2], []), frame([2], [])])
    assert (scored["HOTA"], scored["MOTA"], scored["IDF1"]) == (0, 0, 0)
    assert (scored["CLR_FN"], scored["ML"], scored["IDFN"]) == (3, 2, 3)


def test_an_output_where_nothing_is_is_all_false() -> None:
    scored = row([frame([], [4, 5]), frame([], [5])])
    assert (scored["HOTA"], scored["CLR_FP"], scored["IDFP"], scored["GT_IDs"]) == (0, 3, 3, 0)


def test_an_empty_output_still_counts_in_the_combination() -> None:
    full, empty = [frame([1], [1], [[1.0]])], [frame([1], []), frame([1], [])]
    scored = combine([evaluate(full), evaluate(empty)])
    assert scored["MOTA"] == NEAR(1 / 3)
    assert scored["DetA"] == NEAR(1 / 3)
    assert scored["IDF1"] == NEAR(2 / (2 + 2))


def test_the_combination_sums_counts_and_does_not_average_ratios() -> None:
    good = [frame([1], [1], [[1.0]])] * 9
    bad = [frame([1], [2], [[0.0]])]
    scored = combine([evaluate(good), evaluate(bad)])
    assert scored["MOTA"] == NEAR((9 - 1) / 10)
    assert scored["IDF1"] == NEAR(9 / 10)
    assert scored["HOTA"] == NEAR((9 / 11) ** 0.5)


def test_numbers_are_plain_so_that_they_can_be_written_as_json() -> None:
    scored = row(known_frames())
    assert {type(value) for value in scored.values()} == {int, float}
    assert json.loads(json.dumps(scored)) == scored


def test_scoring_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    row(known_frames())
    assert capsys.readouterr() == ("", "")


@settings(max_examples=60, deadline=None)
@given(videos())
def test_every_threshold_of_hota_equals_the_slow_reference(made: list[Matched]) -> None:
    counted = evaluate(made)["HOTA"]
    for number, alpha in enumerate(ALPHAS):
        for name, value in reference.hota(_plain(made), alpha).items():
            assert counted[name][number] == NEAR(value, abs=1e-9), (name, alpha)


@settings(max_examples=60, deadline=None)
@given(videos())
def test_clear_and_identity_equal_the_slow_reference(made: list[Matched]) -> None:
    scored, plain = row(made), _plain(made)
    for name, value in {**reference.clear(plain), **reference.identity(plain)}.items():
        assert scored[name] == NEAR(value, abs=1e-9), name


@settings(max_examples=40, deadline=None)
@given(videos(), st.permutations(range(10)))
def test_identities_may_be_renamed_with_gaps(made: list[Matched], names: list[int]) -> None:
    renamed = [
        Matched(
            np.array([1000 * names[known] - 7 for known in one.truth_ids], np.int64),
            np.array([names[known] ** 3 for known in one.found_ids], np.int64),
            one.similarity,
        )
        for one in made
    ]
    assert row(renamed) == NEAR(row(made), abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(videos())
def test_the_order_of_boxes_in_a_frame_does_not_matter(made: list[Matched]) -> None:
    shuffled = [
        Matched(one.truth_ids[::-1], one.found_ids[::-1], one.similarity[::-1, ::-1])
        for one in made
    ]
    assert row(shuffled) == NEAR(row(made), abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(st.lists(videos(), min_size=2, max_size=4))
def test_sequences_combine_in_any_order(made: list[list[Matched]]) -> None:
    partials = [evaluate(frames) for frames in made]
    assert combine(partials[::-1]) == NEAR(combine(partials), abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(videos())
def test_the_truth_itself_scores_one(made: list[Matched]) -> None:
    perfect = [Matched(one.truth_ids, one.truth_ids, np.eye(len(one.truth_ids))) for one in made]
    scored = row(perfect)
    if scored["GT_Dets"]:
        assert [scored[name] for name in ("HOTA", "MOTA", "IDF1", "LocA")] == [NEAR(1)] * 4
        assert (scored["IDSW"], scored["CLR_FP"], scored["CLR_FN"]) == (0, 0, 0)


def _plain(made: list[Matched]) -> list[reference.Frame]:
    return [(one.truth_ids.tolist(), one.found_ids.tolist(), one.similarity) for one in made]
