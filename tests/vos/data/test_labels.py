from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from tests.vos.made import SIZE, labels, save
from unitrack.errors import UniTrackError
from unitrack.types import BoxObservation, MaskObservation, TrackedObject
from unitrack_vos.data.labels import encode, paint, read_drawn, union

VALUES = labels(o1=(2, 10, 2, 10), o7=(4, 20, 8, 12), o255=(0, 2, 0, 2))


@pytest.mark.parametrize("grey", [False, True])
def test_numbers_come_back_as_they_were_written(tmp_path: Path, grey: bool) -> None:
    drawn = read_drawn(save(tmp_path / "a.png", VALUES, grey=grey), SIZE)
    assert drawn.grey == grey
    assert list(drawn.masks) == [1, 7, 255]
    for number, mask in drawn.masks.items():
        np.testing.assert_array_equal(mask.mask, number == VALUES)


@given(arrays(np.uint8, st.tuples(st.integers(1, 12), st.integers(1, 12))))
def test_any_numbers_come_back(values: np.ndarray[tuple[int, int], np.dtype[np.uint8]]) -> None:
    import io

    read = np.asarray(Image.open(io.BytesIO(encode(values))))
    np.testing.assert_array_equal(read, values)


def test_the_palette_is_that_of_davis(tmp_path: Path) -> None:
    with Image.open(save(tmp_path / "a.png", VALUES)) as image:
        assert image.mode == "P"
        palette = image.getpalette()
    assert palette is not None
    assert len(palette) == 3 * 256
    assert palette[:12] == [0, 0, 0, 128, 0, 0, 0, 128, 0, 128, 128, 0]
    assert palette[3 * 255 :] == [224, 224, 192]


def test_black_and_white_in_one_bit_is_read(tmp_path: Path) -> None:
    Image.fromarray(VALUES == 1).save(tmp_path / "a.png")
    drawn = read_drawn(tmp_path / "a.png", SIZE)
    assert drawn.grey
    np.testing.assert_array_equal(drawn.masks[1].mask, VALUES == 1)


def test_sixteen_bits_are_read(tmp_path: Path) -> None:
    drawn = read_drawn(save(tmp_path / "a.png", VALUES.astype(np.uint16), grey=True), SIZE)
    assert list(drawn.masks) == [1, 7, 255]


def test_a_number_beyond_eight_bits_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", VALUES.astype(np.uint16) * 40, grey=True)
    with pytest.raises(UniTrackError, match=r"a.png: holds the object 10200\n  .* 1 to 254"):
        read_drawn(path, SIZE)


def test_a_picture_in_colours_is_refused(tmp_path: Path) -> None:
    Image.new("RGB", SIZE[::-1]).save(tmp_path / "a.png")
    with pytest.raises(UniTrackError, match=r"a.png: is a picture in colours \(RGB\)"):
        read_drawn(tmp_path / "a.png", SIZE)


def test_another_size_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UniTrackError, match=r"a.png: is 32x24, but the frames are 30x20\n  .*near"):
        read_drawn(save(tmp_path / "a.png", VALUES), (20, 30))


def test_a_truncated_picture_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", np.random.default_rng(0).integers(0, 9, SIZE))
    path.write_bytes(path.read_bytes()[:-60])
    with pytest.raises(UniTrackError, match=r"a.png: cannot be decoded \(.*\)\n  Restore"):
        read_drawn(path, SIZE)


def test_what_is_no_picture_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_text("a text")
    with pytest.raises(UniTrackError, match=r"a.png: cannot be decoded"):
        read_drawn(tmp_path / "a.png", SIZE)
    with pytest.raises(UniTrackError, match=r"b.png: is missing"):
        read_drawn(tmp_path / "b.png", SIZE)


def _thing(identity: int, top: int) -> TrackedObject:
    mask = np.zeros(SIZE, np.bool_)
    mask[top : top + 4] = True
    return TrackedObject(identity, MaskObservation.of(mask))


def test_where_masks_overlap_the_larger_identity_is_seen() -> None:
    values = paint([_thing(9, 2), _thing(4, 0)], SIZE, "s: frame 0")
    assert values[:, 0].tolist() == [4, 4, 9, 9, 9, 9] + [0] * 18


@pytest.mark.parametrize("identity", [0, 255, 300])
def test_identities_that_no_indexed_picture_holds_are_refused(identity: int) -> None:
    with pytest.raises(UniTrackError, match=f"s: frame 0: object {identity}: .*\n  .* 1 to 254"):
        paint([_thing(identity, 0)], SIZE, "s: frame 0")


def test_masks_of_another_size_and_boxes_are_refused() -> None:
    for thing in (_thing(1, 0), TrackedObject(1, BoxObservation((0, 0, 1, 1)))):
        with pytest.raises(UniTrackError, match="s: frame 0: object 1: is no mask of 9x8"):
            paint([thing], (8, 9), "s: frame 0")


def test_the_union_of_masks() -> None:
    masks = [MaskObservation.of(np.equal(VALUES, n)) for n in (1, 7)]
    np.testing.assert_array_equal(union(masks, SIZE).mask, (VALUES == 1) | (VALUES == 7))
    assert union([], SIZE).area == 0
    assert union([], SIZE).size == SIZE
