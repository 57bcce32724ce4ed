from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch

from unitrack.association.associator import Associator, Detections
from unitrack.association.base import Similarity
from unitrack.association.config import AssociationConfig
from unitrack.association.descriptors import Descriptors
from unitrack.association.similarity import cosine
from unitrack.types import FeatureMap, Frame, Observation

Box = tuple[float, float, float, float]
Seen = tuple[int, Box]  # looks (one of eight), box

CONFIG = AssociationConfig()
LEFT, RIGHT, FAR = (0.0, 0.0, 40.0, 100.0), (200.0, 0.0, 240.0, 100.0), (900.0, 0.0, 940.0, 100.0)


class _Looks:
    """Objects look alike exactly when their number is the same."""

    def describe(
        self, frame: Frame, features: FeatureMap, observations: Sequence[Observation]
    ) -> Descriptors:
        raise NotImplementedError

    def compare(self, tracklets: Descriptors, detections: Descriptors) -> torch.Tensor:
        return cosine(tracklets, detections)


class _Strip:
    """An associator fed with (looks, box) pairs."""

    def __init__(
        self, config: AssociationConfig = CONFIG, lost_frames: int = 3, noise_scale: float = 1.0
    ) -> None:
        similarity: Similarity = _Looks()
        self.associator = Associator(config, similarity, lost_frames, noise_scale)

    def see(
        self,
        *seen: Seen,
        labels: Sequence[int] | None = None,
        sure: Sequence[bool] | None = None,
    ) -> dict[int, int]:
        """One frame; gives id to number of the detection."""
        looks = torch.eye(8)[[number for number, _ in seen]]
        tracked = self.associator.step(
            Detections(
                boxes=np.array([box for _, box in seen], dtype=np.float64).reshape(-1, 4),
                labels=np.array(labels if labels is not None else [1] * len(seen), np.int64),
                looks=Descriptors(looks, (1,) * len(seen)),
                sure=None if sure is None else np.array(sure),
            )
        )
        self.boxes = tracked.boxes
        return dict(zip(tracked.ids.tolist(), tracked.detections.tolist(), strict=True))


def moved(box: Box, right: float) -> Box:
    return (box[0] + right, box[1], box[2] + right, box[3])


def test_ids_count_from_one_in_the_order_of_the_first_detections() -> None:
    assert _Strip().see((3, LEFT), (5, RIGHT)) == {1: 0, 2: 1}


def test_identities_follow_looks_when_detections_change_places_in_the_list() -> None:
    strip = _Strip()
    strip.see((3, LEFT), (5, RIGHT))
    assert strip.see((5, RIGHT), (3, LEFT)) == {1: 1, 2: 0}


def test_a_later_tracklet_appears_when_it_is_seen_a_second_time() -> None:
    strip = _Strip()
    strip.see((0, LEFT))
    assert strip.see((0, LEFT), (1, RIGHT)) == {1: 0}
    assert strip.see((0, LEFT), (1, RIGHT)) == {1: 0, 2: 1}


def test_an_unconfirmed_tracklet_that_is_not_seen_at_once_is_gone() -> None:
    strip = _Strip()
    strip.see((0, LEFT))
    strip.see((0, LEFT), (1, RIGHT))
    strip.see((0, LEFT))
    strip.see((0, LEFT), (1, RIGHT))
    assert strip.see((0, LEFT), (1, RIGHT)) == {1: 0, 3: 1}


def test_confirmation_needs_an_overlap_above_three_tenths() -> None:
    strip = _Strip()
    strip.see((0, LEFT))
    strip.see((0, LEFT), (1, RIGHT))
    assert 2 not in strip.see((0, LEFT), (1, moved(RIGHT, 30)))
    strip = _Strip(replace(CONFIG, confirm_limit=0.99))
    strip.see((0, LEFT))
    strip.see((0, LEFT), (1, RIGHT))
    assert 2 in strip.see((0, LEFT), (1, moved(RIGHT, 30)))


def test_without_confirmation_every_tracklet_appears_at_once() -> None:
    strip = _Strip(replace(CONFIG, confirm=False))
    strip.see((0, LEFT))
    assert strip.see((0, LEFT), (1, RIGHT)) == {1: 0, 2: 1}


