"""Cells as the user wrote them, statement by statement: text, comments and blank lines stay as they are.

The text of a statement is taken from the cell, not made anew from its tree: so strings, numbers and comments
within expressions stay as they stand. ``module`` proves that what was made of the pieces means the same.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from nbflow.model import Cell
from nbflow.step_line import speaks_to_nbflow, without

#: Line magics without which a module does the same.
_HARMLESS: Final = re.compile(
    r"^\s*%\s*(?:matplotlib|load_ext|reload_ext|autoreload|config\s+InlineBackend\.figure_format)\b"
)
#: What a module gets from its list of requirements instead.
_INSTALLS: Final = re.compile(r"^\s*[%!]\s*(?:pip3?|conda|mamba)\s+install\b")
_FLAGS: Final = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT


@dataclass(frozen=True, slots=True)
class Edit:
    """A part of a cell, in bytes from its beginning, and the text in its place."""

    start: int
    end: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A statement of a cell with the comments above and beside it.

    ``node`` is None for comments that no statement follows. ``above`` are lines of comments ("" for a blank
    one), ``beside`` is the comment at the end of the statement or "". ``shown`` says that the cell shows the
    value of this expression, its last. ``made`` stands in place of its text.
    """

    code: Code = field(repr=False)
    node: ast.stmt | None
    above: tuple[str, ...] = ()
    beside: str = ""
    shown: bool = False
    made: str = ""

    @property
    def line(self) -> int:
        """The line of the cell on which it begins."""
        return self.node.lineno if self.node else 1

    def text(self, edits: Iterable[Edit] = ()) -> str:
        """The statement as it stands in its cell, but for the edits."""
        if self.node is None or self.made:
            return self.made
        found = self.code.bytes[slice(*self.code.span(self.node))]
        start = self.code.span(self.node)[0]
        for edit in sorted(edits, key=lambda each: each.start, reverse=True):
            text = edit.text.encode()
            found = found[: edit.start - start] + text + found[edit.end - start :]
        return found.decode()


@dataclass(slots=True)
class Code:
    """A cell in pieces, none where it is no plain Python; ``error`` says on which line."""

    cell: Cell
    bytes: bytes = b""
    error: int = 0
    pieces: tuple[Piece, ...] = ()
    _starts: tuple[int, ...] = ()

    def offset(self, line: int, column: int) -> int:
        """Where a place of the tree lies in the bytes."""
        return self._starts[line - 1] + column

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Where a node begins and ends in the bytes, its decorators included."""
        line, column = node.lineno, node.col_offset  # type: ignore[attr-defined]
        if getattr(node, "decorator_list", None):
            line = min(d.lineno for d in node.decorator_list)  # type: ignore[attr-defined]
            rest = self.bytes[self._starts[line - 1] :]
            column = len(rest) - len(rest.lstrip(b" \t"))
        end = self.offset(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]
        return self.offset(line, column), end


def code_of(cell: Cell) -> Code:
    """The statements of a cell; harmless magics become comments, a ``%%step`` line an empty one."""
    source, silent = _without_magics(without(cell.source))
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    try:
        body = _body(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return Code(cell, error=getattr(error, "lineno", None) or 1)
    encoded = source.encode()
    starts = [0]
    for line in encoded.split(b"\n"):
        starts.append(starts[-1] + len(line) + 1)
    code = Code(cell, encoded, _starts=tuple(starts))
    code.pieces = tuple(_pieces(code, body, shows=not silent and not _is_quiet(source)))
    return code


def _body(source: str) -> list[ast.stmt]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree: ast.Module = compile(source, "<cell>", "exec", ast.PyCF_ONLY_AST | _FLAGS)
        for statement in tree.body:  # a `return` outside of a function is found by the compiler
            compile(ast.Module([statement], []), "<cell>", "exec", _FLAGS)
    return tree.body


def _without_magics(source: str) -> tuple[str, bool]:
    """The text with harmless magics as comments, and whether one of them is its last statement.

    Those that speak to nbflow are not even that.
    """
    lines = source.splitlines(keepends=True)
    within = _within_strings(source)
    last = False
    for number, line in enumerate(lines, 1):
        own = speaks_to_nbflow(line)
        if number not in within and (own or _HARMLESS.match(line) or _INSTALLS.match(line)):
            indent = line[: len(line) - len(line.lstrip())]
            told = "\n" if own else f"# {line.lstrip()}"
            lines[number - 1] = f"{indent}pass  {told}" if indent else told
            last = True
        elif line.strip() and not line.lstrip().startswith("#"):
            last = False
    return "".join(lines), last


def _within_strings(source: str) -> set[int]:
    """The lines that a text of several lines goes on in."""
    found: set[int] = set()
    opened: list[int] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            name = tokenize.tok_name[token.type]
            if name == "STRING":
                found.update(range(token.start[0] + 1, token.end[0] + 1))
            elif name == "FSTRING_START":
                opened.append(token.start[0])
            elif name == "FSTRING_END":
                found.update(range(opened.pop() + 1, token.end[0] + 1))
    except (tokenize.TokenError, SyntaxError, IndexError):
        pass
    return found


def _is_quiet(source: str) -> bool:
    """Whether a semicolon ends the cell, so that its value is not shown."""
    last = ""
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if tokenize.tok_name[token.type] not in _NOTHING:
                last = token.string
    except (tokenize.TokenError, SyntaxError):
        pass
    return last == ";"


_NOTHING: Final = frozenset({"COMMENT", "NL", "NEWLINE", "ENDMARKER", "INDENT", "DEDENT"})


def _pieces(code: Code, body: Sequence[ast.stmt], *, shows: bool) -> Iterator[Piece]:
    """The pieces of a cell, whose gaps hold nothing but comments."""
    place, above = 0, list[str]()
    spans = [code.span(node) for node in body]
    for number, (node, (start, end)) in enumerate(zip(body, spans, strict=True)):
        if number == 0:
            above = _lines(code.bytes[place:start], first=True)[1]
        after = spans[number + 1][0] if number + 1 < len(body) else len(code.bytes)
        beside, below = _lines(code.bytes[end:after])
        shown = shows and number == len(body) - 1 and isinstance(node, ast.Expr)
        yield Piece(code, node, tuple(above), beside, shown)
        above = below
    if not body:
        above = _lines(code.bytes, first=True)[1]
    while above and not above[-1]:
        above.pop()
    if above:
        yield Piece(code, None, tuple(above))


def _lines(gap: bytes, *, first: bool = False) -> tuple[str, list[str]]:
    """What stands between two statements: the comment beside the first, and the lines below it."""
    lines = [line.strip().lstrip(";\\").strip() for line in gap.decode().split("\n")]
    beside = "" if first else lines.pop(0)
    if lines and not lines[-1]:
        lines.pop()  # the indentation, or the end, of what comes next
    while first and lines and not lines[0]:
        lines.pop(0)
    return beside, lines


def indented(text: str, prefix: str = "    ") -> str:
    """The text with every line moved to the right, but for those within texts of several lines."""
    within = _within_strings(text)
    lines = text.split("\n")
    return "\n".join(
        line if number in within or not line.strip() else prefix + line
        for number, line in enumerate(lines, 1)
    )
