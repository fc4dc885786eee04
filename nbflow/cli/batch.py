"""``nbflow batch``: a notebook with many sets of parameters, what they share computed once."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from nbflow.cli.batch_progress import BatchJson, BatchLines, BatchProgress, closing, quoted
from nbflow.cli.batch_table import FORMATS, write
from nbflow.cli.batch_values import Values, values_options
from nbflow.cli.options import folder_option
from nbflow.service.batch import batch as service
from nbflow.service.batch.events import BatchEvent, BatchStarted
from nbflow.service.batch.settings import Settings
from nbflow.store import BatchRecord
from nbflow.wording.options import engine_image_option, python_option, quiet_option
from nbflow.wording.progress import source_of
from nbflow.wording.words import at_folder, counted, moment, table


class _Batch(click.Group):
    """The group whose first word may be left out: a notebook stands there then."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the arguments of ``start`` where no other command is named."""
        if args and args[0] not in {*self.commands, *ctx.help_option_names}:
            args = ["start", *args]
        return super().parse_args(ctx, args)


@click.group("batch", cls=_Batch)
def command() -> None:
    """Run a notebook with many sets of parameters: nbflow batch NOTEBOOK -p depth=2,4,8.

    What the parameters do not reach is computed once for all of them.
    """


_jobs_option = click.option(
    "--jobs",
    type=click.IntRange(min=1),
    help="How many members may run at once.  [default: as many as before, or 1]",
)
_json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object for each event."
)


@command.command("start", short_help="Run a notebook with many sets of parameters.")
@click.argument("notebook", type=click.Path())
@values_options
@click.option(
    "--name",
    metavar="NAME",
    default="",
    help="The batch's name; members are added to one there is.",
)
@_jobs_option
@python_option
@click.option(
    "--output",
    metavar="PLACE",
    default="",
    help="Write executed notebooks there too: 'out/{depth}.ipynb', 's3://bucket/{member}.ipynb'.",
)
@click.option(
    "--engine",
    metavar="ENGINE",
    help="Run members there: a name from nbflow engine list, or kfp, argo or local.  [default: local]",
)
@engine_image_option
@quiet_option
@_json_option
def _start(
    notebook: str,
    values: Values,
    name: str,
    jobs: int | None,
    python: str | None,
    output: str,
    engine: str | None,
    image: str | None,
    quiet: bool,
    as_json: bool,
) -> int:
    """Run NOTEBOOK once for each set of parameters; the notebook itself is not changed.

    Each -p and each line of a grid names the alternatives of a parameter, and all their combinations
    run; with rows, each row with all of them.
    """
    progress = _Noting(_progress(notebook, quiet=quiet, as_json=as_json))
    with _stoppable(progress):
        batch = service.start(
            notebook,
            values.rows,
            values.grid,
            draws=values.draws,
            seed=values.seed,
            name=name,
            jobs=jobs,
            python=python,
            output=output,
            engine=engine,
            image=image,
            on_event=progress.event,
            on_findings=progress.findings,
        )
    return _code(batch)


@command.command("resume", short_help="Go on with a batch: what failed or was not reached.")
@click.argument("name")
@folder_option
@_jobs_option
@quiet_option
@_json_option
def _resume(name: str, folder: str, jobs: int | None, quiet: bool, as_json: bool) -> int:
    """Run the members of batch NAME (or last) that have not ended well.

    They take the notebook as it is now, and use what their runs have computed already.
    """
    found = service.show(name, folder)
    progress = _Noting(_progress(found.notebook, quiet=quiet, as_json=as_json))
    with _stoppable(progress):
        batch = service.resume(
            found.name,
            folder,
            jobs=jobs,
            on_event=progress.event,
            on_findings=progress.findings,
        )
    return _code(batch)


