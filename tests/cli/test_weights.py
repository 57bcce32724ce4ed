"""``unitrack weights`` and ``unitrack run --remap``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from tests.cli.conftest import Answer
from tests.ssl.made import moco, resnet, uvc

Run = Callable[..., Answer]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("UNITRACK_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "weights"


@pytest.fixture
def uvc_file(tmp_path: Path) -> Path:
    path = tmp_path / "uvc.pth.tar"
    torch.save(uvc(dict(resnet(18, 0)), {}), path)
    return path


def test_fetch_prints_where_the_file_is(unitrack: Run) -> None:
    answer = unitrack("weights", "fetch", "efficientnet_lite0")
    assert answer.code == 0
    assert answer.out.strip().endswith("efficientnet-lite0-57934424.pth")


def test_fetch_of_what_a_person_must_fetch_is_two_lines(unitrack: Run, cache: Path) -> None:
    answer = unitrack("weights", "fetch", "pixpro_r50")
    assert answer.code == 2
    assert answer.err.count("\n") == 2
    assert str(cache / "pixpro_base_r50_400ep.pth") in answer.err


def test_fetch_of_weights_that_are_not_there_names_those_that_are(unitrack: Run) -> None:
    answer = unitrack("weights", "fetch", "vfs_r50", "--weights", "coarse")
    assert answer.code == 2
    assert "Its own: fine, object." in answer.err
    assert "has no weights of its own" in unitrack("weights", "fetch", "r50").err


def test_verify_tells_sound_from_damaged_and_absent(unitrack: Run, cache: Path) -> None:
    cache.mkdir(parents=True)
    (cache / "crw_pretrained.pth").write_bytes(b"not the network")
    answer = unitrack("weights", "verify", "--json")
    states = {one["backbone"]: one["state"] for one in json.loads(answer.out)}
    assert answer.code == 1
    assert states["efficientnet_lite0"] == "sound"
    assert states["crw_r18"].startswith("has the git")
    assert "vfs_r50" not in states
    assert "not here" in unitrack("weights", "verify", "vfs_r50").out


def test_inspect_says_how_a_file_is_used(unitrack: Run, uvc_file: Path) -> None:
    answer = unitrack("weights", "inspect", str(uvc_file))
    assert answer.code == 0
    assert "like uvc_r18" in answer.out
    assert f"--backbone r18 --layer layer4 --weights {uvc_file} --remap uvc_r18" in answer.out
    assert "module.rgb_encoder" in answer.out
    described = json.loads(unitrack("weights", "inspect", str(uvc_file), "--json").out)
    assert described["fits"][0]["layout"] == "uvc_r18"


def test_inspect_of_what_fits_nothing_ends_with_1(unitrack: Run, tmp_path: Path) -> None:
    path = tmp_path / "x.pth"
    torch.save({"a": torch.ones(3)}, path)
    answer = unitrack("weights", "inspect", str(path))
    assert answer.code == 1
    assert "fits no backbone" in answer.err
    (tmp_path / "page.pth").write_text("<html>")
    answer = unitrack("weights", "inspect", str(tmp_path / "page.pth"))
    assert (answer.code, answer.err.count("\n")) == (2, 2)


def test_convert_writes_what_a_run_takes(unitrack: Run, uvc_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "uvc.safetensors"
    words = ("--backbone", "r18", "--weights", str(uvc_file), "--out", str(out))
    assert unitrack("weights", "convert", *words).code == 2
    answer = unitrack("weights", "convert", *words, "--remap", "auto")
    assert answer.code == 0
    assert answer.out.startswith(f"wrote {out} (up to layer4")


def _run(unitrack: Run, out: Path, *words: str) -> Answer:
    small = ("frames=4", "width=96", "height=64", "objects=2")
    settings = [word for value in small for word in ("--set", f"data.{value}")]
    return unitrack(
        *("run", "--head", "mot", "--data", "synthetic_mot", "--out", str(out)), *settings, *words
    )


@pytest.mark.slow
def test_a_run_with_ones_own_checkpoint_says_how_it_was_read(
    unitrack: Run, uvc_file: Path, tmp_path: Path
) -> None:
    own = ("--backbone", "r18", "--weights", str(uvc_file))
    answer = _run(unitrack, tmp_path / "a", *own)
    assert answer.code == 2
    assert "lacks" in answer.err
    assert "unitrack weights inspect" in answer.err
    answer = _run(unitrack, tmp_path / "a", *own, "--remap", "auto")
    assert answer.code == 0
    assert "weights: laid out like those of uvc_r18" in answer.err
    asked = json.loads((tmp_path / "a" / "run.json").read_text())
    assert (asked["weights_layout"], asked["spec"]["remap"]) == ("uvc_r18", "auto")
    assert unitrack("replay", str(tmp_path / "a")).code == 0


def test_a_remap_without_a_file_is_refused(unitrack: Run, tmp_path: Path) -> None:
    for words in ((), ("--weights", "random")):
        answer = _run(unitrack, tmp_path / "a", "--backbone", "r18", "--remap", "auto", *words)
        assert (answer.code, answer.err.count("\n")) == (2, 2)
        assert "--weights FILE" in answer.err


@pytest.mark.slow
def test_a_file_that_can_be_read_in_two_ways_asks_which(unitrack: Run, tmp_path: Path) -> None:
    path = tmp_path / "two.pth"
    state, other = dict(resnet(50, 0)), dict(resnet(50, 1))
    content = moco("one")(state, other)
    content["state_dict"] |= {f"_feature_blocks.{key}": value for key, value in other.items()}
    torch.save(content, path)
    answer = _run(
        unitrack, tmp_path / "a", "--backbone", "r50", "--weights", str(path), "--remap", "auto"
    )
    assert (answer.code, answer.err.count("\n")) == (2, 2)
    assert "can be read as two networks" in answer.err
    assert "--remap moco_v1_r50" in answer.err
