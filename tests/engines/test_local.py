"""The local engine on small notebooks: states, order, failures, and what is left behind."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest
from notebook_cells import code, written

from nbflow.engines.events import Event, RunEnded, RunState, StepEnded, StepStarted
from nbflow.errors import EngineError, KernelError, ParameterError
from nbflow.service.run import Refused, run
from nbflow.store import RunRecord, Store

#: A notebook as pairs of tags and source.
Cells = tuple[tuple[str, str], ...]


def write(folder: Path, *cells: tuple[str, str]) -> Path:
    found = [code(n, source, tags.split()) for n, (tags, source) in enumerate(cells)]
    return written(folder / "nb.ipynb", found)


def stdout(record: RunRecord) -> str:
    return "".join(
        str(output["text"])
        for outputs in record.outputs.values()
        for output in outputs
        if output["output_type"] == "stream" and output["name"] == "stdout"
    )


def states(record: RunRecord) -> dict[str, str]:
    return {step.name: step.state for step in record.steps}


@pytest.mark.parametrize("fork", [True, False])
def test_variables_travel_and_outputs_come_back(tmp_path: Path, fork: bool) -> None:
    path = write(
        tmp_path, ("step:a", "x = [1]"), ("step:b", "x.append(2)\nx"), ("step:c", "print(x)")
    )
    before = path.read_bytes()
    record = run(str(path), fork=fork)
    assert record.state == "done"
    assert stdout(record) == "[1, 2]\n"
    executed = json.loads(Path(record.executed).read_text())
    assert [cell["execution_count"] for cell in executed["cells"]] == [1, 2, 3]
    assert executed["cells"][1]["outputs"][0]["data"]["text/plain"] in ("[1, 2]", ["[1, 2]"])
    assert path.read_bytes() == before


def test_steps_that_need_nothing_of_one_another_run_side_by_side(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        ("step:load", "x = 1"),
        ("step:left", "a = x + 1"),
        ("step:right", "b = x + 2"),
        ("step:join", "print(a, b)"),
    )
    events: list[Event] = []
    record = run(str(path), jobs=2, on_event=events.append)
    assert stdout(record) == "2 3\n"
    order = [(type(e).__name__, e.step) for e in events if isinstance(e, StepStarted | StepEnded)]
    assert sorted(order[2:4]) == [("StepStarted", "left"), ("StepStarted", "right")]


def test_a_failing_cell_stops_its_step_and_what_needs_it_and_nothing_else(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        ("step:load", "x = 1"),
        ("step:bad", "y = x / 0"),
        ("", "print('never')"),
        ("step:needs", "print(y)"),
        ("step:other", "print('other', x)"),
    )
    record = run(str(path))
    assert record.state == "failed"
    assert states(record) == {"load": "done", "bad": "failed", "needs": "skipped", "other": "done"}
    assert stdout(record) == "other 1\n"
    bad = next(step for step in record.steps if step.name == "bad")
    assert bad.error == "ZeroDivisionError: division by zero"
    assert bad.cells[0].outputs[-1]["ename"] == "ZeroDivisionError"


def test_a_cell_that_may_raise_does_not_stop_its_step(tmp_path: Path) -> None:
    path = write(tmp_path, ("step:a raises-exception", "1/0"), ("", "print('goes on')"))
    record = run(str(path))
    assert (record.state, stdout(record)) == ("done", "goes on\n")


def test_only_the_steps_asked_for_and_what_they_need_run(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        ("step:a", "x = 1"),
        ("step:b", "print('b')"),
        ("step:c", "print('c', x)"),
        ("step:d", "print('d', x)"),
    )
    assert list(states(run(str(path), steps=["c"]))) == ["a", "c"]
    with pytest.raises(ParameterError, match="no step `z`"):
        run(str(path), steps=["z"])


def test_a_value_that_cannot_be_stored_stops_only_the_step_that_reads_it(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        # no analysis can see what a function of a library gives back
        ("step:a", "import builtins\nlock = builtins.__import__('_thread').allocate_lock()\ny = 1"),
        ("step:b", "print(y)"),
        ("step:c", "print(lock)"),
    )
    record = run(str(path))
    assert states(record) == {"a": "done", "b": "done", "c": "failed"}
    assert "`lock` was made in step `a` and cannot travel to step `c`" in record.steps[2].message


def test_a_change_that_nobody_could_foresee_is_never_passed_over(tmp_path: Path) -> None:
    """A hidden write by an earlier step, while a later one has already read the old value."""
    hidden = "import time, sys\ntime.sleep(1)\nsys.modules['__main__'].__dict__.update(x=2)"
    path = write(tmp_path, ("step:a", "x = 1"), ("step:b", hidden), ("step:c", "print(x)"))
    assert stdout(run(str(path), jobs=2)) == "2\n"
    assert stdout(run(str(path), jobs=1)) == "2\n"


def test_text_of_child_processes_belongs_to_the_cell_that_started_them(tmp_path: Path) -> None:
    lines = [
        f"import subprocess\nprint({n}, flush=True)\nsubprocess.run(['echo', 'child {n}'])"
        for n in (1, 2)
    ]
    record = run(str(write(tmp_path, ("step:a", lines[0]), ("", lines[1]))))
    texts = [
        sorted("".join(str(o["text"]) for o in outputs if o["output_type"] == "stream").split("\n"))
        for outputs in record.outputs.values()
    ]
    assert texts == [["", "1", "child 1"], ["", "2", "child 2"]]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import os\nos._exit(3)", "ended by itself with exit code 3 while cell 1 ran"),
        ("import os\nos.kill(os.getpid(), 9)", "killed by signal 9 (SIGKILL)"),
        ("import os\nos.abort()", "killed by signal 6 (SIGABRT)"),
    ],
)
@pytest.mark.parametrize("fork", [True, False])
def test_a_process_that_dies_is_told_for_what_it_was(
    tmp_path: Path, source: str, expected: str, fork: bool
) -> None:
    record = run(str(write(tmp_path, ("step:a", source), ("step:b prev:a", "1"))), fork=fork)
    assert states(record) == {"a": "failed", "b": "skipped"}
    assert expected in record.steps[0].message


def test_a_process_that_a_step_leaves_behind_ends_with_it(tmp_path: Path) -> None:
    source = "import subprocess\nprint(subprocess.Popen(['sleep', '600']).pid)"
    pid = int(stdout(run(str(write(tmp_path, ("step:a", source))))))
    assert not is_alive(pid)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_an_interrupt_ends_every_process_and_is_recorded(tmp_path: Path) -> None:
    sleep = "import os, time\nprint('pid', os.getpid())\ntime.sleep(600)"
    path = write(tmp_path, *((f"step:s{n}", sleep) for n in (1, 2)), ("step:z prev:s1", "1"))
    command = [sys.executable, "-c", "import sys; from nbflow.cli.main import main; main()"]
    process = subprocess.Popen(
        [*command, "run", str(path), "--jobs", "2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    told = (line.split(" pid ") for line in process.stdout)
    pids = [int(parts[1]) for parts in islice((p for p in told if len(p) == 2), 2)]
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in stderr
    assert not any(is_alive(pid) for pid in pids)
    with Store.open(tmp_path) as store:
        record = store.run("1")
    assert record.state == "stopped"
    assert states(record) == {"s1": "stopped", "s2": "stopped", "z": "stopped"}


def test_a_python_that_cannot_run_steps_is_told(tmp_path: Path) -> None:
    path = write(tmp_path, ("step:a", "1"))
    with pytest.raises(KernelError):
        run(str(path), python=str(tmp_path / "nowhere" / "python"))


def test_a_notebook_with_errors_is_refused_before_anything_runs(tmp_path: Path) -> None:
    path = write(tmp_path, ("step:a", "open('made', 'w')"), ("step:b", "x = = 1"))
    with pytest.raises(Refused):
        run(str(path))
    assert not (tmp_path / "made").exists()
    assert not (tmp_path / ".nbflow").exists()


def test_parameters_are_typed_and_recorded(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        ("parameters", "n = 5\nm = 2 * n\nname = 'a'"),
        ("step:a", "print(n, m, repr(name))"),
    )
    record = run(str(path), parameters={"n": "-3", "name": 'it\'s "x"\n'})
    assert stdout(record) == "-3 -6 'it\\'s \"x\"\\n'\n"
    assert record.parameters == {"n": -3, "name": 'it\'s "x"\n'}
    with pytest.raises(ParameterError, match="no parameter `k`"):
        run(str(path), parameters={"k": "1"})
    with pytest.raises(ParameterError, match="n"):
        run(str(path), parameters={"n": "1.5"})


def test_reports_are_one_page_a_step(tmp_path: Path) -> None:
    silent = ("step:c report:disabled", "2 + 2")
    path = write(tmp_path, ("step:load data", "print('in the page')"), ("step:b", "1 + 1"), silent)
    run(str(path), report=str(tmp_path / "report"))
    pages = sorted(p.name for p in (tmp_path / "report").iterdir())
    assert pages == ["00-load.html", "01-b.html"]
    assert "in the page" in (tmp_path / "report" / "00-load.html").read_text()


def test_a_report_holds_the_pictures_of_text_cells(tmp_path: Path) -> None:
    pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    path = write(tmp_path, ("step:a", "1"), ("step:b", "2"))
    document = json.loads(path.read_text())
    text = {"id": "t", "cell_type": "markdown", "metadata": {}}
    attached = {
        "source": "![one](attachment:a.png)",
        "attachments": {"a.png": {"image/png": pixel}},
    }
    document["cells"].insert(0, {**text, **attached})
    document["cells"].append({**text, "id": "u", "source": "the end ![two](beside.png)"})
    path.write_text(json.dumps(document))
    (tmp_path / "beside.png").write_bytes(base64.b64decode(pixel))
    run(str(path), report=str(tmp_path / "report"))
    first, last = sorted((tmp_path / "report").iterdir())
    assert f'src="data:image/png;base64,{pixel}' in first.read_text()
    assert "the end" not in first.read_text()
    assert "the end" in last.read_text()
    assert f'src="data:image/png;base64,{pixel}' in last.read_text()


def test_a_report_that_cannot_be_made_is_told_and_the_run_is_kept(tmp_path: Path) -> None:
    path = write(tmp_path, ("step:" + "long-" * 60, "print(1)"))
    assert [p.suffix for p in _pages(path)] == [".html"]
    document = json.loads(path.read_text())
    lost = {
        "cell_type": "markdown",
        "id": "t",
        "metadata": {},
        "source": "![](attachment:lost.png)",
    }
    document["cells"].insert(0, lost)
    path.write_text(json.dumps(document))
    with pytest.raises(EngineError, match=r"run 2 is recorded .* missing attachment: lost.png"):
        _pages(path)


def _pages(path: Path) -> list[Path]:
    """The pages of the report of a run of the notebook."""
    run(str(path), report=str(path.parent / "report"))
    return sorted((path.parent / "report").iterdir())


def test_the_first_step_that_runs_shows_the_prelude(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        ("imports", "print('prelude')"),
        ("step:a", "print('a')"),
        ("step:b", "print('b')"),
        ("step:c prev:b", "print('c')"),
    )
    record = run(str(path), steps=["c"])
    assert stdout(record) == "prelude\nb\nc\n"
    assert [[cell.number for cell in step.cells] for step in record.steps] == [[1, 3], [4]]


def test_cells_that_did_not_run_have_no_count(tmp_path: Path) -> None:
    path = write(
        tmp_path, ("step:a", "1"), ("step:b", "1 / 0"), ("step:b", "2"), ("step:c prev:b", "3")
    )
    record = run(str(path))
    executed = json.loads(Path(record.executed).read_text())
    assert [cell["execution_count"] for cell in executed["cells"]] == [1, 2, None, None]
    assert [cell.count for step in record.steps for cell in step.cells] == [1, 2, None, None]


def test_the_executed_notebook_goes_where_it_is_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path, ("step:a", "print(1)"))
    target = tmp_path / "new" / "folder" / "executed.ipynb"
    assert run(str(path), output=str(target)).executed == str(target)
    assert json.loads(target.read_text())["cells"][0]["outputs"]
    (tmp_path / "file").write_text("")
    with pytest.raises(EngineError, match="cannot be made"):
        run(str(path), output=str(tmp_path / "file" / "executed.ipynb"))


def test_no_file_is_left_beside_the_notebook_but_the_store(tmp_path: Path) -> None:
    path = write(tmp_path, ("step:a", "x = 1"), ("step:b", "print(x)"))
    events: list[Event] = []
    run(str(path), on_event=events.append)
    assert sorted(os.listdir(tmp_path)) == [".nbflow", "nb.ipynb"]
    assert isinstance(events[-1], RunEnded)
    assert events[-1].state is RunState.DONE


@pytest.mark.parametrize("fork", [True, False])
def test_cpu_time_counts_a_step_and_its_children(tmp_path: Path, fork: bool) -> None:
    burn = "import time\nwhile time.process_time() < 0.3: pass"
    child = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {burn!r}])"
    killed = f"{burn}\nimport os\nos.kill(os.getpid(), 9)"
    path = write(tmp_path, ("step:a", burn), ("step:b", child), ("step:c", killed))
    a, b, c = run(str(path), fork=fork).steps
    assert 0.3 <= a.cpu_seconds < 3
    assert 0.3 <= b.cpu_seconds < 3
    assert (c.state, c.cpu_seconds >= 0.3) == ("failed", fork)


def test_libraries_see_the_environment_of_a_step_when_they_are_imported(tmp_path: Path) -> None:
    threads = "print({t['num_threads'] for t in threadpoolctl.threadpool_info()})"
    path = write(
        tmp_path,
        ("imports", "import numpy, os, threadpoolctl"),
        ("step:a env:OPENBLAS_NUM_THREADS:1 env:KEPT:yes", f"{threads}\nprint(os.environ['KEPT'])"),
        ("step:b", "print(os.environ.get('KEPT'))"),
    )
    for _ in range(2):
        assert stdout(run(str(path))) == "{1}\nyes\nNone\n"
