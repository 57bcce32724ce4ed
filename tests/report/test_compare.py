from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.conftest import Answer
from tests.reference import bootstrap as reference
from tests.report.made import run_folder, spec_of, suite_folder
from tests.report.pages import check_page
from unitrack.engine.inputs import open_metric
from unitrack.report.record import read_run, scored_again
from unitrack.report.statistics import draw_counts
from unitrack.report.versus import compare
from unitrack.report.worst import worst_frames

Run = Callable[..., Answer]


@pytest.fixture(scope="session")
def pair(mot_root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A bad run and a good one."""
    top = tmp_path_factory.mktemp("pair")
    bad = run_folder(top / "bad", spec_of("mot", mot_root, "swav_r50"), quality=0.5)
    return bad, run_folder(top / "good", spec_of("mot", mot_root), quality=0.95, seed=9)


def test_differences_are_the_second_less_the_first(pair: tuple[Path, Path]) -> None:
    (found,) = compare(*pair)
    one, other = (read_run(folder) for folder in pair)
    assert (found.score, found.note) == ("HOTA", "")
    for row in found.sequences:
        assert row.gap == other.scores[row.name]["HOTA"] - one.scores[row.name]["HOTA"]
    assert (found.count("win"), found.count("loss"), found.count("tie")) == (3, 0, 0)
    assert [one.name for one in found.scores if one.lower] == ["IDSW"]


def test_the_interval_is_that_of_the_same_draws_for_both(pair: tuple[Path, Path]) -> None:
    (found,) = compare(*pair)
    _, metric = open_metric("synthetic_mot")
    partials = [list(scored_again(read_run(folder)).partials.values()) for folder in pair]
    draws = [reference.draws(metric, known, draw_counts(3)) for known in partials]
    for row in found.scores:
        gaps = draws[1][row.name] - draws[0][row.name]
        assert row.interval == pytest.approx(tuple(np.percentile(gaps, (2.5, 97.5))), abs=1e-12)


def test_a_run_against_itself_is_all_ties(pair: tuple[Path, Path]) -> None:
    (found,) = compare(pair[0], pair[0])
    assert found.count("tie") == 3
    assert {row.interval for row in found.scores} == {(0.0, 0.0)}
    record = read_run(pair[0])
    assert worst_frames(record, record, record.sequences, 6).frames == ()


def test_fewer_switches_win(pair: tuple[Path, Path]) -> None:
    (found,) = compare(*pair, score="CLR_FN")
    assert found.count("loss") == 3, "not a main score, so more is taken to be better"
    (found,) = compare(*pair, score="IDSW")
    for row in found.sequences:
        assert row.outcome == ("tie" if row.gap == 0 else "win" if row.gap < 0 else "loss")


def test_the_frames_that_differ_most_are_shown(pair: tuple[Path, Path]) -> None:
    one, other = (read_run(folder) for folder in pair)
    worst = worst_frames(one, other, one.sequences, 2)
    assert len(worst.frames) == 2
    gaps = [abs(frame.other - frame.one) for frame in worst.frames]
    assert gaps == sorted(gaps, reverse=True)
    assert worst.frames[0].sequence != worst.frames[1].sequence, "six frames are one moment"
    assert worst.pictures is not None
    for frame in worst.frames:
        with Image.open(io.BytesIO(worst.pictures[frame])) as picture:
            assert picture.size == (3 * 160 + 12, 120)


def test_without_images_the_frames_are_named_and_a_line_says_why(
    mot_root: Path, tmp_path: Path, unitrack: Run
) -> None:
    root = shutil.copytree(mot_root, tmp_path / "data")
    runs = [
        run_folder(tmp_path / name, spec_of("mot", root, name), quality=quality)
        for name, quality in (("swav_r50", 0.5), ("imagenet_r50", 0.95))
    ]
    for folder in root.rglob("img1"):
        shutil.rmtree(folder)
    answer = unitrack("compare", *map(str, runs), "--out", str(tmp_path / "out"))
    assert answer.code == 0
    text = (tmp_path / "out/compare.md").read_text()
    assert "Where frames differ most" in text
    assert "no pictures: " in text
    assert not (tmp_path / "out/pictures").exists()


def test_without_the_data_what_is_written_is_compared(
    mot_root: Path, tmp_path: Path, unitrack: Run
) -> None:
    root = shutil.copytree(mot_root, tmp_path / "data")
    runs = [
        run_folder(tmp_path / name, spec_of("mot", root, name), quality=quality)
        for name, quality in (("swav_r50", 0.5), ("imagenet_r50", 0.95))
    ]
    shutil.rmtree(root)
    answer = unitrack("compare", *map(str, runs), "--out", str(tmp_path / "out"))
    assert answer.code == 0
    assert "no intervals" in answer.err
    assert "3 wins, 0 losses, 0 ties" in answer.out


def test_the_page_is_whole(pair: tuple[Path, Path], tmp_path: Path, unitrack: Run) -> None:
    answer = unitrack("compare", *map(str, pair), "--out", str(tmp_path), "--frames", "1")
    assert answer.code == 0
    tags = check_page((tmp_path / "compare.html").read_text())
    assert tags.count("img") == 1
    assert answer.out.splitlines()[0] == "mot on synthetic_mot, layer3"
    assert answer.out.splitlines()[-1] == f"wrote {tmp_path / 'compare.html'}"


def test_backbones_layers_and_settings_within_a_suite(mot_root: Path, tmp_path: Path) -> None:
    def both(backbone: str, similarity: str) -> list:  # type: ignore[type-arg]
        settings = {"similarity": similarity}
        return [
            spec_of("mot", mot_root, backbone, layer, settings=settings)
            for layer in ("layer3", "layer4")
        ]

    suite = suite_folder(
        tmp_path,
        {
            (row, f"MOT {similarity}"): both(backbone, similarity)
            for row, backbone in (("ImageNet", "imagenet_r50"), ("SwAV", "swav_r50"))
            for similarity in ("rsm", "cf")
        },
    )

    def pairs(one: str, other: str) -> list[tuple[str, ...]]:
        return [
            (c.one.row, c.one.spec.layer, c.one.task, c.other.row, c.other.spec.layer, c.other.task)
            for c in compare(f"{suite}:{one}", f"{suite}:{other}")
        ]

    assert pairs("ImageNet", "SwAV") == [
        ("ImageNet", layer, task, "SwAV", layer, task)
        for task in ("MOT rsm", "MOT cf")
        for layer in ("layer3", "layer4")
    ]
    assert pairs("SwAV:layer3", "SwAV:layer4") == [
        ("SwAV", "layer3", task, "SwAV", "layer4", task) for task in ("MOT rsm", "MOT cf")
    ]
    assert pairs("imagenet_r50:layer3:MOT rsm", "imagenet_r50:layer3:MOT cf") == [
        ("ImageNet", "layer3", "MOT rsm", "ImageNet", "layer3", "MOT cf")
    ]


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["{bad}", "{tmp}/none"], "none: is no folder"),
        (["{bad}", "{tmp}"], "is no run folder"),
        (["{bad}", "{sot}"], "is not about the same frames"),
        (["{bad}", "{cut}"], "limit: 3, not None"),
        (["{bad}", "{one}"], "shares no scored sequence with"),
        (["{bad}", "{good}", "--score", "J"], "--score J: is no score of these runs"),
        (["{bad}:layer9", "{good}"], "stands for no scored cell"),
        (["{bad}", "{good}", "--out", "{file}"], "file: is no folder"),
    ],
)
def test_what_cannot_be_compared_takes_two_lines(
    words: list[str],
    what: str,
    pair: tuple[Path, Path],
    runs: list[Path],
    mot_root: Path,
    tmp_path: Path,
    unitrack: Run,
) -> None:
    bad, good = pair
    if "{one}" in words:
        bad = run_folder(tmp_path / "two", spec_of("mot", mot_root), sequences=["SYNTH-02"])
    places = {"bad": bad, "good": good, "tmp": tmp_path, "sot": runs[1], "file": tmp_path / "file"}
    places["cut"] = run_folder(tmp_path / "cut", spec_of("mot", mot_root, limit=3))
    places["one"] = run_folder(
        tmp_path / "one", spec_of("mot", mot_root, "swav_r50"), sequences=["SYNTH-01"]
    )
    places["file"].write_text("")
    answer = unitrack("compare", *(word.format(**places) for word in words))
    assert answer.code == 2
    assert what in answer.err
    assert len(answer.err.splitlines()) == 2
