"""``%nbflow restore``: a step's beginning or end in the live kernel, to go on from where a run stopped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import click
from IPython.core.error import StdinNotImplementedError

from nbflow.errors import NotRecordedError
from nbflow.magics.landing import Landed, land, landed
from nbflow.magics.overwritten import Overwritten, overwritten
from nbflow.magics.place import notebook_of
from nbflow.magics.subcommand import Subcommand
from nbflow.magics.which import run_of
from nbflow.model import Cell
from nbflow.runtime import namespace
from nbflow.service import live
from nbflow.service.restoring import Standing, standing
from nbflow.store import RunRecord
from nbflow.wording.tables import as_text
from nbflow.wording.variables import variables_table
from nbflow.wording.words import table

#: So many names of one kind are told.
_TOLD: Final = 12
#: Ambient state of which there is nothing to tell.
_UNTOLD: Final = frozenset({"@out", "@annotations", "@sys.modules"})


@click.command()
@click.argument("run_id", metavar="RUN")
@click.argument("step", metavar="[STEP]", default="")
@click.option("--after", is_flag=True, help="Restore the end of the step instead of its beginning.")
@click.option("--yes", is_flag=True, help="Overwrite names without asking.")
def _parser() -> None:
    """Bring the variables of the beginning of STEP in RUN, and its ambient state, into this kernel.

    RUN is a number from %nbflow runs, or last: the newest run of the notebook. Without STEP it is the one
    that failed.
    """


def work(shell: Any, options: Mapping[str, Any]) -> None:
    """Restore what is asked for, and tell of it."""
    path = notebook_of(shell)
    number = run_of(path, options["run_id"])
    step = options["step"] or _failed(live.run(number, path.parent).record)
    found = standing(number, path.parent, step, after=options["after"])
    others = overwritten(shell, found, landed(shell))
    if others and not options["yes"] and not _may_overwrite(shell, others):
        return
    had = set(namespace.variables(shell.user_ns, namespace.hidden(shell)))
    click.echo("\n".join(_told(land(shell, found), had, path)))


def _failed(record: RunRecord) -> str:
    for step in record.steps:
        if step.state == "failed":
            return step.name
    names = ", ".join(step.name for step in record.steps) or "none"
    raise NotRecordedError(
        f"no step of run {record.id} has failed: name one; its steps are: {names}"
    )


def _may_overwrite(shell: Any, others: Sequence[Overwritten]) -> bool:
    """Whether the user lets these names be overwritten; they are shown first."""
    click.echo("These names stand for something else in this kernel:\n")
    rows = [(each.name, each.here, each.there) for each in others]
    click.echo(table([("name", "here", "in the run"), *rows]))
    try:
        if shell.ask_yes_no("Overwrite them? [y/N]", default="n", interrupt="n"):
            return True
    except StdinNotImplementedError:
        click.echo("Nothing was done; with --yes they are overwritten.")
        return False
    click.echo("Nothing was done.")
    return False


def _told(done: Landed, had: set[str], path: Path) -> Iterator[str]:
    """What was restored, what was not, and which cells come next."""
    found = done.standing
    which = "end" if found.after else "beginning"
    yield f"The {which} of step {found.step.name} of run {found.run.id} is in this kernel."
    if found.run.notebook != str(path) and "/" not in found.step.name:
        yield f"It is a run of another notebook, {found.run.notebook}."
    yield ""
    if found.variables:
        yield as_text(variables_table(list(found.variables.values())))
    else:
        yield "There are no variables.\n"
    if found.prelude:
        yield f"Ran first: {_cells(found.prelude)}."
    state = [name.removeprefix("@") for name in found.spec.ambient if name not in _UNTOLD]
    if state:
        yield f"Set as well: {_listed(state)}."
    for name, why in found.lost.items():
        yield f"Not restored: `{name}`: {why}"
    for each in found.ended:
        yield f"Not restored: {each}, which has ended with its step."
    for step in found.unmade:
        yield f"Step {step.name}, which stands before, is {step.state}: what it makes is not here."
    if found.spec.history:
        yield "`In` and `_i` stay those of this kernel."
    others = sorted(had - done.names.keys() - set(found.spec.absent))
    if others:
        yield f"Left as they are: {_listed(others)}."
    yield _next(found)


def _next(found: Standing) -> str:
    if found.after:
        later = [step.name for step in found.run.steps if step.index > found.step.index]
        return f"Next comes step {later[0]}." if later else "It was the last step."
    told = f"Next to run: {_cells(found.cells)}."
    return f"{told} In the run, {found.step.message}" if found.step.message else told


def _cells(cells: Sequence[Cell]) -> str:
    numbers = [str(cell.number) for cell in cells]
    return f"cell {numbers[0]}" if len(numbers) == 1 else f"cells {', '.join(numbers)}"


def _listed(names: Sequence[str]) -> str:
    more = [f"{len(names) - _TOLD} more"] if len(names) > _TOLD else []
    return ", ".join([*names[:_TOLD], *more])


SUBCOMMAND: Final = Subcommand(_parser, work)
