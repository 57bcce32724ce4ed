"""The main job, driven as a user drives it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import unitrack
from tests.e2e.conftest import RUN
from unitrack.api import RunReport
from unitrack.cli.main import main

pytestmark = pytest.mark.slow

Command = Callable[..., int]


def result_bytes(run: Path) -> dict[str, bytes]:
    results = run / "results"
    files = sorted(path for path in results.rglob("*") if path.is_file())
    return {str(path.relative_to(results)): path.read_bytes() for path in files}


def test_a_run_leaves_results_scores_and_what_is_needed_to_repeat_it(finished: RunReport) -> None:
    names = set(finished.scores) - {"COMBINED"}
    assert set(result_bytes(finished.out)) == {f"{name}.txt" for name in names}
    content = json.loads((finished.out / "results.json").read_text())
    assert content["schema"] == 1
    assert {"head", "backbone", "data", "layer", "protocol", "observations"} <= set(content)
    assert content["frames"] == 12
    assert set(content["timings_s"]) == {
        "decode", "backbone", "association", "write", "score", "total"
    }  # fmt: skip
    assert content["peak_memory_bytes"] > 0
    assert content["failed"] == {}
    assert {"HOTA", "MOTA", "IDF1", "IDSW"} <= set(content["scores"]["COMBINED"])
    asked = json.loads((finished.out / "run.json").read_text())
    assert asked["spec"]["head_settings"]["stage1_limit"] == 0.7
    assert set(asked["fingerprints"]) == names
    assert asked["weights_sha256"] == "random:0"


def test_a_finished_run_is_resumed_and_not_repeated(
    run_copy: Path, command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    before = result_bytes(run_copy)
    assert command(run_copy) == 0
    assert "2 sequences were there already" in capsys.readouterr().err
    assert result_bytes(run_copy) == before


def test_a_spoilt_result_is_made_again(
    finished: RunReport, run_copy: Path, command: Command
) -> None:
    victim = next((run_copy / "results").iterdir())
    victim.write_text("")
    assert command(run_copy) == 0
    assert result_bytes(run_copy) == result_bytes(finished.out)


def test_two_workers_give_the_same_bytes(
    finished: RunReport, tmp_path: Path, command: Command
) -> None:
    assert command(tmp_path / "run", "--workers", "2") == 0
    assert result_bytes(tmp_path / "run") == result_bytes(finished.out)


SMALL = {"sequences": "2", "frames": "4", "width": "128", "height": "96"}


@pytest.mark.parametrize(
    ("head", "settings"),
    [
        ("sot", {"crop_size": "128", "propagator": "dcf"}),
        ("sot", {"crop_size": "128", "propagator": "xcorr"}),
        ("vos", {}),
        ("poseprop", {}),
    ],
    ids=["dcf", "xcorr", "vos", "poseprop"],
)
def test_what_is_propagated_depends_on_neither_workers_nor_batches(
    head: str, settings: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One frame at a time, two at a time, and each sequence in a process of its own."""

    def run(name: str, workers: int) -> dict[str, bytes]:
        report = unitrack.run(
            head, f"synthetic_{head}", backbone="imagenet_r18", weights="random:0",
            settings=settings, data_settings=SMALL,
            device="cpu", workers=workers, out=tmp_path / name,
        )  # fmt: skip
        assert (report.frames, report.failed) == (8, {})
        return result_bytes(report.out)

    expected = run("batched", 1)
    assert expected
    assert run("workers", 2) == expected
    monkeypatch.setattr("unitrack.engine.track.BATCH", 1)
    monkeypatch.setattr("unitrack.engine.track._AHEAD", 1)
    assert run("streamed", 1) == expected


