from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from unitrack.errors import UniTrackError
from unitrack.suite.codec import decode, encode

OURS = frozenset({"tests"})


@dataclass(frozen=True)
class Counted:
    name: str
    hits: NDArray[np.int64]


def test_what_metrics_count_comes_back_as_it_was() -> None:
    value = {
        "plain": [1, 2.5, "three", None, True, float("inf")],
        "array": np.arange(6, dtype=np.float32).reshape(2, 3),
        "empty": np.zeros((0, 4), np.bool_),
        "words": np.array(["a", "bcd"]),
        "scalar": np.float64(0.1) + np.float64(0.2),
        "pair": (1, (2, 3)),
        "raw": b"\x00\xff",
        "classes": {3: "car", 7: Counted("x", np.array([1, 2]))},
        "!odd": 1,
    }
    again = decode(encode(value), OURS)
    assert again["plain"] == value["plain"]
    for name in ("array", "empty", "words"):
        expected, found = value[name], again[name]
        assert isinstance(expected, np.ndarray)
        assert found.dtype == expected.dtype
        assert found.shape == expected.shape
        assert (found == expected).all()
    assert again["scalar"] == value["scalar"]
    assert type(again["scalar"]) is np.float64
    assert again["pair"] == (1, (2, 3))
    assert again["raw"] == b"\x00\xff"
    assert again["!odd"] == 1
    classes: Mapping[int, object] = again["classes"]
    assert list(classes) == [3, 7]
    counted = classes[7]
    assert isinstance(counted, Counted)
    assert counted.hits.tolist() == [1, 2]
    again["array"][0, 0] = 9.0  # may be written to, as what a metric gave


def test_nothing_but_a_dataclass_of_the_metrics_own_packages_is_made() -> None:
    text = encode(Counted("x", np.zeros(1, np.int64)))
    with pytest.raises(UniTrackError, match="none of the metric's packages"):
        decode(text, frozenset({"unitrack"}))
    call = '{"!dataclass": ["os", "system", {"command": "true"}]}'
    with pytest.raises(UniTrackError, match="none of the metric's packages"):
        decode(call, OURS)
    with pytest.raises(UniTrackError, match="is no dataclass"):
        decode('{"!dataclass": ["tests.suite.test_codec", "encode", {}]}', OURS)


def test_objects_are_refused_both_ways() -> None:
    with pytest.raises(TypeError, match="has no place"):
        encode({"set": {1, 2}})
    with pytest.raises(TypeError, match="has no place"):
        encode(np.array([object()]))
    with pytest.raises(UniTrackError, match="cannot be read"):
        decode('{"!array": ["|O", [1], "AAAAAAAAAAA="]}', OURS)


@pytest.mark.parametrize("text", ["", "{", '{"!what": 1}', '{"!array": [1, 2]}', "[1"])
def test_garbage_is_one_line(text: str) -> None:
    with pytest.raises(UniTrackError, match="cannot be read"):
        decode(text, OURS)
