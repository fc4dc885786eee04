"""What the result of a step depends on: cells of the prelude, parameters, and what of a text."""

from __future__ import annotations

import pytest
from percent import notebook

from nbflow.analysis import analyse

PRELUDE = """
# %% imports
import math
# %% functions
def half(n):
    return n / TWO
# %% functions
TWO = 2
# %% functions
def unused():
    return TWO
# %% parameters
depth = 3
rate = 0.5
# %% step:first
first = 1
"""


def used(text: str) -> dict[str, tuple[list[int], tuple[str, ...]]]:
    """For each step, the numbers of the cells that count and the parameters."""
    found = notebook(text)
    numbers = {cell.id: cell.number for cell in found.cells}
    return {
        str(use.step): ([numbers[cell] for cell in use.code], use.parameters)
        for use in analyse(found).uses
    }


@pytest.mark.parametrize(
    ("source", "cells", "parameters"),
    [
        ("x = 1", [7], ()),
        ("x = half(4)", [2, 3, 7], ()),
        ("x = math.pi * depth", [1, 7], ("depth",)),
        ("x = [half]", [2, 3, 7], ()),
        ("exec(x)", [1, 2, 3, 4, 7], ("depth", "rate")),
    ],
)
def test_what_a_step_uses(source: str, cells: list[int], parameters: tuple[str, ...]) -> None:
    assert used(f"{PRELUDE}# %% step:s\n{source}\n")["s"] == (cells, parameters)


@pytest.mark.parametrize(
    ("cell", "counts"),
    [
        ("import math", True),
        ("def f(n: int = -1, *, names: list[str] = ()) -> None:\n    print(n)", False),
        ("def f(n: math.inf):\n    return n", True),
        ("def f(n=print(1)):\n    return n", True),
        ("@print\ndef f(n):\n    return n", True),
        ("class A:\n    'An a.'\n    n = 1\n    def f(self):\n        print(self)", False),
        ("class A:\n    print(1)", True),
        ("class A(B):\n    pass", True),
        ("ONE, TWO = 1, 2", True),
        ("TWO = [2, 'two']", False),
        ("TWO = 2\nTWO", True),
        ("'shown'", True),
        ("%matplotlib inline", True),
    ],
)
def test_the_first_step_counts_what_may_show_something(cell: str, counts: bool) -> None:
    text = f"# %% functions\n{cell}\n# %% step:first\nfirst = 1\n# %% step:second\nsecond = 1\n"
    found = used(text)
    assert found["first"][0] == ([1, 2] if counts else [2])


def test_parameters_that_are_computed_count_as_code() -> None:
    text = "# %% parameters\nn = 2\nm = n * 2\n# %% step:a\nx = 1\n# %% step:b\ny = m\n"
    assert used(text)["b"] == ([1, 3], ("m", "n"))


def digest(source: str, other: str = "") -> str:
    use = analyse(notebook(f"# %% step:s\n{source}\n# %% step:t\n{other}\n")).uses[0]
    return next(iter(use.code.values()))


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("x = 1", "x = 1  # one", True),
        ("x = 1", "\n\nx = (1)", True),
        ("f('a')", 'f("a")', True),
        ("x", "x;", False),
        ("x = 1", "x = 2", False),
        ("!ls", "!ls -l", False),
        ("%%bash\nls", "%%bash\nls # all", False),
        ("%matplotlib inline", "%matplotlib agg", False),
        ("x = 'a'", "x = 'a '", False),
    ],
)
def test_what_of_a_text_counts(one: str, two: str, same: bool) -> None:
    assert (digest(one) == digest(two)) is same


@pytest.mark.parametrize("other", ["import inspect", "print(In[1])", "f??", "%history", "_i1"])
def test_all_of_the_text_counts_where_the_notebook_looks_at_it(other: str) -> None:
    assert digest("x = 1", other) != digest("x = 1  # one", other)


DRAWS = [
    # what the prelude does, the steps that may draw
    ("import random", ["second"]),
    ("import random\nz = random.random()", ["first", "second", "third"]),
    ("import numpy as np\nz = np.random.rand(3)", ["first", "second", "third"]),
    ("import random\ndef z():\n    return random.random()", ["second"]),
]


@pytest.mark.parametrize(("prelude", "drawing"), DRAWS)
def test_who_draws_random_numbers(prelude: str, drawing: list[str]) -> None:
    text = (
        f"\n# %% imports\n{prelude}\n# %% step:first\nprint(1)\n# %% step:second\nimport random\n"
    )
    text += "print(random.random())\n# %% step:third\nprint(3)\n"
    assert [use.step for use in analyse(notebook(text)).uses if use.draws] == drawing
