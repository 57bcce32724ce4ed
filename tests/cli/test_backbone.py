"""``unitrack backbone check``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.conftest import Answer

Run = Callable[..., Answer]


@pytest.mark.slow
def test_trained_weights_are_told_from_untrained_ones(unitrack: Run, tmp_path: Path) -> None:
    out = tmp_path / "features.png"
    answer = unitrack("backbone", "check", "efficientnet_lite0", "--json", "--out", str(out))
    assert answer.code == 0
    found = json.loads(answer.out)
    assert found["found"] > 2 * found["found_untrained"]
    assert found["deterministic"]
    assert found["pixels_per_cell"] == pytest.approx(8, rel=0.1)
    assert found["activations_mib"] > 1
    assert found["faults"] == []
    assert np.array(Image.open(out)).shape == (240, 960, 3)


def test_a_picture_of_ones_own_is_scaled_down(unitrack: Run, tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    noise = np.random.default_rng(0).integers(0, 256, (200, 800, 3), dtype=np.uint8)
    Image.fromarray(noise).save(path)
    words = ("check", "imagenet_squeezenet", "--weights", "random", "--image", str(path))
    answer = unitrack("backbone", *words)
    assert "of 96 x 384 pixels" in answer.out


def test_a_picture_that_is_none_or_too_small_is_told(unitrack: Run, tmp_path: Path) -> None:
    Image.new("RGB", (20, 20)).save(tmp_path / "small.png")
    (tmp_path / "text.png").write_text("x")
    for name in ("small.png", "text.png", "absent.png"):
        words = ("check", "r18", "--weights", "random", "--image", str(tmp_path / name))
        answer = unitrack("backbone", *words)
        assert (answer.code, answer.err.count("\n")) == (2, 2), name
