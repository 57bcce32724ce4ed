from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import numpy as np
import pytest

from tests.posetrack.metrics.clips import Clip, pose
from tests.reference.posetrack import Frame, Someone, head_size
from tests.reference.posetrack import scores as reference
from unitrack.data.base import Sequence as Video
from unitrack.errors import UniTrackError
from unitrack.metrics.base import Breakdown, Metric, Row
from unitrack.skeleton import SKELETONS
from unitrack.types import PoseObservation, SequenceResult, TrackedObject, TruthObject
from unitrack_posetrack.data.regions import IgnoredRegion
from unitrack_posetrack.metrics.posetrack import posetrack, posetrack_clean
from unitrack_posetrack.metrics.precision import average_precisions

JOINTS = SKELETONS["posetrack15"].joints
SIDED = {"shoulder": (20, -65), "elbow": (30, -30), "wrist": (35, 0), "hip": (12, 0),
         "knee": (12, 45), "ankle": (12, 90)}  # fmt: skip
PLACES = {"nose": (0, -90), "neck": (0, -75), "head_top": (0, -110)} | {
    f"{side}_{name}": (sign * x, y)
    for side, sign in (("l", 1), ("r", -1))
    for name, (x, y) in SIDED.items()
}

Given = Sequence[tuple[int, PoseObservation]]
"""Identity and pose of everybody in a frame."""


def _standing(
    x: float, y: float, score: float = 1.0, moved: dict[str, tuple[float, float]] | None = None
) -> PoseObservation:
    """Somebody with a head of 30 pixels; some joints moved, with nan those that are not there."""
    shifts = moved or {}
    places = [
        (x + PLACES[name][0] + shifts.get(name, (0, 0))[0],
         y + PLACES[name][1] + shifts.get(name, (0, 0))[1])
        for name in JOINTS
    ]  # fmt: skip
    joints = [None if np.isnan(place[0]) else place for place in places]
    head = (x - 15, y - 110, x + 15, y - 70)
    return pose(joints, "posetrack15", score=score, head=head)


def _video(frames: Sequence[Given], name: str = "000001_mpii") -> Video:
    truth = tuple(tuple(TruthObject(*one) for one in frame) for frame in frames)
    return cast("Video", Clip(name, truth))


def _result(frames: Sequence[Given], name: str = "000001_mpii") -> SequenceResult:
    return SequenceResult(name, tuple(tuple(TrackedObject(*o) for o in f) for f in frames))


def _row(metric: Metric, *clips: tuple[Sequence[Given], Sequence[Given]]) -> Row:
    return metric.combine([metric.evaluate(_video(t), _result(f)) for t, f in clips])


def _known_answer() -> tuple[list[Given], list[Given]]:
    """Benchmarks 19.5."""
    true: list[Given] = []
    found: list[Given] = []
    for t in range(5):
        true.append([(0, _standing(200 + 5 * t, 200)), (1, _standing(400 - 5 * t, 220))])
        first = _standing(201 + 5 * t, 201, 0.9, {"l_wrist": (200, 0)})
        second = _standing(401 - 5 * t, 221, 0.8)
        identity = 1 if t == 0 else 7
        found.append([(0, first)] if t == 1 else [(0, first), (identity, second)])
    return true, found


def test_the_known_answer_of_the_benchmarks_page() -> None:
    row = _row(posetrack(), _known_answer())
    given = {"MOTA": 68.33, "AP": 85.19, "MOTP": 89.84, "Prec": 96.19, "Rec": 84.17}
    assert {name: round(100 * row[name], 2) for name in given} == given
    assert row["IDSW"] == 15


def test_the_known_answer_of_each_joint() -> None:
    metric = posetrack()
    assert isinstance(metric, Breakdown)
    true, found = _known_answer()
    counted = {"one": metric.evaluate(_video(true), _result(found))}
    tables = metric.breakdown({"one": _video(true)}, counted)
    for name, row in tables["joint"].items():
        expected = (-0.25, 0.1778) if name == "l_wrist" else (0.75, 0.9)
        assert (row["MOTA"], row["AP"]) == pytest.approx(expected, abs=5e-5)
    assert list(tables["part"]) == ["Head", "Shou", "Elb", "Wri", "Hip", "Knee", "Ankl"]
    assert tables["part"]["Wri"]["MOTA"] == pytest.approx((0.75 - 0.25) / 2)
    assert tables["part"]["Head"]["AP"] == pytest.approx(0.9)


