"""The progress of a batch as lines, and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Protocol

import click

from nbflow.diagnostics import Finding, Severity
from nbflow.engines.events import StepEnded, StepState
from nbflow.service.batch.events import (
    BatchEnded,
    BatchEvent,
    BatchNote,
    BatchStarted,
    MemberEnded,
    MemberHeard,
    MemberStarted,
    batch_event_record,
)
from nbflow.store import BatchRecord, MemberRecord
from nbflow.wording.batches import standing
from nbflow.wording.findings import as_records
from nbflow.wording.json_text import json_text
from nbflow.wording.progress import Quiet, Source, failure, glyph
from nbflow.wording.words import assignments, at_folder, counted, duration


class BatchProgress(Protocol):
    """What hears of a batch from its beginning to its end."""

    def findings(self, findings: Sequence[Finding]) -> None:
        """Hear what was found before the first run."""

    def event(self, event: BatchEvent) -> None:
        """Hear what happens."""

    def close(self) -> None:
        """Leave the terminal as it was found; called whatever happens."""


class BatchLines:
    """Tells a line for each member that begins or ends, and why steps failed; if ``quiet`` only that.

    Notes and how the batch ended are told in any case.
    """

    def __init__(self, path: str, source: Source, *, quiet: bool) -> None:
        self._path = path
        self._source = source
        self._quiet = quiet
        self._of = 0

    def findings(self, findings: Sequence[Finding]) -> None:
        """Print errors, and warnings unless quiet."""
        least = {Severity.ERROR} if self._quiet else {Severity.ERROR, Severity.WARNING}
        told = [each for each in findings if each.severity in least]
        Quiet(self._path, self._source).print_findings(told)

    def event(self, event: BatchEvent) -> None:
        """Print what happens."""
        match event:
            case BatchStarted(batch, _, members, to_run, added, seed, engine):
                self._of = members
                new = f", {added} of them new" if 0 < added < members else ""
                drawn = "" if seed is None else f", seed {seed}"
                drawn += f", on {engine}" if engine else ""
                count = counted(members, "member")
                self._tell(f"batch {batch}: {self._path}, {count}{new}, {to_run} to run{drawn}")
            case BatchNote(text):
                self.say(f"note: {text}", err=True)
            case MemberStarted(member):
                self._tell(f"{glyph('running')} {self.named(member)}: run {member.run}")
            case MemberHeard(_, StepEnded(state=StepState.FAILED) as heard):
                self.say(failure(heard, self._source()), err=True)
            case MemberHeard():
                pass
            case MemberEnded(member, trouble):
                self._tell(f"{glyph(member.state)} {self.named(member)} {_told(member)}")
                if trouble:
                    self.say(f"member {member.position}: {trouble}", err=True)
            case BatchEnded(batch_record, seconds):
                self.say(closing(batch_record, seconds))

    def close(self) -> None:
        """Nothing is left behind."""

    def say(self, line: str, *, err: bool = False) -> None:
        """Print a line, or several."""
        click.echo(line, err=err)

    def named(self, member: MemberRecord) -> str:
        """A member as lines name it: 2/20 depth=4."""
        values = assignments(member.parameters)
        return f"{member.position}/{self._of}{values and ' '}{values}"

    def _tell(self, line: str) -> None:
        if not self._quiet:
            self.say(line)


class BatchJson:
    """Tells everything as one JSON object a line."""

    def findings(self, findings: Sequence[Finding]) -> None:
        """Print each finding."""
        for record in as_records(findings):
            click.echo(json.dumps({"event": "finding", **record}))

    def event(self, event: BatchEvent) -> None:
        """Print the event under its name."""
        click.echo(json_text(batch_event_record(event)))

    def close(self) -> None:
        """Nothing is left behind."""


def _told(member: MemberRecord) -> str:
    time = f" {duration(member.seconds)}" if member.seconds is not None else ""
    shared = f", {member.shared} shared" if member.shared else ""
    measured = "".join(f", {name} = {value:g}" for name, value in (member.metrics or {}).items())
    return f"{member.state}{time}: {counted(member.steps, 'step')}{shared}{measured}"


def closing(batch: BatchRecord, seconds: float | None = None) -> str:
    """The line that tells how a batch stands, and where to look."""
    good = all(member.state == "done" for member in batch.members)
    time = f" in {duration(seconds)}" if seconds is not None else ""
    told = standing(batch.members) or "no members"
    verb = "show" if good else "resume"
    command = f"nbflow batch {verb} {quoted(batch.name)}{at_folder(batch.notebook)}"
    return f"{glyph('done' if good else 'failed')} batch {batch.name}{time}: {told}\n  {command}"


def quoted(name: str) -> str:
    """The name of a batch as a shell takes it."""
    return f"'{name}'" if " " in name else name
