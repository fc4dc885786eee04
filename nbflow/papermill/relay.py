"""What happens in a run, told to papermill as it expects it: cell by cell, in the notebook's order.

Steps that run side by side do not end in that order. So what is heard of a cell ahead of its turn waits
until all cells before it have been told. Where a cell has failed nothing more is told: what steps behind it
have given is not of the notebook, which ends there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import nbformat
from papermill.engines import NotebookExecutionManager

from nbflow.engines.events import (
    CellEnded,
    CellEvent,
    CellShown,
    CellStarted,
    Event,
    StepEnded,
    StepLog,
    StepStarted,
    StepState,
)
from nbflow.model import CellId, StepName
from nbflow.papermill.log import Log
from nbflow.store import CellRecord, StepRecord

_ALLOWED: Final = "raises-exception"


@dataclass(slots=True)
class _Heard:
    """What was heard of a cell. ``told`` is None until papermill is told of it, then how many words are."""

    began: datetime
    told: int | None = None
    words: list[StepLog | CellShown] = field(default_factory=list)
    ended: datetime | None = None
    failed: bool = False
    outputs: tuple[Mapping[str, object], ...] = ()


class Relay:
    """Tells ``manager`` of a run.

    Args:
        manager: papermill's notebook in the making.
        ids: the ids of its cells, in its order.
        running: those of the cells that run, in the order in which they do.
        counts: the execution counts of the cells that run and are not empty.
        log: what takes the words of the cells.
    """

    def __init__(
        self,
        manager: NotebookExecutionManager,
        ids: Sequence[CellId],
        running: Sequence[CellId],
        counts: Mapping[CellId, int],
        log: Log,
    ) -> None:
        self._manager = manager
        self._ids = ids
        self._index = {cell: index for index, cell in enumerate(ids)}
        self._log = log
        self._counts = counts
        self._runs = frozenset(running)
        self._order = _order([self._index[cell] for cell in running], len(ids))
        self._place = 0
        self._heard: dict[CellId, _Heard] = {}
        self._records: dict[StepName, StepRecord] = {}
        self._steps: dict[CellId, StepName] = {}

    def cell(self, event: CellEvent) -> None:
        """Hear of a cell that runs; those of called notebooks are not in this one."""
        if event.cell not in self._runs:
            return
        self._steps[event.cell] = event.step
        heard = self._heard_of(event.cell)
        match event:
            case CellShown():
                heard.words.append(event)
            case CellEnded(cell=cell, seconds=seconds, outputs=outputs, ok=ok):
                heard.failed = not ok and not self._may_fail(cell)
                if not heard.failed:  # what becomes of it else is known when its step has ended
                    self._end(heard, outputs, seconds)
            case CellStarted():
                pass
        self._advance()

    def event(self, event: Event) -> None:
        """Hear of a step."""
        match event:
            case StepStarted(step=step):
                self._forget(step)
            case StepLog(step=step, cell=cell) if cell in self._runs:
                self._steps[cell] = step
                self._heard_of(cell).words.append(event)
                self._advance()
            case StepEnded(step=step, reused=reused) if reused:
                self._log.note(f"step {step}: unchanged since run {reused}")
            case _:
                pass

    def step(self, record: StepRecord) -> None:
        """Hear what a step has given when it has ended."""
        self._records[record.name] = record
        self._steps.update((cell.id, record.name) for cell in record.cells)
        if record.state == StepState.DONE.value:
            for cell in record.cells:
                heard = self._heard_of(cell.id)
                if record.reused:
                    heard.words += _shown(record.name, cell)
                if heard.ended is None:
                    self._end(heard, cell.outputs, 0.0 if record.reused else cell.seconds)
                heard.outputs = cell.outputs
            self._advance()

    def finish(self) -> str:
        """Tell what the cells have given in the end, and where the notebook has failed.

        What is returned is why it failed, where none of its own cells shows that, else "".
        """
        self._advance()
        for record in self._records.values():
            for cell in record.cells:
                if self._is_told(cell.id):
                    self._fill(self._index[cell.id], cell.outputs)
        failed = [r for r in self._records.values() if r.state == StepState.FAILED.value]
        places = [place for place in map(self._failing, failed) if place is not None]
        if places:
            self._fail(*min(places, key=lambda found: self._order.index(found[0])))
            return ""
        return "; ".join(f"step {record.name}: {record.message}" for record in failed)

    def _heard_of(self, cell: CellId) -> _Heard:
        """What was heard of a cell; one of which nothing was heard begins now."""
        return self._heard.setdefault(cell, _Heard(self._now()))

    # Turns

    def _advance(self) -> None:
        """Tell of all cells whose turn it is."""
        while self._place < len(self._order):
            index = self._order[self._place]
            cell = self._ids[index]
            if cell in self._runs:
                heard = self._heard.get(cell)
                if heard is None:
                    return
                self._tell(index, heard)
                if heard.ended is None:
                    return
                self._close(index, heard)
            else:
                self._manager.cell_start(self._node(index), index)
                self._manager.cell_complete(self._node(index), cell_index=index)
            self._place += 1

    def _tell(self, index: int, heard: _Heard) -> None:
        """Let papermill know that the cell runs, and what it has said since it was last told."""
        node = self._node(index)
        if heard.told is None:
            heard.told = 0
            node.outputs = []
            self._manager.cell_start(node, index)
            node.metadata.papermill["start_time"] = heard.began.isoformat()
        for word in heard.words[heard.told :]:
            self._log.word(word)
            node.outputs.append(nbformat.from_dict(_as_output(word)))
        if heard.told < len(heard.words):
            heard.told = len(heard.words)
            self._manager.autosave_cell()

    def _close(self, index: int, heard: _Heard) -> None:
        node, ended = self._node(index), heard.ended or self._now()
        self._fill(index, heard.outputs)
        count = node.execution_count = self._counts.get(self._ids[index])
        self._manager.cell_complete(node, cell_index=index)
        node.metadata.papermill["end_time"] = ended.isoformat()
        node.metadata.papermill["duration"] = (ended - heard.began).total_seconds()
        if count is None:  # there was nothing in it to run
            return
        began, idle = _stamp(heard.began), _stamp(ended)
        node.metadata["execution"] = nbformat.from_dict(
            {
                "iopub.execute_input": began,
                "iopub.status.busy": began,
                "iopub.status.idle": idle,
                "shell.execute_reply": idle,
            }
        )

    def _fill(self, index: int, outputs: Iterable[Mapping[str, object]]) -> None:
        self._node(index).outputs = [nbformat.from_dict(dict(output)) for output in outputs]

    def _now(self) -> datetime:
        """The time by papermill's clock, which tells the zone in some of its versions."""
        now: datetime = self._manager.now()
        return now

    def _node(self, index: int) -> Any:
        return self._manager.nb.cells[index]

    # Ends

    def _end(
        self, heard: _Heard, outputs: Iterable[Mapping[str, object]], seconds: float | None
    ) -> None:
        heard.ended = heard.began + timedelta(seconds=seconds or 0.0)
        heard.outputs = tuple(outputs)

    def _may_fail(self, cell: CellId) -> bool:
        return _ALLOWED in self._node(self._index[cell]).metadata.get("tags", ())

    def _forget(self, step: StepName) -> None:
        """Forget what a step has done that begins anew."""
        for cell in [cell for cell, name in self._steps.items() if name == step]:
            if not self._is_told(cell):
                self._heard.pop(cell, None)

    def _is_told(self, cell: CellId) -> bool:
        """Whether papermill knows the cell as one that has ended."""
        return cell in self._runs and self._index[cell] in self._order[: self._place]

    def _failing(self, record: StepRecord) -> tuple[int, CellRecord, str] | None:
        """The cell in which a step has failed: where it stands, what it has given, why it failed."""
        own = [cell for cell in record.cells if cell.id in self._runs]
        raised = [cell for cell in own if cell.id in self._heard and self._heard[cell.id].failed]
        unended = [cell for cell in own if not self._is_told(cell.id)]
        for cell in (*raised, *unended, *own[-1:]):
            return self._index[cell.id], cell, record.message
        return None

    def _fail(self, index: int, cell: CellRecord, why: str) -> None:
        """Tell of the cell that has failed, and of those before it that have not been told."""
        heard = self._heard_of(cell.id)
        heard.ended = heard.ended or (
            heard.began + timedelta(seconds=cell.seconds)
            if cell.seconds is not None
            else self._now()
        )
        self._tell(index, heard)
        node = self._node(index)
        heard.outputs = cell.outputs
        if not heard.failed:
            lost = {
                "output_type": "error",
                "ename": "StepFailed",
                "evalue": why,
                "traceback": [why],
            }
            heard.outputs = (*cell.outputs, lost)
        self._manager.cell_exception(node, cell_index=index)
        self._close(index, heard)


def _order(running: Iterable[int], cells: int) -> list[int]:
    """The places of so many cells in the order in which they are told.

    It is the notebook's, but for those that run when one behind them has run: they come last.
    """
    late: list[int] = []
    last = -1
    for index in running:
        if index < last:
            late.append(index)
        last = max(last, index)
    return [index for index in range(cells) if index not in late] + late


def _shown(step: StepName, cell: CellRecord) -> list[StepLog | CellShown]:
    """What a cell has shown besides the text that it has written."""
    bundles = [output["data"] for output in cell.outputs if "data" in output]
    return [CellShown(step, cell.id, data) for data in bundles if isinstance(data, dict)]


def _as_output(word: StepLog | CellShown) -> dict[str, object]:
    """What a cell has said, as an output that stands there until all that it gave is known."""
    match word:
        case StepLog(stream=name, text=text):
            return {"output_type": "stream", "name": name, "text": text}
        case CellShown(data=data):
            return {"output_type": "display_data", "data": dict(data), "metadata": {}}


def _stamp(time: datetime) -> str:
    return time.replace(tzinfo=None).isoformat() + "Z"
