from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from pycocotools import mask as coco

from unitrack.data.base import Sequence
from unitrack.data.synth.render import render
from unitrack.data.synth.scene import crowd
from unitrack.data.synth.settings import crowd_plan
from unitrack.types import MaskObservation, Observation
from unitrack_mot.data.mots import synthetic_mots
from unitrack_mot.data.mots_detector import detect_masks
from unitrack_mot.data.mots_synthetic import synthesise
from unitrack_mot.data.mots_synthetic_settings import SyntheticMotsSettings

SMALL = SyntheticMotsSettings(
    sequences=1, frames=10, width=192, height=144, objects=6, camera_pan=8, occluders=2
)
EXACT = {"jitter": 0, "miss_rate": 0, "false_positives": 0, "min_visibility": 0}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("synthetic") / "set"
    synthesise(out, SMALL)
    return out


def _only(root: Path) -> Sequence:
    (video,) = synthetic_mots(root, None, None).sequences()
    return video


def _mask(seen: Observation) -> MaskObservation:
    assert isinstance(seen, MaskObservation)
    return seen


def _digest(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_truth_is_what_the_renderer_shows(made: Path) -> None:
    video = _only(made)
    assert video.truth is not None
    frames = list(
        render(
            crowd(
                np.random.default_rng((SMALL.seed, 1, 0)),
                crowd_plan(SMALL, people=SMALL.objects, fps=SMALL.fps),
            )
        )
    )
    people = SMALL.objects
    for frame, truth in zip(frames, video.truth, strict=True):
        masks = [_mask(one.observation).mask for one in truth]
        shown = (frame.owner >= 0) & (frame.owner < people)
        np.testing.assert_array_equal(np.logical_or.reduce([~shown | shown, *masks][1:]), shown)
        for one, mask in zip(truth, masks, strict=True):
            if one.counted:
                assert len(np.unique(frame.owner[mask])) == 1
    assert sum(len(frame) for frame in video.truth) > 20


def test_hardly_visible_people_belong_to_the_region_to_be_ignored(tmp_path: Path) -> None:
    strict = SMALL.model_copy(update={"annotated_visibility": 0.9})
    synthesise(tmp_path / "set", strict)
    truth = _only(tmp_path / "set").truth
    assert truth is not None
    regions = [one for frame in truth for one in frame if not one.counted]
    assert regions
    assert {(one.id, one.observation.label) for one in regions} == {(10000, 10)}


def test_an_exact_detector_gives_the_truth(tmp_path: Path) -> None:
    synthesise(tmp_path / "set", SMALL.model_copy(update={**EXACT, "annotated_visibility": 0}))
    video = _only(tmp_path / "set")
    assert video.truth is not None
    found = 0
    for truth, seen in zip(video.truth, video.observations("benchmark"), strict=True):
        known = {_mask(one.observation).counts for one in truth}
        assert {_mask(one).counts for one in seen} <= known  # half hidden ones may be missed
        found += len(seen)
    assert found > 20


def test_outlines_err_as_far_as_the_setting_says() -> None:
    frame = next(
        iter(
            render(
                crowd(
                    np.random.default_rng(0), crowd_plan(SMALL, people=SMALL.objects, fps=SMALL.fps)
                )
            )
        )
    )
    nobody = np.zeros(SMALL.objects, bool)
    overlaps = []
    for jitter in (0.05, 0.2):
        settings = SMALL.model_copy(update={**EXACT, "jitter": jitter})
        seen = detect_masks(np.random.default_rng(0), frame, nobody, settings)
        true = [
            MaskObservation.of(frame.owner == person.number).rle
            for person in frame.people
            if person.visibility > 0.5
        ]
        shares = coco.iou([one.rle for one in seen], true, [False] * len(true))
        overlaps.append(float(np.median(shares.max(axis=0))))
    assert 0.97 > overlaps[0] > overlaps[1] > 0.3


def test_the_same_settings_give_the_same_bytes_and_a_worse_detector_the_same_video(
    made: Path, tmp_path: Path
) -> None:
    synthesise(tmp_path / "again", SMALL)
    assert _digest(tmp_path / "again") == _digest(made)
    synthesise(tmp_path / "worse", SMALL.model_copy(update={"miss_rate": 0.6}))
    before, after = _digest(made / "train"), _digest(tmp_path / "worse" / "train")
    assert {name for name in before if before[name] != after[name]} == {"SYNTH-01/det/det.txt"}


def test_settings_are_explained() -> None:
    for name, field in SyntheticMotsSettings.model_fields.items():
        assert field.description, name
        assert isinstance(field.json_schema_extra, dict), name
