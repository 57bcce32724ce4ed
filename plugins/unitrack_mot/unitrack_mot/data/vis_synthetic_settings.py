"""Settings of the rendered videos with instance masks."""

from __future__ import annotations

from pydantic import Field

from unitrack_mot.data.synthetic_settings import SyntheticMotSettings

__all__ = ["SyntheticVisSettings"]


class SyntheticVisSettings(SyntheticMotSettings):
    """What `unitrack data synth vis` renders.

    The crowd of `synthetic_mot` at the frame rate of YouTube-VIS, in three classes: people, people
    with a bag on their back, and what they walk behind. The made detector now and then takes one
    kind of people for the other, so that the class is known only over the life of a track.
    """

    frames: int = Field(
        default=30, ge=1, description="length of each video", json_schema_extra={"unit": "frames"}
    )
    objects: int = Field(
        default=8, ge=1, le=500, description="people in each video", json_schema_extra={"unit": ""}
    )
    fps: float = Field(
        default=6.0,
        gt=0,
        le=120,
        description="frame rate; lower is harder",
        json_schema_extra={"unit": "frames/s"},
    )
    body: float = Field(
        default=0.32,
        ge=0.05,
        le=0.45,
        description="mean height of a person",
        json_schema_extra={"unit": "picture heights"},
    )
    jitter: float = Field(
        default=0.02,
        ge=0,
        le=0.5,
        description="error of detected outlines, standard deviation relative to the square root of "
        "the area",
        json_schema_extra={"unit": ""},
    )
    miss_rate: float = Field(
        default=0.08,
        ge=0,
        le=1,
        description="share of the time in which something visible is overlooked",
        json_schema_extra={"unit": ""},
    )
    miss_length: float = Field(
        default=2.0,
        ge=1,
        le=100,
        description="mean length of the time in which something is overlooked",
        json_schema_extra={"unit": "frames"},
    )
    confusion: float = Field(
        default=0.2,
        ge=0,
        le=1,
        description="share of the detections of people that are given the class of the other kind",
        json_schema_extra={"unit": ""},
    )