# A shell's background jobs ignore Ctrl-C, and so do their children unless they say otherwise.
LISTENING = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from unitrack.cli.main import main
sys.exit(main())
"""


def start(root: Path, out: Path) -> subprocess.Popen[bytes]:
    words = ["run", *RUN, "--root", str(root), "--out", str(out), "--json-log"]
    process = subprocess.Popen(
        [sys.executable, "-c", LISTENING, *words],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    )
    assert process.stderr is not None
    for line in process.stderr:  # wait until the first sequence is finished
        if b'"finished"' in line:
            break
    return process


def test_a_killed_run_goes_on_where_it_was(
    finished: RunReport, tiny_root: Path, tmp_path: Path, command: Command,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    out = tmp_path / "run"
    process = start(tiny_root, out)
    process.kill()
    process.communicate()
    assert not (out / "results.json").exists()
    assert len(result_bytes(out)) == 1
    assert command(out) == 0
    assert "1 sequences were there already" in capsys.readouterr().err
    assert result_bytes(out) == result_bytes(finished.out)


def test_ctrl_c_keeps_what_is_finished_and_says_how_to_go_on(
    tiny_root: Path, tmp_path: Path
) -> None:
    process = start(tiny_root, tmp_path / "run")
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"same command" in err
    assert b"Traceback" not in err
    assert len(result_bytes(tmp_path / "run")) == 1


def test_replay_says_that_the_bytes_agree(
    run_copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["replay", str(run_copy)]) == 0
    assert "2 of 2 result files are identical" in capsys.readouterr().out
    victim = next((run_copy / "results").iterdir())
    victim.write_text("1,1,1,1,10,10,1,-1,-1,-1\n")
    assert main(["replay", str(run_copy)]) == 1
    assert f"differs: {victim.name}" in capsys.readouterr().out


def test_eval_scores_the_files_of_a_run_without_images(
    finished: RunReport, data_copy: Path
) -> None:
    for image in data_copy.rglob("*.jpg"):
        image.unlink()
    scored = unitrack.evaluate(finished.out, "synthetic_mot", root=data_copy)
    assert scored.scores == finished.scores


def test_eval_prints_a_table_csv_or_json(
    finished: RunReport, tiny_root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["eval", "--results", str(finished.out), "--data", "synthetic_mot",
             "--root", str(tiny_root)]  # fmt: skip
    assert main(words) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("COMBINED")
    assert main([*words, "--csv"]) == 0
    header, *rows = capsys.readouterr().out.splitlines()
    assert header.startswith("sequence,HOTA")
    assert len(rows) == 3
    assert main([*words, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == finished.scores


def test_eval_counts_as_another_metric_with_the_same_scores_does(
    finished: RunReport, tiny_root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scored = unitrack.evaluate(finished.out, "synthetic_mot", root=tiny_root, metric="mot20")
    assert scored.scores == finished.scores, "a rendered crowd has no distractors"
    words = ["eval", "--results", str(finished.out), "--data", "synthetic_mot",
             "--root", str(tiny_root), "--metric"]  # fmt: skip
    assert main([*words, "mot20"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("COMBINED")
    for other in ("vot2016", "posetrack_clean"):
        assert main([*words, other]) == 2
        assert capsys.readouterr().err.splitlines() == [
            f"--metric {other}: does not score synthetic_mot",
            "  Metrics for it: kitti_2d_box, mot, mot20.",
        ]


def test_video_and_frames_are_written(run_copy: Path, command: Command) -> None:
    assert command(run_copy, "--video", "--save-frames") == 0
    assert len(list((run_copy / "video").glob("*.mp4"))) == 2
    assert all(len(list(folder.iterdir())) == 6 for folder in (run_copy / "frames").iterdir())


def test_limit_stride_and_sequences_cut_the_run(
    tmp_path: Path, tiny_root: Path, finished: RunReport
) -> None:
    name = min(set(finished.scores) - {"COMBINED"})
    report = unitrack.run(
        "mot", "synthetic_mot", root=tiny_root, backbone="imagenet_r18", weights="random:0",
        out=tmp_path / "run", sequences=[name], limit=2, stride=2,
    )  # fmt: skip
    assert report.frames == 2
    assert set(report.scores) == {"COMBINED", name}
    rows = (tmp_path / "run" / "results" / f"{name}.txt").read_text().splitlines()
    assert {row.partition(",")[0] for row in rows} <= {"1", "3"}
    again = unitrack.evaluate(
        tmp_path / "run", "synthetic_mot", root=tiny_root, sequences=[name], limit=2, stride=2
    )
    assert again.scores == report.scores


def test_oracle_observations_are_the_truth_without_its_ids(
    tmp_path: Path, command: Command
) -> None:
    assert command(tmp_path / "run", "--observations", "oracle") == 0
    scores = json.loads((tmp_path / "run" / "results.json").read_text())["scores"]["COMBINED"]
    assert scores["DetA"] > 0.6


def test_json_log_tells_begin_and_end(
    tmp_path: Path, command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(tmp_path / "run", "--json-log", "--limit", "1") == 0
    events = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line[0] == "{"]
    assert [event["event"] for event in events if event["event"] != "frames"] == [
        "begin", "finished", "finished"
    ]  # fmt: skip


def test_a_pipe_that_closes_early_is_no_fault(finished: RunReport, tiny_root: Path) -> None:
    words = ["eval", "--results", str(finished.out), "--data", "synthetic_mot",
             "--root", str(tiny_root), "--csv"]  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "unitrack", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    assert process.stdout is not None
    process.stdout.close()
    _, err = process.communicate(timeout=60)
    assert b"Traceback" not in err


def test_a_stride_beyond_the_sequence_leaves_its_first_frame(
    tmp_path: Path, tiny_root: Path
) -> None:
    for protocol in ("default", "best"):
        report = unitrack.run(
            "mot", "synthetic_mot", root=tiny_root, backbone="imagenet_r18", weights="random:0",
            out=tmp_path / protocol, stride=1000, protocol=protocol, observations="oracle",
        )  # fmt: skip
        assert report.frames == 2, "one of each sequence"
        assert report.scores["COMBINED"]["IDF1"] == 1
