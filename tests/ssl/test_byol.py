"""BYOL's pickle of JAX objects: read by name, and nothing in it is ever run."""

from __future__ import annotations

import dataclasses
import os
import pickle
import re
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import numpy as np
import pytest
import torch

from tests.appearance.conftest import Served
from tests.ssl.conftest import expected, numbers, pictures, records
from tests.ssl.made import State
from unitrack.appearance.build import build_backbone
from unitrack.errors import UniTrackError
from unitrack_ssl.byol import read, to_torchvision

_PACKAGES = ("haiku", "byol", "jaxlib")
RECORD = records()["byol_r50"]


@pytest.fixture
def jax() -> Iterator[Any]:
    """Modules of the names that BYOL's code has, there while a file is written only."""
    haiku = types.ModuleType("haiku._src.data_structures")

    class FlatMapping:
        def __init__(self, mapping: dict[str, Any]) -> None:
            self.mapping = mapping

        def __reduce__(self) -> tuple[type, tuple[dict[str, Any]]]:
            return FlatMapping, (self.mapping,)

    class frozendict(FlatMapping):  # noqa: N801 - its name in Haiku
        def __reduce__(self) -> tuple[type, tuple[dict[str, Any]]]:
            return frozendict, (self.mapping,)

    experiment = types.ModuleType("byol.byol_experiment")
    members = ("online_params", "target_params", "online_state", "target_state", "opt_state")

    class _ByolExperimentState(tuple[Any, ...]):
        __slots__ = ()

        def __new__(cls, *values: Any) -> Self:
            assert len(values) == len(members)
            return super().__new__(cls, values)

        def __getnewargs__(self) -> tuple[Any, ...]:
            return tuple(self)

    class DeviceArray:
        def __init__(self, values: Any) -> None:
            self.values = values

    for module, kind in (
        (haiku, FlatMapping),
        (haiku, frozendict),
        (experiment, _ByolExperimentState),
        (types.ModuleType("jaxlib.xla_extension"), DeviceArray),
    ):
        kind.__module__, kind.__qualname__ = module.__name__, kind.__name__
        setattr(module, kind.__name__, kind)
        sys.modules[module.__name__] = module
    for package in ("haiku", "haiku._src", "byol", "jaxlib"):
        sys.modules[package] = types.ModuleType(package)
    yield types.SimpleNamespace(
        mapping=FlatMapping, old=frozendict, state=_ByolExperimentState, array=DeviceArray
    )
    _forget()


def _forget() -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] in _PACKAGES]:
        del sys.modules[name]


def _haiku(state: State) -> tuple[dict[str, Any], dict[str, Any]]:
    """Parameters and statistics by Haiku's modules."""
    parameters: dict[str, Any] = {}
    statistics: dict[str, Any] = {}
    for key, value in state.items():
        module, _, part = key.rpartition(".")
        path = "res_net50/~/" + _module(module)
        if value.ndim == 4:
            parameters.setdefault(path, {})["w"] = value.permute(2, 3, 1, 0).numpy()
        elif part in ("weight", "bias"):
            name = "scale" if part == "weight" else "offset"
            parameters.setdefault(path, {})[name] = value.numpy()[None, None, None]
        elif part.startswith("running"):
            average = value.numpy()[None, None, None]
            kept = {"hidden": average + 1, "average": average, "counter": np.array(9)}
            statistics[f"{path}/~/{part[8:]}_ema"] = kept
    return parameters, statistics


def _module(name: str) -> str:
    found = re.fullmatch(r"layer(\d)\.(\d+)\.(conv|bn|downsample\.)(\d)", name)
    if not found:
        return {"conv1": "initial_conv", "bn1": "initial_batchnorm"}.get(name, name)
    group, block, kind, number = found.groups()
    place = f"block_group_{int(group) - 1}/~/block_{block}/~/"
    if kind == "downsample.":
        return place + ("shortcut_conv" if number == "0" else "shortcut_batchnorm")
    return f"{place}{'conv' if kind == 'conv' else 'batchnorm'}_{int(number) - 1}"


