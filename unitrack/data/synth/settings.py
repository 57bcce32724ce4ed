"""What the settings of rendered sets share; each set says where it differs.

A set's own model derives from `CrowdSettings` or `DetectedSettings`, and beside it from what it has
between the size of the picture and the look of people (`PeopleSettings`, or a model of its own).
Pydantic lists the settings of a model behind those it derives from, the last base first.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from unitrack.data.synth.scene import CrowdPlan
from unitrack.settings import said

__all__ = [
    "CrowdSettings",
    "DetectedSettings",
    "PeopleSettings",
    "PictureSettings",
    "crowd_plan",
    "setting",
]


def setting(default: float, unit: str, description: str, **bounds: Any) -> Any:
    """One setting.

    Args:
        default: Its value if nobody says otherwise.
        unit: Of the value, empty for none.
        description: What it does.
        **bounds: ``ge``, ``gt``, ``le``, ``lt``.

    Returns:
        A field; pydantic types fields and bounds as Any, which stops here.
    """
    return Field(default, description=description, json_schema_extra=said(unit), **bounds)


class PictureSettings(BaseModel):
    """How many pictures, and of which size."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = setting(0, "", "everything follows from it", ge=0)
    sequences: int = setting(2, "", "number of videos", ge=1, le=99)
    frames: int = setting(60, "frames", "length of each video", ge=1)
    width: int = setting(640, "pixels", "width of the picture", ge=64, le=4096)
    height: int = setting(480, "pixels", "height of the picture", ge=64, le=4096)


class PeopleSettings(PictureSettings):
    """How many people, and how far they come from one frame to the next."""

    objects: int = setting(12, "", "people in each video", ge=1, le=500)
    fps: float = setting(10.0, "frames/s", "frame rate; lower is harder", gt=0, le=120)


class CrowdSettings(PictureSettings):
    """People, what they walk behind, light and camera."""

    body: float = setting(0.22, "picture heights", "mean height of a person", ge=0.05, le=0.45)
    speed: float = setting(0.8, "body heights/s", "mean walking speed", ge=0, le=10)
    restlessness: float = setting(
        1.0, "1/s", "how often a person turns somewhere else on the way", ge=0, le=10
    )
    occluders: int = setting(2, "", "things people walk behind", ge=0, le=20)
    camera_pan: float = setting(40.0, "pixels", "swing of the camera to either side", ge=0, le=500)
    camera_shake: float = setting(
        2.0, "pixels", "trembling of the camera, standard deviation", ge=0, le=20
    )
    light: float = setting(0.2, "", "relative change of brightness, sun to shade", ge=0, le=1)
    colour_spread: float = setting(
        0.05, "", "how far clothes stray from the common palette", ge=0, le=1
    )
    grain: float = setting(4.0, "grey levels", "sensor noise, standard deviation", ge=0, le=50)


class DetectedSettings(CrowdSettings):
    """A crowd, and a detector that errs."""

    jitter: float = setting(
        0.03, "box sizes", "error of detected edges, standard deviation", ge=0, le=0.5
    )
    miss_rate: float = setting(
        0.2, "", "share of the time in which a visible person is overlooked", ge=0, le=1
    )
    miss_length: float = setting(
        6.0, "frames", "mean length of the time in which somebody is overlooked", ge=1, le=100
    )
    false_positives: float = setting(
        0.3, "1/frame", "mean number of detections of nobody", ge=0, le=50
    )
    min_visibility: float = setting(0.3, "", "less visible people are never detected", ge=0, le=1)


def crowd_plan(settings: CrowdSettings, *, people: int, fps: float) -> CrowdPlan:
    """The scene that the settings describe.

    Args:
        settings: Of the crowd.
        people: Number of people.
        fps: Frames per second.
    """
    return CrowdPlan(
        frames=settings.frames,
        width=settings.width,
        height=settings.height,
        people=people,
        body=settings.body,
        pace=settings.speed / fps,
        restlessness=min(settings.restlessness / fps, 1.0),
        occluders=settings.occluders,
        pan=settings.camera_pan,
        shake=settings.camera_shake,
        light=settings.light,
        colour_spread=settings.colour_spread,
        grain=settings.grain,
    )
