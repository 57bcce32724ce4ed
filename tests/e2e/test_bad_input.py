"""Bad input: two lines (where and what; how to mend), exit code 2, nothing half-written."""

from __future__ import annotations

import errno
import os
import pickle
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
import torch
from safetensors.torch import save_file

from tests.ssl.made import resnet
from unitrack.cli.main import main
from unitrack.engine.store import Store

Command = Callable[..., int]
Capture = pytest.CaptureFixture[str]


def expect_two_lines(code: int, capsys: Capture, *words: str) -> None:
    """Exit code 2, and two lines on stderr that hold the words."""
    err = capsys.readouterr().err
    assert code == 2, err
    lines = err.rstrip("\n").splitlines()
    assert len(lines) == 2, err
    assert lines[1].startswith("  ")
    for word in words:
        assert word in err


def first_detections(root: Path) -> Path:
    return min(root.rglob("det.txt"))


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--head", "mott", ("mott", "Nearest: mot")),
        ("--data", "mot51", ("mot51", "mot15")),
        ("--backbone", "imagenet_r81", ("imagenet_r81", "imagenet_r18")),
        ("--layer", "layer5", ("layer5", "layer3, layer4")),
        ("--sequences", "SYNTH-99", ("SYNTH-99", "SYNTH-01")),
        ("--protocol", "authers", ("authers", "authors")),
        ("--set", "motionn=off", ("motionn", "Nearest: motion")),
        ("--set", "stage1_limit=-1", ("stage1_limit", "unitrack show head mot")),
        ("--split", "trian", ("trian",)),
        ("--device", "gpu", ("gpu", "cpu")),
        ("--observations", "nowhere", ("nowhere", "det")),
        ("--weights", "nowhere.pth", ("nowhere.pth",)),
        ("--limit", "0", ("--limit 0",)),
        ("--stride", "0", ("--stride 0",)),
        ("--workers", "0", ("--workers 0",)),
        ("--executor", "cluster", ("cluster", "unitrack list executors")),
        ("--config", "nowhere.yaml", ("nowhere.yaml",)),
    ],
)
def test_a_wrong_name_or_value_is_said_before_anything_is_written(
    option: str, value: str, words: tuple[str, ...], tmp_path: Path, command: Command,
    capsys: Capture,
) -> None:  # fmt: skip
    expect_two_lines(command(tmp_path / "run", option, value), capsys, *words)
    assert not (tmp_path / "run").exists()


def test_a_missing_root_is_said(tmp_path: Path, command: Command, capsys: Capture) -> None:
    code = command(tmp_path / "run", root=tmp_path / "nowhere")
    expect_two_lines(code, capsys, "nowhere", "--root")


def test_a_root_of_another_layout_names_where_it_looked(
    tmp_path: Path, command: Command, capsys: Capture
) -> None:
    (tmp_path / "data" / "videos").mkdir(parents=True)
    expect_two_lines(command(tmp_path / "run", root=tmp_path / "data"), capsys, "train", "--root")


