"""The progress of a run on a terminal: a table of the steps that stays, and what they write above it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console, Group, RenderableType
from rich.live import Live as Display
from rich.table import Table
from rich.text import Text

from nbflow.engines.events import (
    Event,
    RunStarted,
    StepEnded,
    StepLog,
    StepState,
)
from nbflow.model import StepName
from nbflow.store import RunRecord
from nbflow.wording.progress import Plain, Source, closing, failure
from nbflow.wording.steps import Steps
from nbflow.wording.words import GLYPHS

#: Lines of the terminal that are left for what stands above the table.
_HEADROOM = 6
#: Steps in these states are shown first where not all of them have room.
_SHOWN_FIRST = (StepState.FAILED, StepState.RUNNING, StepState.WAITING)


class Live(Plain):
    """A table of steps with glyphs and times; logs scroll above it."""

    def __init__(self, path: str, source: Source, console: Console | None = None) -> None:
        super().__init__(path, source)
        self.console = console or Console(highlight=False, soft_wrap=True)
        self._steps = Steps()
        self._head = ""
        self._display = Display(
            console=self.console,
            get_renderable=self.table,
            refresh_per_second=8,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def event(self, event: Event) -> None:
        """Bring the table up to date, and print what a step writes above it."""
        self._steps.hear(event)
        match event:
            case RunStarted(run):
                self._head = f"run {run}: {self.path}"
                self._display.start()
            case StepLog(step, _, stream, text):
                self._log(step, stream, self.lines.add(step, stream, text))
            case StepEnded(step, state):
                for stream, line in self.lines.rest(step):
                    self._log(step, stream, [line])
                if state is StepState.FAILED:
                    self.console.print(Text.from_ansi(failure(event, self.source())))

    def end(self, record: RunRecord) -> None:
        """Leave the last state of the table, and print the closing line below it."""
        self.close()
        self.console.print(Text.from_ansi(closing(record)))

    def close(self) -> None:
        """Stop drawing and give the cursor back."""
        self._display.stop()

    def table(self) -> RenderableType:
        """The table as it stands now."""
        grid = Table.grid(padding=(0, 2))
        shown = self._shown()
        for step in shown:
            row = self._steps.rows[step]
            sign, colour = GLYPHS[row.state.value]
            grid.add_row(
                Text(sign, style=colour),
                Text(step),
                Text(row.state.value, style=colour),
                Text(row.time(), style="bright_black"),
                Text(row.message, style="bright_black"),
            )
        parts: list[RenderableType] = [Text(self._head, style="bold"), grid]
        hidden = len(self._steps.rows) - len(shown)
        if hidden:
            parts.append(Text(f"and {hidden} more: {self._steps.counts()}", style="bright_black"))
        return Group(*parts)

    def _shown(self) -> list[StepName]:
        room = max(3, self.console.height - _HEADROOM)
        if len(self._steps.rows) <= room:
            return list(self._steps.rows)
        ranks = {state: rank for rank, state in enumerate(_SHOWN_FIRST)}
        first = sorted(
            self._steps.rows, key=lambda step: ranks.get(self._steps.rows[step].state, 9)
        )[:room]
        return [step for step in self._steps.rows if step in set(first)]

    def _log(self, step: StepName, stream: str, lines: Sequence[str]) -> None:
        """Print lines above the table, all at once: each print draws the table again."""
        if lines:
            head = Text(f"[{step}] ", style="cyan" if stream == "stdout" else "yellow")
            texts = [head.copy().append_text(Text.from_ansi(line)) for line in lines]
            self.console.print(Text("\n").join(texts))
