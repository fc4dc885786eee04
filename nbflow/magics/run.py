"""``%nbflow run``: the notebook as a pipeline, in processes of its own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import click

from nbflow.magics.environment import environment_at_start
from nbflow.magics.place import notebook_of
from nbflow.magics.subcommand import Subcommand
from nbflow.magics.unsaved import warn_unsaved
from nbflow.magics.watching import progress_of, wait_option, watch
from nbflow.profiles import LOCAL
from nbflow.service import detached
from nbflow.service.elsewhere.submit import submit
from nbflow.service.engines import chosen
from nbflow.service.orders import Choices
from nbflow.store import RunRecord
from nbflow.wording.parameters import given_in
from nbflow.wording.progress import Progress
from nbflow.wording.run_options import names_in, refuse_local_options, run_options


@click.command()
@run_options
@wait_option
def _parser() -> None:
    """Run the notebook as a pipeline; the notebook and the variables of the kernel are not changed.

    It runs outside of the kernel: it goes on when the kernel is restarted. Where widgets show, the cell
    ends at once, and shows the graph and the steps until the run has ended, with a button that stops it.
    Elsewhere the cell waits, and prints what happens. To interrupt the kernel ends the waiting, and not
    the run.
    """


def work(shell: Any, options: Mapping[str, Any]) -> None:
    """Start the run and show it."""
    path = notebook_of(shell)
    warn_unsaved(shell, path)
    progress = progress_of(path, quiet=options["quiet"])
    record = _elsewhere(path, options, progress) or _here(path, options, progress)
    watch(shell, path, record, wait=options["wait"], quiet=options["quiet"])


def _here(path: Path, options: Mapping[str, Any], progress: Progress) -> RunRecord:
    if options["image"] is not None:
        raise click.UsageError("--image is for runs elsewhere: it goes with --engine")
    return detached.start(
        str(path),
        parameters=given_in(options),
        python=options["python"],
        fresh=options["no_cache"],
        choices=Choices(
            jobs=options["jobs"],
            steps=tuple(names_in(options["steps"])),
            forced=tuple(names_in(options["force"])),
            output=options["output"],
            report=options["report"],
            keep=options["keep"],
            fork=not options["no_fork"],
        ),
        env=environment_at_start(),
        on_findings=progress.findings,
    )


def _elsewhere(path: Path, options: Mapping[str, Any], progress: Progress) -> RunRecord | None:
    """The run that was sent to an engine elsewhere; None where this machine is meant."""
    profile = chosen(options["engine"] or LOCAL)
    if profile is None:
        return None
    refuse_local_options()
    return submit(
        str(path),
        profile,
        parameters=given_in(options),
        python=options["python"],
        image=options["image"],
        on_findings=progress.findings,
    )


SUBCOMMAND: Final = Subcommand(_parser, work)