def test_no_root_at_all_names_the_variable(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("UNITRACK_DATA", raising=False)
    code = main(["run", "--head", "mot", "--data", "mot17"])
    expect_two_lines(code, capsys, "UNITRACK_DATA", "--root")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda _: b"", ("no detection",)),
        (lambda _: b"1,-1,10,10,20,20\n", (":1", "6 columns", "data.columns=private")),
        (lambda good: good + b"2,-1,nan,10,20,20,0.9,-1,-1,-1\n", ("not finite",)),
        (lambda good: b"\xef\xbb\xbf" + good, ("byte order mark", "without BOM")),
        (lambda good: "\ufeff".encode("utf-16-le") + good, ("byte order mark",)),
        (lambda good: good + b"99,-1,10,10,20,20,0.9,-1,-1,-1\n", ("frame 99", "1..6")),
        (lambda good: good + b"0,-1,10,10,20,20,0.9,-1,-1,-1\n", ("frame 0", "1..6")),
        (lambda good: good + b"2,-1,10,10,0,20,0.9,-1,-1,-1\n", ("0 x 20",)),
        (lambda _: b"frame,id,x,y,w,h,score\n1,-1,1,1,9,9,1\n", (":1", "no number")),
        (lambda _: b"1 -1 10 10 20 20 0.9\n", (":1",)),
    ],
    ids=[
        "empty",
        "six-columns",
        "nan",
        "bom8",
        "bom16",
        "late",
        "early",
        "flat",
        "header",
        "blanks",
    ],
)
def test_a_malformed_detection_file_is_named_with_its_line(
    spoil: Callable[[bytes], bytes], words: tuple[str, ...], data_copy: Path, tmp_path: Path,
    command: Command, capsys: Capture,
) -> None:  # fmt: skip
    file = first_detections(data_copy)
    file.write_bytes(spoil(file.read_bytes()))
    expect_two_lines(command(tmp_path / "run", root=data_copy), capsys, "det.txt", *words)
    assert not (tmp_path / "run").exists()


def test_one_file_of_observations_needs_one_sequence(
    tiny_root: Path, tmp_path: Path, command: Command, capsys: Capture
) -> None:
    file = str(first_detections(tiny_root))
    code = command(tmp_path / "run", "--observations", file)
    expect_two_lines(code, capsys, "2 sequences", "--sequences")


@pytest.mark.slow
def test_frames_without_detections_are_ordinary(
    data_copy: Path, tmp_path: Path, command: Command
) -> None:
    for file in data_copy.rglob("det.txt"):
        rows = file.read_text().splitlines(keepends=True)
        file.write_text("".join(row for row in rows if not row.startswith(("1,", "3,"))))
    assert command(tmp_path / "run", root=data_copy) == 0