@pytest.mark.parametrize(("gap", "found"), [(1, True), (3, True), (4, False)])
def test_a_lost_tracklet_keeps_its_identity_for_lost_frames(gap: int, *, found: bool) -> None:
    strip = _Strip(lost_frames=3)
    strip.see((0, LEFT), (1, RIGHT))
    for _ in range(gap):
        strip.see((1, RIGHT))
    assert (1 in strip.see((0, LEFT), (1, RIGHT))) == found


@pytest.mark.parametrize(
    ("late", "gap", "found"), [(False, 4, False), (True, 4, True), (True, 5, False)]
)
def test_late_removal_gives_one_more_frame(late: bool, gap: int, found: bool) -> None:
    strip = _Strip(replace(CONFIG, late_removal=late), lost_frames=3)
    strip.see((0, LEFT), (1, RIGHT))
    for _ in range(gap):
        strip.see((1, RIGHT))
    assert (1 in strip.see((0, LEFT), (1, RIGHT))) == found


def test_a_tracklet_found_after_its_removal_does_not_survive_a_second_loss() -> None:
    strip = _Strip(replace(CONFIG, late_removal=True), lost_frames=3)
    strip.see((0, LEFT), (1, RIGHT))
    for _ in range(4):
        strip.see((1, RIGHT))
    assert 1 in strip.see((0, LEFT), (1, RIGHT))
    strip.see((1, RIGHT))
    assert 1 not in strip.see((0, LEFT), (1, RIGHT))


def test_frames_without_detections_are_ordinary() -> None:
    strip = _Strip()
    assert strip.see() == {}
    assert strip.see((0, LEFT)) == {}
    assert strip.see((0, LEFT)) == {1: 0}
    assert strip.see() == {}
    assert strip.see((0, LEFT)) == {1: 0}


def test_the_gate_forbids_a_jump_that_looks_alone_would_take() -> None:
    gated = _Strip()
    gated.see((0, LEFT))
    gated.see((0, LEFT))
    assert gated.see((0, FAR)) == {}
    free = _Strip(replace(CONFIG, motion=False))
    free.see((0, LEFT))
    free.see((0, LEFT))
    assert free.see((0, FAR)) == {1: 0}


def test_the_gate_after_the_assignment_drops_the_match_it_does_not_like() -> None:
    # Equal looks: in front of the assignment the gate turns the tracklet to the near detection;
    # behind it, the cheaper far one has been chosen already and is thrown away.
    for after, expected in ((False, {1: 1}), (True, {})):
        config = replace(CONFIG, gate_after_assignment=after, motion_lambda=1.0, stage2_limit=1e-9)
        strip = _Strip(config)
        strip.see((0, LEFT))
        strip.associator._similarity = _Prefers(0)
        found = strip.see((0, FAR), (0, moved(LEFT, 2)))
        assert found == expected


class _Prefers(_Looks):
    """Finds one detection a little more alike than the others."""

    def __init__(self, column: int) -> None:
        self.column = column

    def compare(self, tracklets: Descriptors, detections: Descriptors) -> torch.Tensor:
        alike = torch.full((len(tracklets), len(detections)), 0.8)
        alike[:, self.column] = 0.9
        return alike


def test_overlap_beside_looks_decides_between_two_that_look_alike() -> None:
    # Both detections look as the tracklet does; looks alone take the first, overlap the nearer one.
    for share, expected in ((0.0, {1: 0}), (0.5, {1: 1})):
        strip = _Strip(replace(CONFIG, overlap_share=share, motion=False, stage2_limit=1e-9))
        strip.see((0, LEFT))
        strip.associator._similarity = _Prefers(0)
        assert strip.see((0, moved(LEFT, 35)), (0, moved(LEFT, 2))) == expected


