"""Downloads: checked, resumed, put in place at once, and every fault in words."""

from __future__ import annotations

import dataclasses
import errno
import hashlib
import os
import threading
from pathlib import Path

import pytest

from tests.appearance.conftest import Served
from unitrack.appearance import download
from unitrack.appearance.download import cached, fetch
from unitrack.errors import UniTrackError
from unitrack.registry.records import WeightFile

CONTENT = bytes(range(256)) * 4096  # 1 MiB


def _file(url: str, *, sha256: str | None = None, size: int = 0) -> WeightFile:
    digest = hashlib.sha256(CONTENT).hexdigest()[:8] if sha256 is None else sha256
    return WeightFile(name="net", url=url, file="net.pth", sha256=digest, size=size, licence="MIT")


@pytest.fixture
def file(served: Served, cache: Path) -> WeightFile:
    del cache  # only has to be set
    served.content = CONTENT
    return _file(served.url)


def test_a_file_is_fetched_once_and_kept(file: WeightFile, served: Served, cache: Path) -> None:
    assert fetch(file) == cached(file) == cache / "net.pth"
    assert fetch(file).read_bytes() == CONTENT
    assert len(served.asked) == 1
    assert not (cache / "net.pth.part").exists()


def test_a_broken_transfer_keeps_its_part_and_is_resumed(
    file: WeightFile, served: Served, cache: Path
) -> None:
    served.stop_after = 300_000
    with pytest.raises(UniTrackError, match=r"broke off after 300000 of 1048576 bytes") as caught:
        fetch(file)
    assert "same command again" in caught.value.mend
    assert not (cache / "net.pth").exists()
    assert (cache / "net.pth.part").read_bytes() == CONTENT[:300_000]
    served.stop_after = None
    assert fetch(file).read_bytes() == CONTENT
    assert served.asked == ["", "bytes=300000-"]


def test_a_server_without_ranges_sends_everything_again(
    file: WeightFile, served: Served, cache: Path
) -> None:
    served.ranges = False
    cache.mkdir(parents=True)
    (cache / "net.pth.part").write_bytes(CONTENT[:1000])
    assert fetch(file).read_bytes() == CONTENT


def test_a_part_longer_than_the_file_is_thrown_away(file: WeightFile, cache: Path) -> None:
    cache.mkdir(parents=True)
    (cache / "net.pth.part").write_bytes(CONTENT + b"more")
    assert fetch(file).read_bytes() == CONTENT


def test_a_complete_part_is_not_fetched_again(
    file: WeightFile, served: Served, cache: Path
) -> None:
    cache.mkdir(parents=True)
    (cache / "net.pth.part").write_bytes(CONTENT)
    assert fetch(file).read_bytes() == CONTENT
    assert served.asked == []


def test_a_transfer_of_unstated_length_is_complete_at_its_end(
    file: WeightFile, served: Served
) -> None:
    served.length = False
    assert fetch(file).read_bytes() == CONTENT


def test_a_file_with_another_hash_is_removed_and_refused(
    file: WeightFile, served: Served, cache: Path
) -> None:
    served.content = CONTENT[::-1]
    with pytest.raises(UniTrackError, match="sha256") as caught:
        fetch(file)
    assert caught.value.where == served.url
    assert "removed" in caught.value.mend
    assert [p.name for p in cache.iterdir() if p.suffix != ".lock"] == []


def test_a_file_with_another_size_is_refused(file: WeightFile, served: Served) -> None:
    with pytest.raises(UniTrackError, match="1048576 bytes instead of 5"):
        fetch(dataclasses.replace(file, size=5))
    assert served.asked == [""]


def test_a_damaged_file_in_the_cache_is_fetched_again(file: WeightFile, cache: Path) -> None:
    cache.mkdir(parents=True)
    (cache / "net.pth").write_bytes(b"damaged")
    assert fetch(file).read_bytes() == CONTENT


@pytest.mark.parametrize("sha256", [None, ""])
def test_a_web_page_in_place_of_the_file_is_called_so(
    file: WeightFile, served: Served, sha256: str | None
) -> None:
    served.content = b"\n<!DOCTYPE html><html>Please log in</html>"
    wanted = file if sha256 is None else dataclasses.replace(file, sha256=sha256)
    with pytest.raises(UniTrackError, match="HTML page"):
        fetch(wanted)


