from __future__ import annotations

import subprocess
import sys
from typing import Any, cast

import numpy as np
import pytest
from pydantic import ValidationError

from tests.propagation.made import turning
from unitrack.errors import UniTrackError
from unitrack.heads.base import FrameFeatures, TaskHead
from unitrack.heads.propagation import PropagationHead
from unitrack.heads.propagation_settings import propagation_config
from unitrack.propagation.config import PropagationConfig
from unitrack.registry.manager import registry
from unitrack.testing.scenes import Scene, embed, features
from unitrack.types import Frame, MaskObservation, Target
from unitrack_vos.heads.settings import PROTOCOLS, VosSettings
from unitrack_vos.heads.vos import vos

pytestmark = pytest.mark.usefixtures("one_thread")

SCENE = Scene(stage="propagation", shape="mask", length=6)


def _head(**values: Any) -> TaskHead:  # any setting, as a person would type it
    return vos(VosSettings(**values), registry().get)


def test_frames_keep_their_size_unless_one_is_asked_for() -> None:
    assert _head().needs == FrameFeatures()
    assert _head(vos_size="480x640").needs == FrameFeatures(stretch=(480, 640))


def test_the_defaults_of_settings_and_of_the_core_are_the_same() -> None:
    assert propagation_config(VosSettings()) == PropagationConfig()


def test_every_choice_of_the_core_can_be_reached() -> None:
    other = VosSettings(
        recent_frames=3,
        temperature=0.1,
        top_k=5,
        radius=6,
        radius_long_term=True,
        memory_dedup=True,
        affinity_norm="targets",
    )
    config, plain = propagation_config(other), PropagationConfig()
    for name in PropagationConfig.__dataclass_fields__:
        assert getattr(config, name) != getattr(plain, name), name


def test_protocols_change_what_the_design_says_and_nothing_else() -> None:
    assert PROTOCOLS == {
        "default": {},
        "authors": {"compact_ids": True},
        "paper": {
            "vos_size": (480, 640),
            "radius_long_term": True,
            "memory_dedup": True,
            "affinity_norm": "targets",
        },
        "best": {"edge_radius": 16, "top_k": 7, "radius": 7.0},
    }


def test_every_setting_says_what_it_is() -> None:
    for name, field in VosSettings.model_fields.items():
        extra = field.json_schema_extra
        assert field.description, name
        assert isinstance(extra, dict), name
        assert {"unit", "note"} <= set(extra), name


def test_only_ranks_of_ids_are_left_to_a_protocol() -> None:
    marked = {
        name
        for name, field in VosSettings.model_fields.items()
        if cast("dict[str, Any]", field.json_schema_extra).get("protocol_only")
    }
    assert marked == {"compact_ids"}


@pytest.mark.parametrize(
    "values",
    [{"top_k": 0}, {"radius": 0}, {"temperature": 0}, {"recent_frames": -1}, {"vos_size": "0x3"}],
)
def test_values_that_make_no_sense_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        VosSettings(**values)


@pytest.mark.parametrize("values", [{}, *PROTOCOLS.values(), {"norm_mask": True}])
def test_moving_objects_are_followed(values: dict[str, Any]) -> None:
    tracker = _head(**values).start(SCENE.info, embed)
    image = next(SCENE.frames()).image
    masks = np.zeros((2, *SCENE.size), bool)
    masks[0, 8:56, 16:48] = True
    masks[1, 40:88, 56:88] = True
    targets = [Target(n + 1, MaskObservation.of(mask)) for n, mask in enumerate(masks)]
    for time, turned in enumerate(turning(SCENE.size, 5)):
        frame = Frame(time, str(time), image)
        found = tracker.step(frame, turned, targets if time == 0 else [])
        assert [one.id for one in found] == [1, 2]
        for one, first in zip(found, masks, strict=True):
            assert isinstance(one.observation, MaskObservation)
            mask, true = one.observation.mask, np.roll(first, 8 * time, axis=1)
            assert (mask & true).sum() > 0.8 * (mask | true).sum(), (time, one.id)


def test_the_compact_ids_of_the_authors_protocol_reach_the_output() -> None:
    first, second = (true.observation for true in SCENE.truth[0])
    frame = next(SCENE.frames())
    for protocol, ids in [("default", [3, 9]), ("authors", [1, 2])]:
        tracker = _head(**PROTOCOLS[protocol]).start(SCENE.info, embed)
        found = tracker.step(frame, features(frame.image), [Target(3, first), Target(9, second)])
        assert [one.id for one in found] == ids


def test_a_bad_target_is_refused_with_its_place() -> None:
    tracker = _head().start(SCENE.info, embed)
    frame = next(SCENE.frames())
    target = Target(2, MaskObservation.of(np.zeros(SCENE.size, bool)))
    with pytest.raises(UniTrackError, match=r"^made-up: frame 000001: object 2: is given with an"):
        tracker.step(frame, features(frame.image), [target])


def test_showing_the_settings_needs_no_torch() -> None:
    code = "import sys, unitrack_vos.heads.settings; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_head_is_the_template_with_the_propagator_of_masks() -> None:
    head = _head()
    assert isinstance(head, PropagationHead)
    assert type(head.begin(SCENE.info)).__name__ == "MaskPropagator"
