"""What code needs around it: each line of code against the exact set."""

from __future__ import annotations

import pytest

from nbflow.analysis.needs import Needs, needs_of
from nbflow.model import Cell, CellId, CellKind


def needs(source: str) -> Needs:
    return needs_of(Cell(CellId("c"), CellKind.CODE, source, 1))


@pytest.mark.parametrize(
    ("source", "modules"),
    [
        ("import os", {"os"}),
        ("import a.b as c, d", {"a.b", "d"}),
        ("from a.b import c", {"a.b"}),
        ("from . import c", set()),
        ("def f():\n    import late", {"late"}),
        ("__import__('a'); importlib.import_module('b.c')", {"a", "b.c"}),
        ("%matplotlib inline", {"matplotlib"}),
        ("%load_ext autoreload\n%load_ext sql", {"sql"}),
        ("%%time\nimport timed", {"timed"}),
        ("df.to_parquet('x')", {"pyarrow"}),
        ("x = 'import os'  # import sys", set()),
        ("not Python at all", set()),
    ],
)
def test_imports(source: str, modules: set[str]) -> None:
    assert {each.module for each in needs(source).imports} == modules


@pytest.mark.parametrize(
    ("source", "optional", "inside", "wished"),
    [
        ("import a", False, False, False),
        ("try:\n    import a\nexcept ImportError:\n    a = None", True, False, False),
        (
            "try:\n    import a\nexcept (OSError, ModuleNotFoundError):\n    pass",
            True,
            False,
            False,
        ),
        ("try:\n    import a\nexcept:\n    pass", True, False, False),
        ("try:\n    import a\nexcept KeyError:\n    pass", False, False, False),
        ("try:\n    pass\nexcept ImportError:\n    import a", False, False, False),
        ("async def f():\n    import a", False, True, False),
        ("df.read_excel()", True, False, True),
    ],
)
def test_how_an_import_is_meant(source: str, optional: bool, inside: bool, wished: bool) -> None:
    (found,) = needs(source).imports
    assert (found.optional, found.inside, found.wished) == (optional, inside, wished)


@pytest.mark.parametrize(
    ("source", "installs"),
    [
        ("%pip install a", ("a",)),
        ("!pip install -q 'a>=2' b==1.0 c[x]", ("a>=2", "b==1.0", "c[x]")),
        ("!python -m pip install a > log.txt", ("a",)),
        ("%pip install -r needed.txt --index-url https://x.org a", ("a",)),
        ("!pip install a | tail -1", ("a",)),
        ("%pip install a  # the newest", ("a",)),
        ("%pip list", ()),
        ("!apt-get install a", ()),
        ("!pip install 'a", ()),
    ],
)
def test_installs(source: str, installs: tuple[str, ...]) -> None:
    assert needs(source).installs == installs


def test_places_are_those_of_the_cell() -> None:
    (found,) = needs("x = 1\n\nimport a").imports
    assert (found.location.number, found.location.line) == (1, 3)
