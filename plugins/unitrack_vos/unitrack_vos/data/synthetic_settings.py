"""Settings of the rendered people."""

from __future__ import annotations

from unitrack.data.synth.settings import CrowdSettings, PictureSettings, setting

__all__ = ["SyntheticVosSettings"]


class _Annotated(PictureSettings):
    """What stands between the size of the picture and the look of people."""

    objects: int = setting(
        3, "", "people that are annotated: those best seen in the first frame", ge=1, le=100
    )
    bystanders: int = setting(2, "", "further people, who are background", ge=0, le=100)


class SyntheticVosSettings(CrowdSettings, _Annotated):
    """What `unitrack data synth vos` renders.

    The defaults make videos in which position does not tell objects apart: people of one palette
    and one brightness cross in front of each other and behind things, some of them not annotated.
    """

    sequences: int = setting(3, "", "number of videos", ge=1, le=99)
    frames: int = setting(36, "frames", "length of each video", ge=3)
    width: int = setting(480, "pixels", "width of the picture", ge=64, le=4096)
    height: int = setting(320, "pixels", "height of the picture", ge=64, le=4096)
    body: float = setting(0.42, "picture heights", "mean height of a person", ge=0.05, le=0.6)
    speed: float = setting(1.5, "body heights/s", "mean walking speed", ge=0, le=10)
    camera_pan: float = setting(30.0, "pixels", "swing of the camera to either side", ge=0, le=500)
    camera_shake: float = setting(
        1.0, "pixels", "trembling of the camera, standard deviation", ge=0, le=20
    )
