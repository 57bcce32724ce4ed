"""Devices and precisions, and words for those that are not there."""

from __future__ import annotations

import pytest
import torch

from unitrack.appearance.device import resolve_device, resolve_precision
from unitrack.errors import UniTrackError


def _machine(monkeypatch: pytest.MonkeyPatch, *, cuda: int = 0, mps: bool = False) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: cuda > 0)
    monkeypatch.setattr("torch.cuda.device_count", lambda: cuda)
    monkeypatch.setattr("torch.backends.mps.is_available", lambda: mps)


@pytest.mark.parametrize(
    ("cuda", "mps", "expected"), [(0, False, "cpu"), (0, True, "mps"), (2, True, "cuda:0")]
)
def test_auto_takes_the_fastest_there_is(
    monkeypatch: pytest.MonkeyPatch, cuda: int, mps: bool, expected: str
) -> None:
    _machine(monkeypatch, cuda=cuda, mps=mps)
    assert str(resolve_device("auto")) == expected


def test_a_numbered_gpu_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    _machine(monkeypatch, cuda=2)
    assert resolve_device("cuda:1") == torch.device("cuda", 1)
    assert resolve_device("cuda") == torch.device("cuda", 0)


@pytest.mark.parametrize(
    ("name", "cuda", "what", "mend"),
    [
        ("cuda", 0, "sees no CUDA GPU", "--device cpu"),
        ("cuda:2", 2, "there are 2 CUDA GPUs", "cuda:0 to cuda:1"),
        ("mps", 0, "sees no Apple GPU", "--device auto"),
        ("gpu", 0, "is no kind of device", "auto, cpu, cuda"),
        ("cpu:1", 0, "is no kind of device", "auto, cpu, cuda"),
        ("cuda:x", 1, "is no kind of device", "auto, cpu, cuda"),
    ],
)
def test_a_device_that_is_not_there_is_told(
    monkeypatch: pytest.MonkeyPatch, name: str, cuda: int, what: str, mend: str
) -> None:
    _machine(monkeypatch, cuda=cuda)
    with pytest.raises(UniTrackError) as caught:
        resolve_device(name)
    assert caught.value.where == f"--device {name}"
    assert what in caught.value.what
    assert mend in caught.value.mend


def test_precisions_have_their_number_formats() -> None:
    cpu, gpu = torch.device("cpu"), torch.device("cuda", 0)
    assert resolve_precision("fp32", cpu) == torch.float32
    assert resolve_precision("bf16", cpu) == torch.bfloat16
    assert resolve_precision("fp16", gpu) == torch.float16


@pytest.mark.parametrize(("name", "what"), [("fp16", "needs a GPU"), ("int8", "is no precision")])
def test_a_precision_that_cannot_be_had_is_told(name: str, what: str) -> None:
    with pytest.raises(UniTrackError, match=what):
        resolve_precision(name, torch.device("cpu"))