def test_an_answer_other_than_the_file_is_told(file: WeightFile, served: Served) -> None:
    served.status = 403
    with pytest.raises(UniTrackError, match="answers 403"):
        fetch(file)


@pytest.mark.usefixtures("cache")
@pytest.mark.parametrize("url", ["http://127.0.0.1:1/net.pth", "file:///etc/hostname", "nonsense"])
def test_without_a_network_the_way_around_it_is_told(url: str) -> None:
    with pytest.raises(UniTrackError, match="cannot be reached") as caught:
        fetch(_file(url))
    assert "--weights FILE" in caught.value.mend


def test_a_cache_that_cannot_be_written_is_told(
    file: WeightFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")
    monkeypatch.setenv("UNITRACK_CACHE", str(tmp_path / "taken"))
    with pytest.raises(UniTrackError, match="cannot be written") as caught:
        fetch(file)
    assert "UNITRACK_CACHE" in caught.value.mend


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_cache_is_told(file: WeightFile, cache: Path) -> None:
    cache.mkdir(parents=True)
    cache.chmod(0o500)
    with pytest.raises(UniTrackError, match="cannot be written"):
        fetch(file)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_told(file: WeightFile, cache: Path) -> None:
    cache.mkdir(parents=True)
    (cache / "net.pth.part").symlink_to("/dev/full")
    with pytest.raises(UniTrackError, match="disk is full") as caught:
        fetch(file)
    assert caught.value.where == str(cache)
    assert "Free some space" in caught.value.mend
    assert not (cache / "net.pth").exists()


def test_a_read_only_disk_is_told(file: WeightFile, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(download, "_receive", fail)
    with pytest.raises(UniTrackError, match="cannot be written"):
        fetch(file)


def test_two_at_once_fetch_one_file(file: WeightFile, served: Served) -> None:
    threads = [threading.Thread(target=fetch, args=(file,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert cached(file).read_bytes() == CONTENT
    assert served.asked == [""]


def test_one_line_is_said_and_nothing_drawn_where_there_is_no_terminal(
    file: WeightFile, capsys: pytest.CaptureFixture[str]
) -> None:
    fetch(file)
    out, err = capsys.readouterr()
    assert out == ""
    assert err == f"unitrack: fetching {file.url} (licence: MIT)\n"
    fetch(file)
    assert capsys.readouterr() == ("", "")


def test_source_size_and_licence_are_said_before_anything_arrives(
    file: WeightFile, served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    served.status = 403
    terms = dataclasses.replace(file, size=97_800_000, licence="CC BY-NC 4.0")
    with pytest.raises(UniTrackError, match="answers 403"):
        fetch(terms)
    said = f"unitrack: fetching {file.url} (98 MB, licence: CC BY-NC 4.0)\n"
    assert capsys.readouterr().err == said


def test_a_bar_is_drawn_on_a_terminal(
    file: WeightFile, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    fetch(file)
    out, err = capsys.readouterr()
    assert out == ""
    assert "net.pth" in err


def test_what_is_first_fetched_holds_where_no_digest_is_published(
    served: Served, cache: Path
) -> None:
    served.content = CONTENT
    unknown = _file(served.url, sha256="")
    fetch(unknown)
    digest = hashlib.sha256(CONTENT).hexdigest()
    assert (cache / "net.pth.sha256").read_text() == f"{digest}  net.pth\n"
    (cache / "net.pth").unlink()
    served.content = CONTENT[::-1]
    with pytest.raises(UniTrackError, match=r"instead of the \w{16}… of its first use"):
        fetch(unknown)
    assert not (cache / "net.pth").exists()
    served.content = CONTENT
    assert fetch(unknown).read_bytes() == CONTENT


def test_a_full_published_digest_needs_no_note(served: Served, cache: Path) -> None:
    served.content = CONTENT
    fetch(_file(served.url, sha256=hashlib.sha256(CONTENT).hexdigest()))
    assert not (cache / "net.pth.sha256").exists()
