"""%nbflow run in a real kernel: watched, waited for, stopped, and going on when the kernel does not."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from magic_kernel import WIDGET, Frontend, environment, kernel
from notebook_cells import code, written

from nbflow.engines.events import StepEnded, StepStarted, StepState
from nbflow.magics.run_view import RunView
from nbflow.model import StepName
from nbflow.service import history
from nbflow.service.graph import graph
from nbflow.store import RunRecord

pytest_plugins = ["magic_fixtures"]

WAITS = """
import time
from pathlib import Path
for _ in range(1200):  # a test that fails leaves no process
    if Path("go").exists():
        break
    time.sleep(0.05)
b = a + 1
"""


REPORTS = """
import os
print(b, *filter(None, [os.environ.get("LEFT")]))
assert b > 1, "b is small"
"""


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Path]:
    """A notebook whose second step waits for the file ``go``."""
    yield written(
        tmp_path / "study.ipynb",
        [
            code(1, "n = 1", ["parameters"]),
            code(2, "a = n", ["step:load"]),
            code(3, WAITS, ["step:train"]),
            code(4, REPORTS, ["step:report"]),
        ],
    )
    (tmp_path / "go").touch()


def test_no_error_is_shown_of_a_step_that_ran_again_and_ended_well(study: Path) -> None:
    load = StepName("load")
    view = RunView(
        "study", RunRecord("1", str(study), "local", "running", 0.0, "python"), graph(study)
    )
    view.hear(StepEnded(load, StepState.FAILED, 1.0, "too early"))
    assert "too early" in view.table()
    view.hear(StepStarted(load, 1.0, "it failed before its turn"))
    view.hear(StepEnded(load, StepState.DONE, 1.0))
    assert "too early" not in view.table()


def ended(study: Path, run: str) -> str:
    """The state of a run when it has ended."""
    for _ in range(600):
        if (state := history.run(run, study.parent).state) != "running":
            return state
        time.sleep(0.1)
    raise AssertionError(f"run {run} does not end")


def test_is_watched_to_its_end(frontend: Frontend, study: Path) -> None:
    shown = frontend.cell("%nbflow notebook study.ipynb\n%nbflow run -p n=2")
    (id_,) = shown.displays
    assert frontend.text(shown) == (
        "run 1: study.ipynb, 3 steps; it goes on outside of this kernel\n"
        "  `%nbflow watch 1` watches it, `%nbflow stop 1` stops it"
    )
    alt = 'alt="load done; train running; report waiting"'
    frontend.until(lambda: alt in frontend.html(shown))
    other = frontend.cell("print('in between')")
    assert other.out == "in between\n"
    (study.parent / "go").touch()
    frontend.until(lambda: WIDGET not in frontend.displays[id_])
    lines = frontend.text(shown).splitlines()
    assert [line.split()[:3] for line in lines[:3]] == [
        ["●", "load", "done"],
        ["●", "train", "done"],
        ["●", "report", "done"],
    ]
    assert lines[3].startswith("● run 1 done in ")
    html = frontend.displays[id_]["text/html"]
    assert 'alt="load done; train done; report done"' in html
    assert other.displays == []
    assert history.run("1", study.parent).parameters == {"n": 2}


def test_is_stopped_by_its_button(frontend: Frontend, study: Path) -> None:
    shown = frontend.cell("%nbflow notebook study.ipynb\n%nbflow run")
    frontend.until(lambda: "train running" in frontend.html(shown))
    frontend.press(frontend.button(shown, "Stop"))
    frontend.until(lambda: "run 1 stopped" in frontend.text(shown))
    assert ended(study, "1") == "stopped"


def test_waiting_is_interrupted_and_the_run_goes_on(frontend: Frontend, study: Path) -> None:
    shown = frontend.begin("%nbflow notebook study.ipynb\n%nbflow run --wait")
    frontend.until(lambda: shown.displays and "train running" in frontend.html(shown))
    assert frontend.manager is not None
    frontend.manager.interrupt_kernel()
    after = frontend.cell("print('on')")
    assert shown.err == (
        "UsageError: no longer waiting, run 1 goes on: `%nbflow watch 1` watches again, "
        "`%nbflow stop 1` stops it\n"
    )
    assert after.request
    told = frontend.cell("%nbflow stop 1").out
    assert told == "run 1 is told to stop; `nbflow resume 1` goes on from there\n"
    frontend.until(lambda: "run 1 stopped" in frontend.text(shown))


def test_a_run_that_fails_is_an_error_of_who_waits(frontend: Frontend, study: Path) -> None:
    (study.parent / "go").touch()
    shown = frontend.cell("%nbflow notebook study.ipynb\n%nbflow run --wait -p n=0")
    assert shown.err == "UsageError: run 1 failed\n"
    assert shown.error == "run 1 failed"
    text = frontend.text(shown)
    assert "AssertionError: b is small" in text
    assert "✖ run 1 failed in " in text
    assert "\x1b" not in text


def test_goes_on_when_the_kernel_is_shut_down(study: Path, tmp_path: Path) -> None:
    with kernel(study.parent, tmp_path / "kernel", JPY_SESSION_NAME=str(study)) as frontend:
        frontend.cell("import os\nos.environ['LEFT'] = 'by a cell'")
        shown = frontend.cell("%nbflow run")
        frontend.until(lambda: "train running" in frontend.html(shown))
        assert frontend.manager is not None
        frontend.manager.shutdown_kernel()  # it ends the processes of its group
    assert history.run("1", study.parent).state == "running"
    (study.parent / "go").touch()
    assert ended(study, "1") == "done"
    (log,) = history.step_of(history.run("1", study.parent), "report").log
    assert log[2] == "2\n"  # as a fresh kernel does, it knows nothing of what cells have set


def test_without_widgets_it_is_waited_for(frontend: Frontend, study: Path) -> None:
    (study.parent / "go").touch()
    hide = "import sys\nkept = {n: m for n, m in sys.modules.items() if n == 'ipywidgets'}"
    frontend.cell(f"{hide}\nsys.modules['ipywidgets'] = None")
    shown = frontend.cell("%nbflow notebook study.ipynb\n%nbflow run")
    options = "--quiet --jobs 1 --steps load --force load --keep edges --no-fork --output out.ipynb"
    quiet = frontend.cell(f"%nbflow run {options}")
    frontend.cell("del sys.modules['ipywidgets']; sys.modules.update(kept)")
    assert shown.displays == []
    lines = shown.out.splitlines()
    assert lines[1] == "run 1: study.ipynb, 3 steps"
    assert "[report] 2" in lines
    assert "run 1 done in " in lines[-1]
    assert "run 2 done in " in quiet.out.splitlines()[0]
    (load,) = history.run("2", study.parent).steps
    assert (load.name, load.reused) == ("load", "")
    frontend.until((study.parent / "out.ipynb").is_file)  # it is written when all has ended


def test_a_plain_shell_shows_text(study: Path, tmp_path: Path) -> None:
    (study.parent / "go").touch()
    lines = [
        "%load_ext nbflow",
        "%nbflow notebook study.ipynb",
        "%nbflow check",
        "%nbflow run",
        "%nbflow runs",
        "import sys; print('ipywidgets' in sys.modules)",
    ]
    command = [sys.executable, "-m", "IPython", "--no-banner", "--colors=NoColor", "-c"]
    told = subprocess.run(
        [*command, "\n".join(lines)],
        cwd=study.parent,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stderr == ""
    shown = told.stdout.splitlines()
    assert "study.ipynb: nothing found; 3 steps, 2 edges" in told.stdout
    assert "run 1: study.ipynb, 3 steps" in shown
    assert "[report] 2" in shown
    assert any(line.startswith("● run 1 done in ") for line in shown)
    assert any(line.split()[:4] == ["1", "●", "done", "study.ipynb"] for line in shown)
    assert shown[-1] == "False"
