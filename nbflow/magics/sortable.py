"""A table as a widget: a click on the head of a column sorts by it, another one the other way round."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import Any, Final

from nbflow.wording.tables import Table

#: So many rows are drawn; the rest is counted.
_MOST: Final = 500
#: A column is no wider than this, in characters.
_WIDEST: Final = 46
_WIDEST_LAST: Final = 90
_UP: Final = "▲"
_DOWN: Final = "▼"


class SortableTable:
    """The ``widget`` of a table, which keeps how it is sorted; ``below`` are lines that follow it."""

    def __init__(self, found: Table, label: str, below: str = "") -> None:
        # Deferred: only whoever shows a table needs widgets.
        import ipywidgets  # noqa: PLC0415

        self._table, self._label, self._below = found, label, below
        self._column, self._descending = -1, False
        self._widths = [_width(found, column) for column in range(len(found.heading))]
        self._heads = [
            ipywidgets.Button(
                description=name,
                tooltip=f"Sort by {name}",
                layout=ipywidgets.Layout(width=f"{width}ch", margin="0", flex="0 0 auto"),
            )
            for name, width in zip(found.heading, self._widths, strict=True)
        ]
        for column, head in enumerate(self._heads):
            head.on_click(partial(self._sort, column))
        self._body = ipywidgets.HTML(self._html())
        scroll = ipywidgets.Layout(overflow="auto", max_height="32em")
        self.widget = ipywidgets.VBox([ipywidgets.HBox(self._heads), self._body], layout=scroll)

    def _sort(self, column: int, _: Any) -> None:
        self._descending = self._column == column and not self._descending
        self._column = column
        self._table = self._table.sorted_by(column, descending=self._descending)
        for place, (head, name) in enumerate(zip(self._heads, self._table.heading, strict=True)):
            sign = f" {_DOWN if self._descending else _UP}" if place == column else ""
            head.description = f"{name}{sign}"
        self._body.value = self._html()

    def _html(self) -> str:
        rows = "".join(
            f"<tr>{''.join(f'<td {_CELL}>{escape(each.text)}</td>' for each in row)}</tr>"
            for row in self._table.rows[:_MOST]
        )
        columns = "".join(f'<col style="width:{width}ch">' for width in self._widths)
        heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in self._table.heading)
        rest = len(self._table.rows) - _MOST
        notes = [f"and {rest} more"] if rest > 0 else []
        notes += self._below.splitlines()
        below = "".join(f"<p>{escape(note)}</p>" for note in notes)
        total = sum(self._widths)
        return (
            f'<table aria-label="{escape(self._label)}" style="table-layout:fixed;width:{total}ch;'
            f'border-collapse:collapse;line-height:1.6"><colgroup>{columns}</colgroup>'
            f"<thead {_UNSEEN}><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>{below}"
        )


_CELL: Final = 'style="padding:0 1ch;text-align:left;overflow-wrap:anywhere;vertical-align:top"'
#: The buttons stand where it would: it is there for those who hear the table.
_UNSEEN: Final = 'style="position:absolute;clip-path:inset(50%);width:1px;height:1px"'


def _width(found: Table, column: int) -> int:
    """The width of a column in characters: room for a sign behind its name, and around its entries."""
    longest = max((len(row[column].text) for row in found.rows), default=0)
    most = _WIDEST_LAST if column == len(found.heading) - 1 else _WIDEST
    return min(most, max(len(found.heading[column]) + 4, longest)) + 3
