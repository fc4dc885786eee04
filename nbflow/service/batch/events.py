"""What a batch tells while it goes on, as values in the order in which they happen."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TypeAlias

from nbflow.engines.events import Event, record_of
from nbflow.store import BatchRecord, MemberRecord


@dataclass(frozen=True, slots=True)
class BatchStarted:
    """A batch begins, or goes on: ``to_run`` of its members are to be run, ``added`` are new.

    ``seed`` is that of the values that were drawn for it, None where none were. ``engine`` is the one
    elsewhere that its members run on, or "".
    """

    batch: str
    notebook: str
    members: int
    to_run: int
    added: int
    seed: int | None = None
    engine: str = ""


@dataclass(frozen=True, slots=True)
class BatchNote:
    """Something that the user should know, as a sentence."""

    text: str


@dataclass(frozen=True, slots=True)
class MemberStarted:
    """The run of a member began."""

    member: MemberRecord


@dataclass(frozen=True, slots=True)
class MemberHeard:
    """Something happened in the run of the member at ``position``."""

    position: int
    event: Event


@dataclass(frozen=True, slots=True)
class MemberEnded:
    """The run of a member ended; ``trouble`` is what ended it, where that was no cell."""

    member: MemberRecord
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class BatchEnded:
    """All members have been run, after so many seconds."""

    batch: BatchRecord
    seconds: float


BatchEvent: TypeAlias = (
    BatchStarted | BatchNote | MemberStarted | MemberHeard | MemberEnded | BatchEnded
)


def batch_event_record(event: BatchEvent) -> dict[str, object]:
    """The event as JSON carries it, under its name: batch-started, member-started, step-log, ..."""
    match event:
        case BatchStarted():
            return {"event": "batch-started", **asdict(event)}
        case BatchNote(text):
            return {"event": "batch-note", "text": text}
        case MemberStarted(member):
            return {"event": "member-started", **asdict(member)}
        case MemberHeard(position, heard):
            return {**record_of(heard), "member": position}
        case MemberEnded(member, trouble):
            return {"event": "member-ended", **asdict(member), "trouble": trouble}
        case BatchEnded(batch, seconds):
            return {"event": "batch-ended", **asdict(batch), "seconds": seconds}
