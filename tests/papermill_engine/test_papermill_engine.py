"""What is nbflow's own when papermill runs a notebook through it."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import papermill
import pytest
from papermill.exceptions import PapermillException, PapermillExecutionError
from small_notebooks import code, text, write

from nbflow.errors import EngineError
from nbflow.papermill.engine import NbflowEngine
from nbflow.service.history import run as recorded
from nbflow.service.history import runs
from nbflow.service.run import resume
from nbflow.store import RunRecord

#: Libraries of Jupyter ask for the time in a way that newer Pythons warn of.
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")

STEPS = [
    code("n = 1\nk = 1", "parameters"),
    code("print('load')\na = 2", "step:load"),
    code("print('train', n)\nb = a * n", "step:train"),
    code("print('report', b + k)", "step:report"),
]


def executed(notebook: Path, parameters: dict[str, Any], **options: Any) -> Any:
    """The notebook that nbflow gives, run in its folder."""
    output = options.pop("output", notebook.with_name("out.ipynb"))
    return papermill.execute_notebook(
        str(notebook),
        output and str(output),
        parameters,
        engine_name="nbflow",
        progress_bar=False,
        **{"cwd": str(notebook.parent), **options},
    )


def last(folder: Path) -> RunRecord:
    """The last run that the folder knows."""
    return recorded("last", folder)


def ran(folder: Path) -> dict[str, bool]:
    """Which steps of the last run have run, and were not taken from an earlier one."""
    return {step.name: not step.reused for step in last(folder).steps}


def printed(nb: Any) -> list[str]:
    """What the cells have printed."""
    return [output["text"] for cell in nb.cells for output in cell.get("outputs", ())]


def test_papermill_finds_the_engine() -> None:
    (found,) = entry_points(group="papermill.engine", name="nbflow")
    assert found.load() is NbflowEngine


@pytest.mark.slow
def test_other_engines_do_not_wait_for_nbflow() -> None:
    loaded = "import papermill, sys; print([m for m in sys.modules if m.startswith('nbflow.')])"
    answer = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", loaded], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "['nbflow.papermill', 'nbflow.papermill.engine']"


def test_a_value_runs_the_steps_that_read_it(tmp_path: Path) -> None:
    notebook = write(tmp_path, *STEPS)
    assert printed(executed(notebook, {"n": 3})) == ["load\n", "train 3\n", "report 7\n"]
    assert ran(tmp_path) == {"load": True, "train": True, "report": True}
    assert last(tmp_path).parameters == {"n": 3}
    assert printed(executed(notebook, {"n": 3, "k": 5})) == ["load\n", "train 3\n", "report 11\n"]
    assert ran(tmp_path) == {"load": False, "train": False, "report": True}
    assert printed(executed(notebook, {"n": 4, "k": 5})) == ["load\n", "train 4\n", "report 13\n"]
    assert ran(tmp_path) == {"load": False, "train": True, "report": True}
    executed(notebook, {"n": 4, "k": 5}, cache=False, jobs=1)
    assert ran(tmp_path) == {"load": True, "train": True, "report": True}


def test_results_are_found_again_without_ids_of_cells(tmp_path: Path) -> None:
    notebook = write(tmp_path, *STEPS)
    document = json.loads(notebook.read_text())
    document["nbformat_minor"] = 4
    for cell in document["cells"]:
        del cell["id"]
    notebook.write_text(json.dumps(document))
    executed(notebook, {"k": 3})
    executed(notebook, {"k": 4})
    assert ran(tmp_path) == {"load": False, "train": False, "report": True}


def test_an_output_is_parameterized_anew(tmp_path: Path) -> None:
    executed(write(tmp_path, *STEPS), {"n": 3})
    again = executed(tmp_path / "out.ipynb", {"n": 4}, output=tmp_path / "again.ipynb")
    assert printed(again) == ["load\n", "train 4\n", "report 9\n"]
    assert [c.source for c in again.cells if "injected-parameters" in c.metadata.tags] == [
        "# Parameters\nn = 4\n"
    ]


def test_steps_side_by_side_are_told_in_the_order_of_the_notebook(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    notebook = write(
        tmp_path,
        code("import time\ntime.sleep(1)\nprint('slow')", "step:slow"),
        code("print('quick')\n7", "step:quick"),
    )
    out, err = io.StringIO(), io.StringIO()
    with caplog.at_level(logging.INFO, "papermill"):
        executed(notebook, {}, jobs=2, log_output=True, stdout_file=out, stderr_file=err)
    assert (out.getvalue(), err.getvalue()) == ("slow\nquick\n", "")
    told = [t.strip("-") for t in caplog.messages if t.startswith(("Exec", "End", "slow", "quick"))]
    assert told[0::3] == ["Executing Cell 1", "Executing Cell 2"]
    assert "7" in caplog.messages


def test_where_a_cell_fails_the_notebook_ends(tmp_path: Path) -> None:
    notebook = write(
        tmp_path,
        code("print('good')", "step:good"),
        code("import time\ntime.sleep(1)\n1 / 0", "step:bad"),
        code("print('beside')", "step:beside"),
    )
    with pytest.raises(PapermillExecutionError, match="ZeroDivisionError") as raised:
        executed(notebook, {}, jobs=2)
    assert (raised.value.cell_index, raised.value.exec_count) == (1, 2)
    nb = papermill.iorw.load_notebook_node(str(tmp_path / "out.ipynb"))
    states = [c.metadata.papermill.status for c in nb.cells if c.cell_type == "code"]
    assert states == ["completed", "failed", "pending"]
    assert nb.cells[-1].outputs == []
    assert 'href="#papermill-error-cell">In [2]' in nb.cells[0].source
    assert nb.metadata.papermill.exception is True


def test_a_failure_that_is_no_error_of_a_cell_is_shown_in_it(tmp_path: Path) -> None:
    notebook = write(
        tmp_path,
        code("gen = (i for i in range(3))", "step:one"),
        code("import os\nprint('in')\nos._exit(3)", "step:two"),
    )
    with pytest.raises(PapermillExecutionError, match="cell 2") as raised:
        executed(notebook, {})
    assert (raised.value.cell_index, raised.value.ename) == (1, "StepFailed")


def test_a_cell_that_fails_without_an_error_is_told(tmp_path: Path) -> None:
    notebook = write(tmp_path, code("print('a')"), code("%nosuchmagic"), code("print('never')"))
    with pytest.raises(PapermillExecutionError, match=r"In \[2\]") as raised:
        executed(notebook, {})
    assert (raised.value.cell_index, raised.value.ename) == (1, "CellExecutionError")
    nb = papermill.iorw.load_notebook_node(str(tmp_path / "out.ipynb"))
    states = [c.metadata.papermill.status for c in nb.cells if c.cell_type == "code"]
    assert states == ["completed", "failed", "pending"]


def test_there_is_nothing_to_run(tmp_path: Path) -> None:
    nb = executed(write(tmp_path, text("# Words"), code("")), {})
    assert [c.metadata.papermill.status for c in nb.cells] == ["completed", "completed"]
    with pytest.raises(PapermillException, match="NB101"):
        executed(write(tmp_path, text("# Words"), code("", "retry:x")), {})


def test_a_retried_step_shows_its_last_try(tmp_path: Path) -> None:
    source = (
        "from pathlib import Path\nprint('try')\n"
        "first = not Path('seen').exists()\nPath('seen').touch()\nassert not first"
    )
    nb = executed(write(tmp_path, code(source, "step:a", "retry:1"), code("print('b')")), {})
    assert printed(nb) == ["try\n", "b\n"]
    assert nb.metadata.papermill.exception is None


def test_what_is_refused_is_told_with_its_cell(tmp_path: Path) -> None:
    notebook = write(tmp_path, code("x = 1"), code("x =\n"))
    with pytest.raises(PapermillException, match=r"NB108 cell 2, line 1: ") as raised:
        executed(notebook, {})
    assert type(raised.value) is PapermillException


def test_a_notebook_that_is_called_runs_and_may_fail(tmp_path: Path) -> None:
    """papermill's own engine knows of no calls."""
    called = write(tmp_path, code("n = 1", "parameters"), code("print('in', n)\nr = 6 / n"))
    called.rename(tmp_path / "called.ipynb")
    call = code("", "notebook:call")
    call["metadata"] = {"tags": ["notebook:call"], "notebook_path": "called.ipynb"}
    notebook = write(tmp_path, code("n = 2", "parameters"), call, code("print(r)", "step:end"))
    assert printed(executed(notebook, {"n": 3})) == ["2.0\n"]
    with pytest.raises(PapermillException, match=r"step call/.*ZeroDivisionError"):
        executed(notebook, {"n": 0})


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"execution_timeout": 5}, "the execution timeout has no effect"),
        ({"start_timeout": 5}, "the start timeout has no effect"),
        ({"allow_errors": True}, "does not know the option allow_errors"),
    ],
)
def test_options_that_have_no_effect_are_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, options: dict[str, Any], told: str
) -> None:
    executed(write(tmp_path, code("1")), {}, **options)
    (warning,) = [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING]
    assert told in warning


