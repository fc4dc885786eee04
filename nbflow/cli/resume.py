"""``nbflow resume``: a run goes on where another has ended."""

from __future__ import annotations

import click

from nbflow.cli.options import folder_option
from nbflow.cli.run import progress_of
from nbflow.service.history import run as recorded
from nbflow.service.run import resume
from nbflow.wording.options import quiet_option


@click.command("resume")
@click.argument("run_id", metavar="RUN")
@folder_option
@click.option(
    "--from", "step", metavar="STEP", default="", help="Run this step and all that need it anew."
)
@click.option("--jobs", type=click.IntRange(min=1), help="How many steps may run at once.")
@click.option("--no-fork", is_flag=True, help="Start a new interpreter for each step.")
@quiet_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for each event.")
def command(
    run_id: str,
    folder: str,
    step: str,
    jobs: int | None,
    no_fork: bool,
    quiet: bool,
    as_json: bool,
) -> int:
    """Go on where RUN (a number from nbflow runs, or last) has ended: run what failed or has changed.

    The notebook is taken as it is now, with that run's parameters and interpreter. With --from a step runs
    anew, and those that need something of it; what came before is used.
    """
    progress = progress_of(recorded(run_id, folder).notebook, quiet=quiet, as_json=as_json)
    try:
        record = resume(
            run_id,
            folder,
            step=step,
            jobs=jobs,
            fork=not no_fork,
            on_event=progress.event,
            on_findings=progress.findings,
        )
        progress.end(record)
    finally:
        progress.close()
    return 0 if record.state == "done" else 1
