"""Resolving: bare and qualified names, and answers to wrong ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.registry.fakes import HEADER, install, offering
from unitrack.errors import UniTrackError
from unitrack.registry.manager import KINDS, registry, singular


def _mend(kind: str, name: str) -> str:
    with pytest.raises(UniTrackError) as caught:
        registry().get(kind, name)
    return caught.value.mend


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_understood_in_singular_and_plural(kind: str) -> None:
    assert registry().kind(kind) == registry().kind(singular(kind)) == kind


def test_an_unknown_kind_is_answered_with_the_kinds() -> None:
    with pytest.raises(UniTrackError) as caught:
        registry().offers("backbonez")
    assert all(kind in caught.value.mend for kind in KINDS)


def test_a_name_resolves_bare_and_qualified() -> None:
    assert (
        registry().get("backbone", "imagenet_r18")
        is registry().get("backbones", "unitrack-core:imagenet_r18")
        is registry().get("backbones", "unitrack_core:imagenet_r18")
    )


def test_an_unknown_name_is_answered_with_the_nearest_three() -> None:
    mend = _mend("backbones", "imagenet_r81")
    nearest = mend.partition("Nearest: ")[2].partition(". ")[0].split(", ")
    assert len(nearest) == 3
    assert nearest[0] == "imagenet_r18"
    assert mend.endswith("unitrack list backbones")


def test_a_name_like_nothing_is_answered_with_where_to_look() -> None:
    assert _mend("heads", "qqqq") == "See all of them with: unitrack list heads"


def test_a_name_of_an_absent_first_party_wheel_is_answered_with_its_install_line(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("unitrack.registry.collect.entry_points", lambda **_: ())
    assert site.is_dir()
    assert _mend("head", "mot") == "Install it with: pip install unitrack-mot"
    assert _mend("dataset", "unitrack-mot:mot17") == "Install it with: pip install unitrack-mot"
    assert "efficientnet_lite0 (pip install unitrack-timm)" in _mend(
        "backbone", "efficientnet_lit0"
    )


def test_a_name_of_a_disabled_wheel_is_answered_with_the_variable(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert site.is_dir()
    monkeypatch.setenv("UNITRACK_PLUGINS", "-mot")
    assert "UNITRACK_PLUGINS leaves it out" in _mend("head", "mot")


def test_a_name_of_a_broken_first_party_wheel_is_answered_with_its_fault(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = "import no_such_module_anywhere"
    install(site, "unitrack-mot", source, module="broken_mot", entry="mot")
    assert "is broken (ModuleNotFoundError" in _mend("head", "mot")
    assert "unitrack-mot 1.0" in capsys.readouterr().err


def test_a_name_of_two_wheels_must_be_qualified(site: Path) -> None:
    install(site, "wheel-a", offering("made_up_r18"))
    install(site, "wheel-b", offering("made_up_r18"))
    with pytest.raises(UniTrackError, match="2 wheels offer a backbone of this name") as caught:
        registry().get("backbones", "made_up_r18")
    assert caught.value.mend == "Say which: wheel-a:made_up_r18 or wheel-b:made_up_r18."
    assert registry().offer("backbones", "wheel-b:made_up_r18").wheel == "wheel-b"
    found = [o for o in registry().offers("backbones") if o.record.name == "made_up_r18"]
    assert [registry().spelling(o) for o in found] == ["wheel-a:made_up_r18", "wheel-b:made_up_r18"]


def test_a_suggestion_can_be_typed_as_it_stands(site: Path) -> None:
    install(site, "wheel-a", offering("made_up_r18"))
    install(site, "wheel-b", offering("made_up_r18"))
    assert "Nearest: wheel-a:made_up_r18, wheel-b:made_up_r18" in _mend("backbones", "made_up_r19")


def test_another_wheels_default_does_not_displace_ours(site: Path) -> None:
    source = (
        f"{HEADER}@hookimpl\ndef unitrack_backbones():\n    yield backbone('x', default=True)\n"
    )
    install(site, "wheel-a", source)
    assert registry().default_backbone().record.name == "efficientnet_lite0"


def test_another_wheels_default_serves_where_ours_is_absent(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = (
        f"{HEADER}@hookimpl\ndef unitrack_backbones():\n    yield backbone('x', default=True)\n"
    )
    monkeypatch.setenv("UNITRACK_PLUGINS", "-timm")
    with pytest.raises(UniTrackError, match="no installed wheel offers a default backbone"):
        registry().default_backbone()
    registry.cache_clear()
    install(site, "wheel-a", source)
    assert registry().default_backbone().qualified == "wheel-a:x"
    registry.cache_clear()
    install(site, "wheel-b", source)
    with pytest.raises(UniTrackError, match="several defaults"):
        registry().default_backbone()