@pytest.mark.parametrize("options", [{"jobs": 0}, {"jobs": True}, {"cache": "no"}])
def test_values_that_options_cannot_have(tmp_path: Path, options: dict[str, Any]) -> None:
    with pytest.raises(PapermillException, match="for nbflow, not"):
        executed(write(tmp_path, code("1")), {}, **options)


def test_another_kernel_is_taken_where_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = {"argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]}
    folder = tmp_path / "kernels" / "mine"
    folder.mkdir(parents=True)
    about = spec | {"display_name": "Mine", "language": "python", "env": {"WHO": "mine"}}
    (folder / "kernel.json").write_text(json.dumps(about))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    notebook = write(tmp_path, code("import os\nprint(os.environ.get('WHO'))"))
    nb = executed(notebook, {"x": 1}, kernel_name="mine")
    assert printed(nb) == ["mine\n"]
    assert nb.metadata.kernelspec.name == "python3"
    with pytest.raises(PapermillException, match="'other' is not installed"):
        executed(notebook, {}, kernel_name="other")


def test_the_folder_is_papermills(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "there").mkdir()
    notebook = write(tmp_path / "there", code("import os\nprint(os.getcwd())"))
    monkeypatch.chdir(tmp_path / "here")
    assert printed(executed(notebook, {}, cwd=None)) == [f"{os.path.realpath('.')}\n"]
    assert [row.engine for row in runs(folder=tmp_path / "here")] == ["papermill"]
    assert not (tmp_path / "there" / ".nbflow").exists()


def test_a_notebook_that_lies_in_no_file(tmp_path: Path) -> None:
    nb = papermill.iorw.load_notebook_node(str(write(tmp_path, *STEPS)))
    done = papermill.execute_notebook(
        nb, None, {"n": 2}, engine_name="nbflow", progress_bar=False, cwd=str(tmp_path)
    )
    assert printed(done) == ["load\n", "train 2\n", "report 5\n"]
    assert last(tmp_path).notebook == str(tmp_path / "papermill.ipynb")


def test_its_runs_go_on_in_papermill(tmp_path: Path) -> None:
    executed(write(tmp_path, *STEPS), {"n": 2})
    with pytest.raises(EngineError, match="was started by papermill: start it there once more"):
        resume("last", tmp_path)


@pytest.mark.slow
def test_the_command(tmp_path: Path) -> None:
    write(tmp_path, text("# One"), *STEPS)
    command = [sys.executable, "-m", "papermill", "--engine", "nbflow", "n.ipynb", "o.ipynb"]
    answer = subprocess.run(
        [*command, "-p", "n", "4"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
    assert "5/5" not in answer.stderr
    assert "6/6" in answer.stderr  # its bar counts the injected cell too
    document = json.loads((tmp_path / "o.ipynb").read_text())
    assert document["metadata"]["papermill"]["parameters"] == {"n": 4}