def test_the_clean_scores_of_the_known_answer() -> None:
    """All five frames: 10 objects a joint, 1 miss and 1 switch; matched distances only."""
    row = _row(posetrack_clean(), _known_answer())
    assert row["MOTA"] == pytest.approx((14 * 0.8 + 1 - 12 / 10) / 15)
    assert row["MOTP"] == pytest.approx(1 - np.sqrt(2) / 30)
    assert row["AP"] == pytest.approx(0.8519, abs=5e-5)


def _people(rng: np.random.Generator, ids: Sequence[int], *, drop: float, shake: float) -> Given:
    people = []
    for identity in ids:
        # Close together, so that joints have more than one candidate.
        x, y = 200 + 9 * (identity % 10), 200 + 4 * (identity % 3)
        moved: dict[str, tuple[float, float]] = {
            name: (float("nan"), 0.0) if rng.random() < drop else tuple(rng.normal(0, shake, 2))
            for name in JOINTS
        }
        scores = tuple(rng.integers(1, 5, len(JOINTS)) / 4)
        people.append((identity, replace(_standing(x, y, 1.0, moved), joint_scores=scores)))
    return people


def _random_clip(rng: np.random.Generator) -> tuple[list[Given], list[Given]]:
    true, found = [], []
    for frame in range(6):
        there = [n for n in range(3) if rng.random() > 0.2]
        seen = [n + (20 if frame > 2 and n == 1 else 10) for n in range(3) if rng.random() > 0.3]
        if rng.random() < 0.3:
            seen = [22 if n == 10 else n for n in seen]
        true.append(_people(rng, there, drop=0.2, shake=2))
        found.append(_people(rng, list(dict.fromkeys(seen)), drop=0.2, shake=6))
    return true, found


def _someone(identity: int, seen: PoseObservation) -> Someone:
    joints = [xy if there else None for xy, there in zip(seen.xy, seen.visible, strict=True)]
    assert seen.head
    scores = seen.joint_scores or (seen.score,) * len(joints)
    return Someone(identity, joints, scores, head_size(seen.head))


@pytest.mark.parametrize("clean", [False, True])
def test_scores_are_those_of_the_loops(*, clean: bool) -> None:
    rng = np.random.default_rng(0)
    metric = posetrack_clean() if clean else posetrack()
    switched = 0
    for _ in range(8):
        clips = [_random_clip(rng) for _ in range(2)]
        plain: list[list[Frame]] = [
            [
                ([_someone(*o) for o in known], [_someone(*o) for o in seen])
                for known, seen in zip(true, found, strict=True)
                if known
            ]
            for true, found in clips
        ]
        expected = reference(plain, len(JOINTS), clean=clean)
        row = _row(metric, *clips)
        assert {name: row[name] for name in expected} == pytest.approx(expected, abs=1e-12)
        switched += int(row["IDSW"])
    assert switched > 20


def _still(count: int, found: Sequence[Given]) -> tuple[list[Given], Sequence[Given]]:
    return [[(0, _standing(100, 200)), (1, _standing(300, 200))]] * count, found


def _found(*ids: int) -> Given:
    """Found exactly where they are: the first at 100, the second at 300; 0 for nobody."""
    return [(n, _standing(x, 200)) for n, x in zip(ids, (100, 300), strict=False) if n]


def test_the_last_frame_counts_for_precision_alone_but_in_clean_scores() -> None:
    clip = _still(3, [_found(1, 2), _found(1, 2), _found(1)])
    assert _row(posetrack(), clip)["MOTA"] == 1.0
    assert _row(posetrack(), clip)["PCKh"] == pytest.approx(5 / 6)
    assert _row(posetrack_clean(), clip)["MOTA"] == pytest.approx(5 / 6)


