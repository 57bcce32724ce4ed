from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from unitrack.errors import UniTrackError
from unitrack.heads.base import Crops, TaskHead
from unitrack.propagation.box import BoxConfig
from unitrack.propagation.correlation import BoxFilter
from unitrack.propagation.dcf import Dcf, DcfConfig
from unitrack.propagation.xcorr import XCorr, XCorrConfig
from unitrack.registry.manager import registry
from unitrack.testing.scenes import Scene, embed, given
from unitrack.types import (
    BoxObservation,
    CropFeatures,
    Frame,
    SequenceInfo,
    Target,
    TrackedObject,
)
from unitrack_sot.heads.settings import PROTOCOLS, SotSettings
from unitrack_sot.heads.sot import sot

SCENE = Scene(stage="propagation", length=12)


def _head(**values: Any) -> TaskHead:  # any setting, as a person would type it
    return sot(SotSettings(**values), registry().get)


def _parts(**values: Any) -> tuple[BoxConfig, BoxFilter]:
    """The configuration that a setting ends up in, and a fresh filter."""
    tracker: Any = _head(**values).start(SCENE.info, embed)
    propagator = tracker._propagator
    return propagator._config, propagator._appearance()


def _run(head: TaskHead, scene: Scene = SCENE) -> list[list[TrackedObject]]:
    tracker = head.start(scene.info, embed)
    seen = given(scene)
    return [tracker.step(frame, None, seen[frame.index]) for frame in scene.frames()]


def _boxes(frames: list[list[TrackedObject]]) -> np.ndarray:
    return np.array([[one.observation.box for one in frame] for frame in frames])[:, 0]


def test_the_head_asks_for_crops() -> None:
    assert _head().needs == Crops()


def test_the_defaults_of_settings_and_of_the_core_are_the_same() -> None:
    for propagator, config in (("dcf", DcfConfig()), ("xcorr", XCorrConfig())):
        motion, appearance = _parts(propagator=propagator)
        assert motion == BoxConfig()
        assert isinstance(appearance, Dcf | XCorr)
        assert appearance._config == config


def test_every_choice_of_the_core_can_be_reached() -> None:
    motion, dcf = _parts(
        crop_size=256,
        subcell_peak="on",
        sides_gain=0.5,
        sides_hold=1.0,
        size_cap="authors",
        sot_origin="authors",
        template_block="centred",
        readout="authors",
        dcf_template_window="hann",
        dcf_update="num_den",
        dcf_lambda_per_channel="on",
    )
    _, xcorr = _parts(
        propagator="xcorr",
        crop_size=256,
        template_block="centred",
        readout="authors",
        xcorr_update=0.1,
        xcorr_keep=0.5,
    )
    assert isinstance(dcf, Dcf)
    assert isinstance(xcorr, XCorr)
    for found, plain in (
        (motion, BoxConfig()),
        (dcf._config, DcfConfig()),
        (xcorr._config, XCorrConfig()),
    ):
        for name in type(plain).__dataclass_fields__:
            assert getattr(found, name) != getattr(plain, name), name


def test_protocols_change_what_the_design_says_and_nothing_else() -> None:
    assert PROTOCOLS == {
        "default": {},
        "authors": {"readout": "authors", "size_cap": "authors", "sot_origin": "authors"},
        "paper": {
            "dcf_template_window": "hann",
            "dcf_update": "num_den",
            "dcf_lambda_per_channel": True,
        },
        "best": {
            "propagator": "xcorr",
            "subcell_peak": True,
            "xcorr_keep": 0.5,
            "xcorr_update": 0.2,
            "sides_gain": 0.5,
        },
    }
    for values in PROTOCOLS.values():
        SotSettings(**values)


def test_settings_that_only_a_protocol_may_change_are_marked() -> None:
    marked = {
        name
        for name, field in SotSettings.model_fields.items()
        if isinstance(field.json_schema_extra, dict)
        and field.json_schema_extra.get("protocol_only")
    }
    assert marked == {"size_cap", "sot_origin", "dcf_lambda_per_channel"}


def test_every_setting_says_what_it_is() -> None:
    for name, field in SotSettings.model_fields.items():
        assert field.description, name
        assert isinstance(field.json_schema_extra, dict), name
        assert {"unit", "note"} <= set(field.json_schema_extra), name


