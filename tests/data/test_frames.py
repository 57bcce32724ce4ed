from __future__ import annotations

import os
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from unitrack.data.frames import (
    check_numbers,
    decode,
    decode_frames,
    fingerprint_images,
    image_size,
    list_images,
)
from unitrack.errors import UniTrackError

SIZE = (6, 8)


def picture(seed: int, size: tuple[int, int] = SIZE) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (*size, 3), np.uint8)


def save(path: Path, image: NDArray[np.uint8]) -> Path:
    Image.fromarray(image).save(path)
    return path


def test_images_are_listed_in_numeric_order(tmp_path: Path) -> None:
    for name in ("10.jpg", "9.png", "1.JPG", "2.jpeg"):
        (tmp_path / name).touch()
    assert [path.name for path in list_images(tmp_path)] == ["1.JPG", "2.jpeg", "9.png", "10.jpg"]


def test_other_and_hidden_files_are_no_images(tmp_path: Path) -> None:
    for name in ("1.jpg", "._1.jpg", "Thumbs.db", "2.txt"):
        (tmp_path / name).touch()
    assert [path.name for path in list_images(tmp_path)] == ["1.jpg"]


def test_an_absent_folder_holds_no_images(tmp_path: Path) -> None:
    assert list_images(tmp_path / "absent") == []


def test_a_png_is_decoded_exactly(tmp_path: Path) -> None:
    image = picture(0)
    found = decode(save(tmp_path / "1.png", image))
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found, image)


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "1"])
def test_any_mode_becomes_rgb(tmp_path: Path, mode: str) -> None:
    Image.fromarray(picture(0)).convert(mode).save(tmp_path / "1.png")
    assert decode(tmp_path / "1.png").shape == (*SIZE, 3)


def test_orientation_marks_are_not_applied(tmp_path: Path) -> None:
    orientation, turned = 0x0112, 6
    exif = Image.Exif()
    exif[orientation] = turned
    Image.fromarray(picture(0)).save(tmp_path / "1.jpg", exif=exif)
    assert decode(tmp_path / "1.jpg").shape[:2] == SIZE == image_size(tmp_path / "1.jpg")


def test_frames_carry_position_and_stem(tmp_path: Path) -> None:
    paths = [save(tmp_path / f"{number:06d}.png", picture(number)) for number in (7, 8)]
    found = [(frame.index, frame.name) for frame in decode_frames(paths, SIZE)]
    assert found == [(0, "000007"), (1, "000008")]


def test_frames_are_decoded_one_at_a_time(tmp_path: Path) -> None:
    paths = [save(tmp_path / "1.png", picture(1)), tmp_path / "absent.png"]
    (frame,) = islice(decode_frames(paths, SIZE), 1)
    assert frame.name == "1"


@pytest.mark.parametrize("suffix", ["jpg", "png"])
@pytest.mark.parametrize("kept", [0.0, 0.02, 0.5, 0.9])
def test_a_truncated_image_is_named(tmp_path: Path, suffix: str, kept: float) -> None:
    path = save(tmp_path / f"1.{suffix}", picture(0, (64, 64)))
    content = path.read_bytes()
    path.write_bytes(content[: int(kept * len(content))])
    with pytest.raises(UniTrackError, match="cannot be decoded") as fault:
        decode(path)
    assert fault.value.where == str(path)


def test_a_missing_image_is_named(tmp_path: Path) -> None:
    with pytest.raises(UniTrackError, match=r"2\.png: is missing"):
        list(decode_frames([tmp_path / "2.png"], SIZE))


def test_a_web_page_saved_as_an_image_is_named(tmp_path: Path) -> None:
    (tmp_path / "1.jpg").write_text("<html>")
    with pytest.raises(UniTrackError, match="cannot be decoded"):
        image_size(tmp_path / "1.jpg")


def test_an_image_of_absurd_size_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save(tmp_path / "1.png", picture(0))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 3)
    with pytest.raises(UniTrackError, match="cannot be decoded"):
        decode(path)


def test_an_image_of_another_size_is_named(tmp_path: Path) -> None:
    paths = [save(tmp_path / "1.png", picture(1)), save(tmp_path / "2.png", picture(2, (8, 6)))]
    with pytest.raises(UniTrackError, match=r"2\.png: is 6x8, but the sequence is 8x6"):
        list(decode_frames(paths, SIZE))


def test_the_fingerprint_sees_name_size_and_time(tmp_path: Path) -> None:
    path = save(tmp_path / "1.png", picture(1))
    before = fingerprint_images([path])
    assert fingerprint_images([path]) == before
    os.utime(path, ns=(1, 1))
    touched = fingerprint_images([path])
    other = fingerprint_images([path.rename(tmp_path / "2.png")])
    assert len({before, touched, other}) == 3


@pytest.mark.parametrize("names", [(), ("000000.jpg",), ("7.jpg", "8.png"), ("a.jpg", "3.jpg")])
def test_images_without_a_gap_are_taken(tmp_path: Path, names: tuple[str, ...]) -> None:
    check_numbers([tmp_path / name for name in names])


def test_a_gap_in_the_numbers_is_named(tmp_path: Path) -> None:
    images = [tmp_path / f"{number:06d}.jpg" for number in (1, 2, 4)]
    with pytest.raises(UniTrackError, match=r"000003\.jpg: is missing"):
        check_numbers(images)


@pytest.mark.parametrize(("numbers", "missing"), [((5, 10, 20), "00015"), ((5, 10, 12), "00015")])
def test_numbers_may_rise_in_steps(tmp_path: Path, numbers: tuple[int, ...], missing: str) -> None:
    images = [tmp_path / f"{number:05d}.jpg" for number in numbers]
    check_numbers(images[:2], 5)
    with pytest.raises(UniTrackError, match=rf"{missing}\.jpg: is missing"):
        check_numbers(images, 5)


def test_one_number_of_two_images_is_named(tmp_path: Path) -> None:
    images = [tmp_path / name for name in ("000001.jpg", "000001.png")]
    with pytest.raises(UniTrackError, match=r"000001\.png: has the number of 000001\.jpg"):
        check_numbers(images)
