"""The progress of a run as lines: for pipes and logs, for quiet callers, and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Protocol

import click

from nbflow.diagnostics import Finding, Severity
from nbflow.engines.events import (
    CellError,
    Event,
    RunStarted,
    StepEnded,
    StepLog,
    StepStarted,
    StepState,
    record_of,
)
from nbflow.model import CellId, Notebook, StepName
from nbflow.wording.findings import as_records, as_text, summary
from nbflow.wording.words import GLYPHS, counted, duration

if TYPE_CHECKING:
    # SQLite takes a while to import, and a run's process is started before it.
    from nbflow.store import RunRecord

#: Gives the notebook that runs; it is read only where its cells or lines are to be named.
Source = Callable[[], Notebook]


def source_of(path: str) -> Source:
    """Gives the notebook at ``path``, which is read once."""

    @cache
    def source() -> Notebook:
        # Deferred: needed first when the run has begun.
        from nbflow.service.check import notebook_at  # noqa: PLC0415

        return notebook_at(path)

    return source


class Progress(Protocol):
    """What hears of a run from its beginning to its end."""

    def findings(self, findings: Sequence[Finding]) -> None:
        """Hear what was found before the run."""

    def event(self, event: Event) -> None:
        """Hear what happens."""

    def end(self, record: RunRecord) -> None:
        """Hear what the run left."""

    def close(self) -> None:
        """Leave the terminal as it was found; called whatever happens."""


class Quiet:
    """Tells errors and how the run ended, and nothing else."""

    def __init__(self, path: str, source: Source) -> None:
        self.path = path
        self.source = source
        self._failures: dict[StepName, StepEnded] = {}

    def findings(self, findings: Sequence[Finding]) -> None:
        """Print the findings of severity error."""
        self.print_findings([f for f in findings if f.severity is Severity.ERROR])

    def event(self, event: Event) -> None:
        """Keep why a step failed: one that has failed before its turn runs again."""
        match event:
            case StepStarted(step):
                self._failures.pop(step, None)
            case StepEnded(step, StepState.FAILED):
                self._failures[step] = event

    def end(self, record: RunRecord) -> None:
        """Print why steps failed, and the closing line."""
        for each in self._failures.values():
            self.print_failure(each)
        click.echo(closing(record))

    def close(self) -> None:
        """Nothing is left behind."""

    def print_failure(self, event: StepEnded) -> None:
        """Print why a step failed."""
        click.echo(failure(event, self.source()), err=True)

    def print_findings(self, findings: Sequence[Finding]) -> None:
        """Print findings with their source lines."""
        if findings:
            click.echo(as_text(self.path, self.source(), findings), nl=False, err=True)


class Plain(Quiet):
    """Tells every step and all that it writes, a line at a time."""

    def __init__(self, path: str, source: Source) -> None:
        super().__init__(path, source)
        self.lines = Lines()

    def findings(self, findings: Sequence[Finding]) -> None:
        """Print errors and warnings, and count the notes."""
        told = [finding for finding in findings if finding.severity is not Severity.INFO]
        self.print_findings(told)
        if len(told) < len(findings):
            notes = summary([finding for finding in findings if finding not in told])
            click.echo(f"{self.path}: {notes}; nbflow check shows them", err=True)

    def event(self, event: Event) -> None:
        """Print what happens."""
        match event:
            case RunStarted(run, _, steps):
                click.echo(f"run {run}: {self.path}, {counted(len(steps), 'step')}")
            case StepStarted(step, _, again, why):
                click.echo(f"{glyph('running')} {step}{because(again, why)}")
            case StepLog(step, _, stream, text):
                for line in self.lines.add(step, stream, text):
                    click.echo(f"[{step}] {line}", err=stream == "stderr")
            case StepEnded(step, state, seconds, message, _, reused):
                for stream, line in self.lines.rest(step):
                    click.echo(f"[{step}] {line}", err=stream == "stderr")
                click.echo(ended(step, state, seconds, message, reused))
                if state is StepState.FAILED:
                    self.print_failure(event)


class JsonLines:
    """Tells everything as one JSON object a line."""

    def findings(self, findings: Sequence[Finding]) -> None:
        """Print each finding."""
        for record in as_records(findings):
            self._print("finding", record)

    def event(self, event: Event) -> None:
        """Print the event under its name: run-started, step-started, step-log, ..."""
        click.echo(json.dumps(record_of(event)))

    def end(self, record: RunRecord) -> None:
        """Print where to look."""
        self._print(
            "run-recorded",
            {"run": record.id, "state": record.state, "executed": record.executed},
        )

    def close(self) -> None:
        """Nothing is left behind."""

    def _print(self, name: str, content: Mapping[str, object]) -> None:
        click.echo(json.dumps({"event": name, **content}))


class Lines:
    """Cuts what steps write into whole lines; of a line that is written over, only the last state."""

    def __init__(self) -> None:
        self._open: dict[tuple[StepName, str], str] = {}

    def add(self, step: StepName, stream: str, text: str) -> list[str]:
        """The lines that ``text`` completes."""
        *lines, rest = (self._open.pop((step, stream), "") + text).split("\n")
        if rest:
            self._open[step, stream] = rest
        return [_last_state(line) for line in lines]

    def rest(self, step: StepName) -> list[tuple[str, str]]:
        """The streams of the step that end without a line feed, each with its open line."""
        streams = [key for key in self._open if key[0] == step]
        return [(key[1], _last_state(self._open.pop(key))) for key in streams]


def _last_state(line: str) -> str:
    """What a terminal would show of a line in which carriage returns go back to its beginning."""
    return line.rstrip("\r").rpartition("\r")[2]


def glyph(state: str) -> str:
    """The coloured glyph of a state."""
    sign, colour = GLYPHS.get(state, ("?", "white"))
    return click.style(sign, fg=colour)


def because(again: str, why: str) -> str:
    """What follows the name of a step that begins: why it runs."""
    return f" again: {again}" if again else f": {why}" if why else ""


def ended(step: StepName, state: StepState, seconds: float, message: str, reused: str) -> str:
    """The line that tells how a step ended."""
    if reused:
        return f"{glyph('unchanged')} {step} unchanged since run {reused}"
    time = f" {duration(seconds)}" if state in (StepState.DONE, StepState.FAILED) else ""
    why = f": {message}" if message else ""
    return f"{glyph(state.value)} {step} {state.value}{time}{why}"


def failure(event: StepEnded, notebook: Notebook | None) -> str:
    """Why a step failed: its cell, where the notebook is at hand, and the traceback as Jupyter shows it."""
    if event.error is None:
        return f"step {event.step} failed: {event.message or 'it gave no reason'}"
    place = ""
    if notebook is not None:
        place = f", cell {cell_number(event.error, notebook) or event.error.cell}"
    head = click.style(f"step {event.step}{place}:", bold=True)
    body = "\n".join(event.error.traceback) or f"{event.error.ename}: {event.error.evalue}"
    return f"{head}\n{body}"


def cell_number(error: CellError, notebook: Notebook) -> int:
    """The number of the cell that failed, counted from 1; 0 where it is not in the notebook."""
    numbers: dict[CellId, int] = {cell.id: cell.number for cell in notebook.cells}
    return numbers.get(error.cell, 0)


def closing(record: RunRecord) -> str:
    """The line that tells how a run ended and where to look."""
    states = [step.state for step in record.steps]
    reused = sum(1 for step in record.steps if step.reused)
    parts = ", ".join(f"{states.count(state)} {state}" for state in GLYPHS if state in states)
    parts += f" ({reused} of them unchanged)" if reused else ""
    time = f" in {duration(record.seconds)}" if record.seconds is not None else ""
    lines = f"{glyph(record.state)} run {record.id} {record.state}{time}: {parts or 'no steps'}"
    if record.remote is not None and record.remote.url:
        return f"{lines}\n  page: {record.remote.url}"
    return f"{lines}\n  executed notebook: {record.executed}" if record.executed else lines


def metrics(record: RunRecord) -> str:
    """The metrics of a run as one line, or ""."""
    return ", ".join(f"{name} = {value:g}" for name, value in (record.metrics or {}).items())
