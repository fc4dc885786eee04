"""The journal in which the events of a run on this machine are kept."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from nbflow.engines.events import CellError, Event, StepEnded, StepLog, record_of
from nbflow.store.journal import Journal

#: A text longer than this is kept as several records.
_LONGEST: Final = 1 << 18
#: So many characters of an error's text, and of its traceback, are kept.
LONGEST_ERROR: Final = 1 << 16


def journalled(folder: Path, on_event: Callable[[Event], None]) -> Callable[[Event], None]:
    """What keeps events in the journal of the run's ``folder``, and hands them on."""
    journal = Journal(folder)

    def hear(event: Event) -> None:
        with suppress(OSError):  # nobody has to see a run for it to go on
            for piece in _pieces(event):
                journal.write(record_of(piece))
        on_event(event)

    return hear


def shortened(error: CellError) -> CellError:
    """The error, with as much of its text and of the end of its traceback as anybody reads."""
    room, lines = LONGEST_ERROR, []
    for line in reversed(error.traceback):
        lines.append(line[:room])
        room -= len(lines[-1])
        if not room:
            break
    return replace(error, evalue=error.evalue[:LONGEST_ERROR], traceback=tuple(reversed(lines)))


def _pieces(event: Event) -> tuple[Event, ...]:
    if isinstance(event, StepEnded):
        error = shortened(event.error) if event.error else None
        return (replace(event, message=event.message[:LONGEST_ERROR], error=error),)
    if not isinstance(event, StepLog) or len(event.text) <= _LONGEST:
        return (event,)
    starts = range(0, len(event.text), _LONGEST)
    return tuple(replace(event, text=event.text[at : at + _LONGEST]) for at in starts)