def test_the_cost_of_looks_and_overlap_is_their_weighted_mean() -> None:
    strip = _Strip(replace(CONFIG, overlap_share=0.25, iou_plus_one=False))
    strip.see((0, LEFT))
    boxes = np.array([moved(LEFT, 10), FAR], dtype=np.float64)
    found = strip.associator._with_overlap(np.array([[0.4, 0.2]]), np.arange(1), boxes)
    # 30 of 50 pixels are shared by boxes 40 wide that are 10 apart.
    np.testing.assert_allclose(found, [[0.75 * 0.4 + 0.25 * 0.4, 0.75 * 0.2 + 0.25]], atol=1e-3)


def test_a_doubtful_detection_continues_a_tracklet_and_starts_none() -> None:
    strip = _Strip(replace(CONFIG, confirm=False))
    assert strip.see((0, LEFT), (1, RIGHT), sure=[True, False]) == {1: 0}
    assert strip.see((0, LEFT), (1, RIGHT), sure=[False, False]) == {1: 0}
    assert strip.see((0, LEFT), (1, RIGHT), sure=[False, True]) == {1: 0, 2: 1}


@pytest.mark.parametrize("by_looks", [False, True])
def test_looks_may_confirm_where_overlap_does_not(*, by_looks: bool) -> None:
    strip = _Strip(replace(CONFIG, confirm_by_looks=by_looks))
    strip.see((0, LEFT))
    strip.see((0, LEFT), (1, RIGHT))
    beside = moved(RIGHT, 33)  # overlaps by less than three tenths, and is within the gate
    assert (2 in strip.see((0, LEFT), (1, beside))) == by_looks
    strip = _Strip(replace(CONFIG, confirm_by_looks=by_looks))
    strip.see((0, LEFT))
    strip.see((0, LEFT), (1, RIGHT))
    assert strip.see((0, LEFT), (2, beside)) == {1: 0}, "one who looks otherwise is another one"


@pytest.mark.parametrize(("limit", "found"), [(0.0, {}), (0.3, {1: 0})])
def test_looks_may_find_again_beyond_the_gate(limit: float, found: dict[int, int]) -> None:
    strip = _Strip(replace(CONFIG, refind_limit=limit))
    strip.see((0, LEFT))
    strip.see((0, LEFT))
    assert strip.see((0, FAR)) == found
    strip = _Strip(replace(CONFIG, refind_limit=limit))
    strip.see((0, LEFT))
    strip.see((0, LEFT))
    assert strip.see((2, FAR)) == {}, "one who looks otherwise is another one"


def test_whoever_is_left_over_is_compared_with_everybody_in_the_frame() -> None:
    compared: list[int] = []

    class Counts(_Looks):
        def compare(self, tracklets: Descriptors, detections: Descriptors) -> torch.Tensor:
            compared.append(len(detections))
            return super().compare(tracklets, detections)

    strip = _Strip()
    strip.associator = Associator(replace(CONFIG, refind_limit=0.3), Counts(), 3)
    strip.see((0, LEFT), (1, RIGHT))
    strip.see((0, LEFT), (1, RIGHT))
    assert strip.see((0, LEFT), (1, FAR)) == {1: 0, 2: 1}
    assert compared[-1] == 2, "beside one other only, anybody looks alike"


def test_a_new_tracklet_may_be_reported_before_it_is_confirmed() -> None:
    strip = _Strip(replace(CONFIG, report_unconfirmed=True))
    strip.see((0, LEFT))
    assert strip.see((0, LEFT), (1, RIGHT)) == {1: 0, 2: 1}
    assert strip.see((0, LEFT)) == {1: 0}
    assert strip.see((0, LEFT), (1, RIGHT)) == {1: 0, 3: 1}, "it was gone all the same"


def test_more_noise_lets_a_jump_pass_the_gate() -> None:
    for scale, found in ((1.0, {}), (200.0, {1: 0})):
        strip = _Strip(noise_scale=scale)
        strip.see((0, LEFT))
        strip.see((0, LEFT))
        assert strip.see((0, FAR)) == found


def test_position_alone_ignores_a_change_of_size() -> None:
    taller = (-20.0, -50.0, 60.0, 150.0)
    for only_position, found in ((False, False), (True, True)):
        strip = _Strip(replace(CONFIG, only_position=only_position, stage2_limit=1e-9))
        strip.see((0, LEFT))
        assert (1 in strip.see((0, taller))) == found


