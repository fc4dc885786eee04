"""``nbflow logs``: what the steps of a run wrote, or are writing."""

from __future__ import annotations

import click

from nbflow.cli.options import folder_option
from nbflow.cli.watching import left
from nbflow.engines.events import Event, RunStarted, StepEnded, StepLog
from nbflow.errors import EngineError
from nbflow.model import StepName
from nbflow.service.elsewhere.logs import follow as followed
from nbflow.service.elsewhere.logs import logs
from nbflow.wording.progress import Lines


@click.command("logs")
@click.argument("run_id", metavar="RUN")
@click.argument("name", metavar="[STEP]", required=False)
@click.option("-f", "--follow", is_flag=True, help="Go on until the run has ended.")
@folder_option
def command(run_id: str, name: str | None, follow: bool, folder: str) -> None:
    """Print what the steps of RUN wrote, each line behind its step; of STEP exactly as it wrote it.

    RUN is a number from nbflow runs, or last. What a step wrote to its error stream goes to the error
    stream; engines elsewhere do not tell the two apart.
    """
    printing = _Printing(whole=name is not None)
    if not follow:
        for step, found in logs(run_id, folder, step=name, on_note=_note):
            try:
                for log in found:
                    printing.event(log)
            except EngineError as error:
                if name is not None:
                    raise
                _note(f"{step}: {error}")
            printing.rest(step)
        return
    try:
        record = followed(run_id, folder, step=name, on_event=printing.event)
    except KeyboardInterrupt:
        if printing.started is None:
            raise
        click.echo(left(printing.started), err=True)
        raise click.exceptions.Exit(130) from None
    click.echo(f"run {record.id} {record.state}", err=True)


def _note(note: str) -> None:
    click.echo(f"note: {note}", err=True)


class _Printing:
    """Prints what steps write: ``whole`` as it is, else whole lines behind the names of their steps."""

    def __init__(self, *, whole: bool) -> None:
        self.started: RunStarted | None = None
        self._whole = whole
        self._lines = Lines()

    def event(self, event: Event) -> None:
        """Print what a step has written."""
        match event:
            case RunStarted():
                self.started = event
            case StepLog(_, _, stream, text) if self._whole:
                click.echo(text, nl=False, err=stream == "stderr")
            case StepLog(step, _, stream, text):
                for line in self._lines.add(step, stream, text):
                    click.echo(f"[{step}] {line}", err=stream == "stderr")
            case StepEnded(step):
                self.rest(step)

    def rest(self, step: StepName) -> None:
        """Print the lines of a step that did not end."""
        for stream, line in self._lines.rest(step):
            click.echo(f"[{step}] {line}", err=stream == "stderr")