@command.command("show", short_help="Show a batch as a table.")
@click.argument("name", default="last")
@folder_option
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    default="text",
    help="How to write the table.  [default: text]",
)
@click.option("--output", metavar="FILE", help="Write it to this file.")
def _show(name: str, folder: str, form: str, output: str | None) -> None:
    """Show the members of batch NAME (or last): parameters, metrics, states and times.

    As html it is a page that draws each metric against each parameter.
    """
    batch = service.show(name, folder)
    if Settings.read(batch.settings).engine and "running" in {m.state for m in batch.members}:
        # Deferred: only batches elsewhere are looked up.
        from nbflow.service.elsewhere.look import runs  # noqa: PLC0415

        for note in runs(folder=folder).notes:
            click.echo(f"note: {note}", err=True)
        batch = service.show(batch.name, folder)
    written = FORMATS[form](batch)
    if output is not None:
        write(output, written)
        return
    if isinstance(written, bytes) and sys.stdout.isatty():
        raise click.UsageError(f"{form} is no text for a terminal: name a file with --output")
    if form == "text":
        click.echo(closing(batch).partition("\n")[0])
        click.echo(f"  notebook    {batch.notebook}")
        click.echo(f"  made        {moment(batch.made)}{'  (going on)' if batch.running else ''}")
        click.echo("".join(f"{line}\n" for line in _asked_for(batch)))
    click.echo(written, nl=False)


def _asked_for(batch: BatchRecord) -> Iterator[str]:
    """What was asked for with a batch besides its members, on lines."""
    kept = Settings.read(batch.settings)
    if kept.engine:
        yield f"  engine      {kept.engine}"
    if kept.output:
        yield f"  output      {kept.output}"
    heads = ["drawn", *[""] * len(kept.draws)]
    for head, (name, how) in zip(heads, kept.draws.items(), strict=False):
        yield f"  {head:<12}{name}={how}"
    if kept.seed is not None:
        yield f"  seed        {kept.seed}, {counted(kept.drawn, 'set')} of values"


@command.command("list", short_help="List the batches that are recorded here.")
@folder_option
def _list(folder: str) -> None:
    """List the batches that are recorded here, the newest first."""
    found = service.batches(folder=folder)
    if not found:
        click.echo("no batches are recorded")
        return
    heading = ("batch", "notebook", "made", "members", "done")
    click.echo(table([heading, *map(_line, found)]), nl=False)


def _line(batch: BatchRecord) -> tuple[str, ...]:
    done = sum(1 for member in batch.members if member.state == "done")
    name = batch.notebook.replace("\\", "/").rpartition("/")[2]
    return batch.name, name, moment(batch.made), str(len(batch.members)), str(done)


def _progress(path: str, *, quiet: bool, as_json: bool) -> BatchProgress:
    if as_json:
        return BatchJson()
    if not quiet and sys.stdout.isatty() and sys.stderr.isatty():
        # Deferred: rich takes a while to import, and only a terminal shows what it draws.
        from nbflow.cli.batch_live import BatchLive  # noqa: PLC0415

        return BatchLive(path, source_of(path))
    return BatchLines(path, source_of(path), quiet=quiet)


class _Noting:
    """Hands everything on, and remembers that a batch began."""

    def __init__(self, progress: BatchProgress) -> None:
        self.started: BatchStarted | None = None
        self.findings, self.close = progress.findings, progress.close
        self._progress = progress

    def event(self, event: BatchEvent) -> None:
        """Hand on what happens."""
        if isinstance(event, BatchStarted):
            self.started = event
        self._progress.event(event)


@contextmanager
def _stoppable(progress: _Noting) -> Iterator[None]:
    """Leave the terminal as it was, and say how to go on after an interrupt."""
    try:
        yield
    except KeyboardInterrupt:
        progress.close()
        if progress.started is not None:
            name, folder = quoted(progress.started.batch), at_folder(progress.started.notebook)
            there = progress.started.engine
            left = f"no longer watching, what runs on {there} goes on: " if there else ""
            told = f"{left}`nbflow batch resume {name}{folder}` goes on with it"
            click.echo(f"nbflow: {told}", err=True)
        raise
    finally:
        progress.close()


def _code(batch: BatchRecord) -> int:
    return 0 if all(member.state == "done" for member in batch.members) else 1
