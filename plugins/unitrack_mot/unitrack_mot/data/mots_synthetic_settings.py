"""Settings of the rendered crowd with masks."""

from __future__ import annotations

from unitrack.data.synth.settings import setting
from unitrack_mot.data.synthetic_settings import SyntheticMotSettings

__all__ = ["SyntheticMotsSettings"]


class SyntheticMotsSettings(SyntheticMotSettings):
    """What `unitrack data synth mots` renders: the crowd of `synthetic_mot`, with exact masks."""

    jitter: float = setting(
        0.03, "mask sizes", "error of a detected outline, standard deviation", ge=0, le=0.5
    )
    min_visibility: float = setting(0.2, "", "less visible people are never detected", ge=0, le=1)
    annotated_visibility: float = setting(
        0.1,
        "",
        "less visible people are not annotated; they belong to the ignored region",
        ge=0,
        le=1,
    )
