"""Every example in README, docs and help is run, as written but for its length.

``--limit 2`` is added to runs, ``--dry-run`` to suites, and the folder of the real clips is put in
place of its usual path.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import torch

from docs import generate
from tests.ssl.made import moco, resnet
from unitrack.cli.main import main

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CUT = ("run", "eval", "bench")
# Examples of the help that are run by other tests (demo), or fetch large files.
ELSEWHERE = ("unitrack demo", "bench suite", "barlow_twins_r50", "byol_r50", "runs/table1")


def blocks(path: Path, language: str) -> list[str]:
    found = BLOCK.findall(path.read_text(encoding="utf-8"))
    return [content for kind, content in found if kind == language]


def commands(path: Path) -> list[str]:
    lines = "".join(blocks(path, "console")).splitlines()
    return [line.removeprefix("$ ") for line in lines if line.startswith("$ unitrack ")]


def help_examples() -> list[str]:
    lines = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.startswith("    unitrack ")]


def execute(command: str, data: Path | None = None) -> None:
    words = shlex.split(command)[1:]
    if words[0] in CUT:
        words += ["--limit", "2"]
    if words[:2] == ["bench", "suite"]:
        words += ["--dry-run"]
    if data is not None:
        words = [word.replace("../shared/data", str(data)) for word in words]
    assert main(words) == 0, command


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
def test_readme_commands_that_need_nothing_run(folder: Path) -> None:
    for command in commands(ROOT / "README.md"):
        if "../shared" not in command and "runs/r18" not in command:
            execute(command)
    assert list(folder.rglob("*.mp4"))


@pytest.mark.slow
@pytest.mark.data
def test_readme_commands_on_real_clips_run(folder: Path, data_root: Path) -> None:
    for command in commands(ROOT / "README.md"):
        if "../shared" in command or "runs/r18" in command:
            execute(command, data_root)
    assert (folder / "runs" / "r18" / "results.json").is_file()


@pytest.mark.slow
@pytest.mark.usefixtures("folder")
def test_readme_python_runs() -> None:
    for block in blocks(ROOT / "README.md", "python"):
        exec(compile(block, "README.md", "exec"), {})  # noqa: S102 - that is the test


@pytest.mark.slow
def test_the_examples_of_the_help_run(folder: Path) -> None:
    made = "unitrack run --head mot --data synthetic_mot"
    execute(f"{made} --out runs/demo/mot")
    execute(f"{made} --weights random:0 --out runs/demo/random/mot")
    for name in ("my.pth", "my.pth.tar"):
        torch.save(moco("one")(dict(resnet(50, 0)), {}), folder / name)
    ran = [example for example in help_examples() if not any(part in example for part in ELSEWHERE)]
    for example in ran:
        execute(example)
    assert len(ran) > 20
    assert (folder / "crowd").is_dir()
    assert (folder / "my.safetensors").is_file()
    assert (folder / "clips" / "pyproject.toml").is_file()


@pytest.mark.parametrize("page", list(generate.pages()), ids=lambda page: page.name)
def test_generated_pages_are_up_to_date(page: Path) -> None:
    written = generate.pages()[page]
    assert page.read_text(encoding="utf-8") == written, "run `make docs`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target
