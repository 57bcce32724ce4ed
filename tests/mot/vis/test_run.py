"""From a rendered set to scores and to what the server takes, through the Python API."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

import unitrack
from unitrack.errors import UniTrackError
from unitrack_mot.data.vis_synthetic import synthesise
from unitrack_mot.data.vis_synthetic_settings import SyntheticVisSettings

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("vis") / "set"
    small = SyntheticVisSettings(sequences=2, frames=4, width=160, height=120, objects=3)
    synthesise(out, small)
    return out


def test_a_run_is_scored_and_its_archive_scores_the_same(root: Path, tmp_path: Path) -> None:
    report = unitrack.run("vis", "synthetic_vis", root=root, out=tmp_path / "run")
    assert not report.failed
    assert set(report.scores) == {"COMBINED", "synth-01", "synth-02"}
    assert 0 < report.scores["COMBINED"]["AP"] < 1
    assert set(report.breakdown) == {"class", "size"}
    assert set(report.breakdown["class"]) <= {"person", "person with bag", "obstacle"}

    unitrack.submit(tmp_path / "run", "synthetic_vis", tmp_path / "a.zip", root=root)
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        archive.extractall(tmp_path / "unpacked")
    again = unitrack.evaluate(tmp_path / "unpacked", "youtube_vis", root=root)
    assert again.scores == report.scores


def test_one_file_of_detections_serves_every_video(root: Path, tmp_path: Path) -> None:
    plain = unitrack.run("vis", "youtube_vis", root=root, out=tmp_path / "plain")
    detections = json.loads((root / "train" / "detections.json").read_text())
    (tmp_path / "mine.json").write_text(json.dumps(detections))
    named = unitrack.run(
        "vis", "youtube_vis", root=root, out=tmp_path / "b", observations=tmp_path / "mine.json"
    )
    assert named.scores == plain.scores


def test_tubes_go_through_the_authors_protocol(root: Path, tmp_path: Path) -> None:
    tubes = [
        {key: value for key, value in entry.items() if key not in ("id", "iscrowd")}
        | {"score": 0.9 - 0.01 * number}
        for number, entry in enumerate(
            json.loads((root / "train" / "instances.json").read_text())["annotations"]
        )
    ]
    (tmp_path / "tubes.json").write_text(json.dumps(tubes))
    report = unitrack.run(
        "vis",
        "youtube_vis",
        root=root,
        out=tmp_path / "run",
        observations=tmp_path / "tubes.json",
        protocol="authors",
    )
    assert report.scores["COMBINED"]["AP"] == pytest.approx(1)
    with pytest.raises(UniTrackError, match="holds detections of a frame"):
        raise unitrack.run(
            "vis", "youtube_vis", root=root, out=tmp_path / "wrong", protocol="authors"
        ).fault or AssertionError("nothing is wrong")
