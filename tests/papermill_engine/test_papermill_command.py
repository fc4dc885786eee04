"""The command ``papermill`` with its own engine and with nbflow: what it is given, and what comes of it."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from side_by_side import comparable, given, given_by_command
from small_notebooks import code, text, write

#: Libraries of Jupyter ask for the time in a way that newer Pythons warn of.
pytestmark = [
    pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning"),
    pytest.mark.slow,
]

#: papermill reads them in the order b, f, y, p, r, wherever they stand.
FORMS = [
    *("-r", "raw", "7", "-r", "over", "raw"),
    *("-p", "over", "p", "-p", "whole", "7", "-p", "grouped", "1_000", "-p", "large", str(2**70)),
    *("-p", "number", "1e3", "-p", "none", "nan", "-p", "endless", "inf", "-p", "yes", "True"),
    *("-p", "nothing", "None", "-p", "word", 'ñ "日本" {x}', "-p", "list_", "[1, 2]"),
    *("-y", "{from_y: [1.5, two, null], over: y, day: 2020-01-01, switch: off}"),
    *("-y", "y_only: 0x10\nb_over: y"),
    *("-f", "values.yaml"),
    *("-b", b64encode(b"from_b: {a: [true, ~]}\nover: b\nb_over: b\nf_over: b").decode()),
]
NAMES = (
    "raw", "over", "whole", "grouped", "large", "number", "none", "endless", "yes", "nothing", "word",
    "list_", "from_y", "day", "switch", "y_only", "b_over", "from_f", "f_over", "from_b",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The command sets a variable of the process, and runs in its folder."""
    monkeypatch.setenv("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    monkeypatch.chdir(tmp_path)


def same(notebook: Path, *words: str, output: str = "out.ipynb") -> dict[str, Any]:
    """The notebook that both engines give."""
    own = given_by_command("nbclient", notebook, words, output)
    found = given_by_command("nbflow", notebook, words, output)
    assert comparable(found.notebook) == comparable(own.notebook)
    assert found.raised == own.raised
    assert found.warnings == own.warnings
    return found.notebook


def test_all_forms_of_parameters(tmp_path: Path) -> None:
    (tmp_path / "values.yaml").write_text("from_f: {a: 1, b: [x]}\nover: f\nf_over: f\n")
    cells = [
        code("\n".join(f"{name} = 0" for name in NAMES), "parameters"),
        text("# Types"),
        code("\n".join(f"print(type({name}), {name})" for name in NAMES)),
    ]
    same(write(tmp_path, *cells), *FORMS)


def test_options_that_change_the_output(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    cells = [
        code("x = 1", "parameters"),
        code("import os\nprint(os.path.basename(os.getcwd()), PAPERMILL_INPUT_PATH)\nx"),
    ]
    words = ["--report-mode", "--cwd", "work", "--no-request-save-on-cell-execute"]
    more = ["--autosave-cell-every", "0", "--inject-input-path", "-p", "x", "3"]
    same(write(tmp_path, *cells), *words, *more, output="out-{x}.ipynb")


@pytest.mark.parametrize("cells", [[code("x = 1", "parameters"), code("x")], [code("x")]])
def test_only_prepared(tmp_path: Path, cells: list[dict[str, object]]) -> None:
    same_words = ["--prepare-only", "-p", "x", "3", "-k", "python3"]
    notebook = write(tmp_path, text("# Top"), *cells)
    found = [given_by_command(e, notebook, same_words, "out.ipynb") for e in ("nbclient", "nbflow")]
    for each in found:
        each.notebook["metadata"]["papermill"].pop("output_path")
        for cell in each.notebook["cells"]:
            cell.pop("id")
    assert found[0] == found[1]


def test_an_output_is_run_again(tmp_path: Path) -> None:
    """Its injected cell is replaced, and what tells of its error is taken out."""
    cells = [
        text("# Divide"),
        code("n = 1\nk = 2", "parameters"),
        code("print(n, k)\n6 / n"),
        code("print('end')"),
    ]
    failed = given("nbflow", write(tmp_path, *cells), {"n": 0, "k": 5})
    assert failed.error
    output = (tmp_path / "nbflow.ipynb").rename(tmp_path / "first.ipynb")
    again = same(output, "-p", "n", "3")
    assert again["cells"][3]["outputs"][0]["text"] == ["3 2\n"]  # of k there is no value any more
