from __future__ import annotations

import pytest
from pydantic import ValidationError

from unitrack.data.synth.settings import (
    CrowdSettings,
    DetectedSettings,
    PeopleSettings,
    PictureSettings,
    crowd_plan,
)


def test_what_a_set_adds_between_picture_and_crowd_is_listed_there() -> None:
    class Set(DetectedSettings, PeopleSettings):
        frames: int = 7

    picture, people, crowd = (
        list(model.model_fields) for model in (PictureSettings, PeopleSettings, CrowdSettings)
    )
    expected = people + [name for name in crowd if name not in picture]
    assert list(Set.model_fields)[: len(expected)] == expected
    assert Set().frames == 7


def test_settings_are_frozen_and_bounded() -> None:
    with pytest.raises(ValidationError):
        CrowdSettings(width=10)
    with pytest.raises(ValidationError):
        CrowdSettings().seed = 1


def test_rates_per_second_become_rates_per_frame() -> None:
    settings = CrowdSettings(speed=2.0, restlessness=3.0)
    plan = crowd_plan(settings, people=4, fps=8.0)
    assert (plan.people, plan.pace, plan.restlessness) == (4, 0.25, 0.375)
    assert crowd_plan(settings, people=1, fps=2.0).restlessness == 1.0
