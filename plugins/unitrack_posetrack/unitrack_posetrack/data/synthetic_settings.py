"""Settings of the rendered people."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from unitrack.settings import said

__all__ = ["SyntheticPosepropSettings", "SyntheticPosetrackSettings"]


def _field(default: float, unit: str, description: str, **bounds: Any) -> Any:
    """One setting; ``Any`` is how pydantic types bounds and fields, and stops here."""
    return Field(default, description=description, json_schema_extra=said(unit), **bounds)


class SyntheticPosepropSettings(BaseModel):
    """What `unitrack data synth poseprop` renders: a person who walks, large in the picture."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = _field(0, "", "everything follows from it", ge=0)
    sequences: int = _field(4, "", "number of clips", ge=1, le=99)
    frames: int = _field(30, "frames", "length of each clip", ge=1)
    width: int = _field(320, "pixels", "width of the picture", ge=64, le=4096)
    height: int = _field(240, "pixels", "height of the picture", ge=64, le=4096)
    bystanders: int = _field(1, "", "people who are not annotated", ge=0, le=50)
    body: float = _field(0.55, "picture heights", "mean height of a person", ge=0.1, le=0.7)
    speed: float = _field(1.2, "body heights/s", "mean walking speed", ge=0, le=10)
    restlessness: float = _field(
        0.5, "1/s", "how often a person turns somewhere else on the way", ge=0, le=10
    )
    occluders: int = _field(0, "", "things people walk behind", ge=0, le=20)
    camera_pan: float = _field(10.0, "pixels", "swing of the camera to either side", ge=0, le=500)
    camera_shake: float = _field(
        1.0, "pixels", "trembling of the camera, standard deviation", ge=0, le=20
    )
    light: float = _field(0.2, "", "relative change of brightness, sun to shade", ge=0, le=1)
    colour_spread: float = _field(
        0.05, "", "how far clothes stray from the common palette", ge=0, le=1
    )
    grain: float = _field(4.0, "grey levels", "sensor noise, standard deviation", ge=0, le=50)


class SyntheticPosetrackSettings(BaseModel):
    """What `unitrack data synth posetrack` renders: people who cross and hide each other.

    As in PoseTrack, joints that cannot be seen are not annotated.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = _field(0, "", "everything follows from it", ge=0)
    sequences: int = _field(2, "", "number of videos", ge=1, le=99)
    frames: int = _field(40, "frames", "length of each video", ge=1)
    width: int = _field(640, "pixels", "width of the picture", ge=64, le=4096)
    height: int = _field(360, "pixels", "height of the picture", ge=64, le=4096)
    objects: int = _field(6, "", "people in each video", ge=1, le=100)
    fps: float = _field(8.0, "frames/s", "rate at which people move; lower is harder", gt=0, le=120)
    body: float = _field(0.42, "picture heights", "mean height of a person", ge=0.1, le=0.7)
    speed: float = _field(0.8, "body heights/s", "mean walking speed", ge=0, le=10)
    restlessness: float = _field(
        1.0, "1/s", "how often a person turns somewhere else on the way", ge=0, le=10
    )
    occluders: int = _field(2, "", "things people walk behind", ge=0, le=20)
    camera_pan: float = _field(20.0, "pixels", "swing of the camera to either side", ge=0, le=500)
    camera_shake: float = _field(
        1.0, "pixels", "trembling of the camera, standard deviation", ge=0, le=20
    )
    light: float = _field(0.2, "", "relative change of brightness, sun to shade", ge=0, le=1)
    colour_spread: float = _field(
        0.05, "", "how far clothes stray from the common palette", ge=0, le=1
    )
    grain: float = _field(4.0, "grey levels", "sensor noise, standard deviation", ge=0, le=50)
