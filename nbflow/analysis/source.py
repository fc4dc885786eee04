"""Cell text to plain Python, line for line: what IPython would run, as a syntax tree.

Text that is plain Python already is parsed as it stands, and IPython is not imported. Else
IPython's own transformer rewrites magics, shell escapes and help marks to calls
(``get_ipython().system(...)``), and a map leads each line of the rewritten text back to its line in
the cell.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Final

from nbflow import step_line
from nbflow.model import Cell, Location
from nbflow.runtime.own_lines import EXTENSION, is_own

if TYPE_CHECKING:
    from IPython.core.inputtransformer2 import TransformerManager

#: Cell magics whose body is Python that runs in the notebook's own namespace.
PYTHON_BODIED: Final = frozenset(
    {
        "capture", "debug", "heat", "ipytest", "lprun", "memit", "mprun", "profile", "prun",
        "pyinstrument", "run_pytest", "scalene", "snakeviz", "time", "timeit", "tracking", "wandb",
    }
)  # fmt: skip

#: Magics that IPython runs without "%", when they are all that stands in a one-line cell.
AUTOMAGICS: Final = frozenset(
    {
        "alias", "autoreload", "bookmark", "cd", "colors", "conda", "config", "dhist", "dirs",
        "env", "load", "load_ext", "logstart", "ls", "magic", "mamba", "matplotlib", "mkdir", "mv",
        "nbflow", "notebook", "pdb", "pdef", "pdoc", "pfile", "pinfo", "pip", "popd", "pprint", "precision",
        "prun", "psearch", "psource", "pushd", "pwd", "pycat", "pylab", "quickref", "recall",
        "reload_ext", "rerun", "reset", "rm", "rmdir", "run", "save", "sc", "set_env", "store",
        "sx", "system", "time", "timeit", "unalias", "unload_ext", "uv", "who", "who_ls", "whos",
        "xdel", "xmode",
    }
)  # fmt: skip

_HELP: Final = frozenset({"pinfo", "pinfo2", "psearch"})
_KINDS: Final = {"run_line_magic": "line", "run_cell_magic": "cell"}
_SHELL: Final = frozenset({"system", "getoutput"})
#: Without one of these there is no magic, and no need to search the tree for one.
_MAGIC_SIGN: Final = re.compile(r"[%!?]|^\s*[,;/]|get_ipython", re.MULTILINE)
_FLAGS: Final = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
#: As many rewrites as IPython itself makes in one cell before it gives up.
_REWRITES: Final = 500


@dataclass(frozen=True, slots=True)
class Magic:
    """One magic, shell escape or help mark of a cell.

    ``kind`` is "line" (``%x``), "cell" (``%%x``), "shell" (``!x``, ``y = !x``) or "help" (``?x``);
    ``name`` is "" for the shell. ``text`` is the argument, ``body`` what stands below a cell magic,
    ``line`` counts from 1 in the cell.
    """

    kind: str
    name: str
    line: int
    text: str
    body: str = ""


@dataclass(frozen=True, slots=True)
class CellCode:
    """A code cell as plain Python.

    The tree's line numbers are the cell's own. Magics stand in it as the calls that IPython makes
    of them; the body of a cell magic that runs Python (``%%time``) stands in it as statements. What speaks
    to nbflow alone does nothing in a pipeline and stands there as ``pass``: the ``%%step`` line, and the
    magics ``to_nbflow``.
    """

    cell: Cell
    tree: ast.Module
    magics: tuple[Magic, ...] = ()
    to_nbflow: tuple[Magic, ...] = ()


@dataclass(frozen=True, slots=True)
class SyntaxProblem:
    """Why a cell's text cannot be read as Python, in the parser's words, and where."""

    cell: Cell
    message: str
    location: Location


class _ParseError(Exception):
    """The parser's complaint, at a line of the cell."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.message, self.line, self.column = message, line, column


def cell_code(cell: Cell) -> CellCode | SyntaxProblem:
    """The cell as plain Python, or why it cannot be read. Never raises, whatever the text is."""
    found: list[Magic] = []
    text = step_line.without(cell.source)
    try:
        tree = _tree(text, 0, found)
    except _ParseError as problem:
        place = Location(cell.id, cell.number, problem.line, problem.column)
        return SyntaxProblem(cell, problem.message, place)
    own: tuple[Magic, ...] = ()
    if _MAGIC_SIGN.search(text) or _may_be_automagic(text):
        own = _passed_over(tree) if EXTENSION in text else ()
        found.extend(_magics(tree))
    return CellCode(cell, tree, tuple(sorted(found, key=lambda magic: magic.line)), own)


