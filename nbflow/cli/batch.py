"""``nbflow batch``: a notebook with many sets of parameters, what they share computed once."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from nbflow.cli.batch_progress import BatchJson, BatchLines, BatchProgress, closing, quoted
from nbflow.cli.batch_table import FORMATS, write
from nbflow.cli.options import folder_option
from nbflow.cli.progress import source_of
from nbflow.cli.words import at_folder, counted, moment, table
from nbflow.service.batch import batch as service
from nbflow.service.batch.alternatives import alternatives
from nbflow.service.batch.events import BatchEvent, BatchStarted
from nbflow.service.batch.files import from_table, from_yaml
from nbflow.service.batch.planning import Grid, Rows, merged
from nbflow.service.batch.settings import Settings
from nbflow.store import BatchRecord
from nbflow.wording.parameters import Given, fixed_options


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


def _draws(
    ctx: click.Context, parameter: click.Parameter, given: tuple[str, ...]
) -> dict[str, str]:
    """How values are drawn, by name, of ``name=how(...)``."""
    found = {name.strip(): how for name, _, how in (text.partition("=") for text in given)}
    for name, how in found.items():
        if not name or not how:
            raise click.BadParameter(f"{name!r} is not of the form name=how(...)", ctx, parameter)
    return found


def _pairs(
    ctx: click.Context, parameter: click.Parameter, given: tuple[str, ...]
) -> dict[str, list[object]]:
    """The alternatives of ``name=value,value`` by name; those of a name given twice are added up."""
    found: dict[str, list[object]] = {}
    for name, sign, values in (text.partition("=") for text in given):
        if not sign or not name.strip():
            raise click.BadParameter(f"{name!r} is not of the form name=value,...", ctx, parameter)
        found.setdefault(name.strip(), []).extend(alternatives(values))
    return found


_jobs_option = click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=1,
    help="How many members may run at once.  [default: 1]",
)
_quiet_option = click.option(
    "--quiet", is_flag=True, help="Print errors and the closing line only."
)
_json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object for each event."
)


@command.command("start", short_help="Run a notebook with many sets of parameters.")
@click.argument("notebook", type=click.Path())
@click.option(
    "-p",
    "--parameter",
    "pairs",
    metavar="NAME=VALUE,...",
    multiple=True,
    callback=_pairs,
    help="The alternatives of a parameter; may be given several times.",
)
@fixed_options
@click.option(
    "-f",
    "--file",
    "--parameters_file",
    "files",
    metavar="FILE",
    multiple=True,
    help="A grid (name: [value, ...]) or rows (- name: value) in YAML.",
)
@click.option(
    "--params-file", "tables", metavar="FILE", multiple=True, help="Rows in CSV or Parquet."
)
@click.option(
    "--draw",
    "draws",
    metavar="NAME=HOW",
    multiple=True,
    callback=_draws,
    help="Draw a parameter at random: uniform(0,1), loguniform(1e-4,0.1), normal(0,1), int(2,12),"
    " choice(a,b,c).",
)
@click.option(
    "--draws",
    "count",
    metavar="N",
    type=click.IntRange(min=1),
    help="How many sets of values are drawn.",
)
@click.option(
    "--seed",
    metavar="N",
    type=click.IntRange(min=0),
    help="Draw the first sets of this seed's sequence.  [default: one that is told]",
)
@click.option(
    "--name",
    metavar="NAME",
    default="",
    help="The batch's name; members are added to one there is.",
)
@_jobs_option
@click.option("--python", metavar="PATH", help="Run the steps in this interpreter or environment.")
@click.option(
    "--output",
    metavar="PLACE",
    default="",
    help="Write executed notebooks there too: 'out/{depth}.ipynb', 's3://bucket/{member}.ipynb'.",
)
@_quiet_option
@_json_option
def _start(
    notebook: str,
    pairs: dict[str, list[object]],
    raw: Given,
    yaml: Given,
    base64: Given,
    files: tuple[str, ...],
    tables: tuple[str, ...],
    draws: dict[str, str],
    count: int | None,
    seed: int | None,
    name: str,
    jobs: int,
    python: str | None,
    output: str,
    quiet: bool,
    as_json: bool,
) -> int:
    """Run NOTEBOOK once for each set of parameters; the notebook itself is not changed.

    Each -p and each line of a grid names the alternatives of a parameter, and all their combinations
    run; with rows, each row with all of them.
    """
    if twice := sorted(pairs.keys() & draws.keys()):
        raise click.UsageError(f"{twice[0]} has alternatives (-p) and is drawn (--draw)")
    above = merged(Grid(_alone(yaml)), Grid(pairs, draws=draws), Grid(_alone(raw)))
    rows, grid = _asked(files, tables, Grid(_alone(base64)), above, drawn=count is not None)
    progress = _Noting(_progress(notebook, quiet=quiet, as_json=as_json))
    with _stoppable(progress):
        batch = service.start(
            notebook,
            rows,
            grid,
            draws=count or 0,
            seed=seed,
            name=name,
            jobs=jobs,
            python=python,
            output=output,
            on_event=progress.event,
            on_findings=progress.findings,
        )
    return _code(batch)


def _asked(
    files: tuple[str, ...], tables: tuple[str, ...], below: Grid, above: Grid, *, drawn: bool
) -> tuple[Rows, Grid]:
    """The rows and the grid that files and the command line give together.

    What of the command line counts less than files is ``below``, what counts more ``above``.
    """
    read = [*map(from_yaml, files), *map(from_table, tables)]
    rows = [each for each in read if isinstance(each, Rows)]
    if len(rows) > 1:
        raise click.UsageError("rows may be in one file only: --params-file, or -f with a list")
    grid = merged(below, *(each for each in read if isinstance(each, Grid)), above)
    if not rows and not drawn and not grid.varies:
        raise click.UsageError("nothing varies: give -p, -f, --params-file or --draw")
    return (rows[0] if rows else Rows()), grid


def _alone(given: Given) -> dict[str, list[object]]:
    """Each value as the only alternative of its parameter."""
    return {name: [value] for name, value in given.items()}


@command.command("resume", short_help="Go on with a batch: what failed or was not reached.")
@click.argument("name")
@folder_option
@_jobs_option
@_quiet_option
@_json_option
def _resume(name: str, folder: str, jobs: int, quiet: bool, as_json: bool) -> int:
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
    found = service.batches(folder)
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
    return BatchJson() if as_json else BatchLines(path, source_of(path), quiet=quiet)


class _Noting:
    """Hands everything on, and remembers that a batch began."""

    def __init__(self, progress: BatchProgress) -> None:
        self.started: BatchStarted | None = None
        self.findings = progress.findings
        self._progress = progress

    def event(self, event: BatchEvent) -> None:
        """Hand on what happens."""
        if isinstance(event, BatchStarted):
            self.started = event
        self._progress.event(event)


@contextmanager
def _stoppable(progress: _Noting) -> Iterator[None]:
    """Say how to go on after an interrupt."""
    try:
        yield
    except KeyboardInterrupt:
        if progress.started is not None:
            name, folder = quoted(progress.started.batch), at_folder(progress.started.notebook)
            click.echo(f"nbflow: `nbflow batch resume {name}{folder}` goes on with it", err=True)
        raise


def _code(batch: BatchRecord) -> int:
    return 0 if all(member.state == "done" for member in batch.members) else 1