def _saved(jax: Any, mapping: Any, state: State, other: State) -> bytes:
    (online, online_state), (target, target_state) = _haiku(state), _haiku(other)
    online["projector/linear"] = {"w": np.ones((3, 4)), "b": np.ones(4)}
    online_state["projector/batch_norm/~/mean_ema"] = {"average": np.ones((1, 4))}
    online["classifier"] = {"w": np.ones((3, 4))}
    parts = [
        mapping({name: mapping(arrays) for name, arrays in modules.items()})
        for modules in (online, target, online_state, target_state)
    ]
    content = {
        "experiment_state": jax.state(*parts, (jax.array(np.zeros(2)),)),
        "step": np.int64(312500),
        "rng": jax.array(np.zeros(2, np.uint32)),
    }
    return pickle.dumps(content, protocol=2)


def _small(depth: int, seed: int) -> State:
    return {k: v for k, v in numbers(depth, seed).items() if k.startswith(("conv1", "bn1"))}


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["mapping", "old"])
def test_the_published_file_gives_the_features_of_its_numbers(
    jax: Any, kind: str, served: Served, cache_folder: Path
) -> None:
    del cache_folder
    served.content = _saved(jax, getattr(jax, kind), numbers(50, 0), _small(50, 1))
    _forget()
    file = dataclasses.replace(RECORD.weights[0], url=served.url)
    record = dataclasses.replace(RECORD, weights=(file,))
    found = build_backbone(record, tap="layer4", device="cpu")(pictures())
    wanted = expected(50)
    assert float((found - wanted).abs().max()) < 2e-5 * float(wanted.abs().max())


def test_names_and_axes_are_matched_from_the_right(jax: Any, tmp_path: Path) -> None:
    path = tmp_path / "byol.pkl"
    state = {k: v for k, v in numbers(50, 0).items() if k.startswith(("conv1", "bn1", "layer1.0"))}
    path.write_bytes(_saved(jax, jax.mapping, state, _small(50, 1)))
    arrays = {key: torch.from_numpy(array) for key, array in read(path).items()}
    for moved in (arrays, {key.replace("res_net50/~/", "net/"): v for key, v in arrays.items()}):
        found = to_torchvision(moved)
        wanted = {key: value for key, value in state.items() if "num_batches" not in key}
        assert found.keys() == wanted.keys()
        assert all(torch.equal(found[key], wanted[key]) for key in wanted)


@pytest.mark.slow
def test_an_unknown_layer_stays_and_is_refused_at_the_door(jax: Any, tmp_path: Path) -> None:
    path = tmp_path / "byol.pkl"
    state = {**numbers(50, 0), "layer1.0.gate.weight": torch.ones(3)}
    path.write_bytes(_saved(jax, jax.mapping, state, _small(50, 1)))
    with pytest.raises(UniTrackError, match="tensors that byol_r50 does not have"):
        build_backbone(RECORD, weights=str(path), device="cpu")


class _Payload:
    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, (f"touch {self.mark}",)


def test_code_in_the_pickle_is_refused_and_not_run(tmp_path: Path) -> None:
    path, mark = tmp_path / "byol.pkl", tmp_path / "ran"
    path.write_bytes(pickle.dumps({"experiment_state": _Payload(mark)}, protocol=2))
    with pytest.raises(UniTrackError, match=r"asks for posix\.system, and was not opened"):
        read(path)
    assert not mark.exists()


@pytest.mark.parametrize(
    "code",
    [
        b"cnumpy\nload\n.",
        b"cnumpy.core.multiarray\nfromfile\n.",
        b"c__builtin__\neval\n.",
        b"cbuiltins\ngetattr\n.",
        b"ccollections\nnamedtuple\n.",
        b"cjaxmore\nx\n.",
    ],
)
def test_nothing_but_arrays_and_stubs_is_made(tmp_path: Path, code: bytes) -> None:
    path = tmp_path / "byol.pkl"
    path.write_bytes(code)
    with pytest.raises(UniTrackError, match="was not opened further"):
        read(path)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.99])
def test_a_file_cut_off_is_told(jax: Any, tmp_path: Path, share: float) -> None:
    path = tmp_path / "byol.pkl"
    content = _saved(jax, jax.mapping, _small(50, 0), _small(50, 1))
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(UniTrackError, match="cut off or not a pickle"):
        read(path)


def test_another_pickle_is_told(tmp_path: Path) -> None:
    path = tmp_path / "byol.pkl"
    for content in ([1, 2], {"experiment_state": 3}, {"step": 3}):
        path.write_bytes(pickle.dumps(content, protocol=2))
        with pytest.raises(UniTrackError, match="not what BYOL's code saves"):
            read(path)