def broken_code(cell: Cell) -> CellCode:
    """What runs of a cell that cannot be read: the statements before one that does not compile."""
    body: list[ast.stmt] = []
    with suppress(SyntaxError, ValueError, RecursionError, MemoryError), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        text = step_line.without(cell.source)
        tree: ast.Module = compile(text, "<cell>", "exec", ast.PyCF_ONLY_AST | _FLAGS)
        for statement in tree.body:
            compile(ast.Module([statement], []), "<cell>", "exec", _FLAGS)
            body.append(statement)
    return CellCode(cell, ast.Module(body, []), ())


def bare_magic(code: CellCode) -> CellCode:
    """The cell read as IPython reads a one-line cell that is the bare name of a magic (``ls``).

    IPython does so only where no variable has that name, which the caller knows; cells of another
    shape come back as they are.
    """
    text = bare_word(code.cell)
    if text not in AUTOMAGICS:
        return code
    tree = _line_magic(text, "", 1)
    own = _passed_over(tree)
    return CellCode(code.cell, tree, tuple(_magics(tree)), own)


def bare_word(cell: Cell) -> str:
    """The text of a cell without blank lines around it, and without its ``%%step`` line."""
    return step_line.without(cell.source).strip()


def _tree(text: str, offset: int, found: list[Magic]) -> ast.Module:
    """Parse ``text``, whose first line is line ``offset + 1`` of the cell."""
    try:
        tree = _parsed(text, lambda line: line + offset)
    except _ParseError as problem:
        return _ipython_tree(text, offset, found, problem)
    if offset:
        ast.increment_lineno(tree, offset)
    return tree


def _parsed(text: str, line_of: Callable[[int], int]) -> ast.Module:
    """``ast.parse`` and a compilation, with every way they can fail made one."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree: ast.Module = compile(text, "<cell>", "exec", ast.PyCF_ONLY_AST | _FLAGS)
            # The compiler finds what the parser lets through: `return` outside a function. IPython
            # compiles statement by statement, so `from __future__` may stand anywhere.
            for statement in tree.body:
                compile(ast.Module([statement], []), "<cell>", "exec", _FLAGS)
    except SyntaxError as error:
        line, column = error.lineno or 1, (error.offset or 1) - 1
        raise _ParseError(error.msg or "invalid syntax", line_of(line), max(column, 0)) from None
    except (RecursionError, MemoryError):
        raise _ParseError("the code nests too deeply to be parsed", line_of(1), 0) from None
    except (ValueError, OverflowError) as error:
        # Null bytes, lone surrogates: what a version of Python does not call a syntax error.
        raise _ParseError(_sentence(error), line_of(1), 0) from None
    return tree


def _sentence(error: Exception) -> str:
    if isinstance(error, UnicodeError):
        return "the text holds characters that cannot be encoded"
    return str(error) or type(error).__name__


def _ipython_tree(text: str, offset: int, found: list[Magic], plain: _ParseError) -> ast.Module:
    """Parse text that is not plain Python as IPython does."""
    cell_magic = _cell_magic(text)
    if cell_magic is not None:
        return _cell_magic_tree(cell_magic, offset, found)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            lines, origin = _rewritten(text)
    except Exception:  # whatever IPython stumbles over in text that is no Python
        raise plain from None
    physical = [
        at for at, before in zip(origin, ["\n", *lines], strict=False) if before[-1:] == "\n"
    ]

    def line_of(line: int) -> int:
        if not physical:
            return line + offset
        return physical[min(max(line, 1), len(physical)) - 1] + offset

    rewritten = "".join(lines)
    if rewritten == text:
        return _automagic_tree(text, offset, plain)
    try:
        tree = _parsed(rewritten, line_of)
    except _ParseError as problem:
        return _automagic_tree(text, offset, problem)
    for node in ast.walk(tree):
        if isinstance(
            node, (ast.stmt, ast.expr, ast.excepthandler, ast.arg, ast.keyword, ast.alias)
        ):
            node.lineno = line_of(node.lineno)
            node.end_lineno = line_of(node.end_lineno or node.lineno)
    return tree


def _cell_magic(text: str) -> Magic | None:
    """The cell magic that ``text`` is, as IPython would see it."""
    lines = text.splitlines(keepends=True)
    first = next((i for i, line in enumerate(lines) if line.strip()), len(lines))
    if first == len(lines):
        return None
    head = lines[first].strip()
    if not head.startswith("%%") or head.startswith("%%%") or head.endswith("?"):
        return None
    name, _, argument = head[2:].partition(" ")
    if not name or name[0] in "\t ":
        return None
    return Magic("cell", name, first + 1, argument.strip(), "".join(lines[first + 1 :]))


def _cell_magic_tree(magic: Magic, offset: int, found: list[Magic]) -> ast.Module:
    if magic.name in PYTHON_BODIED:
        found.append(replace(magic, line=magic.line + offset))
        return _tree(magic.body, magic.line + offset, found)
    arguments = f"{magic.name!r}, {magic.text!r}, {magic.body!r}"
    tree = ast.parse(f"get_ipython().run_cell_magic({arguments})")
    ast.increment_lineno(tree, magic.line + offset - 1)
    return tree


def _automagic_tree(text: str, offset: int, problem: _ParseError) -> ast.Module:
    """A one-line cell such as ``pip install x``, which IPython takes for a magic."""
    word, _, argument = text.strip().partition(" ")
    if offset or not _may_be_automagic(text) or argument.lstrip()[:1] in {"=", "(", ".", ","}:
        raise problem
    first = next(i for i, line in enumerate(text.splitlines(), 1) if line.strip())
    return _line_magic(word, argument.strip(), first)


def _may_be_automagic(text: str) -> bool:
    stripped = text.strip()
    return "\n" not in stripped and stripped.partition(" ")[0] in AUTOMAGICS


def _line_magic(name: str, argument: str, line: int) -> ast.Module:
    tree = ast.parse(f"get_ipython().run_line_magic({name!r}, {argument!r})")
    ast.increment_lineno(tree, line - 1)
    return tree


@cache
def _manager() -> TransformerManager:
    # Imported here: it costs 90 ms, and most notebooks have no cell that needs it.
    from IPython.core.inputtransformer2 import TransformerManager  # noqa: PLC0415

    return TransformerManager()


def _rewritten(text: str) -> tuple[list[str], list[int]]:
    """IPython's rewriting of ``text``: its lines, and for each the line it came from."""
    manager = _manager()
    lines = (text if text.endswith("\n") else text + "\n").splitlines(keepends=True)
    origin = _line_numbers(lines)
    for transform in manager.cleanup_transforms:
        after = transform(lines)
        # Leading empty lines go away whole; every other clean-up keeps the number of lines.
        origin = origin[len(lines) - len(after) :]
        lines = after
    for _ in range(_REWRITES):
        changed, after = manager.do_one_token_transform(lines)
        if not changed:
            break
        origin = _moved(lines, after, origin)
        lines = after
    return lines, origin


