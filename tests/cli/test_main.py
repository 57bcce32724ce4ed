"""The frame of every command: exit codes, lazy commands, start-up."""

from __future__ import annotations

import importlib
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable

import click
import pytest

from tests.cli.conftest import Answer
from unitrack.cli.main import COMMANDS, main
from unitrack.errors import UniTrackError

Run = Callable[..., Answer]


def _command(name: str) -> click.Command:
    path, _, attribute = COMMANDS[name][0].partition(":")
    command = getattr(importlib.import_module(path), attribute)
    assert isinstance(command, click.Command)
    return command


def _leaves() -> dict[str, click.Command]:
    """Every command that does something: ``list``, ``data synth``, ..."""
    leaves: dict[str, click.Command] = {}
    for name in COMMANDS:
        command = _command(name)
        if isinstance(command, click.Group):
            leaves |= {f"{name} {part}": leaf for part, leaf in command.commands.items()}
        else:
            leaves[name] = command
    return leaves


LEAVES = _leaves()


@pytest.mark.parametrize("name", COMMANDS)
def test_the_overview_says_what_the_commands_own_help_says(name: str) -> None:
    first = str(_command(name).help).splitlines()[0]
    assert COMMANDS[name][1] == first


@pytest.mark.parametrize("name", LEAVES)
def test_the_help_of_a_command_ends_with_two_examples(unitrack: Run, name: str) -> None:
    answer = unitrack(*name.split(), "--help")
    assert answer.code == 0
    examples = answer.out.partition("Examples:")[2].split("\n")
    assert len([line for line in examples if line.strip().startswith("unitrack ")]) == 2


@pytest.mark.parametrize("name", LEAVES)
def test_every_option_of_a_command_has_a_help_text(name: str) -> None:
    options = [one for one in LEAVES[name].params if isinstance(one, click.Option)]
    assert all(option.help for option in options)


def test_an_unknown_command_is_a_usage_error_with_the_nearest(unitrack: Run) -> None:
    answer = unitrack("lst")
    assert answer.code == 2
    assert "'lst'. Nearest: list" in answer.err
    assert not answer.out


def test_an_unknown_option_is_a_usage_error(unitrack: Run) -> None:
    assert unitrack("list", "--jsn").code == 2
    assert unitrack("--jsn").code == 2


def test_the_version_is_printed(unitrack: Run) -> None:
    assert unitrack("--version").out.startswith("unitrack, version ")


def _raising(error: BaseException) -> click.Command:
    @click.command()
    def faulty() -> None:
        raise error

    return faulty


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    def install(error: BaseException) -> None:
        monkeypatch.setattr("unitrack.cli.list.list_", _raising(error))

    return install


def test_a_fault_of_the_user_is_two_lines_and_exit_code_2(
    unitrack: Run, faulty: Callable[[BaseException], None]
) -> None:
    faulty(UniTrackError("here", "what is wrong", "Do this."))
    assert unitrack("list") == Answer(2, "", "here: what is wrong\n  Do this.\n")


def test_ctrl_c_is_exit_code_130(unitrack: Run, faulty: Callable[[BaseException], None]) -> None:
    faulty(KeyboardInterrupt())
    answer = unitrack("list")
    assert answer.code == 130
    assert "Traceback" not in answer.err


@pytest.mark.parametrize("error", [ZeroDivisionError("ours"), EOFError("ours")], ids=repr)
def test_our_own_fault_is_a_traceback_a_request_and_exit_code_70(
    unitrack: Run, faulty: Callable[[BaseException], None], error: Exception
) -> None:
    faulty(error)
    answer = unitrack("list")
    assert answer.code == 70
    assert "Traceback" in answer.err
    assert "Please report it" in answer.err.splitlines()[-1]


def test_the_exit_code_of_a_command_is_kept(
    unitrack: Run, faulty: Callable[[BaseException], None]
) -> None:
    faulty(click.exceptions.Exit(1))
    assert unitrack("list").code == 1


@pytest.mark.parametrize("late", ["", "import click; click.echo = print; "])
def test_a_reader_who_leaves_early_is_no_fault(late: str) -> None:
    code = "import sys; from unitrack.cli.main import main; sys.exit(main(['list', 'heads']))"
    code = late + code
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([sys.executable, "-c", code], stdout=writing, stderr=-1, check=False)
    os.close(writing)
    assert done.returncode == 1
    assert done.stderr == b""


_IMPORTED = """
import json, sys
from unitrack.cli.main import main
try:
    code = main(sys.argv[1:])
finally:
    print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""
_HEAVY = {"torch", "numpy", "pydantic", "torchvision", "timm", "scipy", "rich", "yaml", "PIL"}


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["list", "heads"], ["plugins"], ["list", "backbones", "--default"]],
    ids=" ".join,
)
def test_starting_up_imports_nothing_heavy(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _IMPORTED, *arguments], capture_output=True, text=True, check=True
    )
    imported = set(json.loads(done.stderr.splitlines()[-1]))
    assert not imported & _HEAVY
    commands = {name for name in imported if name.startswith("unitrack.cli.")}
    used = {"unitrack.cli.main"} if arguments == ["--help"] else commands
    assert commands == used
    assert "unitrack.cli.run" not in imported


@pytest.mark.parametrize("arguments", [["--help"], ["list", "heads"]], ids=" ".join)
def test_starting_up_costs_less_than_a_third_of_a_second(arguments: list[str]) -> None:
    code = "import sys; from unitrack.cli.main import main; sys.exit(main(sys.argv[1:]))"
    times = []
    for _ in range(5):  # processor time, and the best of five: the machine may be busy
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        if times[-1] <= 0.3:
            return
    pytest.fail(f"{min(times):.2f} s")


def test_main_reads_the_words_of_the_process(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["unitrack", "--version"])
    assert main() == 0
    assert "version" in capsys.readouterr().out
