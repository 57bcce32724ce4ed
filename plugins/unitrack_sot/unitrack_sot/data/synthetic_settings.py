"""Settings of the rendered person among others."""

from __future__ import annotations

from unitrack.data.synth.settings import CrowdSettings, PeopleSettings, setting

__all__ = ["SyntheticSotSettings"]


class SyntheticSotSettings(CrowdSettings, PeopleSettings):
    """What `unitrack data synth sot` renders.

    The defaults make a person hard to keep: few frames a second, others of one palette and one
    brightness crossing in front, things to walk behind, a camera that swings and trembles.
    """

    sequences: int = setting(3, "", "number of videos", ge=1, le=99)
    frames: int = setting(40, "frames", "length of each video", ge=2)
    width: int = setting(320, "pixels", "width of the picture", ge=64, le=4096)
    height: int = setting(240, "pixels", "height of the picture", ge=64, le=4096)
    objects: int = setting(8, "", "people in each video, the marked one counted", ge=1, le=500)
    body: float = setting(0.3, "picture heights", "mean height of a person", ge=0.05, le=0.45)
    speed: float = setting(1.0, "body heights/s", "mean walking speed", ge=0, le=10)
    camera_pan: float = setting(30.0, "pixels", "swing of the camera to either side", ge=0, le=500)
