"""Reading checkpoints: every container, and no code is ever run."""

from __future__ import annotations

import argparse
import collections
import os
import pickle
import warnings
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file

from unitrack.checkpoint import (
    USUAL_CONTAINERS,
    file_sha256,
    read_checkpoint,
    unwrap,
)
from unitrack.errors import UniTrackError

FLAT = OrderedDict(a=torch.arange(3.0), b=torch.ones(2, 2))


def _same(found: dict[str, torch.Tensor]) -> bool:
    return list(found) == list(FLAT) and all(torch.equal(found[k], FLAT[k]) for k in FLAT)


@pytest.mark.parametrize("zipped", [True, False])
def test_torch_files_are_read(tmp_path: Path, zipped: bool) -> None:
    path = tmp_path / "net.pth"
    torch.save(FLAT, path, _use_new_zipfile_serialization=zipped)
    assert _same(unwrap(read_checkpoint(path), [""], path))


@pytest.mark.parametrize("name", ["net.safetensors", "net.bin"])
def test_safetensors_are_known_by_content_or_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    save_file(FLAT, path)
    assert _same(unwrap(read_checkpoint(path), [""], path))


@pytest.mark.parametrize("container", USUAL_CONTAINERS)
def test_the_usual_containers_are_opened(container: str) -> None:
    content: Any = FLAT
    for key in reversed([key for key in container.split(".") if key]):
        content = {key: content, "epoch": 3, "optimizer": {}}
    assert _same(unwrap(content, USUAL_CONTAINERS, "x"))


def test_containers_are_tried_in_the_documented_order() -> None:
    content = {"teacher": {"c": torch.ones(1)}, "model": FLAT, "encoder": {"d": torch.ones(1)}}
    assert _same(unwrap(content, USUAL_CONTAINERS, "x"))


def test_a_namespace_beside_the_weights_is_harmless(tmp_path: Path) -> None:
    path = tmp_path / "crw.pth"
    torch.save({"model": FLAT, "args": argparse.Namespace(lr=0.1)}, path)
    assert _same(unwrap(read_checkpoint(path), ["model"], path))


@pytest.mark.parametrize("content", [{}, {"epoch": 3}, [1, 2], 7, {"state_dict": {"epoch": 1}}])
def test_a_file_without_named_tensors_is_refused(content: object) -> None:
    with pytest.raises(UniTrackError, match="no tensors by name"):
        unwrap(content, USUAL_CONTAINERS, "x")


class _Payload:
    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, (f"touch {self.mark}",)


@pytest.mark.parametrize("how", ["zip", "legacy", "pickle"])
def test_a_file_that_would_run_code_is_refused_and_runs_none(tmp_path: Path, how: str) -> None:
    path, mark = tmp_path / "net.pth", tmp_path / "ran"
    content = {"state_dict": FLAT, "payload": _Payload(mark)}
    if how == "pickle":
        path.write_bytes(pickle.dumps(_Payload(mark)))
    else:
        torch.save(content, path, _use_new_zipfile_serialization=how == "zip")
    with pytest.raises(UniTrackError, match="could run code") as caught:
        read_checkpoint(path)
    assert ".safetensors" in caught.value.mend
    assert not mark.exists()


def test_a_web_page_saved_as_a_checkpoint_is_called_so(tmp_path: Path) -> None:
    path = tmp_path / "net.pth"
    path.write_text("  <html><body>404</body></html>")
    with pytest.raises(UniTrackError, match="HTML page"):
        read_checkpoint(path)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(UniTrackError, match="cannot be read"):
        read_checkpoint(tmp_path / "none.pth")
    with pytest.raises(UniTrackError, match="cannot be read"):
        file_sha256(tmp_path / "none.pth")


@pytest.mark.parametrize("kind", ["safetensors", "zip", "legacy"])
@given(share=st.floats(0, 0.999))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_file_cut_off_anywhere_is_told(tmp_path: Path, kind: str, share: float) -> None:
    whole = tmp_path / f"whole.{kind}"
    if not whole.exists():
        if kind == "safetensors":
            save_file(FLAT, whole)
        else:
            torch.save(FLAT, whole, _use_new_zipfile_serialization=kind == "zip")
    content = whole.read_bytes()
    path = tmp_path / f"cut.{kind}"
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(UniTrackError, match=r"cut\."):
        read_checkpoint(path)


@given(content=st.binary(max_size=200))
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_garbage_never_ends_in_a_traceback(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "garbage.pth"
    path.write_bytes(content)
    try:
        unwrap(read_checkpoint(path), USUAL_CONTAINERS, path)
    except UniTrackError:
        return
    pytest.fail("garbage was taken for a checkpoint")


def test_a_digest_follows_the_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"abc")
    first = file_sha256(path)
    assert first.startswith("ba7816bf")
    path.write_bytes(b"abcd")
    assert file_sha256(path) != first


def test_arrays_and_scalars_of_numpy_beside_the_weights_are_harmless(tmp_path: Path) -> None:
    path = tmp_path / "resim.pth"
    beside = {"loss": np.float64(0.5), "step": np.int64(3), "names": np.array(["a", "bc"])}
    arrays = {name: tensor.numpy() for name, tensor in FLAT.items()}
    torch.save({"model": arrays, **beside}, path)
    found = unwrap(read_checkpoint(path), ["model"], path)
    assert _same(found)


def test_arrays_of_objects_are_not_a_way_around_the_list(tmp_path: Path) -> None:
    path, mark = tmp_path / "net.pth", tmp_path / "ran"
    torch.save({"model": {"a": np.array([_Payload(mark)], dtype=object)}}, path)
    with pytest.raises(UniTrackError, match=r"more than tensors \(numpy\.dtypes\.ObjectDType\)"):
        read_checkpoint(path)
    assert not mark.exists()


def test_what_was_refused_is_named(tmp_path: Path) -> None:
    path = tmp_path / "net.pth"
    torch.save({"model": FLAT, "schedule": collections.Counter({"a": 1}), "p": Path("x")}, path)
    with pytest.raises(UniTrackError, match=r"holds more than tensors \(pathlib\.\w+\)"):
        read_checkpoint(path)


def test_a_program_saved_with_its_weights_is_called_so(tmp_path: Path) -> None:
    path = tmp_path / "ViT.pt"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program: Any = torch.jit.script(torch.nn.Linear(2, 2))  # has no types
        program.save(str(path))
    with pytest.raises(UniTrackError, match="TorchScript archive"):
        read_checkpoint(path)


def _zip(folder: Path, *names: str) -> Path:
    inner = folder / "inner"
    torch.save({"network": FLAT}, inner)
    path = folder / "obow.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "a network")
        for name in names:
            archive.write(inner, f"obow/{name}")
    return path


def test_the_one_checkpoint_in_a_zip_archive_is_opened(tmp_path: Path) -> None:
    path = _zip(tmp_path, "net.pth.tar")
    assert _same(unwrap(read_checkpoint(path), ["network"], path))


@pytest.mark.parametrize("names", [(), ("a.pth", "b.pth")])
def test_a_zip_archive_with_none_or_several_is_refused(
    tmp_path: Path, names: tuple[str, ...]
) -> None:
    with pytest.raises(UniTrackError, match=f"a zip archive with {len(names)} checkpoints"):
        read_checkpoint(_zip(tmp_path, *names))


def test_a_zip_archive_cut_off_is_told(tmp_path: Path) -> None:
    path = _zip(tmp_path, "net.pth")
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(UniTrackError, match="cut off"):
        read_checkpoint(path)
