from __future__ import annotations

import csv
import json
import math
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Answer
from tests.report.made import run_folder, spec_of, suite_folder
from tests.report.pages import check_page
from unitrack.engine.score import COMBINED
from unitrack.report.write import write_report

Run = Callable[..., Answer]


def lines(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((folder / "scores.csv").read_text().splitlines()))


def written(run: Path) -> dict[str, dict[str, float]]:
    scores: dict[str, dict[str, float]] = json.loads((run / "results.json").read_text())["scores"]
    return scores


@pytest.fixture(scope="session")
def report(runs: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("report")
    write_report(runs, out)
    return out


def test_every_number_of_the_runs_is_in_the_csv_unrounded(report: Path, runs: list[Path]) -> None:
    expected = {
        (name, score, value)
        for run in runs
        for name, row in written(run).items()
        for score, value in row.items()
    }
    found = {(one["sequence"], one["score"], float(one["value"])) for one in lines(report)}
    assert expected <= found


def test_combined_scores_have_an_interval_around_them(report: Path) -> None:
    combined = [one for one in lines(report) if one["sequence"] == COMBINED]
    with_ends = [one for one in combined if one["low"]]
    # trackeval's few scores that are not worth drawing are without.
    assert {one["score"] for one in combined if not one["low"]} == {
        "MOTAL", "LocA(0)", "HOTALocA(0)",
    }  # fmt: skip
    for one in with_ends:
        assert float(one["low"]) <= float(one["value"]) <= float(one["high"])
    assert any(float(one["low"]) < float(one["high"]) for one in with_ends)


def test_layers_share_a_cell_and_random_weights_come_last(report: Path) -> None:
    text = (report / "report.md").read_text()
    rows = [line for line in text.splitlines() if line.startswith("| ") and "\\_r50" in line]
    names = [line.split("|")[1].strip() for line in rows[:4]]
    assert names == [
        "imagenet\\_r50 (layer3 / layer4)",
        "moco\\_v1\\_r50 (layer3)",
        "swav\\_r50 (layer3)",
        "imagenet\\_r50 (random:0) (layer3)",
    ]
    assert " / " in rows[0].split("|")[2]


def test_the_page_holds_tables_pictures_and_what_is_behind(report: Path) -> None:
    text = (report / "report.html").read_text()
    tags = check_page(text)
    # Ranks, top-1, and success and precision of the one task that has curves.
    assert tags.count("svg") == 4
    for words in ("Spearman", "Timings", "weights_sha256", "by attribute", "HOTA of each sequence"):
        assert words in text, words
    files = {path.name for path in (report / "pictures").iterdir()}
    assert {"ranks.svg", "top1.svg"} < files


def test_the_same_runs_give_the_same_bytes(report: Path, runs: list[Path], tmp_path: Path) -> None:
    write_report(runs, tmp_path)
    for name in ("report.html", "report.md", "scores.csv"):
        assert (tmp_path / name).read_bytes() == (report / name).read_bytes()


def test_one_sequence_has_no_interval(mot_root: Path, tmp_path: Path, unitrack: Run) -> None:
    run = run_folder(tmp_path / "run", spec_of("mot", mot_root), sequences=["SYNTH-01"])
    answer = unitrack("report", str(run), "--out", str(tmp_path / "out"))
    assert answer.code == 0
    assert {one["low"] for one in lines(tmp_path / "out")} == {""}
    assert "one sequence only, so there is no interval" in (tmp_path / "out/report.md").read_text()


def test_without_the_data_scores_stay_and_a_line_says_why(
    mot_root: Path, tmp_path: Path, unitrack: Run
) -> None:
    root = shutil.copytree(mot_root, tmp_path / "data")
    run = run_folder(tmp_path / "run", spec_of("mot", root))
    shutil.rmtree(root)
    assert unitrack("report", str(run), "--out", str(tmp_path / "out")).code == 0
    found = {o["score"]: o["value"] for o in lines(tmp_path / "out") if o["sequence"] == COMBINED}
    assert float(found["HOTA"]) == written(run)[COMBINED]["HOTA"]
    text = (tmp_path / "out/report.md").read_text()
    assert "scores as the run wrote them, no intervals" in text
    assert str(root).replace("_", "\\_") in text


def test_scores_that_are_no_numbers_are_shown_and_not_ranked(
    mot_root: Path, tmp_path: Path, unitrack: Run
) -> None:
    root = shutil.copytree(mot_root, tmp_path / "data")
    good = run_folder(tmp_path / "good", spec_of("mot", root))
    bad = run_folder(tmp_path / "bad", spec_of("mot", root, "swav_r50"))
    results = json.loads((bad / "results.json").read_text())
    results["scores"][COMBINED]["HOTA"] = math.nan
    (bad / "results.json").write_text(json.dumps(results))
    shutil.rmtree(root)  # so that what is written counts
    assert unitrack("report", str(good), str(bad), "--out", str(tmp_path / "out")).code == 0
    text = (tmp_path / "out/report.md").read_text()
    (row,) = [line for line in text.splitlines() if line.startswith("| swav")][:1]
    assert row.split("|")[2].strip() == "nan"
    check_page((tmp_path / "out/report.html").read_text())


def test_a_run_with_failures_is_no_number_among_others(mot_root: Path, tmp_path: Path) -> None:
    good = run_folder(tmp_path / "good", spec_of("mot", mot_root))
    bad = run_folder(
        tmp_path / "bad", spec_of("mot", mot_root, "swav_r50"), failed={"SYNTH-02": "too dark"}
    )
    write_report([good, bad], tmp_path / "out")
    text = (tmp_path / "out/report.md").read_text()
    (row,) = [line for line in text.splitlines() if line.startswith("| swav")][:1]
    assert "failed" in row
    assert "SYNTH-02: too dark" in text


def test_settings_that_differ_are_columns_of_their_own(mot_root: Path, tmp_path: Path) -> None:
    runs = [
        run_folder(tmp_path / name, spec_of("mot", mot_root, settings={"motion": name}))
        for name in ("on", "off")
    ]
    written = write_report(runs, tmp_path / "out")
    text = written.html.read_text()
    assert "mot on synthetic_mot · motion on" in text
    assert "mot on synthetic_mot · motion off" in text


def test_a_suite_is_reported_under_its_own_names(
    mot_root: Path, vos_root: Path, tmp_path: Path
) -> None:
    specs = {
        ("ImageNet", "MOT"): [spec_of("mot", mot_root, layer=f"layer{k}") for k in (3, 4)],
        ("ImageNet", "VOS"): [spec_of("vos", vos_root)],
        ("SwAV", "MOT"): [spec_of("mot", mot_root, "swav_r50")],
    }
    suite = suite_folder(tmp_path / "made", specs, absent=["VFS"])
    written = write_report([suite], tmp_path / "out")
    text = written.markdown.read_text()
    assert "| ImageNet (layer3 / layer4) |" in text
    assert "MOT HOTA" in text
    assert "VFS layer3, MOT: not run: no weights here" in text
    combined = [o for o in lines(tmp_path / "out") if o["sequence"] == COMBINED]
    hota = [o for o in combined if o["score"] == "HOTA"]
    assert {o["backbone"] for o in hota} == {"ImageNet", "SwAV"}
    assert all(float(o["low"]) < float(o["high"]) for o in hota)


def test_top1_is_that_of_the_backbone_whatever_a_suite_calls_it(
    mot_root: Path, tmp_path: Path
) -> None:
    named = {"A": "imagenet_r50", "B": "swav_r50", "C": "byol_r50"}
    specs = {(row, "MOT"): [spec_of("mot", mot_root, name)] for row, name in named.items()}
    write_report([suite_folder(tmp_path / "made", specs)], tmp_path / "out")
    assert (tmp_path / "out/pictures/top1.svg").is_file()


def test_a_suite_and_a_run_give_the_same_intervals(mot_root: Path, tmp_path: Path) -> None:
    """Whether counts are stored or counted again: the draws are the same."""
    spec = spec_of("mot", mot_root)
    suite = suite_folder(tmp_path / "made", {("ImageNet", "MOT"): [spec]})
    run = run_folder(tmp_path / "run", spec, quality=0.9)
    found = []
    for name, source in (("one", suite), ("two", run)):
        write_report([source], tmp_path / name)
        found.append(
            [(o["sequence"], o["score"], o["value"], o["low"]) for o in lines(tmp_path / name)]
        )
    assert found[0] == found[1]


def test_a_suite_that_has_not_run_has_nothing_to_report(tmp_path: Path, unitrack: Run) -> None:
    suite = suite_folder(tmp_path / "made", {}, absent=["VFS"])
    answer = unitrack("report", str(suite), "--out", str(tmp_path / "out"))
    assert (answer.code, len(answer.err.splitlines())) == (2, 2)
    assert "has no scored cell (1 are absent)" in answer.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ([], "report: has nothing to report on"),
        (["{tmp}/none"], "none: is no run folder"),
        (["{tmp}"], "is no run folder"),
        (["{run}", "{run}"], "is the same run as"),
        (["{half}"], "results.json: is not there, or not whole"),
        (["--paper-only", "{run}"], "--paper-only: draws no runs"),
        (["{run}", "--out", "{file}"], "file: is no folder"),
        (["{run}", "--submission", "--out", "{tmp}/out"], "holds a part of each sequence"),
    ],
)
def test_what_cannot_be_reported_takes_two_lines(
    words: list[str], what: str, mot_root: Path, tmp_path: Path, unitrack: Run
) -> None:
    run = run_folder(tmp_path / "run", spec_of("mot", mot_root, limit=6))
    half = shutil.copytree(run, tmp_path / "half")
    (half / "results.json").write_text("{")
    (tmp_path / "file").write_text("")
    places = {"run": run, "tmp": tmp_path, "half": half, "file": tmp_path / "file"}
    out = [] if "--out" in words else ["--out", str(tmp_path / "out")]
    answer = unitrack("report", *(word.format(**places) for word in words), *out)
    assert answer.code == 2
    assert what in answer.err
    assert len(answer.err.splitlines()) == 2
    assert not (tmp_path / "out").exists()
