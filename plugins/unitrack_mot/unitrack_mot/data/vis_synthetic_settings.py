"""Settings of the rendered videos with instance masks."""

from __future__ import annotations

from unitrack.data.synth.settings import setting
from unitrack_mot.data.synthetic_settings import SyntheticMotSettings

__all__ = ["SyntheticVisSettings"]


class SyntheticVisSettings(SyntheticMotSettings):
    """What `unitrack data synth vis` renders.

    The crowd of `synthetic_mot` at the frame rate of YouTube-VIS, in three classes: people, people
    with a bag on their back, and what they walk behind. The made detector now and then takes one
    kind of people for the other, so that the class is known only over the life of a track.
    """

    frames: int = setting(30, "frames", "length of each video", ge=1)
    objects: int = setting(8, "", "people in each video", ge=1, le=500)
    fps: float = setting(6.0, "frames/s", "frame rate; lower is harder", gt=0, le=120)
    body: float = setting(0.32, "picture heights", "mean height of a person", ge=0.05, le=0.45)
    jitter: float = setting(
        0.02,
        "",
        "error of detected outlines, standard deviation relative to the square root of the area",
        ge=0,
        le=0.5,
    )
    miss_rate: float = setting(
        0.08, "", "share of the time in which something visible is overlooked", ge=0, le=1
    )
    miss_length: float = setting(
        2.0, "frames", "mean length of the time in which something is overlooked", ge=1, le=100
    )
    confusion: float = setting(
        0.2,
        "",
        "share of the detections of people that are given the class of the other kind",
        ge=0,
        le=1,
    )
