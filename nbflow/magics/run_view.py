"""A run as a cell shows it while it goes on, and what the cell keeps when it has ended.

While it goes on it is a widget: the graph, the steps, how far it is, and a button that stops it. When it has
ended, a picture and a table take its place, which are kept in the notebook and need no kernel.
"""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from html import escape
from typing import Any, Final

import click

from nbflow.engines.events import Event, StepEnded, StepStarted, StepState
from nbflow.errors import NbflowError
from nbflow.model import StepName
from nbflow.service.graph import Graph
from nbflow.service.svg import as_svg
from nbflow.store import RunRecord
from nbflow.wording.progress import closing, ended, failure, metrics
from nbflow.wording.steps import Steps
from nbflow.wording.words import GLYPHS, counted, duration

_FRAME: Final = 'style="padding:0 1.2ch;text-align:left;vertical-align:top"'


class RunView:
    """What is known of a run of the notebook that is called ``name``, as text and as HTML."""

    def __init__(self, name: str, record: RunRecord, graph: Graph) -> None:
        self.run, self.name = record.id, name
        self._began = record.started
        self._graph = graph
        self.steps = Steps(graph.steps)
        #: Why steps failed; one that has failed before its turn runs again.
        self.failures: dict[StepName, str] = {}
        self.record: RunRecord | None = None

    def hear(self, event: Event) -> None:
        """Take in what has happened."""
        self.steps.hear(event)
        match event:
            case StepStarted(step):
                self.failures.pop(step, None)
            case StepEnded(step, StepState.FAILED):
                self.failures[step] = click.unstyle(failure(event, None))

    def head(self) -> str:
        """How the run stands, in one line."""
        if self.record is not None:
            return click.unstyle(closing(self.record)).split("\n")[0]
        took = duration(max(0.0, time.time() - self._began))
        return f"{GLYPHS['running'][0]} run {self.run} of {self.name}: running, {took}"

    def text(self) -> str:
        """What is read where nothing else can be shown."""
        return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        if self.record is None:
            steps = counted(len(self._graph.steps), "step")
            yield f"run {self.run}: {self.name}, {steps}; it goes on outside of this kernel"
            yield f"  `%nbflow watch {self.run}` watches it, `%nbflow stop {self.run}` stops it"
            return
        for step, row in self.steps.rows.items():
            yield click.unstyle(ended(step, row.state, row.seconds, row.message, row.reused))
        yield from self.failures.values()
        if told := metrics(self.record):
            yield f"metrics: {told}"
        yield click.unstyle(closing(self.record))

    def picture(self) -> str:
        """The graph as an image that shares no style with the page that it stands in."""
        states = self.states()
        source = b64encode(as_svg(self._graph, states).encode()).decode()
        told = "; ".join(f"{step} {state.value}" for step, state in states.items())
        return f'<img alt="{escape(told)}" style="max-width:100%" src="data:image/svg+xml;base64,{source}">'

    def states(self) -> Mapping[StepName, StepState]:
        """The states of the steps of the graph."""
        rows = self.steps.rows
        return {step: rows[step].state for step in self._graph.steps if step in rows}

    def table(self) -> str:
        """The steps as a table of HTML."""
        rows = "".join(
            f"<tr>{''.join(f'<td {_FRAME}>{escape(text)}</td>' for text in fields)}</tr>"
            for fields in self._fields()
        )
        told = "".join(f"<pre>{escape(each)}</pre>" for each in self.failures.values())
        return f'<table aria-label="steps"><tbody>{rows}</tbody></table>{told}'

    def _fields(self) -> Iterator[tuple[str, ...]]:
        for step, row in self.steps.rows.items():
            sign = GLYPHS[row.state.value][0]
            yield f"{sign} {step}", row.state.value, row.time(), row.message

    def html(self) -> str:
        """What stays when the run has ended."""
        record = self.record
        lines = click.unstyle(closing(record)).split("\n")[1:] if record is not None else []
        if record is not None and (told := metrics(record)):
            lines.insert(0, f"metrics: {told}")
        below = "".join(f"<p>{escape(line.strip())}</p>" for line in lines)
        return f"<p><b>{escape(self.head())}</b></p>{self.picture()}{self.table()}{below}"


class RunWidget:
    """The ``widget`` of a view; the button calls ``stop``."""

    def __init__(self, view: RunView, stop: Callable[[], object]) -> None:
        # Deferred: only whoever watches a run needs widgets.
        import ipywidgets  # noqa: PLC0415

        self._view, self._stop = view, stop
        self._head = ipywidgets.HTML()
        self._button = ipywidgets.Button(
            description="Stop", icon="stop", tooltip=f"Stop run {view.run}"
        )
        self._button.on_click(self._stopped)
        self._note = ipywidgets.HTML()
        self._bar = ipywidgets.IntProgress(min=0, max=max(1, len(view.steps.rows)))
        self._picture = ipywidgets.HTML()
        self._table = ipywidgets.HTML()
        self._drawn: Mapping[StepName, StepState] | None = None
        self.draw()
        row = ipywidgets.HBox([self._button, self._bar, self._note])
        self.widget = ipywidgets.VBox([self._head, row, self._picture, self._table])

    def draw(self) -> None:
        """Show how the run stands now; only what has changed is sent."""
        view, rows = self._view, self._view.steps.rows
        self._head.value = f"<b>{escape(view.head())}</b>"
        self._bar.max = max(1, len(rows))
        self._bar.value = sum(1 for row in rows.values() if not row.state.goes_on)
        if self._drawn != (states := view.states()):
            self._drawn = states
            self._picture.value = view.picture()
        self._table.value = view.table()
        if view.record is not None:
            self._button.layout.display = "none"
            self._note.value = ""

    def give_up(self, problem: str) -> None:
        """Say why there is nothing to watch any more."""
        self._button.layout.display = "none"
        self._note.value = escape(problem)

    def _stopped(self, _: Any) -> None:
        self._button.disabled = True
        try:
            self._stop()
            self._note.value = "it is told to stop"
        except NbflowError as error:
            self._note.value = escape(str(error))
            self._button.disabled = False
