"""The cell magic ``%%step``, which marks a cell as one of a step.

The kernel passes over its line, as a pipeline does: the cell runs as it would without it, so that ``await``,
the result that is shown, ``%%time`` in the next line and the numbers of lines in errors stay what they are.
A line that cannot be read is left to IPython, which calls the magic, which tells what is wrong.
"""

from __future__ import annotations

from typing import Any, Final

from IPython.core.error import UsageError
from IPython.core.magic import no_var_expand

from nbflow.runtime import own_lines
from nbflow.step_line import parse, usage

NAME: Final = "step"


def register(shell: Any) -> None:
    """Give the shell the magic; once, however often it is called."""
    unregister(shell)
    shell.input_transformers_cleanup.insert(0, passed_over)
    shell.register_magic_function(step, "cell", NAME)


def unregister(shell: Any) -> None:
    """Take the magic away again."""
    transformers = shell.input_transformers_cleanup
    transformers[:] = [each for each in transformers if not _is_own(each)]
    shell.magics_manager.magics["cell"].pop(NAME, None)


def _is_own(transformer: object) -> bool:
    """Whether it is the function below, or that of this module before it was loaded again."""
    names = (getattr(transformer, "__module__", ""), getattr(transformer, "__name__", ""))
    return names == (passed_over.__module__, passed_over.__name__)


def passed_over(lines: list[str]) -> list[str]:
    """The lines of a cell with a comment in the place of a ``%%step`` line that can be read.

    Never raises: IPython also asks it whether the text of a cell is complete.
    """
    place = own_lines.step_line(lines)
    if place is None or parse(lines[place]).problems:
        return lines
    return own_lines.passed_over(lines)


def _step(line: str, cell: str = "") -> None:
    del cell
    problems = [problem.sentence for problem in parse(f"%%step {line}").problems]
    misplaced = (
        "The `%%step` line is not the first of its cell. Move it to the beginning of the cell."
    )
    raise UsageError("\n".join(problems or [misplaced]))


_step.__doc__ = f"""Mark the cell as one of the step NAME, as the tag `step:NAME` does.

  %%step NAME [OPTIONS]

The cell runs in the kernel as it would without the line. For nbflow it is a cell of the step; several cells
may go on with one step. Each option says what a tag says:

{usage()}

Values with spaces stand in quotes.
"""
step = no_var_expand(_step)
