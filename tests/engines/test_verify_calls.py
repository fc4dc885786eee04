"""Notebooks that call others, verified: each called one runs whole in a kernel of its own."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from called_notebooks import Cells, write

from nbflow.engines.comparison import Difference
from nbflow.model import CellId
from nbflow.service.verify import Verified, verify

TOOLS = "def best(x):\n    return max(x)\n"
MAIN: Cells = (
    ("parameters", "n = 2"),
    ("step:load", "data = [3, 1]\nalias = data\nother = 5"),
    ('notebook:train notebook_path=../sub/train.ipynb notebook_parameters={"k":4}', "# trains"),
    ("step:report", "print(model, top, other, data, alias is data)"),
)
TRAIN: Cells = (
    ("imports", "import os\nimport tools"),
    ("parameters", "n = 3\nk = 1\nm = n * k"),
    ("step:sort", "data.sort()\nshared = alias is data\nprint(os.path.basename(os.getcwd()), m)"),
    ("notebook:inner notebook_path=inner.ipynb", ""),
    ("step:fit", "model = (data, n, k, shared, deep)\nhidden = len(data)\nhidden"),
    ("pipeline-metrics", "print(hidden)"),
    ("step:last", "top = tools.best(data)"),
)
INNER: Cells = (("step:one", "deep = [each + 1 for each in data]\nprint('deep', deep)"),)


@pytest.fixture(autouse=True)
def _as_in_jupyter(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MPLBACKEND", "PYTHONHASHSEED", "NBFLOW_HOME"):
        monkeypatch.delenv(name, raising=False)


def verified(folder: Path, **notebooks: Cells) -> Verified:
    """The verification of ``main`` in one folder, which calls notebooks in another."""
    (folder / "sub").mkdir()
    (folder / "sub" / "tools.py").write_text(TOOLS)
    for name, cells in notebooks.items():
        place = "books" if name == "main" else "sub"
        write(folder / place / f"{name}.ipynb", cells)
    path = folder / "books" / "main.ipynb"
    return verify(str(path), python=sys.executable, parameters={"n": "6"}, jobs=2)


def test_called_notebooks_run_whole_in_kernels_of_their_own(tmp_path: Path) -> None:
    found = verified(tmp_path, main=MAIN, train=TRAIN, inner=INNER)
    assert found.record.state == "done"
    assert found.same, found.comparison.differences
    assert found.comparison.cells == 4 + 7 + 1
    assert {"model", "top", "deep", "hidden", "data"} <= {*found.comparison.names}
    shown = [str(each["text"]) for each in found.record.outputs[CellId("c3")]]
    assert shown == ["([1, 3], 6, 4, True, [2, 4]) 3 5 [3, 1] True\n"]


def test_what_differs_in_a_called_notebook_is_told(tmp_path: Path) -> None:
    cells = (
        ("step:a", "import os\nnumber = os.getpid()"),
        ("step:b", "same = number == os.getpid()\nprint(same)"),
    )
    main = (("notebook:part notebook_path=../sub/part.ipynb", ""), ("step:c", "print(same)"))
    found = verified_alone(tmp_path, main, cells)
    assert found.comparison.differences == (
        Difference("cell 2, stdout", "True\n", "False\n"),
        Difference("variable same", "True", "False"),
        Difference("cell 2, stdout (in part)", "True\n", "False\n"),
    )
    assert "variable number" in found.comparison.left_out


def test_what_is_no_data_is_no_difference(tmp_path: Path) -> None:
    main = (("notebook:part notebook_path=../sub/part.ipynb", ""), ("step:c", "print(x is y[0])"))
    source = "import threading\nlock = threading.Lock()\nx = [1]\ny = [x]"
    found = verified_alone(tmp_path, main, (("step:a", source),))
    assert found.same, found.comparison.differences
    assert found.comparison.names == ("x", "y")


def test_what_does_not_come_back_is_no_difference(tmp_path: Path) -> None:
    main = (("notebook:part notebook_path=../sub/part.ipynb", ""), ("step:c", "print(y)"))
    part = (("step:a", "class P: pass\nx, y = P(), 1"),)
    found = verified_alone(tmp_path, main, part)
    assert found.same, found.comparison.differences
    assert found.comparison.names == ("y",)


def test_a_called_notebook_that_fails_fails_both_ways(tmp_path: Path) -> None:
    main = (("notebook:part notebook_path=../sub/part.ipynb", ""), ("step:c", "print(y)"))
    found = verified_alone(tmp_path, main, (("step:a", "print(1)"), ("step:b", "y = 1 / 0")))
    assert found.record.state == "failed"
    assert found.same, found.comparison.differences


def verified_alone(folder: Path, main: Cells, part: Cells) -> Verified:
    write(folder / "sub" / "part.ipynb", part)
    path = write(folder / "books" / "main.ipynb", main)
    return verify(str(path), python=sys.executable, jobs=2)


def test_a_value_that_nobody_saw_being_made_gives_way(tmp_path: Path) -> None:
    main = (
        ("step:a", "globals().__setitem__('hid' + 'den', 0)"),
        ("notebook:part notebook_path=../sub/part.ipynb", ""),
        ("step:c", "print(hidden)"),
    )
    found = verified_alone(tmp_path, main, (("step:a", "hidden = 5"),))
    assert found.same, found.comparison.differences
