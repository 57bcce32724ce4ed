"""Settings of the rendered crowd."""

from __future__ import annotations

from unitrack.data.synth.settings import DetectedSettings, PeopleSettings

__all__ = ["SyntheticMotSettings"]


class SyntheticMotSettings(DetectedSettings, PeopleSettings):
    """What `unitrack data synth mot` renders.

    The defaults make a crowd that motion alone cannot follow: few frames a second, sudden turns,
    people who are hidden or overlooked for several frames, and clothes of one palette and one
    brightness, told apart by pattern and cut.
    """
