from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from unitrack.errors import UniTrackError
from unitrack.files import folder_atomic, write_atomic, zip_atomic


def test_a_folder_takes_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    for text in ("one", "two"):
        with folder_atomic(tmp_path / "a" / "set") as folder:
            (folder / "inner").mkdir()
            (folder / "inner" / f"{text}.txt").write_text(text)
    assert [p.name for p in (tmp_path / "a").iterdir()] == ["set"]
    assert [p.name for p in (tmp_path / "a" / "set" / "inner").iterdir()] == ["two.txt"]


@pytest.mark.parametrize("kind", [KeyboardInterrupt, ValueError, OSError])
def test_a_folder_that_is_not_finished_leaves_the_earlier_one(
    tmp_path: Path, kind: type[BaseException]
) -> None:
    def fill(text: str, error: BaseException | None = None) -> None:
        with folder_atomic(tmp_path / "set") as folder:
            (folder / "file").write_text(text)
            if error:
                raise error

    fill("one")
    with pytest.raises(UniTrackError if kind is OSError else kind):
        fill("two", kind())
    assert [p.name for p in tmp_path.iterdir()] == ["set"]
    assert (tmp_path / "set" / "file").read_text() == "one"


def test_an_archive_follows_from_its_members_alone(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"from disk")
    members: dict[str, Path | str | bytes] = {
        "b/one.txt": tmp_path / "file",
        "two.txt": "text",
        "three": b"bytes",
    }
    for name in ("a.zip", "b.zip"):
        zip_atomic(tmp_path / name, members)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert {n: archive.read(n) for n in archive.namelist()} == {
            "b/one.txt": b"from disk", "two.txt": b"text", "three": b"bytes",
        }  # fmt: skip


def test_an_archive_of_files_that_are_gone_is_not_begun(tmp_path: Path) -> None:
    with pytest.raises(UniTrackError):
        zip_atomic(tmp_path / "a.zip", {"x": tmp_path / "absent"})
    assert list(tmp_path.iterdir()) == []


def test_bytes_are_written_as_they_are(tmp_path: Path) -> None:
    write_atomic(tmp_path / "file", b"\r\n\x00")
    assert (tmp_path / "file").read_bytes() == b"\r\n\x00"
