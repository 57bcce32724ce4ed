from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError

import unitrack
from unitrack.types import MaskObservation
from unitrack_vos.data.synthetic import synthesise
from unitrack_vos.data.synthetic_settings import SyntheticVosSettings

SMALL = SyntheticVosSettings(
    sequences=2, frames=5, width=128, height=96, objects=2, bystanders=1, camera_pan=8, occluders=1
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("synthetic") / "set"
    synthesise(out, SMALL)
    return out


def digest(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_layout_is_that_of_davis(made: Path) -> None:
    assert (made / "ImageSets/2017/val.txt").read_text() == "synth-01\nsynth-02\n"
    for name in ("synth-01", "synth-02"):
        for kind, end, mode in (("JPEGImages", "jpg", "RGB"), ("Annotations", "png", "P")):
            files = sorted((made / kind / "480p" / name).iterdir())
            assert [path.name for path in files] == [f"{n:05d}.{end}" for n in range(5)]
            with Image.open(files[0]) as image:
                assert (image.mode, image.size) == (mode, (128, 96))


def test_objects_are_people_who_move(made: Path) -> None:
    for sequence in unitrack.dataset("synthetic_vos", root=made).sequences():
        truth = sequence.truth
        assert truth is not None
        for first, last in zip(truth[0], truth[-1], strict=True):
            assert first.id == last.id
            masks = [true.observation for true in (first, last)]
            assert all(isinstance(mask, MaskObservation) for mask in masks)
            assert masks[0] != masks[1]
            left, top, right, bottom = masks[0].box
            assert bottom - top > 1.2 * (right - left)  # they stand
        assert [true.id for true in truth[0]] == [1, 2]


def test_bystanders_do_not_change_with_the_objects(tmp_path: Path) -> None:
    """Who is annotated is chosen among all: 3 of 3, or the best seen 1 of 3, in the same video."""
    for objects in (1, 3):
        settings = SMALL.model_copy(update={"objects": objects, "bystanders": 3 - objects})
        synthesise(tmp_path / str(objects), settings)
    images = [digest(tmp_path / n / "JPEGImages") for n in ("1", "3")]
    assert images[0] == images[1]
    few, many = (
        np.asarray(Image.open(tmp_path / n / "Annotations/480p/synth-01/00000.png"))
        for n in ("1", "3")
    )
    assert set(np.unique(few)) == {0, 1}
    largest = max((1, 2, 3), key=lambda number: np.count_nonzero(many == number))
    assert np.count_nonzero((few == 1) & (many > 0)) == np.count_nonzero(few)
    assert np.count_nonzero(few) <= np.count_nonzero(many == largest)


def test_the_same_settings_give_the_same_bytes(made: Path, tmp_path: Path) -> None:
    synthesise(tmp_path / "again", SMALL)
    assert digest(tmp_path / "again") == digest(made)
    synthesise(tmp_path / "one", SMALL.model_copy(update={"sequences": 1}))
    alone = digest(tmp_path / "one" / "JPEGImages")
    assert alone.items() <= digest(made / "JPEGImages").items()
    synthesise(tmp_path / "other", SMALL.model_copy(update={"seed": 1}))
    assert digest(tmp_path / "other") != digest(made)


def test_settings_are_frozen_bounded_and_explained() -> None:
    with pytest.raises(ValidationError):
        SyntheticVosSettings(frames=2)
    with pytest.raises(ValidationError):
        SMALL.seed = 2
    for name, field in SyntheticVosSettings.model_fields.items():
        assert field.description, name
        assert isinstance(field.json_schema_extra, dict), name
        assert "unit" in field.json_schema_extra, name
