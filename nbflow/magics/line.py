"""The line magic ``%nbflow``: the words of the command line, on the notebook of the kernel.

Values are taken as they are written: the magic asks IPython not to replace ``$x`` and ``{x}``, for which it
would run what stands in the braces.
"""

from __future__ import annotations

import difflib
import importlib
import shlex
from functools import partial
from typing import Any, Final

import click
from IPython.core.error import UsageError
from IPython.core.magic import no_var_expand

from nbflow.errors import NbflowError
from nbflow.magics.completion import matcher
from nbflow.magics.session import session_of
from nbflow.magics.subcommand import Subcommand
from nbflow.magics.unsaved import remember

NAME: Final = "nbflow"
#: Each word and its line in ``%nbflow --help``. The module of the same name beside this one has its
#: ``SUBCOMMAND``; it is imported when it is asked for, so that ``%load_ext nbflow`` costs next to nothing.
SUBCOMMANDS: Final = {
    "check": "Tell what stands in the way of running the notebook as a pipeline.",
    "graph": "Show the steps of the notebook and what travels between them.",
    "run": "Run the notebook as a pipeline, here or elsewhere.",
    "watch": "Watch a run to its end.",
    "stop": "Stop a run that goes on.",
    "convert": "Write the notebook as a pipeline for a cluster, or as a module.",
    "runs": "List the runs of the notebook that are recorded.",
    "vars": "List the variables that a step of a run made.",
    "diff": "Show what differs between two runs.",
    "restore": "Bring the beginning or the end of a step of a run into this kernel.",
    "push": "Go on with a run from a step whose cells were repaired here.",
    "notebook": "Tell which notebook is meant, or name it.",
}
_HELP: Final = frozenset({"-h", "--help", "help"})


def register(shell: Any) -> None:
    """Give the shell the magic, and what is completed in its lines; once, however often it is called."""
    unregister(shell)
    magic = no_var_expand(partial(work, shell))
    magic.__doc__ = f"{_about()}\n"
    shell.register_magic_function(magic, "line", NAME)
    hear, match = partial(remember, shell), matcher(shell, SUBCOMMANDS, subcommand)
    shell.events.register("pre_run_cell", hear)
    shell.Completer.custom_matchers.append(match)
    session_of(shell).at_end += [
        partial(shell.magics_manager.magics["line"].pop, NAME),
        partial(shell.events.unregister, "pre_run_cell", hear),
        partial(shell.Completer.custom_matchers.remove, match),
    ]


def unregister(shell: Any) -> None:
    """Leave the shell as it was."""
    session = session_of(shell)
    session.ran.clear()
    while session.at_end:
        session.at_end.pop()()


def work(shell: Any, line: str) -> None:
    """Do what the line of a cell asks for.

    Raises:
        UsageError: it cannot be done; IPython prints its sentence, without a traceback.
    """
    words = _words(line)
    if not words or words[0] in _HELP:
        click.echo(_about())
        return
    found = subcommand(words[0])
    try:
        with found.parser.make_context(f"%{NAME} {words[0]}", words[1:]) as context:
            found.work(shell, context.params)
    except click.exceptions.Exit:
        return  # the help was asked for, and is printed
    except NbflowError as error:
        raise UsageError(str(error)) from None
    except click.ClickException as error:
        raise UsageError(f"%{NAME} {words[0]}: {error.format_message()}") from None


def subcommand(word: str) -> Subcommand:
    """What a word means.

    Raises:
        UsageError: nothing.
    """
    if word not in SUBCOMMANDS:
        near = difflib.get_close_matches(word, SUBCOMMANDS, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(SUBCOMMANDS)}"
        raise UsageError(f"%{NAME} knows no {word!r}: {hint}")
    found: Subcommand = importlib.import_module(f"nbflow.magics.{word}").SUBCOMMAND
    return found


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError as error:
        raise UsageError(f"%{NAME}: {str(error).lower()} in {line!r}") from None


def _about() -> str:
    """What the magic is for, and its words."""
    width = max(map(len, SUBCOMMANDS))
    lines = [f"  {word:<{width}}  {about}" for word, about in SUBCOMMANDS.items()]
    return "\n".join(
        [
            f"%{NAME} WORD ...: the notebook of this kernel as a pipeline.",
            "",
            *lines,
            "",
            f"%{NAME} WORD --help tells more.",
        ]
    )
