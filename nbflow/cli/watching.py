"""A run elsewhere that this command watches: an interrupt ends the watching, and not the run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from nbflow.engines.events import Event, RunStarted
from nbflow.wording.progress import Progress
from nbflow.wording.words import at_folder


@contextmanager
def watching(progress: Progress) -> Iterator[Progress]:
    """Progress that leaves the terminal as it was, and says how to go on after an interrupt."""
    noting = _Noting(progress)
    try:
        yield noting
    except KeyboardInterrupt:
        progress.close()
        if noting.started is None:
            raise
        click.echo(left(noting.started), err=True)
        raise click.exceptions.Exit(130) from None
    finally:
        progress.close()


def left(started: RunStarted) -> str:
    """What is told when nobody watches a run any more."""
    run, folder = started.run, at_folder(started.notebook)
    return (
        f"nbflow: no longer watching, run {run} goes on: `nbflow logs {run} --follow{folder}` watches"
        f" again, `nbflow cancel {run}{folder}` stops it"
    )


class _Noting:
    """Hands everything on, and remembers that a run began."""

    def __init__(self, progress: Progress) -> None:
        self.started: RunStarted | None = None
        self._progress = progress
        self.findings, self.end, self.close = progress.findings, progress.end, progress.close

    def event(self, event: Event) -> None:
        """Hand on what happens."""
        if isinstance(event, RunStarted):
            self.started = event
        self._progress.event(event)
