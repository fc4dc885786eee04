"""The analysis as a whole: it never raises, and it stays linear."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from percent import notebook

from nbflow.analysis import Options, analyse
from nbflow.model import Cell, CellId, CellKind, Notebook, Role

STEPS = ["a", "b", "c"]
TAGS = [
    "imports", "functions", "skip", "parameters", "pipeline-parameters", "pipeline-metrics",
    "step:", "limit:cpu:1", "secret:a:b:C", "notebook:n", "odd", "retry:x", "step:setup",
    *(f"step:{name}" for name in STEPS), *(f"prev:{name}" for name in STEPS),
]  # fmt: skip
SOURCES = [
    "", "# words", "x = 1", "y = x", "x.append(y)", "del x", "import json", "from math import *",
    "def f(): return x", "f()", "exec(y)", "!ls {x}", "%cd a", "%%time\nx = f()", "%%bash\nls", "x = = 1",
    "if y: x = 2", "open('a', 'w').write(x)", "open('a').read()", "class A:\n    x = x", "_", "Out[1]",
    "import numpy as np\nnp.random.seed(0)", "n: int = 5", "g = (i for i in x)", "\0", "ls", "await f()",
]  # fmt: skip

cells = st.lists(
    st.tuples(
        st.sampled_from(list(CellKind)),
        st.sampled_from(SOURCES) | st.text(max_size=20),
        st.lists(st.sampled_from(TAGS) | st.text(max_size=8), max_size=3),
    ),
    max_size=8,
)
metadata = st.dictionaries(
    st.just("kubeflow_notebook"),
    st.dictionaries(
        st.sampled_from(["steps_defaults", "volumes", "pipeline_name", "name", "odd"]),
        st.none() | st.text(max_size=5) | st.lists(st.sampled_from(TAGS) | st.integers()),
    ),
)


@settings(max_examples=200, deadline=None)
@given(cells, metadata, st.sampled_from(["python", "r", ""]), st.booleans())
def test_any_notebook_can_be_analysed(
    parts: list[tuple[CellKind, str, list[str]]],
    info: dict[str, dict[str, object]],
    language: str,
    inline: bool,
) -> None:
    made = tuple(
        Cell(CellId(f"c{number}"), kind, source, number, tuple(tags))
        for number, (kind, source, tags) in enumerate(parts, 1)
    )
    book = Notebook("n", made, language=language, metadata=info)
    found = analyse(book, Options(inline_figures=inline))
    assert found == analyse(book, Options(inline_figures=inline))
    names = [step.name for step in found.pipeline.steps]
    assert len(set(names)) == len(names) == len(found.effects)
    position = {name: index for index, name in enumerate(names)}
    assert all(position[edge.writer] < position[edge.reader] for edge in found.pipeline.edges)
    placed = [cell for step in found.pipeline.steps for cell in step.cells]
    assert len(set(placed)) == len(placed)
    if language == "python":
        homes = {role.cell: role.step for role in found.cells}
        assert set(placed) == {cell for cell, step in homes.items() if step is not None}


def test_every_cell_runs_somewhere_unless_it_is_skipped_or_blank() -> None:
    text = (
        "# %% imports\nimport json\n# %%\nx = 1\n# %% skip\ny\n# %% step:a\nx\n# %% parameters\nn = 1\n"
        "# %% functions\nz = x\n# %% pipeline-metrics\nx"
    )
    found = analyse(notebook(text))
    runs = {cell for step in found.pipeline.steps for cell in (*step.cells, *step.prelude)}
    assert runs == {role.cell for role in found.cells if role.role is not Role.SKIP}


def test_a_bare_magic_is_one_where_no_cell_binds_its_name() -> None:
    assert not [f for f in analyse(notebook("# %%\nls")).findings if f.code == "NB201"]
    steps = analyse(notebook("# %% step:a\nls = [1]\n# %% step:b\nls")).pipeline
    assert [edge.variables for edge in steps.edges] == [("ls",)]


def test_a_broken_cell_leaves_the_rest_analysed() -> None:
    found = analyse(notebook("# %% step:a\nx = 1\n# %% step:b\ny = = 2\n# %% step:c\nprint(x, y)"))
    assert [finding.code for finding in found.findings] == ["NB108"]
    assert [(e.writer, e.reader, e.variables) for e in found.pipeline.edges] == [("a", "c", ("x",))]


def test_a_cell_that_is_there_to_show_a_syntax_error_is_no_finding() -> None:
    text = (
        "# %% step:a\nx = 1\n# %% step:b raises-exception\nx = 2\nreturn x\n# %% step:c\nprint(x)"
    )
    found = analyse(notebook(text))
    assert [finding.code for finding in found.findings] == []
    assert [(e.writer, e.reader, e.variables) for e in found.pipeline.edges] == [("b", "c", ("x",))]


def test_a_thousand_steps_in_a_chain_have_as_many_edges() -> None:
    text = "# %% step:s0\nx0 = [1]\n" + "".join(
        f"# %% step:s{n}\nx{n} = x{n - 1} + [1]\n" for n in range(1, 300)
    )
    assert len(analyse(notebook(text)).pipeline.edges) == 299


STUCK: dict[str, tuple[str, list[str]]] = {
    "generator": ("g = (i for i in [])", ["NB202"]),
    "lock": ("import threading\ng = threading.Lock()", ["NB202"]),
    "open file": ("g = open('a.txt')", []),
    "list": ("g = list(i for i in [])", []),
    "generator in an attribute": ("class G:\n    pass\ng = G()\ng.it = (i for i in [])", ["NB202"]),
    "connection of an instance": (
        "import sqlite3\nclass G:\n    def __init__(self):\n        self.c = sqlite3.connect(':memory:')\n"
        "g = G()",
        ["NB202"],
    ),
    "attribute that is replaced": (
        "class G:\n    def __init__(self):\n        self.it = (i for i in [])\n"
        "g = G()\n# %%\ng.it = list(g.it)",
        [],
    ),
    "attribute that is deleted": (
        "class G:\n    def __init__(self):\n        self.it = (i for i in [])\ng = G()\n# %%\ndel g.it",
        [],
    ),
    "attribute of a class that says how it is pickled": (
        "class G:\n    def __init__(self):\n        self.it = (i for i in [])\n"
        "    def __getstate__(self):\n        return {}\ng = G()",
        [],
    ),
    "generator that is replaced": ("g = (i for i in [])\n# %%\ng = list(g)", []),
}


@pytest.mark.parametrize(("source", "expected"), STUCK.values(), ids=STUCK.keys())
def test_what_cannot_travel(source: str, expected: list[str]) -> None:
    found = analyse(notebook(f"# %% step:a\n{source}\n# %% step:b\nprint(g)"))
    assert [each.code for each in found.findings] == expected
