"""What ``unitrack new-plugin`` writes is a wheel: built, installed, tested, and gone again."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.environment import ROOT, Environment, Listing, build, fresh
from unitrack.scaffold import TEMPLATES

WHEELS = {kind: f"unitrack-my-{kind}" for kind in TEMPLATES}
PLURALS = {kind: f"{kind}s" for kind in TEMPLATES} | {"similarity": "similarities"}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="needs symbolic links and POSIX paths"),
]


@dataclass(frozen=True, slots=True)
class Place:
    """An environment with the core and the wheel that a data set needs, and new plugins by it."""

    environment: Environment
    sources: dict[str, Path]
    before: Listing


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("new")
    environment = Environment(folder / "venv", folder / "wheels")
    build(environment.wheels, ROOT, ROOT / "plugins" / "unitrack_mot")
    fresh(environment.folder, folder / "dependencies")
    environment.install("unitrack-core", "unitrack-mot")
    before = environment.listing()
    sources = {kind: folder / "sources" / kind for kind in TEMPLATES}
    for kind, source in sources.items():
        words = ("new-plugin", f"my_{kind}", "--kind", kind, "--out", str(source))
        assert environment.unitrack(*words).returncode == 0
    build(environment.wheels, *sources.values())
    return Place(environment, sources, before)


@pytest.fixture
def installed(place: Place) -> Iterator[Place]:
    """With all five wheels in it, for one test."""
    place.environment.install(*WHEELS.values())
    yield place
    place.environment.uninstall(*WHEELS.values())
    assert place.environment.listing() == place.before


def test_each_kind_is_listed_and_its_tests_pass(installed: Place) -> None:
    added = installed.environment.listing()
    assert added.keys() - installed.before.keys() == {
        (PLURALS[kind], f"my_{kind}") for kind in TEMPLATES
    }
    assert {key: added[key] for key in installed.before} == installed.before
    done = installed.environment.pytest(
        *(source / "tests" for source in installed.sources.values())
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " failed" not in done.stdout
    assert " skipped" not in done.stdout


@pytest.mark.parametrize("wrong", ["$package.plugni", "$package"])
def test_the_tests_of_each_kind_fail_when_its_entry_point_is_wrong(
    installed: Place, wrong: str
) -> None:
    for kind in TEMPLATES:
        written = next(installed.environment.folder.rglob(f"unitrack_my_{kind}-*/entry_points.txt"))
        right = f"my_{kind} = unitrack_my_{kind}.plugin"
        assert right in written.read_text()
        entry = wrong.replace("$package", f"unitrack_my_{kind}")
        written.write_text(f"[unitrack]\nmy_{kind} = {entry}\n")
    done = installed.environment.pytest(
        *(source / "tests" for source in installed.sources.values())
    )
    assert done.returncode == 2
    for kind in TEMPLATES:
        assert f"UniTrackError: {WHEELS[kind]}: is broken" in done.stdout
    assert "5 errors" in done.stdout
