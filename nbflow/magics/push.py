"""``%nbflow push``: a cell that was repaired in the kernel goes back, and the run goes on from its step."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import click

from nbflow.errors import NotebookError, NotRecordedError
from nbflow.magics.environment import environment_at_start
from nbflow.magics.landing import Landed, landed
from nbflow.magics.place import notebook_of
from nbflow.magics.subcommand import Subcommand
from nbflow.magics.unsaved import ran_since_saved, warn_unsaved
from nbflow.magics.watching import progress_of, wait_option, watch
from nbflow.service.detached import start_again
from nbflow.service.history import run
from nbflow.service.pushing import failed_at, save, unsaved
from nbflow.store import RunRecord
from nbflow.wording.options import quiet_option


@click.command()
@click.argument("step", metavar="[STEP]", default="")
@click.option(
    "--write",
    is_flag=True,
    help="Write the cells of the step into the file as they were last run here.",
)
@wait_option
@quiet_option
def _parser() -> None:
    """Go on with the run from STEP, whose cells were repaired: it runs anew, and what needs it.

    The run is the one that was restored, or the newest of the notebook that has failed at STEP; without
    STEP it is the step that was restored, or has failed. What counts is the notebook as it is saved.
    """


def work(shell: Any, options: Mapping[str, Any]) -> None:
    """Let the run go on, and show it."""
    path = notebook_of(shell)
    restored = landed(shell)
    record, step = _meant(restored, path, options["step"])
    notebook = Path(record.notebook)
    others = unsaved(notebook, step, ran_since_saved(shell, notebook))
    if others and not options["write"]:
        raise NotebookError(
            f"cell {others[0].cell.number} was last run here as it is not saved in {notebook.name}: save"
            " first (Ctrl+S); nothing was done. With --write the cell is written as it was run"
        )
    if others:
        save(notebook, record, others)
        numbers = ", ".join(str(each.cell.number) for each in others)
        click.echo(f"Cell {numbers} of {notebook.name} was written as it was last run here.")
    warn_unsaved(shell, notebook)
    begun = start_again(
        record.id,
        notebook.parent,
        step=step,
        env=environment_at_start(),
        on_findings=progress_of(notebook, quiet=options["quiet"]).findings,
    )
    if restored is not None and _is_meant(restored, path, step):
        restored.pushed = begun.id
    watch(shell, notebook, begun, wait=options["wait"], quiet=options["quiet"])


def _meant(restored: Landed | None, path: Path, step: str) -> tuple[RunRecord, str]:
    """The run that goes on, and from which step."""
    if restored is not None and _is_meant(restored, path, step):
        found = restored.standing
        pushed = restored.pushed
        folder = Path(found.run.notebook).parent
        return (run(pushed, folder) if pushed else found.run), found.step.name
    try:
        record = failed_at(path, step)
    except NotRecordedError as error:
        raise NotRecordedError(f"{error}, and {_other(restored)}") from None
    failed = next(each.name for each in record.steps if each.state == "failed")
    return record, step or failed


def _other(restored: Landed | None) -> str:
    """What was restored, as it is not what was asked for."""
    if restored is None:
        return "none was restored"
    found = restored.standing
    return f"what was restored is step {found.step.name!r} of run {found.run.id} of {found.run.notebook}"


def _is_meant(restored: Landed, path: Path, step: str) -> bool:
    """Whether what was restored is of this notebook, or of one that calls it, and of this step."""
    own = restored.standing.step.name
    is_near = restored.standing.run.notebook == str(path) or "/" in own
    return is_near and step in ("", own)


SUBCOMMAND: Final = Subcommand(_parser, work)
