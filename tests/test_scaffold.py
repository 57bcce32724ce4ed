"""New plugins: names that are refused, folders that are left alone, and how little it takes."""

from __future__ import annotations

import io
import subprocess
import sys
import tokenize
from collections.abc import Callable
from pathlib import Path

import pytest

import unitrack
from tests.cli.conftest import Answer
from tests.cli.conftest import unitrack as command
from unitrack.errors import UniTrackError
from unitrack.scaffold import TEMPLATES

__all__ = ["command"]

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_folder_is_called_like_the_wheel(command: Callable[..., Answer]) -> None:
    answer = command("new-plugin", "moco_v9", "--kind", "backbone")
    assert answer.code == 0
    assert answer.out.startswith("wrote unitrack-moco-v9; next: pip install")
    written = {path.relative_to("unitrack-moco-v9").as_posix() for path in _files()}
    assert written == {
        *("pyproject.toml", "README.md", "LICENSE", "tests/test_conformance.py"),
        *(f"unitrack_moco_v9/{n}" for n in ("__init__.py", "py.typed", "plugin.py", "network.py")),
    }


def _files() -> list[Path]:
    return [path for path in Path().rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("name", "kind", "reason"),
    [
        ("MoCo", "backbone", "no name for a plugin"),
        ("moco-v9", "backbone", "no name for a plugin"),
        ("9moco", "backbone", "no name for a plugin"),
        ("moco_", "backbone", "no name for a plugin"),
        ("../moco", "backbone", "no name for a plugin"),
        ("", "backbone", "no name for a plugin"),
        ("core", "backbone", "unitrack-core is a wheel already"),
        ("mot", "head", "unitrack-mot is a wheel already"),
        ("imagenet_r18", "backbone", "unitrack-core offers a backbone of this name"),
        ("rsm", "similarity", "unitrack-core offers a similarity of this name"),
    ],
)
def test_a_name_that_is_none_or_taken_is_two_lines(
    command: Callable[..., Answer], name: str, kind: str, reason: str
) -> None:
    answer = command("new-plugin", name, "--kind", kind)
    assert (answer.code, answer.out) == (2, "")
    assert reason in answer.err
    assert answer.err.count("\n") == 2
    assert not list(Path().iterdir())


def test_a_folder_that_is_there_is_left_as_it_is(command: Callable[..., Answer]) -> None:
    Path("mine").mkdir()
    Path("mine/work.txt").write_text("weeks")
    answer = command("new-plugin", "moco_v9", "--kind", "head", "--out", "mine")
    assert answer == Answer(2, "", "mine: is there already\n  Choose another folder with --out.\n")
    assert [path.as_posix() for path in _files()] == ["mine/work.txt"]


def test_a_kind_without_a_template_is_refused() -> None:
    with pytest.raises(UniTrackError, match="--kind executor: there is no such template"):
        unitrack.new_plugin("queue", "executor")


def test_what_is_half_written_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(UniTrackError, match="No space left"):
        unitrack.new_plugin("moco_v9", "backbone")
    assert not list(Path().iterdir())


@pytest.mark.parametrize("kind", TEMPLATES)
def test_the_files_are_in_good_style_and_without_placeholders(kind: str) -> None:
    unitrack.new_plugin("mine", kind)
    assert not [path for path in _files() if "$" in path.read_text() or "PACKAGE" in str(path)]
    # As those of this project, but for what its tests may do, and for who is a stranger to whom.
    ours = ("--config", str(ROOT / "pyproject.toml"))
    ignored = ("--ignore", "I001,INP001,D103,PLR2004")
    for words in (("format", "--check", *ours), ("check", *ours, *ignored)):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *words, "unitrack-mine"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_backbone_takes_no_more_than_15_lines_and_a_head_no_more_than_60() -> None:
    unitrack.new_plugin("mine", "backbone")
    unitrack.new_plugin("yours", "head")
    assert lines_of_code(Path("unitrack-mine/unitrack_mine/plugin.py").read_text()) <= 15
    assert lines_of_code(Path("unitrack-yours/unitrack_yours/head.py").read_text()) <= 60


def lines_of_code(source: str) -> int:
    """Lines that are neither blank, nor comment, nor docstring."""
    skipped = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
    used: set[int] = set()
    before = tokenize.NEWLINE
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        docstring = token.type == tokenize.STRING and before in skipped
        if token.type not in skipped and token.type != tokenize.ENDMARKER and not docstring:
            used.update(range(token.start[0], token.end[0] + 1))
        if token.type != tokenize.NL:
            before = token.type
    return len(used)
