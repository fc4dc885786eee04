"""The command line: ``nbflow COMMAND``. One file for each command; what they do is in ``service``.

A command's file is imported when the command is asked for, so that ``nbflow --help`` answers at once.
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from typing import Final, NoReturn

import click

from nbflow import __version__
from nbflow.errors import NbflowError

EXIT_CODES: Final = {
    0: "all is well",
    1: "a cell failed",
    2: "the command was not understood",
    3: "the notebook cannot be read or written",
    4: "a parameter or a step does not exist, or a value does not fit",
    5: "the kernel cannot be used",
    6: "the engine could not do its work",
    7: "the run store cannot be used, or holds no such run",
    8: "findings: errors, or warnings with --strict",
    9: "--verify found that the pipeline gives something else",
    70: "a bug of nbflow",
    74: "what the command prints cannot be written: its disk is full",
    130: "interrupted",
    141: "the reader of the output went away",
}

#: The name of each command and its line in ``nbflow --help``.
COMMANDS: Final = {
    "run": "Run a notebook as a pipeline, here or elsewhere.",
    "batch": "Run a notebook with many sets of parameters.",
    "submit": "Start a notebook as a pipeline elsewhere.",
    "resume": "Go on where a run has ended.",
    "retry": "Go on where a run has failed, wherever that was.",
    "cancel": "Stop a run that goes on.",
    "check": "Tell what stands in the way of running a notebook as a pipeline.",
    "graph": "Show the steps of a notebook and what travels between them.",
    "convert": "Write a notebook as a pipeline for a cluster, or as a module.",
    "tag": "Propose tags for a notebook, or write them into it.",
    "runs": "List the runs that are recorded here.",
    "show": "Show a run: its state, steps and errors.",
    "logs": "Print what the steps of a run wrote.",
    "vars": "List the variables that a step of a run made.",
    "diff": "Show what differs between two runs.",
    "gc": "Remove old runs, and what no other run needs.",
    "engine": "Name engines elsewhere, and how to reach them.",
    "completion": "Print the completion script of a shell.",
}


class Commands(click.Group):
    """The group of all commands: imports each when it is needed, and tells errors in one sentence."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of ``COMMANDS``."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command ``cmd_name``, or None."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"nbflow.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from ``COMMANDS``, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the exit codes."""
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(code), meaning) for code, meaning in EXIT_CODES.items()])

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        with _reader_may_leave():
            return super().invoke(ctx)

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: object,
    ) -> click.Context:
        """Parse the arguments, which prints the help where it is asked for."""
        with _reader_may_leave():
            return super().make_context(info_name, args, parent, **extra)

    def main(  # type: ignore[override]
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: object,
    ) -> object:
        """Run a command and leave with its exit code; return its result if not ``standalone_mode``."""
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, False, **extra)
        _write_anything()
        try:
            result = super().main(args, prog_name or "nbflow", complete_var, False, **extra)
            sys.stdout.flush()
            sys.exit(result if isinstance(result, int) else 0)
        except Exception as error:
            _leave(error)
        except KeyboardInterrupt:
            click.echo("nbflow: interrupted", err=True)
            sys.exit(130)


def _write_anything() -> None:
    """Let output of cells pass that the terminal's encoding cannot show."""
    for stream in (sys.stdout, sys.stderr):
        if reconfigure := getattr(stream, "reconfigure", None):
            with contextlib.suppress(OSError):
                reconfigure(errors="backslashreplace")


@contextlib.contextmanager
def _reader_may_leave() -> Iterator[None]:
    """A reader of the output that goes away, as ``head`` does, ends the command and is no error."""
    try:
        yield
    except BrokenPipeError:
        _forget_output()
        raise click.exceptions.Exit(141) from None


def _forget_output() -> None:
    """Send what Python still holds for stdout nowhere: it has no reader any more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _leave(error: Exception) -> NoReturn:
    match error:
        case click.ClickException():
            error.show()
            sys.exit(error.exit_code)
        case click.Abort():
            click.echo("nbflow: interrupted", err=True)
            sys.exit(130)
        case NbflowError():
            click.echo(f"nbflow: {error}", err=True)
            sys.exit(error.exit_code)
        case BrokenPipeError():
            _forget_output()
            sys.exit(141)
        case OSError(errno=errno.ENOSPC | errno.EDQUOT | errno.EFBIG, filename=None):
            _forget_output()
            told = f"what it prints cannot be written: {error.strerror}; free some space there"
            with contextlib.suppress(OSError):  # as stderr may lie on the same disk
                click.echo(f"nbflow: {told}", err=True)
            sys.exit(74)
    if os.environ.get("NBFLOW_DEBUG"):
        traceback.print_exception(error)
    click.echo(
        f"nbflow has a bug: {type(error).__name__}: {error}; "
        "run with NBFLOW_DEBUG=1 for the traceback",
        err=True,
    )
    sys.exit(70)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="nbflow")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Turn a Jupyter notebook into a pipeline, and run it."""
    if os.environ.get("NO_COLOR"):  # https://no-color.org
        ctx.color = False
