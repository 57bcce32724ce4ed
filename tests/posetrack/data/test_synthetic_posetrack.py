from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from unitrack.data.synth.render import render
from unitrack.data.synth.scene import crowd
from unitrack.data.synth.settings import crowd_plan
from unitrack.errors import UniTrackError
from unitrack.skeleton import SKELETONS
from unitrack.types import PoseObservation
from unitrack_posetrack.data.posetrack import synthetic_posetrack
from unitrack_posetrack.data.synthetic_posetrack import synthesise
from unitrack_posetrack.data.synthetic_settings import SyntheticPosetrackSettings

SMALL = SyntheticPosetrackSettings(sequences=2, frames=4, width=160, height=120, objects=4)
JOINTS = SKELETONS["posetrack15"].joints


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("synthetic") / "set"
    synthesise(out, SMALL)
    return out


def _contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_layout_is_that_of_posetrack_18(made: Path) -> None:
    names = ["000001_mpii_test", "000002_mpii_test"]
    files = sorted(path.name for path in (made / "annotations" / "val").iterdir())
    assert files == [f"{name}.json" for name in names]
    images = sorted(path.name for path in (made / "images" / "val" / names[1]).iterdir())
    assert images == [f"{n:06d}.jpg" for n in range(4)]


def test_people_and_joints_are_those_that_can_be_seen(made: Path) -> None:
    hidden = 0
    for number, sequence in enumerate(synthetic_posetrack(made, None, SMALL).sequences(), start=1):
        assert sequence.truth is not None
        frames = render(
            crowd(np.random.default_rng((0, number)), crowd_plan(SMALL, people=4, fps=SMALL.fps))
        )
        for frame, known in zip(frames, sequence.truth, strict=True):
            poses = {one.id: one.observation for one in known}
            for person in frame.people:
                shown = [frame.shows(person.number, person.joints[name]) for name in JOINTS]
                hidden += shown.count(False)
                assert (person.number in poses) == any(shown)
                if not any(shown):
                    continue
                pose = poses[person.number]
                assert isinstance(pose, PoseObservation)
                assert pose.visible == tuple(shown)
                for name, place, there in zip(JOINTS, pose.xy, shown, strict=True):
                    assert not there or place == pytest.approx(person.joints[name], abs=5.1e-4)
    assert hidden > 0


def test_heads_are_a_fifth_of_the_body_high(made: Path) -> None:
    heads = [
        (pose.head, pose.box)
        for sequence in synthetic_posetrack(made, None, SMALL).sequences()
        for frame in sequence.truth or ()
        for pose in (one.observation for one in frame)
        if isinstance(pose, PoseObservation) and all(pose.visible)
    ]
    assert heads
    for head, box in heads:
        assert head is not None
        assert 0.15 < (head[3] - head[1]) / (box[3] - box[1]) < 0.3


def test_the_same_settings_give_the_same_bytes(made: Path, tmp_path: Path) -> None:
    synthesise(tmp_path / "again", SMALL)
    assert _contents(tmp_path / "again") == _contents(made)


def test_another_seed_gives_another_set(made: Path, tmp_path: Path) -> None:
    synthesise(tmp_path / "other", SMALL.model_copy(update={"seed": 1, "sequences": 1}))
    name = "annotations/val/000001_mpii_test.json"
    assert (tmp_path / "other" / name).read_bytes() != (made / name).read_bytes()


def test_the_set_ships_detections_and_the_oracle_stays_the_truth(made: Path) -> None:
    for sequence in synthetic_posetrack(made, None, SMALL).sequences():
        assert sequence.truth is not None
        oracle = [len(frame) for frame in sequence.observations("oracle")]
        assert oracle == [len(frame) for frame in sequence.truth]
        detected = [seen for frame in sequence.observations("benchmark") for seen in frame]
        assert detected
        assert all(0.01 <= seen.score <= 0.99 for seen in detected)
        assert sequence.fingerprint("benchmark") != sequence.fingerprint("oracle")


def test_a_worse_detector_leaves_video_and_truth_as_they_are(made: Path, tmp_path: Path) -> None:
    synthesise(tmp_path / "worse", SMALL.model_copy(update={"jitter": 0.2, "miss_rate": 0.5}))
    before, after = _contents(made), _contents(tmp_path / "worse")
    assert before.keys() == after.keys()
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {name for name in before if name.startswith(("detections", "synthetic.json"))}


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UniTrackError, match="holds other files"):
        synthesise(tmp_path, SMALL)
