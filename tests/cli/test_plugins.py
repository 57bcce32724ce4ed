from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import Answer
from tests.registry.fakes import install, offering

Run = Callable[..., Answer]


def test_every_plugin_is_listed_with_wheel_version_state_and_offers(
    site: Path, unitrack: Run
) -> None:
    install(site, "wheel-a", offering("crw_r18"))
    install(site, "wheel-bad", "import no_such_module_anywhere")
    answer = unitrack("plugins")
    lines = {line.split()[0]: line for line in answer.out.splitlines()}
    assert lines["wheel_a"].split(maxsplit=4)[1:] == ["wheel-a", "1.0", "loaded", "1 backbone"]
    assert lines["wheel_bad"].split()[3:5] == ["broken", "ModuleNotFoundError:"]
    assert {"core", "mot", "timm"} <= set(lines)


def test_the_listing_for_machines_names_what_each_offers(site: Path, unitrack: Run) -> None:
    install(site, "wheel-bad", "import no_such_module_anywhere")
    listed = {one["wheel"]: one for one in json.loads(unitrack("plugins", "--json").out)}
    assert {"mot", "mots", "vis"} <= set(listed["unitrack-mot"]["offers"]["heads"])
    assert listed["wheel-bad"]["status"] == "broken"
    assert listed["wheel-bad"]["offers"] == {}
    assert "no_such_module_anywhere" in listed["wheel-bad"]["error"]
