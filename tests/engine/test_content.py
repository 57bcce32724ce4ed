"""What a result depends on: the same key, the same bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from unitrack.engine.ask import merged_settings, resolve_spec
from unitrack.engine.content import content_key
from unitrack.engine.spec import RunSpec
from unitrack.errors import UniTrackError


def asked(root: Path, **settings: Any) -> RunSpec:
    values = merged_settings(None, settings, None, None)
    return resolve_spec(
        "mot", "mot16", "imagenet_squeezenet", None, "random:0", root, None, None, 1, "benchmark",
        "default", "cpu", "fp32", values,
    )  # fmt: skip


def key(spec: RunSpec) -> str:
    return content_key(spec, "random:0", "of the frames")


def checkpoint(folder: Path, content: bytes) -> Path:
    folder.mkdir()
    path = folder / "reid.pth"
    path.write_bytes(content)
    return path


def test_of_a_file_that_a_setting_names_the_content_counts(tmp_path: Path) -> None:
    one, same, other = (
        asked(tmp_path, similarity="reid", reid_weights=str(checkpoint(tmp_path / name, content)))
        for name, content in (("one", b"1"), ("same", b"1"), ("other", b"2"))
    )
    assert key(one) == key(same)
    assert key(one) != key(other)


def test_a_file_that_is_replaced_gives_another_key(tmp_path: Path) -> None:
    path = checkpoint(tmp_path / "one", b"1")
    spec = asked(tmp_path, similarity="reid", reid_weights=str(path))
    before = key(spec)
    path.write_bytes(b"22")
    assert key(spec) != before


def test_a_file_that_nothing_reads_counts_for_nothing(tmp_path: Path) -> None:
    path = checkpoint(tmp_path / "one", b"1")
    with_file = asked(tmp_path, similarity="rsm", reid_weights=str(path))
    assert key(with_file) == key(asked(tmp_path, similarity="rsm"))
    assert with_file.head_settings["reid_weights"] is None


def test_a_file_is_found_again_from_another_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = checkpoint(tmp_path / "one", b"1")
    monkeypatch.chdir(path.parent)
    spec = asked(tmp_path, similarity="reid", reid_weights=path.name)
    assert spec.head_settings["reid_weights"] == str(path)


def test_a_file_that_is_not_there_is_said_before_anything_runs(tmp_path: Path) -> None:
    gone = tmp_path / "gone.pth"
    with pytest.raises(UniTrackError, match="there is no such file") as caught:
        asked(tmp_path, similarity="reid", reid_weights=str(gone))
    assert caught.value.where == f"--set reid_weights={gone}"
    assert "unitrack show head mot" in caught.value.mend
