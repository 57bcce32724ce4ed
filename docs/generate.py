"""Write the generated pages: the command line's help, and every setting of every record."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterator
from pathlib import Path

import click

from unitrack.cli.main import COMMANDS, main
from unitrack.registry.records import load

DOCS = Path(__file__).parent
HEADS = ("mot", "mots", "vis", "sot", "vos", "poseprop", "posetrack")
DATASETS = (*(f"synthetic_{head}" for head in HEADS), "mot17", "davis2017")


def pages() -> dict[Path, str]:
    """Each generated page and what it must hold."""
    return {DOCS / "cli.md": "".join(_cli()), DOCS / "settings.md": "".join(_settings())}


def _cli() -> Iterator[str]:
    yield "# Command line\n\nWritten by `make docs`; the words are those of `--help`.\n"
    for words in ([], *_commands()):
        command = " ".join(["unitrack", *words])
        yield f"\n## {command}\n\n```text\n{_printed([*words, '--help'])}```\n"


def _commands() -> Iterator[list[str]]:
    """Words of every command, those of a group after it."""
    for name, (target, _) in COMMANDS.items():
        yield [name]
        command = load(target)
        if isinstance(command, click.Group):
            yield from ([name, part] for part in sorted(command.commands))


def _settings() -> Iterator[str]:
    yield (
        "# Settings\n\nWritten by `make docs`. A dagger number refers to a place where the paper "
        "and the authors' code differ.\n"
    )
    for head in HEADS:
        yield f"\n## head {head}\n\n```text\n{_printed(['show', 'head', head])}```\n"
        for protocol in ("authors", "paper"):
            shown = _printed(["show", "head", head, "--protocol", protocol])
            yield f"\n### head {head}, protocol {protocol}\n\n```text\n{shown}```\n"
    for name in DATASETS:
        yield f"\n## dataset {name}\n\n```text\n{_printed(['show', 'dataset', name])}```\n"


def _printed(arguments: list[str]) -> str:
    os.environ["COLUMNS"] = "100"
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        code = main(arguments)
    assert code == 0, arguments
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines()) + "\n"


if __name__ == "__main__":
    for path, content in pages().items():
        path.write_text(content, encoding="utf-8")
        print(f"wrote {path.name}")  # noqa: T201 - says what it did
