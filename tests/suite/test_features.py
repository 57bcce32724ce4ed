from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from unitrack.api import backbone
from unitrack.appearance.embed import Embedder
from unitrack.errors import UniTrackError
from unitrack.suite.features import FeatureCache, Remembering, feature_cache
from unitrack.suite.job import Job
from unitrack.suite.table import Table

pytestmark = pytest.mark.slow

MUCH = 10**9


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return backbone("imagenet_squeezenet", weights="random:0", device="cpu")


def pictures(seed: int) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 255, (2, 64, 96, 3), np.uint8)


def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    calls: list[int] = []
    computed = Embedder.features

    def features(self: Embedder, batch: NDArray[np.uint8]) -> Tensor:
        calls.append(len(batch))
        return computed(self, batch)

    monkeypatch.setattr(Embedder, "features", features)
    return calls


def test_what_is_read_is_what_was_computed_in_the_same_layout(
    embedder: Embedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = embedder.features(pictures(0))
    calls = counted(monkeypatch)
    for _ in range(2):
        remembering = Remembering(embedder, FeatureCache(tmp_path, MUCH), {})
        again = remembering.features(pictures(0))
        assert torch.equal(again, plain)
        assert again.stride() == plain.stride()
        assert again.dtype == plain.dtype
    assert calls == [2]


def test_other_pictures_and_other_networks_share_nothing(
    embedder: Embedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = FeatureCache(tmp_path, MUCH)
    other = backbone("imagenet_squeezenet", weights="random:1", device="cpu")
    calls = counted(monkeypatch)
    first = Remembering(embedder, cache, {})
    first.features(pictures(0))
    first.features(pictures(1))
    first.features(pictures(0)[:1])
    Remembering(other, cache, {}).features(pictures(0))
    Remembering(embedder, cache, {"size": 2}).features(pictures(0))
    assert calls == [2, 2, 1, 2, 2]
    assert len(list(tmp_path.iterdir())) == 5


def test_the_folder_never_holds_more_than_it_may(tmp_path: Path) -> None:
    one = torch.zeros(2, 8, 4, 4)
    size = one.nbytes
    cache = FeatureCache(tmp_path, 3 * size + 3000)  # each file has some 500 bytes around it
    for number in range(6):
        cache.put(str(number), one + number)
        assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= cache.most
    assert cache.get("0") is None
    kept = cache.get("5")
    assert kept is not None
    assert torch.equal(kept, one + 5)
    cache.put("large", torch.zeros(10**6))
    assert cache.get("large") is None


def test_a_damaged_file_and_a_full_disk_cost_time_only(
    embedder: Embedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = FeatureCache(tmp_path, MUCH)
    plain = Remembering(embedder, cache, {}).features(pictures(0))
    (path,) = tmp_path.iterdir()
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    assert torch.equal(Remembering(embedder, cache, {}).features(pictures(0)), plain)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    assert torch.equal(Remembering(embedder, cache, {}).features(pictures(1)),
                       embedder.features(pictures(1)))  # fmt: skip
    assert [found.name for found in tmp_path.iterdir()] == [path.name]


def test_a_cell_has_the_same_bytes_with_and_without(
    table: Table, outcomes: dict[str, object], tmp_path: Path
) -> None:
    spec = table.cells[0].spec
    assert spec is not None
    job = Job({"0": spec}, FeatureCache(tmp_path, MUCH))
    for _ in range(2):
        found = job("0/SYNTH-01")
        known = outcomes["random:0/SYNTH-01"]
        assert (found.results, found.partial) == (known.results, known.partial)  # type: ignore[attr-defined]
    assert list(tmp_path.iterdir())


@pytest.mark.parametrize("size", [0.0, -1.0, float("nan"), float("inf")])
def test_a_size_that_is_none_is_refused(size: float) -> None:
    with pytest.raises(UniTrackError, match="is no size"):
        feature_cache(size)
