"""Possible changes that a run has not shown, left out: exact edges."""

from __future__ import annotations

import pytest
from percent import notebook

from nbflow.analysis import analyse
from nbflow.analysis.narrowed import narrowed
from nbflow.model import StepName

BOOKS = {
    "a change": "# %% step:a\nx, do = [1], [len, list.clear]\n# %% step:b\ndo[0](x)\n# %% step:c\nprint(x)",
    "a draw": (
        "# %% step:a\nimport numpy as np\nfrom sklearn.model_selection import train_test_split\n"
        "np.random.seed(1)\n# %% step:b\ntrain_test_split([1])\n# %% step:c\nprint(np.random.rand())"
    ),
    "a file": (
        "# %% step:a\nimport tool\ndo = [len, tool.run]\ndef save(): open('f.txt', 'w').close()\n"
        "# %% step:b\ndo[0](save)\n# %% step:c\nprint(open('f.txt').read())"
    ),
    "a sure change": "# %% step:a\nx = [1]\n# %% step:b\nx.append(2)\n# %% step:c\nprint(x)",
    "an option": (
        "# %% step:a\nimport decimal, tool\ndo = [len, tool.run]\n"
        "def exact(): decimal.getcontext().prec = 3\n# %% step:b\ndo[0](exact)\n"
        "# %% step:c\nprint(decimal.Decimal(1) / 3)"
    ),
}


@pytest.mark.parametrize(
    ("name", "changed", "needed"),
    [
        ("a change", (), False),
        ("a change", ("x",), True),
        ("a change", ("y",), False),
        ("a draw", (), False),
        ("a draw", ("@numpy.random",), True),
        ("a file", (), False),
        ("a file", ("@files",), True),
        ("a sure change", (), True),
        # A run tells too little of state that is not looked at as a whole.
        ("an option", (), True),
    ],
)
def test_a_possible_change_counts_if_it_was_made(
    name: str, changed: tuple[str, ...], needed: bool
) -> None:
    found = analyse(notebook(BOOKS[name]))
    less = narrowed(found, {StepName("b"): frozenset(changed)})
    pairs = {(edge.writer, edge.reader) for edge in less.pipeline.edges}
    assert (("b", "c") in pairs) == needed
    assert {e.step: e.reads for e in less.effects} == {e.step: e.reads for e in found.effects}


@pytest.mark.parametrize("name", BOOKS)
def test_of_a_step_that_no_run_has_shown_nothing_is_left_out(name: str) -> None:
    found = analyse(notebook(BOOKS[name]))
    assert narrowed(found, {}) is found
    assert narrowed(found, {StepName("a"): frozenset({"x", "do"})}) == found
