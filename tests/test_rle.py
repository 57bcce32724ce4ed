from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from unitrack.rle import first_fault, foreground
from unitrack.types import MaskObservation

SIZE = (37, 53)


def _masks() -> list[NDArray[np.bool_]]:
    rng = np.random.default_rng(0)
    made = [rng.random(SIZE) < share for share in (0.0, 0.1, 0.5, 0.9, 1.0)]
    blob = np.zeros(SIZE, bool)
    blob[5:30, 3:40] = True
    return [*made, blob]


def test_the_runs_are_the_foreground_of_the_decoded_masks() -> None:
    masks = _masks()
    runs = foreground([MaskObservation.of(mask) for mask in masks])
    assert (np.diff(runs.owner) >= 0).all()
    for number, mask in enumerate(masks):
        flat = np.zeros(mask.size, bool)
        for first, stop in zip(
            runs.first[runs.owner == number], runs.stop[runs.owner == number], strict=True
        ):
            assert not flat[first:stop].any()
            flat[first:stop] = True
        np.testing.assert_array_equal(flat.reshape(SIZE[::-1]).T, mask)


def test_masks_of_a_large_picture_have_large_runs() -> None:
    mask = np.zeros((2160, 3840), bool)
    mask[:, 3839] = True
    runs = foreground([MaskObservation.of(mask)])
    assert (runs.first.tolist(), runs.stop.tolist()) == ([2160 * 3839], [2160 * 3840])


def test_no_masks_have_no_runs() -> None:
    assert len(foreground([]).first) == 0


def test_sound_masks_have_no_fault() -> None:
    assert first_fault([MaskObservation.of(mask) for mask in _masks()]) is None
    assert first_fault([]) is None


@pytest.mark.parametrize(
    ("coded", "what"),
    [
        (b"", "cannot be decoded"),
        (b"5z", "cannot be decoded"),
        (b" ", "cannot be decoded"),
        (b"P", "cannot be decoded"),
        (b"o" * 20 + b"0", "cannot be decoded"),
        (b"0", "fill 0 pixels, not 53 x 37"),
        (b"O5", "negative length"),
        (MaskObservation.of(np.ones((9, 8), bool)).counts, "fill 72 pixels, not 53 x 37"),
    ],
)
def test_the_first_mask_at_fault_is_found_and_explained(coded: bytes, what: str) -> None:
    sound = [MaskObservation.of(mask) for mask in _masks()]
    found = first_fault([*sound, MaskObservation(SIZE, coded), MaskObservation(SIZE, b"")])
    assert found is not None
    assert found[0] == len(sound)
    assert what in found[1]


def test_a_fault_far_behind_is_counted_from_the_beginning() -> None:
    tiny = MaskObservation.of(np.ones((1, 1), bool))
    found = first_fault([tiny] * 5000 + [MaskObservation((1, 1), b"")])
    assert found is not None
    assert found[0] == 5000
