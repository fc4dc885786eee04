"""``nbflow retry``: a run goes on where it has failed, wherever that was."""

from __future__ import annotations

import json

import click

from nbflow.cli.options import folder_option
from nbflow.cli.run import progress_of
from nbflow.cli.submit import as_record, sent
from nbflow.cli.watching import watching
from nbflow.service.elsewhere import look
from nbflow.service.elsewhere.submit import retry
from nbflow.service.run import resume
from nbflow.store import RunRecord
from nbflow.wording.options import quiet_option
from nbflow.wording.progress import Progress


@click.command("retry")
@click.argument("run_id", metavar="RUN")
@folder_option
@click.option(
    "--wait", is_flag=True, help="Of a run elsewhere: wait for its end, and show progress."
)
@quiet_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for each event.")
def command(run_id: str, folder: str, wait: bool, quiet: bool, as_json: bool) -> int:
    """Go on where RUN (a number from nbflow runs, or last) has failed or was stopped.

    A run elsewhere goes on there, and what went well is kept. One on this machine is resumed.
    """
    record = look.run(run_id, folder).record
    progress = progress_of(record.notebook, quiet=quiet, as_json=as_json)
    if record.remote is None:
        return _resumed(record, folder, progress)
    if wait:
        with watching(progress) as heard:
            ended = retry(record, folder, on_event=heard.event, wait=True)
            heard.end(ended)
        return 0 if ended.state == "done" else 1
    made = retry(record, folder)
    click.echo(json.dumps(as_record(made)) if as_json else "\n".join(sent(made)))
    return 0


def _resumed(record: RunRecord, folder: str, progress: Progress) -> int:
    try:
        made = resume(record.id, folder, on_event=progress.event, on_findings=progress.findings)
        progress.end(made)
    finally:
        progress.close()
    return 0 if made.state == "done" else 1
