from __future__ import annotations

import subprocess
import sys
from typing import Any, cast

import numpy as np
import pytest
from pydantic import ValidationError

from tests.propagation.made import turning
from unitrack.heads.base import FrameFeatures, TaskHead
from unitrack.heads.propagation_settings import PropagationSettings, propagation_config
from unitrack.propagation.config import PropagationConfig
from unitrack.registry.manager import registry
from unitrack.testing.scenes import Scene, embed, features, given
from unitrack.types import Frame, PoseObservation, Target
from unitrack_posetrack.heads.poseprop import poseprop
from unitrack_posetrack.heads.poseprop_settings import PROTOCOLS, PosePropSettings

pytestmark = pytest.mark.usefixtures("one_thread")

SCENE = Scene(stage="propagation", shape="pose", skeleton="jhmdb15", length=6)


def _head(**values: Any) -> TaskHead:  # any setting, as a person would type it
    return poseprop(PosePropSettings(**values), registry().get)


def test_frames_are_stretched_to_the_papers_square() -> None:
    assert _head().needs == FrameFeatures(stretch=(320, 320))
    assert _head(pose_size="240x320").needs == FrameFeatures(stretch=(240, 320))


def test_the_settings_of_propagation_are_those_of_the_core() -> None:
    assert propagation_config(PosePropSettings()) == PropagationConfig()
    assert PropagationSettings.model_fields.keys() <= PosePropSettings.model_fields.keys()


def test_protocols_change_what_the_design_says_and_nothing_else() -> None:
    assert PROTOCOLS == {
        "default": {},
        "authors": {"eta": 0.015, "belief": "authors"},
        "paper": {"radius_long_term": True, "memory_dedup": True, "affinity_norm": "targets"},
        "best": {"carry": "patches", "pose_size": (448, 448)},
    }
    assert PosePropSettings().eta == 0.01


def test_only_the_drawing_of_joints_is_left_to_a_protocol() -> None:
    marked = {
        name
        for name, field in PosePropSettings.model_fields.items()
        if cast("dict[str, Any]", field.json_schema_extra).get("protocol_only")
    }
    assert marked == {"eta", "belief"}


@pytest.mark.parametrize("values", [{"eta": -1}, {"pose_readout": "mean"}, {"vos_size": "3x3"}])
def test_values_that_make_no_sense_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        PosePropSettings(**values)


@pytest.mark.parametrize("values", [*PROTOCOLS.values(), {"pose_readout": "argmax"}])
def test_a_moving_pose_is_followed(values: dict[str, Any]) -> None:
    tracker = _head(**values).start(SCENE.info, embed)
    image = next(SCENE.frames()).image
    pose = SCENE.truth[0][0].observation
    assert isinstance(pose, PoseObservation)
    joints = np.array(pose.xy)
    for time, turned in enumerate(turning(SCENE.size, 5)):
        frame = Frame(time, str(time), image)
        (found,) = tracker.step(frame, turned, [Target(5, pose)] if time == 0 else [])
        assert found.id == 5
        assert isinstance(found.observation, PoseObservation)
        assert found.observation.skeleton == "jhmdb15"
        apart = np.linalg.norm(np.array(found.observation.xy) - joints - (8 * time, 0), axis=1)
        # One cell; the authors' joints are off by another near the edge, where these start.
        assert apart.max() < (16 if "belief" in values else 8), time


def test_each_setting_of_the_head_reaches_the_propagator() -> None:
    frames = list(SCENE.frames())[:3]
    plain = [_run(frames, {})]
    for values in ({"eta": 0.5}, {"belief": "authors"}, {"pose_readout": "softargmax"}):
        assert _run(frames, values) not in plain, values


def _run(frames: list[Any], values: dict[str, Any]) -> list[Any]:
    tracker = _head(**values).start(SCENE.info, embed)
    return [
        tracker.step(frame, features(frame.image), given(SCENE)[frame.index]) for frame in frames
    ]


def test_showing_the_settings_needs_no_torch() -> None:
    code = (
        "import sys, unitrack_posetrack.heads.poseprop_settings; sys.exit('torch' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
