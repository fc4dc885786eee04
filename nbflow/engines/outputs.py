"""The outputs of cells, built from the events of a step as Jupyter's front ends build them.

Source: the Jupyter messaging protocol (stream, display_data, update_display_data, execute_result, error,
clear_output) and nbformat 4.5's output dictionaries.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from nbflow.model import CellId

#: One output as nbformat 4 has it.
Output: TypeAlias = "dict[str, object]"


@dataclass(frozen=True, slots=True)
class _Shown:
    """What a cell has shown under a display's id: in ``output``, or in those that are there already."""

    cell: CellId
    bundle: Output
    output: Output | None = None


class Outputs:
    """The outputs of all cells of a run so far, in the order in which each cell made them."""

    __slots__ = ("_by_cell", "_clear_on_next", "_displays", "_more")

    def __init__(self) -> None:
        self._by_cell: dict[CellId, list[Output]] = {}
        self._displays: dict[str, list[_Shown]] = {}
        self._clear_on_next: set[CellId] = set()
        #: Text that follows that of a cell's last output; joined when it is asked for, once for all.
        self._more: dict[CellId, list[str]] = {}

    def of(self, cell: CellId) -> list[Output]:
        """The outputs of one cell, as nbformat has them."""
        self._join(cell)
        return self._by_cell.get(cell, [])

    def kept(self, cells: Iterable[CellId]) -> dict[str, object]:
        """What the cells have given, as JSON from which ``bring_back`` makes the same again."""
        chosen = dict.fromkeys(cells)
        displays = [
            [name, shown.cell, shown.bundle, self._place(shown)]
            for name, found in self._displays.items()
            for shown in found
            if shown.cell in chosen
        ]
        return {"cells": {cell: self.of(cell) for cell in chosen}, "displays": displays}

    def _place(self, shown: _Shown) -> int:
        """Where a display stands among the outputs of its cell, -1 where it does not."""
        outputs = self.of(shown.cell)
        places = (n for n, output in enumerate(outputs) if output is shown.output)
        return next(places, -1)

    def bring_back(self, kept: Mapping[str, object], counts: Mapping[CellId, int]) -> None:
        """Take in what cells have given before; ``counts`` are their execution counts now."""
        cells = cast("Mapping[CellId, list[Output]]", kept["cells"])
        for cell, outputs in cells.items():
            self.begin(cell)
            self._by_cell[cell] = outputs
            for output in outputs:
                if output["output_type"] == "execute_result":
                    output["execution_count"] = counts.get(cell)
        for name, cell, bundle, place in cast("list[list[Any]]", kept["displays"]):
            shown = self._by_cell[cell][place] if place >= 0 else None
            self._displays.setdefault(name, []).append(_Shown(cell, bundle, shown))

    def forget(self, cells: Iterable[CellId]) -> None:
        """Forget what the cells gave: they will run again."""
        for cell in cells:
            self.begin(cell)

    def begin(self, cell: CellId) -> None:
        """Forget what the cell gave before: it runs now."""
        self._clear(cell)
        self._clear_on_next.discard(cell)
        for name, found in self._displays.items():
            self._displays[name] = [shown for shown in found if shown.cell != cell]

    def settle(self, order: Sequence[CellId]) -> frozenset[CellId]:
        """Let each display show what was shown last under its id, and return the cells this changes.

        ``order`` is the order of the cells in the notebook: steps that ran side by side may have sent
        their updates in another one.
        """
        places = {cell: place for place, cell in enumerate(order)}
        changed = set()
        for found in self._displays.values():
            in_order = sorted(found, key=lambda shown: places.get(shown.cell, -1))
            for shown in in_order:
                if shown.output is not None:
                    shown.output.update(in_order[-1].bundle)
                    changed.add(shown.cell)
        return frozenset(changed)

    def stream(self, cell: CellId, name: str, text: str) -> None:
        """Add text to a stream of the cell; neighbouring text of one stream is one output."""
        outputs = self._ready(cell)
        if outputs and outputs[-1]["output_type"] == "stream" and outputs[-1]["name"] == name:
            self._more.setdefault(cell, []).append(text)
        else:
            self._join(cell)
            outputs.append({"output_type": "stream", "name": name, "text": text})

    def add(self, event: Mapping[str, object]) -> None:
        """Take in one event of a step other than a stream (see ``nbflow.runtime``)."""
        kind, cell = event["event"], CellId(str(event["cell"]))
        if kind == "clear_output":
            if event.get("wait"):
                self._clear_on_next.add(cell)
            else:
                self._clear(cell)
        elif kind == "update_display":
            self._share(cell, event)
        elif kind == "display":
            output: Output = {"output_type": "display_data", **_bundle(event)}
            self._append(cell, output)
            self._share(cell, event, output)
        elif kind == "result":
            count = {"execution_count": event["count"]}
            self._append(cell, {"output_type": "execute_result", **count, **_bundle(event)})
        elif kind == "error":
            told = {key: event[key] for key in ("ename", "evalue", "traceback")}
            self._append(cell, {"output_type": "error", **told})

    def _append(self, cell: CellId, output: Output) -> None:
        outputs = self._ready(cell)
        self._join(cell)
        outputs.append(output)

    def _join(self, cell: CellId) -> None:
        """Give the last output of the cell the text that has come since."""
        if pieces := self._more.pop(cell, None):
            last = self._by_cell[cell][-1]
            last["text"] = "".join([cast(str, last["text"]), *pieces])

    def _clear(self, cell: CellId) -> None:
        self._by_cell[cell] = []
        self._more.pop(cell, None)

    def _ready(self, cell: CellId) -> list[Output]:
        if cell in self._clear_on_next:
            self._clear_on_next.discard(cell)
            self._clear(cell)
        return self._by_cell.setdefault(cell, [])

    def _share(
        self, cell: CellId, event: Mapping[str, object], output: Output | None = None
    ) -> None:
        """Where a display has an id, show it in all displays of that id."""
        display_id = _display_id(event)
        if display_id:
            found = self._displays.setdefault(display_id, [])
            found.append(_Shown(cell, _bundle(event), output))
            for shown in found:
                if shown.output is not None:
                    shown.output.update(_bundle(event))


def _bundle(event: Mapping[str, object]) -> Output:
    return {"data": event["data"], "metadata": event.get("metadata") or {}}


def _display_id(event: Mapping[str, object]) -> str:
    transient = event.get("transient")
    return str(transient.get("display_id", "")) if isinstance(transient, Mapping) else ""