def test_the_second_stage_links_by_overlap_what_looks_do_not() -> None:
    strip = _Strip()
    strip.see((0, LEFT))
    assert strip.see((1, moved(LEFT, 5))) == {1: 0}


def test_the_second_stage_leaves_lost_tracklets_out() -> None:
    strip = _Strip()
    strip.see((0, LEFT))
    strip.see()
    assert strip.see((1, LEFT)) == {}


def test_another_class_never_matches_by_default() -> None:
    strip = _Strip()
    strip.see((0, LEFT), labels=[1])
    assert strip.see((0, LEFT), labels=[2]) == {}
    strip = _Strip(replace(CONFIG, class_gate="stage1"))
    strip.see((0, LEFT), labels=[1])
    assert strip.see((0, LEFT), labels=[2]) == {1: 0}


def test_of_a_tracked_and_a_lost_duplicate_the_older_one_stays() -> None:
    strip = _Strip(replace(CONFIG, confirm=False), lost_frames=30)
    for _ in range(3):
        strip.see((0, LEFT), (1, RIGHT))
    strip.see((0, LEFT))
    # Unlike tracklet 2, so stage 1 starts a new one, which lies on the lost one and is younger.
    assert strip.see((0, LEFT), (2, RIGHT)) == {1: 0}
    assert strip.see((0, LEFT), (1, RIGHT)) == {1: 0, 2: 1}


def test_a_tracked_and_a_lost_one_of_different_classes_are_no_duplicates() -> None:
    for gate, found_again in (("all", True), ("stage1", False)):
        config = replace(CONFIG, confirm=False, class_gate=gate)  # type: ignore[arg-type]
        strip = _Strip(config, lost_frames=30)
        for _ in range(3):
            strip.see((0, LEFT), (2, FAR), labels=[1, 1])
        strip.see((2, FAR), labels=[1])
        # Younger than the lost one that it lies on, but of another class, so both stay.
        first = strip.see((1, LEFT), (2, FAR), labels=[2, 1])
        assert first == ({2: 1, 3: 0} if found_again else {2: 1})
        assert 1 in strip.see((0, LEFT), (2, FAR), labels=[1, 1]), "the lost one stays either way"


def test_the_reported_box_is_the_filtered_one_or_the_detection() -> None:
    for output, exact in (("filtered", False), ("detection", True)):
        strip = _Strip(replace(CONFIG, output_box=output))  # type: ignore[arg-type]
        strip.see((0, LEFT))
        strip.see((0, moved(LEFT, 4)))
        assert np.allclose(strip.boxes, [moved(LEFT, 4)], atol=1e-3) == exact
        np.testing.assert_allclose(strip.boxes, [moved(LEFT, 4)], atol=4)


def test_without_the_filter_tracklets_appear_at_once_and_boxes_are_the_detections() -> None:
    strip = _Strip(replace(CONFIG, use_kalman=False))
    strip.see((0, LEFT))
    assert strip.see((0, FAR), (1, RIGHT)) == {1: 0, 2: 1}
    np.testing.assert_allclose(strip.boxes, [FAR, RIGHT])
    assert strip.see((5, LEFT)) == {3: 0}


def test_two_runs_are_equal_to_the_last_bit() -> None:
    rng = np.random.default_rng(0)
    clip = [
        [(int(rng.integers(8)), moved(LEFT, float(rng.uniform(0, 300)))) for _ in range(6)]
        for _ in range(20)
    ]
    runs = []
    for _ in range(2):
        strip = _Strip(replace(CONFIG, tracklet_feature="smooth"))
        runs.append([(strip.see(*frame), strip.boxes.tobytes()) for frame in clip])
    assert runs[0] == runs[1]


def test_nothing_is_kept_of_removed_tracklets() -> None:
    strip = _Strip(replace(CONFIG, confirm=False, tracklet_feature="pool"), lost_frames=2)
    for frame in range(60):
        strip.see((frame % 8, moved(LEFT, 300.0 * frame)))
    assert len(strip.associator._tracklets) <= 4
    assert len(strip.associator._tracklets.memories) == len(strip.associator._tracklets)
