"""Settings of the rendered person among others."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from unitrack.settings import said

__all__ = ["SyntheticSotSettings"]


def _field(default: float, unit: str, description: str, **bounds: Any) -> Any:
    """One setting; ``Any`` is how pydantic types bounds and fields, and stops here."""
    return Field(default, description=description, json_schema_extra=said(unit), **bounds)


class SyntheticSotSettings(BaseModel):
    """What `unitrack data synth sot` renders.

    The defaults make a person hard to keep: few frames a second, others of one palette and one
    brightness crossing in front, things to walk behind, a camera that swings and trembles.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = _field(0, "", "everything follows from it", ge=0)
    sequences: int = _field(3, "", "number of videos", ge=1, le=99)
    frames: int = _field(40, "frames", "length of each video", ge=2)
    width: int = _field(320, "pixels", "width of the picture", ge=64, le=4096)
    height: int = _field(240, "pixels", "height of the picture", ge=64, le=4096)
    objects: int = _field(8, "", "people in each video, the marked one counted", ge=1, le=500)
    fps: float = _field(10.0, "frames/s", "frame rate; lower is harder", gt=0, le=120)
    body: float = _field(0.3, "picture heights", "mean height of a person", ge=0.05, le=0.45)
    speed: float = _field(1.0, "body heights/s", "mean walking speed", ge=0, le=10)
    restlessness: float = _field(
        1.0, "1/s", "how often a person turns somewhere else on the way", ge=0, le=10
    )
    occluders: int = _field(2, "", "things people walk behind", ge=0, le=20)
    camera_pan: float = _field(30.0, "pixels", "swing of the camera to either side", ge=0, le=500)
    camera_shake: float = _field(
        2.0, "pixels", "trembling of the camera, standard deviation", ge=0, le=20
    )
    light: float = _field(0.2, "", "relative change of brightness, sun to shade", ge=0, le=1)
    colour_spread: float = _field(
        0.05, "", "how far clothes stray from the common palette", ge=0, le=1
    )
    grain: float = _field(4.0, "grey levels", "sensor noise, standard deviation", ge=0, le=50)
