"""docs/plugins.md says what is: every hook, field and promise; every example runs."""

from __future__ import annotations

import dataclasses
import inspect
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.registry.fakes import install
from unitrack.cli.main import main
from unitrack.registry import hookspecs, records
from unitrack.registry.manager import registry
from unitrack.testing import cases

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "tests" / "fixtures" / "plugins" / "patchwork"
PAGE = (ROOT / "docs" / "plugins.md").read_text()

# Title of a block (the file it shows, or empty), its language, its text.
BLOCKS = re.findall(r"(?:`([\w./]+)`\n\n)?```(\w+)\n(.*?)```\n", PAGE, re.DOTALL)
FILES = {title: text for title, _, text in BLOCKS if title}
PYTHON = [text for title, language, text in BLOCKS if language == "python" and not title]
SHELL = [text for _, language, text in BLOCKS if language == "sh"]


def _hooks() -> Iterator[str]:
    for name, hook in inspect.getmembers(hookspecs, inspect.isfunction):
        if name.startswith("unitrack_"):
            yield f"`{name}({', '.join(inspect.signature(hook).parameters)})`"


@pytest.mark.parametrize("hook", list(_hooks()))
def test_every_hook_is_documented_with_its_exact_arguments(hook: str) -> None:
    assert hook in PAGE


@pytest.mark.parametrize("record", [*records.KINDS.values(), records.WeightFile])
def test_every_field_of_every_record_is_documented(record: Any) -> None:
    assert f"`{record.__name__}`" in PAGE
    missing = [f.name for f in dataclasses.fields(record) if f"`{f.name}`" not in PAGE]
    assert not missing


def test_the_files_shown_are_the_files_of_the_example() -> None:
    assert set(FILES) == {
        "pyproject.toml",
        "patchwork/plugin.py",
        "patchwork/build.py",
        "patchwork/nearest.py",
    }
    for name, text in FILES.items():
        assert (EXAMPLE / name).read_text() == text, name


def test_every_promise_is_documented(patchwork: str) -> None:
    for plugin in (patchwork, "unitrack-mot"):
        for _, check in cases(plugin):
            promise = " ".join(str(check.function.__doc__).split())
            assert f"| `{check.name}` | {promise} |" in PAGE


def test_the_commands_run(patchwork: str, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [line for block in SHELL for line in block.splitlines()]
    commands = [line for line in lines if line.startswith("unitrack ")]
    assert commands
    for line in commands:
        assert main(shlex.split(line)[1:]) == 0, line
    assert patchwork in capsys.readouterr().out


def test_the_other_hooks_are_a_plugin(site: Path) -> None:
    install(site, "crossings", PYTHON[0])
    names = {kind: {o.record.name for o in registry().offers(kind)} for kind in records.KINDS}
    assert "crossings" in names["datasets"] & names["metrics"]
    assert "queue" in names["executors"]


def test_the_test_of_the_example_passes(patchwork: str) -> None:
    assert patchwork in PYTHON[1]
    defined: dict[str, Any] = {}
    exec(PYTHON[1], defined)  # noqa: S102 - the example itself
    test = defined["test_conforms"]
    (mark,) = test.pytestmark
    for record, check in mark.args[1]:
        test(record, check)
    assert len(PYTHON) == 2
