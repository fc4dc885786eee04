"""The outputs of cells, built from the events of a step as Jupyter's front ends build them.

Source: the Jupyter messaging protocol (stream, display_data, update_display_data, execute_result, error,
clear_output) and nbformat 4.5's output dictionaries.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias, cast

from nbflow.model import CellId

#: One output as nbformat 4 has it.
Output: TypeAlias = "dict[str, object]"


class Outputs:
    """The outputs of all cells of a run so far, in the order in which each cell made them."""

    __slots__ = ("_by_cell", "_clear_on_next", "_displays")

    def __init__(self) -> None:
        self._by_cell: dict[CellId, list[Output]] = {}
        self._displays: dict[str, list[Output]] = {}
        self._clear_on_next: set[CellId] = set()

    def of(self, cell: CellId) -> list[Output]:
        """The outputs of one cell, as nbformat has them."""
        return self._by_cell.get(cell, [])

    def forget(self, cells: Iterable[CellId]) -> None:
        """Forget what the cells gave: they will run again."""
        for cell in cells:
            self.begin(cell)

    def begin(self, cell: CellId) -> None:
        """Forget what the cell gave before: it runs now."""
        self._by_cell[cell] = []
        self._clear_on_next.discard(cell)

    def stream(self, cell: CellId, name: str, text: str) -> None:
        """Add text to a stream of the cell; neighbouring text of one stream is one output."""
        outputs = self._ready(cell)
        if outputs and outputs[-1]["output_type"] == "stream" and outputs[-1]["name"] == name:
            outputs[-1]["text"] = cast(str, outputs[-1]["text"]) + text
        else:
            outputs.append({"output_type": "stream", "name": name, "text": text})

    def add(self, event: Mapping[str, object]) -> None:
        """Take in one event of a step other than a stream (see ``nbflow.runtime``)."""
        kind, cell = event["event"], CellId(str(event["cell"]))
        if kind == "clear_output":
            if event.get("wait"):
                self._clear_on_next.add(cell)
            else:
                self._by_cell[cell] = []
        elif kind == "update_display":
            self._update(event)
        elif kind == "display":
            output: Output = {"output_type": "display_data", **_bundle(event)}
            self._ready(cell).append(output)
            display_id = _display_id(event)
            if display_id:
                self._displays.setdefault(display_id, []).append(output)
        elif kind == "result":
            self._ready(cell).append(
                {
                    "output_type": "execute_result",
                    "execution_count": event["count"],
                    **_bundle(event),
                }
            )
        elif kind == "error":
            self._ready(cell).append(
                {
                    "output_type": "error",
                    "ename": event["ename"],
                    "evalue": event["evalue"],
                    "traceback": event["traceback"],
                }
            )

    def _ready(self, cell: CellId) -> list[Output]:
        if cell in self._clear_on_next:
            self.begin(cell)
        return self._by_cell.setdefault(cell, [])

    def _update(self, event: Mapping[str, object]) -> None:
        for output in self._displays.get(_display_id(event), []):
            output.update(_bundle(event))


def _bundle(event: Mapping[str, object]) -> Output:
    return {"data": event["data"], "metadata": event.get("metadata") or {}}


def _display_id(event: Mapping[str, object]) -> str:
    transient = event.get("transient")
    return str(transient.get("display_id", "")) if isinstance(transient, Mapping) else ""
