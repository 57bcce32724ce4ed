"""Where weights come from: a pip package, the hub's cache, a folder that a person fills."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import pytest

from tests.appearance.conftest import Served
from unitrack.appearance import source
from unitrack.appearance.hub import web_address
from unitrack.appearance.source import find, keep, locate
from unitrack.appearance.verify import verify
from unitrack.errors import UniTrackError
from unitrack.registry.records import WeightFile

CONTENT = b"the numbers of a network" * 100
PAGE = "https://drive.google.com/file/d/1abc/view"
BY_HAND = WeightFile(name="net", page=PAGE, file="net_by_hand.pth", licence="none stated")
IN_HUB = WeightFile(name="net", url="hf://timm/net/model.safetensors", file="net.st", licence="MIT")


def _put(folder: Path, content: bytes = CONTENT) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / BY_HAND.file
    path.write_bytes(content)
    return path


def test_a_file_to_be_fetched_by_hand_says_where_it_is_its_name_and_where_to_put_it(
    cache: Path,
) -> None:
    with pytest.raises(UniTrackError) as caught:
        locate(BY_HAND)
    assert caught.value.where == "net_by_hand.pth"
    assert PAGE in caught.value.what
    assert "none stated" in caught.value.what
    assert (
        caught.value.mend == f"Save it as {cache / BY_HAND.file}, or give it with --weights FILE."
    )
    assert find(BY_HAND) is None


def test_a_file_put_into_the_cache_is_found(cache: Path) -> None:
    path = _put(cache)
    assert locate(BY_HAND) == find(BY_HAND) == path


def test_the_first_sound_use_of_such_a_file_is_kept_and_holds(cache: Path) -> None:
    path = _put(cache)
    locate(BY_HAND)
    assert not (cache / "net_by_hand.pth.sha256").exists()  # it may have been cut off in copying
    keep(BY_HAND, path, hashlib.sha256(CONTENT).hexdigest())
    assert locate(BY_HAND) == path
    _put(cache, CONTENT + b"more")
    with pytest.raises(UniTrackError, match="of its first use"):
        locate(BY_HAND)


def test_nothing_is_kept_of_files_that_are_fetched(cache: Path) -> None:
    path = _put(cache)
    keep(IN_HUB, path, "0" * 64)
    assert not (cache / "net_by_hand.pth.sha256").exists()


@pytest.mark.parametrize("digits", [8, 32])
def test_a_published_md5_is_compared(tmp_path: Path, digits: int) -> None:
    path = _put(tmp_path)
    right = hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()[:digits]
    digest = hashlib.sha256(CONTENT).hexdigest()
    assert verify(_published(f"md5:{right}"), path) == digest
    with pytest.raises(UniTrackError, match=f"has the md5 {right[:8]}.* instead of b25"):
        verify(_published("md5:b251726a"), path)


def test_the_id_that_git_gives_a_file_is_compared(tmp_path: Path) -> None:
    path = _put(tmp_path)
    told = subprocess.run(["git", "hash-object", path], capture_output=True, text=True, check=True)
    verify(_published(f"git:{told.stdout.strip()}"), path)
    with pytest.raises(UniTrackError, match="has the git"):
        verify(_published("git:7d3a446fc45567471ca98d5d43bce4810b3a5759"), path)


def _published(checksum: str) -> WeightFile:
    return WeightFile(
        name="net", page=PAGE, file="net_by_hand.pth", licence="MIT", checksum=checksum
    )


def test_what_the_tools_of_the_hub_have_fetched_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _put(tmp_path)
    monkeypatch.setattr(source, "in_hub_cache", lambda _: path)
    assert locate(IN_HUB) == find(IN_HUB) == path


def test_what_is_not_in_the_cache_of_the_hub_is_fetched_from_it(
    served: Served, cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    served.content = CONTENT
    monkeypatch.setenv("HF_ENDPOINT", served.url.removesuffix("/net.pth"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    assert web_address(IN_HUB.url).endswith("/timm/net/resolve/main/model.safetensors")
    assert find(IN_HUB) is None
    assert locate(IN_HUB) == find(IN_HUB) == cache / "net.st"


@pytest.mark.usefixtures("cache")
def test_without_a_network_the_hub_is_named_in_two_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:1")
    with pytest.raises(UniTrackError, match="cannot be reached") as caught:
        locate(IN_HUB)
    assert caught.value.where == "http://127.0.0.1:1/timm/net/resolve/main/model.safetensors"
    assert str(caught.value).count("\n") == 1
