"""Settings of the rendered crowd."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["SyntheticMotSettings"]


def _field(default: float, unit: str, description: str, **bounds: Any) -> Any:
    """One setting; ``Any`` is how pydantic types bounds and fields, and stops here."""
    return Field(default, description=description, json_schema_extra={"unit": unit}, **bounds)


class SyntheticMotSettings(BaseModel):
    """What `unitrack data synth mot` renders.

    The defaults make a crowd that motion alone cannot follow: few frames a second, sudden turns,
    people who are hidden or overlooked for several frames, and clothes of one palette and one
    brightness, told apart by pattern and cut.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = _field(0, "", "everything follows from it", ge=0)
    sequences: int = _field(2, "", "number of videos", ge=1, le=99)
    frames: int = _field(60, "frames", "length of each video", ge=1)
    width: int = _field(640, "pixels", "width of the picture", ge=64, le=4096)
    height: int = _field(480, "pixels", "height of the picture", ge=64, le=4096)
    objects: int = _field(12, "", "people in each video", ge=1, le=500)
    fps: float = _field(10.0, "frames/s", "frame rate; lower is harder", gt=0, le=120)
    body: float = _field(0.22, "picture heights", "mean height of a person", ge=0.05, le=0.45)
    speed: float = _field(0.8, "body heights/s", "mean walking speed", ge=0, le=10)
    restlessness: float = _field(
        1.0, "1/s", "how often a person turns somewhere else on the way", ge=0, le=10
    )
    occluders: int = _field(2, "", "things people walk behind", ge=0, le=20)
    camera_pan: float = _field(40.0, "pixels", "swing of the camera to either side", ge=0, le=500)
    camera_shake: float = _field(
        2.0, "pixels", "trembling of the camera, standard deviation", ge=0, le=20
    )
    light: float = _field(0.2, "", "relative change of brightness, sun to shade", ge=0, le=1)
    colour_spread: float = _field(
        0.05, "", "how far clothes stray from the common palette", ge=0, le=1
    )
    grain: float = _field(4.0, "grey levels", "sensor noise, standard deviation", ge=0, le=50)
    jitter: float = _field(
        0.03, "box sizes", "error of detected edges, standard deviation", ge=0, le=0.5
    )
    miss_rate: float = _field(
        0.2, "", "share of the time in which a visible person is overlooked", ge=0, le=1
    )
    miss_length: float = _field(
        6.0, "frames", "mean length of the time in which somebody is overlooked", ge=1, le=100
    )
    false_positives: float = _field(
        0.3, "1/frame", "mean number of detections of nobody", ge=0, le=50
    )
    min_visibility: float = _field(0.3, "", "less visible people are never detected", ge=0, le=1)