@pytest.mark.parametrize(
    "values",
    [
        {"propagator": "kcf"},
        {"crop_size": 8},
        {"xcorr_update": 1.5},
        {"xcorr_keep": -0.1},
        {"sides_gain": 1.5},
        {"sides_hold": -1},
        {"readout": "paper"},
        {"speed": 1},
    ],
)
def test_impossible_settings_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        SotSettings(**values)


@pytest.mark.parametrize("propagator", ["dcf", "xcorr"])
def test_a_crossing_rectangle_is_followed(propagator: str) -> None:
    found = _boxes(_run(_head(propagator=propagator, crop_size=264)))
    true = np.array([frame[0].observation.box for frame in SCENE.truth])
    centres = (found[:, :2] + found[:, 2:] - true[:, :2] - true[:, 2:]) / 2
    # A cell of the crop is 7 % of the box at 520 pixels, and twice as long at half of that.
    assert np.abs(centres).max() < 0.15 * 26


@pytest.mark.parametrize("propagator", ["dcf", "xcorr"])
def test_the_first_answer_is_what_was_given(propagator: str) -> None:
    first = given(SCENE)[0][0]
    assert isinstance(first, Target)
    answer = _run(_head(propagator=propagator, crop_size=128), replace(SCENE, length=1))
    assert answer == [[TrackedObject(1, first.observation)]]


class _Still:
    """An `Embed` that sees the same everywhere in a crop's frame: the target never moves."""

    def normalise(self, image: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(image).permute(2, 0, 1).float()

    def __call__(self, crops: torch.Tensor) -> CropFeatures:
        generator = torch.Generator().manual_seed(0)
        data = torch.rand(1, 4, 65, 65, generator=generator).expand(len(crops), -1, -1, -1)
        return CropFeatures(data, 8, 0.5, 0.5)


@pytest.mark.parametrize(
    ("protocol", "off"),
    [("default", 0.0), ("paper", 0.0), ("authors", -1.0)],
)
def test_only_the_authors_protocol_moves_a_target_that_stands_still(
    protocol: str, off: float
) -> None:
    settings = {**PROTOCOLS[protocol], "propagator": "xcorr"}
    tracker = _head(**settings).start(SequenceInfo("clip", 25.0, (200, 300), 2), _Still())
    image = np.zeros((200, 300, 3), np.uint8)
    box = BoxObservation((100.0, 50.0, 140.0, 110.0))
    tracker.step(Frame(0, "1", image), None, [Target(1, box)])
    (found,) = tracker.step(Frame(1, "2", image), None, [])
    # One index of the response, of 52 to the window of 4.5 times the box.
    moved = off * np.array([40.0, 60.0, 40.0, 60.0]) * 4.5 / 52
    np.testing.assert_allclose(np.array(found.observation.box) - box.xyxy, moved, atol=1e-9)


def test_a_target_given_again_restarts() -> None:
    head = _head(crop_size=128)
    frames = list(SCENE.frames())
    again = Target(1, SCENE.truth[5][0].observation)
    restarted, fresh = (head.start(SCENE.info, embed) for _ in range(2))
    for frame in frames[:5]:
        restarted.step(frame, None, given(SCENE)[frame.index])
    for frame in frames[5:]:
        observations = [again] if frame.index == 5 else []
        found = [tracker.step(frame, None, observations) for tracker in (restarted, fresh)]
        assert found[0] == found[1]


def test_a_box_of_no_area_is_refused_in_two_lines() -> None:
    tracker = _head().start(SCENE.info, embed)
    frame = next(_frames())
    with pytest.raises(UniTrackError) as caught:
        tracker.step(frame, None, [Target(1, BoxObservation((5.0, 5.0, 5.0, 9.0)))])
    assert len(str(caught.value).splitlines()) == 2
    assert "made-up: target 1: the box given (5, 5, 5, 9) has no area" in str(caught.value)


def test_detections_are_refused() -> None:
    tracker = _head().start(SCENE.info, embed)
    with pytest.raises(UniTrackError, match="detections without identities"):
        tracker.step(next(_frames()), None, [BoxObservation((5.0, 5.0, 9.0, 9.0))])


def _frames() -> Iterator[Frame]:
    return SCENE.frames()
