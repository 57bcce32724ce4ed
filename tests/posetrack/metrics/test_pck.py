from __future__ import annotations

import numpy as np
import pytest

from tests.posetrack.metrics.clips import Clip, Joints, clip, result
from tests.reference.pck import pck as reference
from unitrack.errors import UniTrackError
from unitrack.metrics.base import Breakdown
from unitrack_posetrack.metrics.pck import THRESHOLDS, distances, pck

TRUE: list[tuple[float, float]] = [(50.0 + 2 * j, 60.0 + 3 * j) for j in range(15)]


def _moved(by: float, joints: range = range(15)) -> list[tuple[float, float] | None]:
    return [(x + by * (j in joints), y) for j, (x, y) in enumerate(TRUE)]


def test_the_known_answer_of_the_benchmarks_page() -> None:
    last = _moved(8, range(5))
    last[14] = None
    counted = pck().evaluate(clip([TRUE] * 3), result([TRUE, _moved(5), last]))
    row = pck().combine([counted])
    assert row["PCK@0.1"] == pytest.approx(0.30, abs=5e-7)
    assert row["PCK@0.2"] == pytest.approx(0.833333, abs=5e-7)
    assert row["PCK@0.3"] == 1.0
    assert row["undefined"] == pytest.approx(1 / 30)
    # Joint 14 is right in one frame of two when its absence counts.
    assert row["PCK-all@0.3"] == pytest.approx((14 + 0.5) / 15)


def test_the_normaliser_is_that_of_the_known_answer() -> None:
    both = np.ones((2, 15), np.bool_)
    both[1, 14] = False
    true = np.array([TRUE, TRUE])
    sizes = 5 / distances(true, true + np.array((5.0, 0.0)), both)[:, 0]
    np.testing.assert_allclose(sizes, [30.28663, 28.12330], atol=5e-6)
    moved = true + np.array([[[5.0, 0.0]], [[8.0, 0.0]]])
    np.testing.assert_allclose(distances(true, moved, both)[:, 0], [0.165, 0.284], atol=5e-4)


def _random(rng: np.random.Generator) -> tuple[list[Joints], list[Joints | None]]:
    true: list[Joints] = []
    found: list[Joints | None] = []
    for _ in range(7):
        places = rng.uniform(-20, 200, (15, 2))
        guesses = places + rng.normal(0, 40, (15, 2))
        known, seen = rng.random((2, 15)) > 0.15
        true.append([tuple(p) if k else None for p, k in zip(places.tolist(), known, strict=True)])
        found.append(
            None
            if rng.random() < 0.1
            else [tuple(p) if s else None for p, s in zip(guesses.tolist(), seen, strict=True)]
        )
    return true, found


def test_scores_are_those_of_the_loops() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        clips = [_random(rng) for _ in range(3)]
        counted = [pck().evaluate(clip(true), result(found)) for true, found in clips]
        row = pck().combine(counted)
        pairs = [list(zip(true, found, strict=True)) for true, found in clips]
        for threshold in THRESHOLDS:
            for name, strict in (("PCK", False), ("PCK-all", True)):
                expected = reference(pairs, threshold, strict=strict)
                assert row[f"{name}@{threshold}"] == pytest.approx(expected, abs=1e-12)


def test_the_first_frame_does_not_count() -> None:
    wrong = result([_moved(500), TRUE, TRUE])
    assert pck().combine([pck().evaluate(clip([TRUE] * 3), wrong)])["PCK@0.1"] == 1.0


def test_a_clip_of_one_frame_counts_nothing_and_harms_nobody() -> None:
    single = pck().evaluate(clip([TRUE]), result([TRUE]))
    assert pck().combine([single])["PCK@0.1"] == 0.0
    whole = pck().evaluate(clip([TRUE] * 2), result([TRUE] * 2))
    assert pck().combine([single, whole]) == pck().combine([whole])


def test_a_pose_without_any_visible_joint_is_undefined_not_wrong() -> None:
    blind: Joints = [None] * 15
    row = pck().combine(
        [pck().evaluate(clip([TRUE] * 3), result([TRUE, TRUE, blind]))],
    )
    assert row["PCK@0.1"] == 1.0
    assert row["undefined"] == 0.5
    assert row["PCK-all@0.1"] == 0.5


def test_a_joint_that_is_never_seen_scores_nothing() -> None:
    blind: Joints = [None] * 15
    row = pck().combine([pck().evaluate(clip([TRUE] * 3), result([TRUE, blind, blind]))])
    assert row["PCK@0.5"] == 0.0
    assert row["undefined"] == 1.0


def test_a_missing_pose_is_wrong_in_every_joint() -> None:
    row = pck().combine([pck().evaluate(clip([TRUE] * 3), result([TRUE, TRUE, None]))])
    assert row["PCK@0.5"] == 0.5
    assert row["undefined"] == 0.0


def test_a_person_without_extent_is_right_only_where_it_is() -> None:
    point: Joints = [(10.0, 10.0)] * 15
    beside: Joints = [(10.0, 10.0)] * 14 + [(11.0, 10.0)]
    row = pck().combine([pck().evaluate(clip([point] * 2), result([point, beside]))])
    assert row["PCK@0.5"] == pytest.approx(14 / 15)


def test_a_coordinate_that_is_no_number_is_wrong() -> None:
    broken: Joints = [(float("nan"), 60.0), *TRUE[1:]]
    row = pck().combine([pck().evaluate(clip([TRUE] * 2), result([TRUE, broken]))])
    assert row["PCK@0.5"] == pytest.approx(14 / 15)


def test_joints_nobody_annotated_are_left_out_of_the_mean() -> None:
    half: Joints = [*TRUE[:7], *[None] * 8]
    row = pck().combine([pck().evaluate(clip([half] * 2), result([TRUE, TRUE]))])
    assert row["PCK@0.1"] == 1.0


def test_the_mean_is_over_joints_not_pooled() -> None:
    # The first joint is asked for twice as often as the others.
    single: Joints = [TRUE[0], *[None] * 14]
    wrong = _moved(500, range(1))
    row = pck().combine([pck().evaluate(clip([TRUE, TRUE, single]), result([TRUE, wrong, wrong]))])
    assert row["PCK@0.1"] == pytest.approx(14 / 15)


def test_each_joint_has_a_row_of_its_own() -> None:
    metric = pck()
    assert isinstance(metric, Breakdown)
    video = clip([TRUE] * 2)
    counted = {"clip": metric.evaluate(video, result([TRUE, _moved(500, range(2, 3))]))}
    table = metric.breakdown({"clip": video}, counted)["joint"]
    assert list(table)[:3] == ["neck", "belly", "face"]
    assert table["face"]["PCK@0.1"] == 0.0
    assert table["belly"]["PCK@0.1"] == 1.0
    assert np.mean([row["PCK@0.2"] for row in table.values()]) == pytest.approx(
        metric.combine(list(counted.values()))["PCK@0.2"]
    )


def test_a_clip_without_truth_is_refused() -> None:
    with pytest.raises(UniTrackError, match="has no annotation"):
        pck().evaluate(Clip("clip", None), result([TRUE]))  # type: ignore[arg-type]
