from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pycocotools import mask as coco

from unitrack_mot.data.vis_rle import runs


def _lengths(mask: NDArray[np.bool_]) -> list[int]:
    """Runs down the columns, background first, one pixel after the other."""
    lengths, value = [0], False
    for pixel in mask.T.ravel().tolist():
        if pixel != value:
            lengths.append(0)
            value = pixel
        lengths[-1] += 1
    return lengths


@settings(deadline=None, max_examples=60)
@given(
    st.integers(1, 12), st.integers(1, 12), st.floats(0, 1), st.integers(1, 40), st.integers(0, 99)
)
def test_runs_are_those_of_the_mask(
    rows: int, columns: int, share: float, zoom: int, seed: int
) -> None:
    coarse = np.random.default_rng(seed).random((rows, columns)) < share
    mask = np.kron(coarse, np.ones((zoom, zoom))).astype(bool)  # long runs need several characters
    counts = coco.encode(np.asfortranarray(mask, np.uint8))["counts"]
    found = runs(counts)
    assert found is not None
    assert found.tolist() == _lengths(mask)


def test_text_that_is_no_run_lengths_has_no_runs() -> None:
    for counts in (b"", b" ", b"5220003~~~", b"`", b"P" * 3, b"o" * 9 + b"0"):
        assert runs(counts) is None
