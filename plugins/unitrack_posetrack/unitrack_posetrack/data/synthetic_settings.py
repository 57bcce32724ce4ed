"""Settings of the rendered people."""

from __future__ import annotations

from unitrack.data.synth.settings import (
    CrowdSettings,
    DetectedSettings,
    PeopleSettings,
    PictureSettings,
    setting,
)

__all__ = ["SyntheticPosepropSettings", "SyntheticPosetrackSettings"]


class _Bystanders(PictureSettings):
    """What stands between the size of the picture and the look of people."""

    bystanders: int = setting(1, "", "people who are not annotated", ge=0, le=50)


class SyntheticPosepropSettings(CrowdSettings, _Bystanders):
    """What `unitrack data synth poseprop` renders: a person who walks, large in the picture."""

    sequences: int = setting(4, "", "number of clips", ge=1, le=99)
    frames: int = setting(30, "frames", "length of each clip", ge=1)
    width: int = setting(320, "pixels", "width of the picture", ge=64, le=4096)
    height: int = setting(240, "pixels", "height of the picture", ge=64, le=4096)
    body: float = setting(0.55, "picture heights", "mean height of a person", ge=0.1, le=0.7)
    speed: float = setting(1.2, "body heights/s", "mean walking speed", ge=0, le=10)
    restlessness: float = setting(
        0.5, "1/s", "how often a person turns somewhere else on the way", ge=0, le=10
    )
    occluders: int = setting(0, "", "things people walk behind", ge=0, le=20)
    camera_pan: float = setting(10.0, "pixels", "swing of the camera to either side", ge=0, le=500)
    camera_shake: float = setting(
        1.0, "pixels", "trembling of the camera, standard deviation", ge=0, le=20
    )


class SyntheticPosetrackSettings(DetectedSettings, PeopleSettings):
    """What `unitrack data synth posetrack` renders: people who cross and hide each other.

    As in PoseTrack, joints that cannot be seen are not annotated. PoseTrack ships no detections;
    this set does, those of a detector that overlooks people and misplaces joints.
    """

    frames: int = setting(40, "frames", "length of each video", ge=1)
    height: int = setting(360, "pixels", "height of the picture", ge=64, le=4096)
    objects: int = setting(6, "", "people in each video", ge=1, le=100)
    fps: float = setting(
        8.0, "frames/s", "rate at which people move; lower is harder", gt=0, le=120
    )
    body: float = setting(0.42, "picture heights", "mean height of a person", ge=0.1, le=0.7)
    camera_pan: float = setting(20.0, "pixels", "swing of the camera to either side", ge=0, le=500)
    camera_shake: float = setting(
        1.0, "pixels", "trembling of the camera, standard deviation", ge=0, le=20
    )
    jitter: float = setting(
        0.02, "body heights", "error of a detected joint, standard deviation", ge=0, le=0.5
    )
    miss_length: float = setting(
        4.0, "frames", "mean length of the time in which somebody is overlooked", ge=1, le=100
    )
