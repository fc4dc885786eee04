"""A kernel in whose names tests look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from magic_kernel import Frontend


@dataclass(frozen=True)
class Told:
    """What a cell has told: all text (streams, displays, its error), its result, its error or ""."""

    text: str
    result: str
    error: str


class LiveKernel:
    """A kernel with nbflow loaded."""

    def __init__(self, frontend: Frontend) -> None:
        self._frontend = frontend

    def run(self, source: str, cell: str = "", answer: Callable[[str], str] | None = None) -> Told:
        """What a cell tells; ``answer`` gives what the user types when the kernel asks."""
        self._frontend.answer = answer
        shown = self._frontend.cell(source, cell)
        displays = (self._frontend.text(shown, place) for place in range(len(shown.displays)))
        text = "".join([shown.out, shown.err, *displays, shown.error])
        return Told(text, shown.result, shown.error)

    def ok(self, source: str, cell: str = "") -> str:
        """The text of a cell that ends well."""
        told = self.run(source, cell)
        assert not told.error, told
        return told.text

    def value(self, expression: str) -> str:
        """What an expression gives in the kernel, as text."""
        return self.ok(f"print(({expression}))").rstrip("\n")
