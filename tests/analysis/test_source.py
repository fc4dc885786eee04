"""Cell text to plain Python: the statements, their lines, and the magics."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbflow.analysis.source import CellCode, Magic, SyntaxProblem, bare_magic, cell_code
from nbflow.model import Cell, CellId, CellKind


def code_cell(source: str) -> Cell:
    return Cell(CellId("c1"), CellKind.CODE, source, 1)


def read(source: str) -> CellCode:
    code = cell_code(code_cell(source))
    assert isinstance(code, CellCode), code
    return code


def problem(source: str) -> SyntaxProblem:
    found = cell_code(code_cell(source))
    assert isinstance(found, SyntaxProblem)
    return found


def lines(code: CellCode) -> list[tuple[int, str]]:
    return [(statement.lineno, ast.unparse(statement)) for statement in code.tree.body]


SHELL = "get_ipython().system"
LINE = "get_ipython().run_line_magic"

STATEMENTS: list[tuple[str, list[tuple[int, str]]]] = [
    ("", []),
    ("x = 1\n\ny = 2", [(1, "x = 1"), (3, "y = 2")]),
    ("await f()", [(1, "await f()")]),
    ("!ls\nx = 1", [(1, f"{SHELL}('ls')"), (2, "x = 1")]),
    ("!ls \\\n  -l\nx = 1", [(1, f"{SHELL}('ls    -l')"), (3, "x = 1")]),
    ("a = %time f(\\\n1)\nb = 2", [(1, f"a = {LINE}('time', 'f( 1)')"), (3, "b = 2")]),
    ("files = !ls\nx = 1", [(1, "files = get_ipython().getoutput('ls')"), (2, "x = 1")]),
    ("x?\ny = 1", [(1, f"{LINE}('pinfo', 'x')"), (2, "y = 1")]),
    ("%%time\nx = 1\ny = 2", [(2, "x = 1"), (3, "y = 2")]),
    ("\n\n%%time\nx = 1", [(4, "x = 1")]),
    ("%%time\n%%capture out\nx = 1", [(3, "x = 1")]),
    ("%%time\n!ls\nx = 1", [(2, f"{SHELL}('ls')"), (3, "x = 1")]),
    ("%%bash\nls", [(1, "get_ipython().run_cell_magic('bash', '', 'ls')")]),
    ("\n  x = 1\n  %cd a\n  y = 2", [(2, "x = 1"), (3, f"{LINE}('cd', 'a')"), (4, "y = 2")]),
    (
        "x = 1\nfrom __future__ import annotations",
        [(1, "x = 1"), (2, "from __future__ import annotations")],
    ),
    (">>> a = 1\n>>> b = 2", [(1, "a = 1"), (2, "b = 2")]),
    ("pip install x", [(1, f"{LINE}('pip', 'install x')")]),
    ("x = (10\n     % 3)", [(1, "x = 10 % 3")]),
    ("!ls\r\nx = 1\r\n!pwd", [(1, f"{SHELL}('ls')"), (2, "x = 1"), (3, f"{SHELL}('pwd')")]),
]


@pytest.mark.parametrize(("source", "expected"), STATEMENTS, ids=[each[0] for each in STATEMENTS])
def test_statements_stand_on_their_own_lines(source: str, expected: list[tuple[int, str]]) -> None:
    assert lines(read(source)) == expected


MAGICS: list[tuple[str, tuple[Magic, ...]]] = [
    ("x = 1", ()),
    ("x = 10 % 3", ()),
    ("!ls {x}", (Magic("shell", "", 1, "ls {x}"),)),
    ("x = !ls", (Magic("shell", "", 1, "ls"),)),
    ("%matplotlib inline", (Magic("line", "matplotlib", 1, "inline"),)),
    ("if 1:\n    %time x = 1", (Magic("line", "time", 2, "x = 1"),)),
    ("x?", (Magic("help", "pinfo", 1, "x"),)),
    ("%%capture out\nx", (Magic("cell", "capture", 1, "out", "x"),)),
    ("%%bash -s a\nls\n", (Magic("cell", "bash", 1, "-s a", "ls\n"),)),
    ("get_ipython().run_line_magic('cd', 'a')", (Magic("line", "cd", 1, "a"),)),
    ("conda install x", (Magic("line", "conda", 1, "install x"),)),
]


@pytest.mark.parametrize(("source", "expected"), MAGICS, ids=[each[0] for each in MAGICS])
def test_magics(source: str, expected: tuple[Magic, ...]) -> None:
    assert read(source).magics == expected


PROBLEMS: list[tuple[str, int]] = [
    ("y = = 2", 1),
    ("x = 1\n!ls\ny ==", 3),
    ("!ls \\\n -l\n\ny ==", 4),
    ("%%time\n%%capture\nx = 1\ny ===", 4),
    ("return 3", 1),
    ("a\0b", 1),
    ("x = '\ud800'", 1),
    ("(" * 1000, 1),
    ("-" * 100_000 + "1", 1),
    ("a." * 50_000 + "b", 1),
    ("x = " + "9" * 5000, 1),
    ("pip = (", 1),
    ("%%time\nx = (", 2),
]


@pytest.mark.parametrize(("source", "line"), PROBLEMS, ids=[each[0][:20] for each in PROBLEMS])
def test_problems_name_the_line(source: str, line: int) -> None:
    found = problem(source)
    assert (found.location.line, found.location.cell) == (line, "c1")
    assert found.message


def test_a_bare_magic_is_one_only_where_asked() -> None:
    code = read("ls")
    assert lines(code) == [(1, "ls")]
    assert bare_magic(code).magics == (Magic("line", "ls", 1, ""),)
    assert lines(bare_magic(read("x"))) == [(1, "x")]


@pytest.mark.filterwarnings("error")
def test_warnings_of_the_parser_are_not_told() -> None:
    assert lines(read("x is 1")) == [(1, "x is 1")]


@given(st.text(alphabet=st.sampled_from("%!?=xls()[]{}:\\\n\t '\"#.,;@~/>\0é"), max_size=60))
def test_any_text_is_code_or_a_problem_within_the_cell(source: str) -> None:
    found = cell_code(code_cell(source))
    last = source.count("\n") + source.count("\r") + 2
    if isinstance(found, SyntaxProblem):
        assert 1 <= found.location.line <= last
    else:
        for node in ast.walk(found.tree):
            assert 1 <= getattr(node, "lineno", 1) <= last
