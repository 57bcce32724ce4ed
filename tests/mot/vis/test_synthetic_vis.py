from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pycocotools import mask as coco
from pydantic import ValidationError

from unitrack.data.base import Dataset
from unitrack.errors import UniTrackError
from unitrack.types import MaskObservation, Observation, SequenceResult, TrackedObject
from unitrack_mot.data import vis_synthetic
from unitrack_mot.data.vis_detector import CLASSES, OBSTACLE, PERSON, WITH_BAG, Seen, detect
from unitrack_mot.data.vis_synthetic import synthesise
from unitrack_mot.data.vis_synthetic_settings import SyntheticVisSettings
from unitrack_mot.data.youtube_vis import youtube_vis
from unitrack_mot.metrics.vis import youtube_vis as youtube_vis_metric

SMALL = SyntheticVisSettings(
    sequences=2, frames=6, width=160, height=120, objects=5, camera_pan=8, occluders=1
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("synthetic_vis") / "set"
    synthesise(out, SMALL)
    return out


def _open(out: Path) -> Dataset:
    return youtube_vis(out, None, SMALL)


def _json(out: Path, name: str) -> Any:  # any JSON
    return json.loads((out / "train" / name).read_text())


def _digest(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_layout_is_that_of_youtube_vis(made: Path) -> None:
    images = sorted((made / "train" / "JPEGImages" / "synth-02").iterdir())
    assert [path.name for path in images] == [f"{5 * n:05d}.jpg" for n in range(6)]
    content = _json(made, "instances.json")
    assert [video["file_names"][1] for video in content["videos"]] == [
        "synth-01/00005.jpg", "synth-02/00005.jpg",
    ]  # fmt: skip
    assert {one["id"]: one["name"] for one in content["categories"]} == CLASSES
    ids = [one["id"] for one in content["annotations"]]
    assert ids == list(range(1, len(ids) + 1))
    for one in content["annotations"]:
        there = [mask is not None for mask in one["segmentations"]]
        assert there == [area is not None for area in one["areas"]]
        assert there == [box is not None for box in one["bboxes"]]


def test_masks_of_the_truth_do_not_overlap_and_lie_on_their_boxes(made: Path) -> None:
    for video in _open(made).sequences():
        assert video.truth is not None
        for frame in video.truth:
            masks = [one.observation for one in frame]
            assert all(isinstance(mask, MaskObservation) for mask in masks)
            total = sum(
                mask.mask.astype(int) for mask in masks if isinstance(mask, MaskObservation)
            )
            assert np.max(total) == 1
    first = _json(made, "instances.json")["annotations"][0]
    left, top, width, height = first["bboxes"][0]
    truth = _open(made).sequences()[0].truth
    assert truth is not None
    assert truth[0][0].observation.box == (left, top, left + width, top + height)


def test_the_data_set_reads_what_was_rendered(made: Path) -> None:
    one, other = _open(made).sequences()
    assert (one.name, one.size, one.length, one.fps) == ("synth-01", (120, 160), 6, 6.0)
    assert len(list(other.frames())) == 6
    seen = [mask for frame in one.observations("benchmark") for mask in frame]
    assert len(seen) > 10
    assert all(isinstance(mask, MaskObservation) and 0 < mask.score < 1 for mask in seen)
    assert {mask.label for mask in seen} <= set(CLASSES)


def test_the_same_settings_give_the_same_bytes(made: Path, tmp_path: Path) -> None:
    synthesise(tmp_path / "again", SMALL)
    assert _digest(tmp_path / "again") == _digest(made)


def test_a_worse_detector_leaves_video_and_truth_as_they_are(made: Path, tmp_path: Path) -> None:
    synthesise(tmp_path / "worse", SMALL.model_copy(update={"miss_rate": 0.6}))
    before, after = _digest(made / "train"), _digest(tmp_path / "worse" / "train")
    assert {name for name in before if before[name] != after[name]} == {"detections.json"}


def test_a_set_that_is_there_is_not_made_again(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vis_synthetic, "_write_video", None)
    synthesise(made, SMALL)


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(UniTrackError, match="holds other files than a synthetic set"):
        synthesise(tmp_path, SMALL)


def _linked_by(dataset: Dataset, *, known: bool) -> float:
    """AP if every detection is linked to the object under it, or to nothing."""
    metric, partials = youtube_vis_metric(), []
    for video in dataset.sequences():
        assert video.truth is not None
        frames = []
        for index, given in enumerate(video.observations("benchmark")):
            true = {t.id: t.observation for t in video.truth[index]}
            masks = [mask for mask in given if isinstance(mask, MaskObservation)]
            shared = coco.iou(
                [m.rle for m in masks], [_rle(o) for o in true.values()], [0] * len(true)
            )
            free = dict(enumerate(true))
            frame = []
            for row, mask in enumerate(masks):
                best = max(free, key=lambda column: shared[row, column], default=None)
                stray = 1000 * (index + 1) + row
                fits = known and best is not None and shared[row, best] > 0.3
                frame.append(
                    TrackedObject(free.pop(best) if fits and best is not None else stray, mask)
                )
            frames.append(tuple(frame))
        partials.append(metric.evaluate(video, SequenceResult(video.name, tuple(frames))))
    return metric.combine(partials)["AP"]


def _rle(seen: Observation) -> dict[str, object]:
    assert isinstance(seen, MaskObservation)
    return seen.rle


@pytest.mark.slow
def test_nobody_gets_everything_and_linking_is_what_counts(tmp_path: Path) -> None:
    synthesise(tmp_path / "set", SyntheticVisSettings(sequences=1))
    dataset = _open(tmp_path / "set")
    perfectly, not_at_all = (_linked_by(dataset, known=known) for known in (True, False))
    assert 0.4 < perfectly < 0.8
    assert not_at_all < 0.02


def _seen(label: int = PERSON, visibility: float = 1.0, *, overlooked: bool = False) -> Seen:
    mask = np.zeros((60, 80), np.bool_)
    mask[10:50, 20:40] = True
    return Seen(mask, label, visibility, overlooked)


def _detect(objects: list[Seen], times: int = 1, **values: float) -> list[MaskObservation]:
    perfect = {"jitter": 0.0, "confusion": 0.0, "false_positives": 0.0}
    settings = SyntheticVisSettings(**{**perfect, **values})  # type: ignore[arg-type]
    rng = np.random.default_rng(0)
    return [mask for _ in range(times) for mask in detect(rng, objects, settings)]


def test_a_perfect_detector_gives_the_truth() -> None:
    (found,) = _detect([_seen()])
    assert np.array_equal(found.mask, _seen().mask)
    assert found.label == PERSON


def test_whom_it_overlooks_and_what_is_hidden_is_not_found() -> None:
    assert _detect([_seen(overlooked=True), _seen(visibility=0.2)], 20) == []
    half_hidden = _detect([_seen(visibility=0.5)], 200)
    assert 120 < len(half_hidden) < 180  # 1 - 0.5² of them
    assert np.mean([one.score for one in half_hidden]) < 0.75


def test_outlines_slip_by_the_jitter() -> None:
    found = _detect([_seen()], 30, jitter=0.05)
    truth = _seen().mask
    overlaps = [(one.mask & truth).sum() / (one.mask | truth).sum() for one in found]
    assert 0.75 < np.mean(overlaps) < 0.95
    assert len({one.counts for one in found}) == 30


def test_people_are_confused_with_each_other_only() -> None:
    found = _detect([_seen(), _seen(WITH_BAG), _seen(OBSTACLE)], 200, confusion=0.3)
    labels = [one.label for one in found]
    assert labels.count(OBSTACLE) == 200
    sure = _detect([_seen()], 200, confusion=0.3)
    mistaken = [one for one in sure if one.label == WITH_BAG]
    assert 40 < len(mistaken) < 80
    scores = [np.mean([one.score for one in sure if one.label == n]) for n in (PERSON, WITH_BAG)]
    assert scores[1] < scores[0] - 0.05


def test_false_alarms_come_as_often_as_they_should() -> None:
    hidden = replace(_seen(), overlooked=True)
    found = _detect([hidden], 300, false_positives=0.5)
    assert 110 < len(found) < 190
    assert {one.area for one in found} == {800}
    assert _detect([], 10, false_positives=5.0) == []


def test_settings_are_frozen_bounded_and_explained() -> None:
    with pytest.raises(ValidationError):
        SyntheticVisSettings(confusion=2)
    with pytest.raises(ValidationError):
        SMALL.seed = 2
    for name, field in SyntheticVisSettings.model_fields.items():
        assert field.description, name
        assert isinstance(field.json_schema_extra, dict), name
        assert "unit" in field.json_schema_extra, name
