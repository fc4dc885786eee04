"""The progress of a batch on a terminal: a bar for the whole, and the members that run; the rest above it."""

from __future__ import annotations

import time

from rich.console import Console, Group, RenderableType
from rich.live import Live as Display
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from nbflow.cli.batch_progress import BatchLines
from nbflow.engines.events import Event, StepEnded, StepStarted
from nbflow.model import StepName
from nbflow.service.batch.events import (
    BatchEnded,
    BatchEvent,
    BatchStarted,
    MemberEnded,
    MemberHeard,
    MemberStarted,
)
from nbflow.store import MemberRecord
from nbflow.wording.progress import Source
from nbflow.wording.words import GLYPHS, counted, duration

#: The members that run at once and are shown; of more, only their number is.
_MOST = 8
_WIDTH = 32


class BatchLive(BatchLines):
    """A bar with what has ended and what was saved by sharing, below the lines of members that have."""

    def __init__(self, path: str, source: Source, console: Console | None = None) -> None:
        super().__init__(path, source, quiet=False)
        self.console = console or Console(highlight=False, soft_wrap=True)
        self._began = time.monotonic()
        self._all = self._before = 0
        self._ended: dict[int, MemberRecord] = {}  # by their positions
        self._running: dict[int, _Running] = {}
        self._display = Display(
            console=self.console,
            get_renderable=self.state,
            refresh_per_second=8,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def event(self, event: BatchEvent) -> None:
        """Bring the bar up to date, and print what has ended above it."""
        match event:
            case BatchStarted(members=members, to_run=to_run):
                self._all, self._before = members, members - to_run
            case MemberStarted(member):
                self._ended.pop(member.position, None)  # it runs once more
                self._running[member.position] = _Running(self.named(member))
                return
            case MemberHeard(position, heard) if position in self._running:
                self._running[position].hear(heard)
            case MemberEnded(member):
                self._running.pop(member.position, None)
                self._ended[member.position] = member
            case BatchEnded():
                self.close()
        super().event(event)
        if isinstance(event, BatchStarted):
            self._display.start()

    def close(self) -> None:
        """Leave the last state of the bar, and give the cursor back."""
        self._display.stop()

    def state(self) -> RenderableType:
        """The bar as it stands now, and the members that run."""
        grid = Table.grid(padding=(0, 2))
        for row in list(self._running.values())[:_MOST]:
            grid.add_row(
                Text(*GLYPHS["running"]),
                Text(row.name),
                Text(row.steps(), style="bright_black"),
                Text(duration(time.monotonic() - row.began), style="bright_black"),
            )
        parts: list[RenderableType] = [grid] if self._running else []
        if len(self._running) > _MOST:
            more = f"and {len(self._running) - _MOST} more"
            parts.append(Text(more, style="bright_black"))
        return Group(*parts, self._bar())

    def _bar(self) -> RenderableType:
        done = self._before + len(self._ended)
        failed = any(member.state == "failed" for member in self._ended.values())
        line = Table.grid(padding=(0, 2))
        bar = ProgressBar(
            total=max(self._all, 1),
            completed=done,
            width=_WIDTH,
            complete_style="red" if failed else "green",
            finished_style="red" if failed else "green",
        )
        line.add_row(bar, Text(self._told(done)))
        return line

    def _told(self, done: int) -> str:
        """The figures beside the bar: 12/20 members, 1 failed, 10 steps shared, 24.3s saved, 2m05s."""
        states = [member.state for member in self._ended.values()]
        parts = [f"{done}/{counted(self._all, 'member')}"]
        parts += [f"{states.count(s)} {s}" for s in ("failed", "stopped") if s in states]
        if shared := sum(member.shared for member in self._ended.values()):
            saved = duration(sum(member.saved for member in self._ended.values()))
            parts += [f"{counted(shared, 'step')} shared", f"{saved} saved"]
        return ", ".join([*parts, duration(time.monotonic() - self._began)])

    def say(self, line: str, *, err: bool = False) -> None:
        """Print above the bar."""
        self.console.print(Text.from_ansi(line))


class _Running:
    """What is known of a member that runs."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.began = time.monotonic()
        self._steps: dict[StepName, None] = {}

    def hear(self, event: Event) -> None:
        """Follow which of its steps run."""
        match event:
            case StepStarted(step=step):
                self._steps[step] = None
            case StepEnded(step=step):
                self._steps.pop(step, None)
            case _:
                pass

    def steps(self) -> str:
        """The steps that run now."""
        return ", ".join(self._steps)
