"""The command ``unitrack``: a table of commands, each imported only when it is used."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from typing import cast

import click

from unitrack import __version__
from unitrack.errors import UniTrackError

__all__ = ["COMMANDS", "main"]

# Name to where the click command lies and its line in the overview. The overview is printed from
# this table, so that ``unitrack --help`` imports no command.
COMMANDS: dict[str, tuple[str, str]] = {
    "run": ("unitrack.cli.run:run", "Track every sequence of a data set and score the result."),
    "eval": (
        "unitrack.cli.eval:evaluate",
        "Score result files, also those of other trackers; images are not needed.",
    ),
    "report": (
        "unitrack.cli.report:report",
        "Lay out runs as tables and figures: Markdown, CSV and one HTML file.",
    ),
    "compare": (
        "unitrack.cli.compare:compare",
        "Say which of two runs is better, how sure that is, and where they differ.",
    ),
    "submit": (
        "unitrack.cli.submit:submit",
        "Pack result files into the archive that a benchmark's server takes.",
    ),
    "replay": (
        "unitrack.cli.replay:replay",
        "Repeat RUN beside it and say whether the bytes agree; RUN is not changed.",
    ),
    "demo": (
        "unitrack.cli.demo:demo",
        "Run every installed task on a rendered video with the embedded default backbone.",
    ),
    "weights": (
        "unitrack.cli.weights:weights",
        "Fetch, verify, inspect and convert checkpoint files.",
    ),
    "backbone": (
        "unitrack.cli.backbone:backbone",
        "Measure what a backbone is worth.",
    ),
    "data": ("unitrack.cli.data:data", "Render synthetic data sets."),
    "bench": ("unitrack.cli.bench:bench", "Compare backbones and settings."),
    "new-plugin": (
        "unitrack.cli.new_plugin:new_plugin",
        "Write a plugin that offers NAME: a whole wheel, with tests that pass.",
    ),
    "list": ("unitrack.cli.list:list_", "List what the installed plugins offer."),
    "show": ("unitrack.cli.show:show", "Show one record and all of its settings."),
    "plugins": ("unitrack.cli.plugins:plugins", "List the installed plugins and their state."),
    "doctor": ("unitrack.cli.doctor:doctor", "Check this installation and say how to mend it."),
}

EXIT_PIPE, EXIT_USER, EXIT_BUG, EXIT_INTERRUPT = 1, 2, 70, 130


class _LazyGroup(click.Group):
    """A group whose commands are imported when one of them is invoked."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        path, _, attribute = COMMANDS[cmd_name][0].partition(":")
        return cast("click.Command", getattr(import_module(path), attribute))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = ", ".join(get_close_matches(args[0], COMMANDS, 3, 0.5))
            hint = f" Nearest: {near}." if near else ""
            raise click.UsageError(f"No command is called {args[0]!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(
    cls=_LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Examples:\n\n\b\n  unitrack list heads\n  unitrack run --head mot --data synthetic_mot",
)
@click.version_option(__version__, prog_name="unitrack")
def unitrack() -> None:
    """Track anything with one frozen appearance model.

    \b
    Results go to stdout, everything else to stderr.
    Exit codes: 0 done, 1 some sequences failed, 2 something you can mend, 130 interrupted.
    """  # noqa: D301 - \b is click's own mark


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line.

    Args:
        arguments: Words after ``unitrack``; those of this process when None.

    Returns:
        The exit code: that of the command; 2 for a fault the user can mend, 130 when interrupted,
        70 for a fault of ours.
    """
    try:
        code = unitrack.main(arguments, "unitrack", standalone_mode=False)
        sys.stdout.flush()
    except UniTrackError as error:
        print(error, file=sys.stderr)
        return EXIT_USER
    except click.ClickException as error:
        error.show()
        return EXIT_USER
    except (KeyboardInterrupt, click.Abort) as error:
        # click makes an Abort of an EOFError as well, and that one is nobody's Ctrl-C.
        return _crash(error) if isinstance(error.__cause__, EOFError) else EXIT_INTERRUPT
    except BrokenPipeError:
        # Whoever read our output has left; python must not flush into the void at exit. click
        # gives the same exit code when it meets this first.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_PIPE
    except Exception as error:  # noqa: BLE001 - the outermost edge: whatever is left is our fault
        return _crash(error)
    return code if isinstance(code, int) else 0


def _crash(error: BaseException) -> int:
    traceback.print_exception(error)
    print(
        f"This is a fault of UniTrack {__version__}, not yours. Please report it with the lines "
        "above, the command, and what `unitrack doctor` prints.",
        file=sys.stderr,
    )
    return EXIT_BUG