@pytest.mark.slow
def test_a_truncated_image_costs_its_sequence_only(
    data_copy: Path, tmp_path: Path, command: Command, capsys: Capture
) -> None:
    image = sorted(data_copy.rglob("*.jpg"))[3]
    whole = image.read_bytes()
    image.write_bytes(whole[: len(whole) // 2])
    code = command(tmp_path / "run", root=data_copy)
    err = capsys.readouterr().err.splitlines()
    assert code == 2
    assert image.name in err[-2]
    assert err[-1].startswith("  ")
    assert [path.name for path in (tmp_path / "run" / "results").iterdir()] == ["SYNTH-02.txt"]
    image.write_bytes(whole)
    assert command(tmp_path / "run", root=data_copy) == 0
    assert "were there already" in capsys.readouterr().err


class Evil:
    def __reduce__(self) -> tuple[Callable[[str], object], tuple[str]]:
        return os.mkdir, ("evil-was-here",)


@pytest.mark.parametrize(
    "kind", ["other keys", "another prefix", "another network", "code", "html", "cut off"]
)
def test_a_wrong_checkpoint_never_runs_and_never_becomes_a_random_network(
    kind: str, tmp_path: Path, command: Command, capsys: Capture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "weights.pth"
    if kind == "other keys":
        file = tmp_path / "weights.safetensors"
        save_file({"stem.weight": torch.zeros(3)}, file)
    elif kind == "another prefix":
        torch.save({f"student.{key}": value for key, value in resnet(18, 0).items()}, file)
    elif kind == "another network":
        torch.save(dict(resnet(50, 0)), file)
    elif kind == "code":
        file.write_bytes(pickle.dumps({"state_dict": Evil()}))
    elif kind == "html":
        file.write_text("<!DOCTYPE html><html>Please log in</html>")
    else:
        torch.save({"conv1.weight": torch.zeros(64, 3, 7, 7)}, file)
        file.write_bytes(file.read_bytes()[:3000])
    expect_two_lines(command(tmp_path / "run", "--weights", str(file)), capsys, "weights")
    assert not (tmp_path / "evil-was-here").exists()
    assert not (tmp_path / "run").exists()


def test_a_file_with_another_digest_is_refused(
    tmp_path: Path, command: Command, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNITRACK_CACHE", str(tmp_path / "cache"))
    file = tmp_path / "cache" / "weights" / "dinov3_vits16_pretrain_lvd1689m-08c60483.pth"
    file.parent.mkdir(parents=True)
    torch.save({"cls_token": torch.zeros(1, 1, 384)}, file)
    words = ("--backbone", "dinov3_s16", "--weights", "official")
    expect_two_lines(command(tmp_path / "run", *words), capsys, file.name, "08c60483")
    assert not (tmp_path / "run").exists()


@pytest.mark.data
def test_weights_that_end_at_layer3_are_refused_for_layer4(
    data_root: Path, tmp_path: Path, command: Command, capsys: Capture
) -> None:
    file = data_root / "weights" / "resnet18_imagenet1k_layer3.safetensors"
    code = command(tmp_path / "run", "--weights", str(file), "--layer", "layer4")
    expect_two_lines(code, capsys, "layer4.0.")


def test_two_runs_on_one_folder_are_refused(
    run_copy: Path, command: Command, capsys: Capture
) -> None:
    before = (run_copy / "results.json").read_bytes()
    with Store(run_copy).locked():
        expect_two_lines(command(run_copy), capsys, "another run")
    assert (run_copy / "results.json").read_bytes() == before


def test_other_settings_in_the_same_folder_are_refused(
    run_copy: Path, command: Command, capsys: Capture
) -> None:
    before = {path: path.read_bytes() for path in run_copy.rglob("*") if path.is_file()}
    expect_two_lines(command(run_copy, "--set", "motion=off"), capsys, "another run", "--overwrite")
    assert {path: path.read_bytes() for path in before} == before


def test_a_folder_that_holds_something_else_is_not_touched(
    tmp_path: Path, command: Command, capsys: Capture
) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "thesis.tex").write_text("precious")
    expect_two_lines(command(tmp_path / "run"), capsys, "no run folder")
    expect_two_lines(command(tmp_path / "run", "--overwrite"), capsys, "no run folder")
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["thesis.tex"]


def test_a_read_only_folder_is_one_clear_fault(
    run_copy: Path, command: Command, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise OSError(errno.EROFS, "Read-only file system")

    before = (run_copy / "results.json").read_bytes()
    monkeypatch.setattr(tempfile, "mkstemp", refuse)
    expect_two_lines(command(run_copy), capsys, "Read-only file system", "--out")
    assert (run_copy / "results.json").read_bytes() == before


@pytest.mark.slow
def test_a_disk_that_fills_up_keeps_what_was_written(
    tmp_path: Path, command: Command, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsync, written = os.fsync, []

    def fills_up(handle: int) -> None:
        written.append(handle)
        if len(written) > 3:  # run.json, and the first sequence's two files
            raise OSError(errno.ENOSPC, "No space left on device")
        fsync(handle)

    monkeypatch.setattr(os, "fsync", fills_up)
    expect_two_lines(command(tmp_path / "run"), capsys, "No space left on device")
    monkeypatch.undo()
    assert [path.name for path in (tmp_path / "run" / "results").iterdir()] == ["SYNTH-01.txt"]
    assert command(tmp_path / "run") == 0
    assert "1 sequences were there already" in capsys.readouterr().err


def test_results_that_are_absent_are_named(
    tiny_root: Path, tmp_path: Path, capsys: Capture
) -> None:
    words = ["eval", "--data", "synthetic_mot", "--root", str(tiny_root), "--results"]
    expect_two_lines(main([*words, str(tmp_path / "nowhere")]), capsys, "nowhere")
    expect_two_lines(main([*words, str(tmp_path)]), capsys, "SYNTH-01.txt")


def test_replay_needs_a_run_folder(tmp_path: Path, capsys: Capture) -> None:
    expect_two_lines(main(["replay", str(tmp_path)]), capsys, "run.json")
