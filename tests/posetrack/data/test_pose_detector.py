from __future__ import annotations

import numpy as np
import pytest

from unitrack.data.synth.render import RenderedFrame, RenderedPerson
from unitrack.skeleton import SKELETONS
from unitrack.types import PoseObservation
from unitrack_posetrack.data.pose_detector import detect_poses
from unitrack_posetrack.data.synthetic_settings import SyntheticPosetrackSettings

JOINTS = SKELETONS["posetrack15"].joints
PERFECT = SyntheticPosetrackSettings(jitter=0, miss_rate=0, false_positives=0)
TALL = 60.0


def _frame(*visibilities: float, shown: bool = True) -> RenderedFrame:
    """People side by side, 20 pixels wide; all of their joints can be seen, or none."""
    people = tuple(
        RenderedPerson(
            number,
            (20.0 * number, 20.0, 20.0 * number + 20, 20 + TALL),
            visible,
            {name: (20.0 * number + 10, 22.0 + 4 * place) for place, name in enumerate(JOINTS)},
        )
        for number, visible in enumerate(visibilities)
    )
    owner = np.full((96, 128), -1, np.int16)
    for number in range(len(people) if shown else 0):
        owner[20:80, 20 * number : 20 * number + 20] = number
    return RenderedFrame(np.zeros((96, 128, 3), np.uint8), owner, people)


def _many(
    frame: RenderedFrame, settings: SyntheticPosetrackSettings, times: int = 400
) -> list[list[PoseObservation]]:
    rng = np.random.default_rng(0)
    return [detect_poses(rng, frame, np.zeros(9, np.bool_), settings) for _ in range(times)]


def test_a_perfect_detector_gives_the_truth_in_any_order() -> None:
    frame = _frame(1, 1, 1)
    (found,) = _many(frame, PERFECT, 1)
    expected = {tuple(person.joints[name] for name in JOINTS) for person in frame.people}
    assert {pose.xy for pose in found} == expected
    assert all(all(pose.visible) for pose in found)


def test_whoever_is_hidden_is_not_detected() -> None:
    assert not any(_many(_frame(0.0, 0.29), PERFECT))
    assert not any(_many(_frame(1.0, shown=False), PERFECT))


def test_half_hidden_people_are_missed_more_often_and_with_lower_scores() -> None:
    clear, half = (
        [pose.score for found in _many(_frame(v), PERFECT) for pose in found] for v in (1.0, 0.5)
    )
    assert len(clear) == 400
    assert len(half) == pytest.approx(300, abs=25)  # 1 - 0.5² of them
    assert np.mean(clear) == pytest.approx(0.95, abs=0.02)
    assert np.mean(half) == pytest.approx(0.70, abs=0.02)


def test_nobody_is_detected_while_overlooked() -> None:
    lapse = np.array([False, True])
    found = detect_poses(np.random.default_rng(0), _frame(1, 1), lapse, PERFECT)
    assert [pose.box[0] for pose in found] == [10.0]


@pytest.mark.parametrize(("visibility", "factor"), [(1.0, 1.0), (0.5, 1.5)])
def test_joints_err_in_proportion_to_the_body(visibility: float, factor: float) -> None:
    frame = _frame(visibility)
    settings = PERFECT.model_copy(update={"jitter": 0.05})
    true = np.array([frame.people[0].joints[name] for name in JOINTS])
    away = [np.array(pose.xy) - true for found in _many(frame, settings) for pose in found]
    assert np.std(away) == pytest.approx(0.05 * TALL * factor, rel=0.05)


def test_false_positives_come_at_their_rate_and_not_without_people() -> None:
    settings = PERFECT.model_copy(update={"false_positives": 1.5, "min_visibility": 1.0})
    counts = [len(found) for found in _many(_frame(1.0, 0.5), settings)]
    assert np.mean(counts) == pytest.approx(1.5, abs=0.15)
    assert not any(_many(_frame(), settings))