def _line_numbers(lines: Sequence[str]) -> list[int]:
    """The line number of each piece, as Python counts: only a newline ends a line."""
    numbers, number = [], 1
    for line in lines:
        numbers.append(number)
        number += line.endswith(("\n", "\r"))
    return numbers


def _moved(before: Sequence[str], after: Sequence[str], origin: Sequence[int]) -> list[int]:
    """``origin`` after one rewriting, which replaces one run of lines by another."""
    start, most = 0, min(len(before), len(after))
    while start < most and before[start] == after[start]:
        start += 1
    end = 0
    while end < most - start and before[-1 - end] == after[-1 - end]:
        end += 1
    old = origin[start : len(before) - end] or origin[start : start + 1] or [1]
    new = [old[min(i, len(old) - 1)] for i in range(len(after) - end - start)]
    return [*origin[:start], *new, *origin[len(before) - end :]]


def _passed_over(tree: ast.Module) -> tuple[Magic, ...]:
    """The magics that speak to nbflow alone, in whose places ``pass`` stands from now on.

    One whose result is used stays in the tree: a pipeline has no result for it, which a finding tells.
    """
    found: list[Magic] = []
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            statements = getattr(node, name, None)
            if not isinstance(statements, list):
                continue
            for place, statement in enumerate(statements):
                magic = _own_magic(statement)
                if magic is not None:
                    found.append(magic)
                    statements[place] = ast.copy_location(ast.Pass(), statement)
    return tuple(sorted(found, key=lambda magic: magic.line))


def _own_magic(statement: object) -> Magic | None:
    """The line magic that speaks to nbflow alone, where the statement is nothing else."""
    match statement:
        case ast.Expr(
            value=ast.Call(
                func=ast.Attribute(
                    value=ast.Call(func=ast.Name(id="get_ipython"), args=[]), attr="run_line_magic"
                ),
                args=[ast.Constant(value=str(name)), ast.Constant(value=str(text)), *_],
            )
        ) if is_own(name, text):
            return Magic("line", name, statement.lineno, text)
    return None


def _magics(tree: ast.Module) -> Iterator[Magic]:
    """The magics in a tree: calls on ``get_ipython()`` with constant arguments."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(
                    value=ast.Call(func=ast.Name(id="get_ipython"), args=[]), attr=called
                ),
                args=arguments,
            ):
                words = [each.value for each in arguments if isinstance(each, ast.Constant)]
                yield from _magic(called, [str(word) for word in words], node.lineno)


def _magic(called: str, words: list[str], line: int) -> Iterator[Magic]:
    if called in _SHELL:
        yield Magic("shell", "", line, words[0] if words else "")
    elif called in _KINDS and words:
        name, text, body = (*words, "", "")[:3]
        kind = "help" if name in _HELP and called == "run_line_magic" else _KINDS[called]
        yield Magic(kind, name, line, text, body)