def test_nobody_found_is_one_miss_and_one_false_positive_but_in_clean_scores() -> None:
    clip = _still(3, [_found(1, 2), _found(), _found(1, 2)])
    # 2 + 1 objects in the two frames that count; 1 miss and 1 false positive.
    assert _row(posetrack(), clip)["MOTA"] == pytest.approx(1 - 2 / 3)
    assert _row(posetrack_clean(), clip)["MOTA"] == pytest.approx(1 - 2 / 6)


def test_identities_are_the_mean_over_sequences_but_in_clean_scores() -> None:
    short = _still(2, [_found(1, 2)] * 2)
    long = _still(5, [_found(1, 2)] * 2 + [_found(3, 4)] * 3)
    assert _row(posetrack(), short, long)["IDF1"] == pytest.approx((1 + 0.5) / 2)
    clean = _row(posetrack_clean(), short, long)["IDF1"]
    assert clean == pytest.approx(2 * (4 + 6) / (2 * 14))


def test_a_joint_that_one_sequence_lacks_has_no_identity_score() -> None:
    gone = {"nose": (float("nan"), 0.0)}
    noseless = [[(0, _standing(100, 200, moved=gone))]] * 3
    bad = [[(n, _standing(100, 200, moved=gone))] for n in (1, 2, 2)]
    whole = [[(0, _standing(100, 200))]] * 3
    row = _row(posetrack(), (noseless, bad), (whole, [_found(1)] * 3))
    # One half and one in every joint but the nose, which would be 1.
    assert row["IDF1"] == pytest.approx(0.75)
    clean = _row(posetrack_clean(), (noseless, bad), (whole, [_found(1)] * 3))
    assert clean["IDF1"] == pytest.approx((14 * (2 * 5) / 12 + 1) / 15)


def test_who_was_paired_stays_so_over_a_gap() -> None:
    clip = _still(5, [_found(1, 2), _found(0, 2), _found(0, 2), _found(1, 2), _found(1, 2)])
    assert _row(posetrack_clean(), clip)["IDSW"] == 0


def test_a_pair_that_still_fits_is_kept_although_another_is_nearer() -> None:
    true = [[(0, _standing(100, 200))]] * 3
    follower = [(1, _standing(100, 200))]
    both = [(1, _standing(110, 200)), (2, _standing(100, 200))]
    assert _row(posetrack_clean(), (true, [follower, both, both]))["IDSW"] == 0
    swapped = [(1, _standing(116, 200)), (2, _standing(100, 200))]  # farther than half a head
    assert _row(posetrack_clean(), (true, [follower, swapped, swapped]))["IDSW"] == 15


def test_joints_farther_than_half_a_head_do_not_match() -> None:
    true = [[(0, _standing(100, 200))]] * 2
    for shift, expected in ((15, 1.0), (15.001, -1.0)):
        found = [[(1, _standing(100 + shift, 200))]] * 2
        assert _row(posetrack(), (true, found))["MOTA"] == expected


def test_frames_without_annotated_people_are_passed_over() -> None:
    clip = ([[], *_still(2, [])[0], []], [_found(1), _found(1, 2), _found(1, 2), _found(3, 4)])
    row = _row(posetrack_clean(), clip)
    assert (row["MOTA"], row["AP"]) == (1.0, 1.0)


def test_joints_in_ignored_regions_count_on_neither_side() -> None:
    first = _standing(100, 200)
    stranger = _standing(600, 200)
    truth = (
        TruthObject(0, first),
        TruthObject(5, _standing(650, 200)),
        TruthObject(-1, IgnoredRegion(((500, 0), (800, 0), (800, 500), (500, 500))), counted=False),
        TruthObject(-2, IgnoredRegion(((60, 190), (70, 190), (70, 210), (60, 210))), counted=False),
    )
    video = cast("Video", Clip("one", (truth,) * 3))
    astray = _standing(100, 200, moved={"r_wrist": (1e4, 0)})  # his wrist is at 65, 200
    result = _result([[(1, astray), (2, stranger)]] * 3)
    metric = posetrack_clean()
    counted = metric.evaluate(video, result)
    wrist = JOINTS.index("r_wrist")
    assert counted["objects"].tolist() == [0 if n == wrist else 3 for n in range(15)]
    assert counted["false_positives"][wrist] == 3
    row = metric.combine([counted])
    assert row["MOTA"] == 1.0  # the mean of the 14 joints that are asked for
    assert row["AP"] == 1.0


