"""papermill's own public notebooks, which it brings along, run by its own engine and by nbflow."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import papermill
import pytest
from papermill.exceptions import PapermillException
from side_by_side import comparable, given

from nbflow.service.batch.batch import start
from nbflow.service.batch.planning import Grid, Rows
from nbflow.service.history import run as recorded

#: Libraries of Jupyter ask for the time in a way that newer Pythons warn of.
pytestmark = [
    pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning"),
    pytest.mark.slow,
]

EXAMPLES = Path(papermill.__file__).parent / "tests" / "notebooks"

#: Their parameters and papermill's options. Not here: what is for another language or needs a bucket, what
#: sleeps for a minute, and what differs from one of these in nothing that an engine sees.
CASES: dict[str, tuple[Mapping[str, object], dict[str, Any]]] = {
    "blank-vscode": ({}, {"kernel_name": "python3"}),
    "line_magic_error": ({}, {}),
    "nb_version_4.4": ({"var": "It works"}, {}),
    "no_parameters": ({"msg": "Hello"}, {}),
    "read_check": ({}, {}),
    "report_mode_test": ({"a": 2, "b": 3}, {"report_mode": True}),
    "result_no_exec": ({"foo": 2}, {}),
    "simple_execute": ({"msg": "Hello"}, {}),
    "sysexit0": ({}, {}),
    "sysexit1": ({}, {}),
    "systemexit": ({}, {}),
    "test_logging": ({}, {}),  # a library is missing
}

#: They do not parse, somewhere. papermill's own engine finds that out when it comes to the cell.
BROKEN = ("broken", "broken1", "broken2", "complex_parameters")


def example(name: str, folder: Path) -> Path:
    """A copy of an example, in a folder as its own tests have it."""
    shutil.copy(EXAMPLES / f"{name}.ipynb", folder / "n.ipynb")
    (folder / "check.txt").touch()
    return folder / "n.ipynb"


@pytest.mark.parametrize("name", CASES)
def test_an_example_gives_what_it_gives_in_papermill(name: str, tmp_path: Path) -> None:
    parameters, options = CASES[name]
    notebook = example(name, tmp_path)
    own = given(None, notebook, parameters, **options)
    found = given("nbflow", notebook, parameters, **options)
    assert comparable(found.notebook, ids=False) == comparable(own.notebook, ids=False)
    assert found.raised == own.raised
    assert found.warnings == own.warnings


@pytest.mark.parametrize("name", BROKEN)
def test_an_example_that_does_not_parse_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(PapermillException, match=r"NB108 cell \d, line \d+: ") as raised:
        given("nbflow", example(name, tmp_path), {})
    assert type(raised.value) is PapermillException


@pytest.mark.parametrize(
    ("name", "grid"),
    [
        ("simple_execute", {"msg": ["Hello", "Grüße"]}),
        ("report_mode_test", {"a": [2, 3], "b": [-5]}),
    ],
)
def test_a_batch_gives_what_papermill_gives(
    name: str, grid: Mapping[str, Sequence[object]], tmp_path: Path
) -> None:
    notebook = example(name, tmp_path)
    batch = start(str(notebook), Rows(), Grid(grid))
    sets = [dict(zip(grid, values, strict=True)) for values in product(*grid.values())]
    assert [member.parameters for member in batch.members] == sets
    for member, values in zip(batch.members, sets, strict=True):
        folder = tmp_path / ".nbflow" / "runs" / recorded(member.run, tmp_path).id
        executed = json.loads((folder / "n.ipynb").read_text(encoding="utf-8"))
        assert _shown(executed) == _shown(given(None, notebook, values).notebook)


def _shown(notebook: Mapping[str, Any]) -> list[object]:
    """What the cells have given, but for the one that papermill has injected."""
    return [
        (cell["source"], cell["outputs"])
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
        and "injected-parameters" not in cell["metadata"].get("tags", ())
    ]
