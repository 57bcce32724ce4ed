"""Loading: each plugin on its own, the broken one named once and skipped."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.registry.fakes import HEADER, install, offering
from unitrack import __version__
from unitrack.errors import UniTrackError
from unitrack.registry.collect import PluginInfo, wheel_name
from unitrack.registry.manager import registry


def _status(wheel: str) -> PluginInfo:
    return next(plugin for plugin in registry().plugins if plugin.wheel == wheel)


def _names(kind: str = "backbones") -> set[str]:
    return {offer.record.name for offer in registry().offers(kind)}


def test_a_new_wheel_adds_its_names_and_changes_no_other(site: Path) -> None:
    before = _names()
    registry.cache_clear()
    install(site, "wheel-a", offering("made_up_r18"))
    assert _names() - before == {"made_up_r18"}
    assert before <= _names()
    assert _status("wheel-a") == PluginInfo("wheel_a", "wheel-a", "1.0", "loaded")


def test_an_uninstalled_wheel_takes_only_its_names_away(site: Path) -> None:
    install(site, "wheel-a", offering("made_up_r18"))
    with_it = _names()
    registry.cache_clear()
    shutil.rmtree(site / "wheel_a-1.0.dist-info")
    assert with_it - _names() == {"made_up_r18"}


BROKEN = {
    "import error": ("import no_such_module_anywhere", "ModuleNotFoundError: No module named"),
    "syntax error": ("def (", "SyntaxError"),
    "exit at import": ("import sys; sys.exit(3)", "SystemExit: 3"),
    "no hook": ("", "it has no hook; mark its functions with"),
    "wrong record": (
        f"{HEADER}@hookimpl\ndef unitrack_heads():\n    yield backbone('x')\n",
        "unitrack_heads yields BackboneRecord, not HeadRecord",
    ),
    "no iterable": (
        f"{HEADER}@hookimpl\ndef unitrack_backbones():\n    return backbone('x')\n",
        "unitrack_backbones returns BackboneRecord; yield records instead",
    ),
    "newer hook": (
        f"{HEADER}@hookimpl\ndef unitrack_detectors():\n    yield 1\n",
        "hook unitrack_detectors is unknown to this unitrack-core",
    ),
    "misspelt hook": (
        f"{HEADER}@hookimpl\ndef untrack_heads():\n    yield 1\n",
        "hook untrack_heads is unknown to this unitrack-core",
    ),
    "newer argument": (
        f"{HEADER}@hookimpl\ndef unitrack_backbones(config):\n    yield backbone('x')\n",
        "PluginValidationError",
    ),
    "fault while yielding": (
        f"{HEADER}@hookimpl\ndef unitrack_backbones():\n    yield backbone('x')\n    1 / 0\n",
        "ZeroDivisionError",
    ),
    "one name twice": (offering("made_up_r18", "made_up_r18"), "offers 'made_up_r18' twice"),
    "name with a colon": (offering("a:b"), "'a:b' is not lower snake case"),
    "name in capitals": (offering("CRW"), "'CRW' is not lower snake case"),
    "factory without attribute": (
        f"{HEADER}@hookimpl\ndef unitrack_backbones():\n    yield backbone('x', factory='a.b')\n",
        "'a.b' is not \"package.module:attribute\"",
    ),
    "settings without attribute": (
        f"{HEADER}@hookimpl\ndef unitrack_backbones():\n    yield backbone('x', settings='a')\n",
        "'a' is not \"package.module:attribute\"",
    ),
    "default tap that is none": (
        f"{HEADER}@hookimpl\ndef unitrack_backbones():\n    yield backbone('x', default_tap='z')\n",
        "default_tap 'z' is none of its taps",
    ),
    "missing field": (
        f"{HEADER}@hookimpl\ndef unitrack_backbones():\n    yield BackboneRecord(name='x')\n",
        "TypeError",
    ),
}


@pytest.mark.parametrize(("source", "reason"), BROKEN.values(), ids=BROKEN)
def test_a_broken_plugin_is_named_once_and_offers_nothing(
    site: Path, capsys: pytest.CaptureFixture[str], source: str, reason: str
) -> None:
    healthy = _names()
    registry.cache_clear()
    install(site, "wheel-bad", source)
    install(site, "wheel-good", offering("made_up_r18"))
    assert _names() == healthy | {"made_up_r18"}
    assert _status("wheel-bad").status == "broken"
    assert reason in _status("wheel-bad").error
    registry().offers("heads")
    said = capsys.readouterr()
    assert said.err.count("wheel-bad 1.0") == 1
    assert said.err.count("\n") == 1
    assert reason in said.err
    assert not said.out


def test_strict_mode_makes_a_broken_plugin_fatal_every_time(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(site, "wheel-bad", "import no_such_module_anywhere")
    monkeypatch.setenv("UNITRACK_STRICT", "1")
    for _ in range(2):
        with pytest.raises(UniTrackError, match=r"wheel-bad 1.0: broken plugin") as caught:
            registry()
        assert "UNITRACK_STRICT" in caught.value.mend


def test_a_hook_marked_optional_may_be_newer_than_the_core(site: Path) -> None:
    newer = "@hookimpl(optionalhook=True)\ndef unitrack_detectors():\n    yield 1\n"
    install(site, "wheel-a", offering("made_up_r18") + newer)
    assert "made_up_r18" in _names()


def test_two_entry_points_of_a_wheel_may_not_share_a_name(site: Path) -> None:
    install(site, "wheel-a", offering("made_up_r18"))
    (site / "second.py").write_text(offering("made_up_r18"))
    with (site / "wheel_a-1.0.dist-info" / "entry_points.txt").open("a") as entries:
        entries.write("zz = second\n")
    assert _names() >= {"made_up_r18"}
    states = {plugin.name: plugin.status for plugin in registry().plugins}
    assert (states["wheel_a"], states["zz"]) == ("loaded", "broken")


def test_the_remains_of_an_interrupted_uninstall_do_not_load_a_plugin_twice(site: Path) -> None:
    install(site, "wheel-a", offering("made_up_r18"))
    shutil.copytree(site / "wheel_a-1.0.dist-info", site / "~heel_a-0.9.dist-info")
    assert [plugin.wheel for plugin in registry().plugins].count("wheel-a") == 1


def test_metadata_without_a_name_is_listed_under_its_entry_point(site: Path) -> None:
    install(site, "wheel-a", offering("made_up_r18"))
    (site / "wheel_a-1.0.dist-info" / "METADATA").unlink()
    assert "made_up_r18" in _names()
    assert _status("wheel-a").version == "?"


@pytest.mark.parametrize("chosen", ["wheel_a", "wheel-a", " wheel_a , mot"])
def test_chosen_plugins_alone_are_loaded(
    site: Path, monkeypatch: pytest.MonkeyPatch, chosen: str
) -> None:
    install(site, "wheel-a", offering("made_up_r18"))
    install(site, "wheel-b", "import no_such_module_anywhere")
    monkeypatch.setenv("UNITRACK_PLUGINS", chosen)
    assert "made_up_r18" in _names()
    assert "imagenet_r18" in _names()  # the core is no plugin that one can leave out
    assert _status("wheel-b").status == "disabled"
    assert _status("unitrack-timm").status == "disabled"


def test_a_plugin_can_be_left_out(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(site, "wheel-a", offering("made_up_r18"))
    monkeypatch.setenv("UNITRACK_PLUGINS", "-wheel_a")
    assert "made_up_r18" not in _names()
    assert _status("wheel-a").status == "disabled"
    assert _status("unitrack-mot").status == "loaded"


def test_choosing_a_plugin_that_is_not_installed_is_said(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(site, "wheel-a", offering("made_up_r18"))
    monkeypatch.setenv("UNITRACK_PLUGINS", "wheel_q")
    with pytest.raises(UniTrackError, match="no installed plugin is called 'wheel_q'") as caught:
        registry()
    assert "wheel_a" in caught.value.mend


def test_the_core_is_listed_with_the_version_of_its_wheel() -> None:
    assert _status("unitrack-core") == PluginInfo("core", "unitrack-core", __version__, "loaded")


def test_a_core_that_was_never_installed_still_loads(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("unitrack.registry.collect.CORE", "no-such-wheel")
    assert site.is_dir()
    assert _status("no-such-wheel").version == "?"


@pytest.mark.parametrize("spelt", ["My_Wheel", "my.wheel", "my-wheel", "MY--wheel"])
def test_a_wheel_has_one_name_however_it_is_spelt(spelt: str) -> None:
    assert wheel_name(spelt) == "my-wheel"