def test_what_is_left_of_a_frame_is_all_in_a_region() -> None:
    region = IgnoredRegion(((0, 0), (900, 0), (900, 900), (0, 900)))
    hidden = (TruthObject(0, _standing(100, 200)), TruthObject(-1, region, counted=False))
    plain = (TruthObject(0, _standing(100, 200)),)
    video = cast("Video", Clip("one", (plain, hidden, plain)))
    result = _result([_found(1)] * 3)
    authors, clean = (
        m.combine([m.evaluate(video, result)]) for m in (posetrack(), posetrack_clean())
    )
    assert authors["MOTA"] == pytest.approx(1 - 2 / 2)  # one miss, one false positive
    assert clean["MOTA"] == 1.0


def test_somebody_without_joints_is_in_the_frame_but_nowhere() -> None:
    nobody = pose([None] * 15, "posetrack15")
    truth = (TruthObject(0, _standing(100, 200)), TruthObject(1, nobody, counted=False))
    video = cast("Video", Clip("one", (truth,) * 3))
    row = posetrack().combine([posetrack().evaluate(video, _result([_found(1)] * 3))])
    assert (row["MOTA"], row["AP"], row["PCKh"]) == (1.0, 1.0, 1.0)


def test_two_poses_on_one_person_are_a_hit_and_a_false_alarm() -> None:
    true = [[(0, _standing(100, 200))]] * 2
    found = [[(1, _standing(103, 200, 0.9)), (2, _standing(100, 200, 0.8))]] * 2
    row = _row(posetrack_clean(), (true, found))
    assert row["Prec"] == 0.5
    assert row["AP"] == 1.0  # the surer one is right; the other comes after full recall
    reversed_ = [frame[::-1] for frame in found]  # the first of equal share is taken
    assert _row(posetrack_clean(), (true, reversed_))["AP"] == 0.5


def test_the_order_of_equal_scores_does_not_matter() -> None:
    scores, right = np.array([0.5, 0.5, 0.5, 0.9]), np.array([True, False, True, False])
    for order in ([0, 1, 2, 3], [3, 1, 2, 0], [1, 0, 3, 2]):
        owners, once = np.zeros(len(order), np.int64), np.ones((1, 1), np.int64)
        (area,) = average_precisions(scores[order], right[order], owners, once, np.array([3]))
        assert area == pytest.approx(2 / 3 * 2 / 4)


def test_poses_of_other_skeletons_are_scored_in_their_joints() -> None:
    names = SKELETONS["bonn14"].joints
    joints = [(100.0 + PLACES[n][0], 200.0 + PLACES[n][1]) for n in names]
    seen = pose(joints, "bonn14", head=(85, 90, 115, 130))
    metric = posetrack()
    counted = metric.evaluate(_video([[(0, seen)]] * 3), _result([[(4, seen)]] * 3))
    assert counted["joints"] == names
    assert metric.combine([counted])["MOTA"] == 1.0


def test_a_head_box_that_is_needed_and_missing_is_named() -> None:
    for head in (None, (5.0, 5.0, 5.0, 5.0)):
        headless = replace(_standing(100, 200), head=head)
        video = _video([[(0, _standing(300, 200))], [(0, _standing(300, 200)), (1, headless)]])
        with pytest.raises(
            UniTrackError, match=r"000001_mpii: frame 1: annotated person 1: has no head"
        ):
            posetrack().evaluate(video, _result([_found(1)] * 2))


def test_a_sequence_of_one_frame_has_no_tracking_score_and_harms_nobody() -> None:
    single, whole = _still(1, [_found(1, 2)]), _still(3, [_found(1, 2)] * 3)
    assert _row(posetrack(), single)["MOTA"] == 0.0
    assert _row(posetrack(), single)["AP"] == 1.0
    assert _row(posetrack(), single, whole)["MOTA"] == 1.0


def test_a_sequence_without_truth_is_refused() -> None:
    with pytest.raises(UniTrackError, match="has no annotation"):
        posetrack().evaluate(cast("Video", Clip("one", None)), _result([_found(1)]))
