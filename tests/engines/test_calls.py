"""Notebooks that call others, run: what is used again, what runs again, what is written."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest
from called_notebooks import Cells, write
from test_local import states, stdout

from nbflow.analysis import Analysis, Options, analyse
from nbflow.engines.local.namespaces import Namespaces
from nbflow.engines.local.outcome import Outcome
from nbflow.engines.local.versions import Version
from nbflow.model import Call, Notebook, Pipeline, Step, StepName
from nbflow.service.run import Keep, Reuse, resume, run
from nbflow.store import RunRecord

MAIN: Cells = (
    ("step:load", "data = [1, 2]\nother = 5"),
    ("notebook:train notebook_path=sub/train.ipynb", ""),
    ("step:report", "print(model)"),
)
TRAIN: Cells = (
    ("imports", "import tools"),
    ("parameters", "n = 3"),
    ("step:clean", "clean = [tools.double(x) for x in data]"),
    ("step:fit", "model = sum(clean) * n"),
    ("step:side", "side = 1"),
)


def project(folder: Path, main: Cells = MAIN, train: Cells = TRAIN) -> Path:
    write(folder / "sub" / "train.ipynb", train)
    tools = folder / "sub" / "tools.py"
    tools.write_text("def double(x):\n    return 2 * x\n")
    os.utime(tools, (1e9, 1e9))  # byte code is told apart by size and second alone
    return write(folder / "main.ipynb", main)


def ran(record: RunRecord) -> list[str]:
    return [step.name for step in record.steps if not step.reused]


def changed(cells: Cells, old: str, new: str) -> Cells:
    return tuple((tags.replace(old, new), source.replace(old, new)) for tags, source in cells)


def of_tools(text: str) -> Callable[[Path], object]:
    return lambda folder: (folder / "sub" / "tools.py").write_text(text)


def main(old: str, new: str) -> Callable[[Path], object]:
    return lambda folder: write(folder / "main.ipynb", changed(MAIN, old, new))


def train(old: str, new: str) -> Callable[[Path], object]:
    return lambda folder: write(folder / "sub" / "train.ipynb", changed(TRAIN, old, new))


CHANGES: list[tuple[str, Callable[[Path], object], list[str], str]] = [
    ("nothing", lambda _: None, [], "18"),
    ("a step of the called", train("* n", "* n + 1"), ["train/fit", "report"], "19"),
    (
        "data of the caller",
        main("[1, 2]", "[1, 3]"),
        ["load", "train", "train/clean", "train/fit", "report"],
        "24",
    ),
    ("what the caller alone uses", main("other = 5", "other = 6"), ["load"], "18"),
    ("a default of the called", train("n = 3", "n = 4"), ["train/fit", "report"], "24"),
    (
        "a value in the cell",
        main("sub/train.ipynb", 'sub/train.ipynb notebook_parameters={"n":5}'),
        ["train/fit", "report"],
        "30",
    ),
    (
        "a new argument",
        main("other", "n"),
        ["load", "train", "train/fit", "report"],
        "30",
    ),
    (
        "a module beside the called",
        of_tools("def double(x):\n    return 3 * x\n"),
        ["train/clean", "train/fit", "train/side", "report"],
        "27",
    ),
    (
        "one more name that is taken",
        train("* n", "* n + other"),
        ["train", "train/fit", "report"],
        "23",
    ),
]


@pytest.mark.parametrize(
    ("change", "again", "shown"), [case[1:] for case in CHANGES], ids=[c[0] for c in CHANGES]
)
def test_what_is_used_again(
    tmp_path: Path, change: Callable[[Path], object], again: list[str], shown: str
) -> None:
    path = str(project(tmp_path))
    assert stdout(run(path, jobs=1)) == "18\n"
    change(tmp_path)
    record = run(path, jobs=1)
    assert (ran(record), stdout(record)) == (again, f"{shown}\n")


def test_a_run_goes_on_in_the_called_notebook(tmp_path: Path) -> None:
    path = project(tmp_path, train=changed(TRAIN, "* n", "/ 0"))
    first = run(str(path), jobs=1)
    assert states(first) == {
        "load": "done",
        "train": "done",
        "train/clean": "done",
        "train/fit": "failed",
        "train/side": "done",
        "report": "skipped",
    }
    (message,) = [step.message for step in first.steps if step.state == "failed"]
    assert message == "cell 4, line 1: ZeroDivisionError: division by zero"
    project(tmp_path)
    record = resume(first.id, tmp_path, jobs=1)
    assert (ran(record), stdout(record)) == (["train/fit", "report"], "18\n")


STEPS = [
    (["train/clean"], ["load", "train", "train/clean"]),
    (["train"], ["load", "train", "train/clean", "train/fit", "train/side"]),
    (["train/more"], ["train/more"]),
]


@pytest.mark.parametrize(("asked", "steps"), STEPS)
def test_only_steps_that_are_asked_for_and_what_they_need(
    tmp_path: Path, asked: list[str], steps: list[str]
) -> None:
    path = project(tmp_path, (*MAIN, ("step:train/more", "print(1)")))
    assert list(states(run(str(path), steps=asked))) == steps


def test_to_force_a_call_is_to_force_all_of_its_steps(tmp_path: Path) -> None:
    path = str(project(tmp_path))
    run(path, jobs=1)
    record = run(path, jobs=1, reuse=Reuse(forced=frozenset({StepName("train")})))
    assert ran(record) == ["train", "train/clean", "train/fit", "train/side"]


def test_the_executed_notebooks_are_written(tmp_path: Path) -> None:
    record = run(str(project(tmp_path, train=(*TRAIN, ("step:say", "print('said')")))))
    executed = Path(record.executed or "")
    (called,) = (executed.parent / "called").iterdir()
    cells = json.loads(called.read_text())["cells"]
    assert (called.name, cells[-1]["id"], cells[-1]["outputs"][0]["text"]) == (
        "01-train.ipynb",
        "c5",
        ["said\n"],
    )
    assert [cell["execution_count"] for cell in cells] == [1, 2, 3, 4, 5, 6]


def test_pages_are_written_for_steps_of_the_called_notebook(tmp_path: Path) -> None:
    run(str(project(tmp_path)), report=str(tmp_path / "pages"))
    page = tmp_path / "pages" / "03-train-fit.html"
    assert "clean" in page.read_text()


def test_numbers_of_the_called_notebook_are_metrics(tmp_path: Path) -> None:
    metrics = ("pipeline-metrics", "print(model)")
    path = project(tmp_path, (*MAIN, metrics), (*TRAIN, metrics))
    assert run(str(path)).metrics == {"train/model": 18.0}


def test_what_is_handed_over_is_kept_with_the_run(tmp_path: Path) -> None:
    record = run(str(project(tmp_path, (("functions", "data = [4]"), *MAIN[1:]))))
    assert stdout(record) == "24\n"
    assert [v.name for step in record.steps for v in step.variables if step.name == "train"] == [
        "data"
    ]


@pytest.mark.parametrize("jobs", [1, 4])
def test_without_any_edge_the_order_is_still_the_notebooks(tmp_path: Path, jobs: int) -> None:
    def without(notebook: Notebook, options: Options) -> Analysis:
        found = analyse(notebook, options)
        return replace(found, pipeline=replace(found.pipeline, edges=()))

    slow = changed(MAIN, "data = ", "import time\ntime.sleep(1)\ndata = ")
    with mock.patch("nbflow.service.request.analyse", without):
        record = run(str(project(tmp_path, slow)), jobs=jobs, python=sys.executable)
    assert (record.state, stdout(record)) == ("done", "18\n")


def names() -> Namespaces:
    """A pipeline of the steps a, t (which calls t/x and t/y), b; bundles that begin with "code" hold code."""
    steps = tuple(
        Step(StepName(name), (), call="t" if "/" in name else "", notebook="t" * (name == "t"))
        for name in ("a", "t", "t/x", "t/y", "b")
    )
    return Namespaces(Pipeline("n", steps, calls=(CALL,)), lambda key: key.startswith("code"))


@pytest.mark.parametrize(("writer", "reader"), [(1, 2), (2, 4), (0, 2)])
def test_the_modules_of_a_notebook_are_its_own(writer: int, reader: int) -> None:
    own = Outcome(ok=True, modules={"tools": "h"})
    assert names().seen_from(reader, writer, own).modules == {}


CALL = Call(StepName("t"), "t.ipynb", taken=("p",), given=("m", "q"))
#: What is committed, and what step b (index 4) then reads under which name.
READ: list[tuple[list[Version], str, tuple[int, str] | None]] = [
    ([Version("m", 2, "one")], "m", (2, "one")),
    ([Version("m", 2, "one"), Version("m", 3, "two")], "m", (3, "two")),
    ([Version("m", 0, "own"), Version("m", 2, "one")], "m", (2, "one")),
    ([Version("m", 0), Version("m", 2, "one")], "m", (2, "one")),
    ([Version("m", 2, "one"), Version("m", 3)], "m", None),
    ([Version("m", 0, "own"), Version("m", 3)], "m", (0, "own")),
    ([Version("k", 2, "inner")], "k", None),
    ([Version("m", 2, "code")], "m", (2, "")),
]


@pytest.mark.parametrize(("committed", "name", "read"), READ)
def test_what_a_caller_reads(
    committed: list[Version], name: str, read: tuple[int, str] | None
) -> None:
    spaces = names()
    for version in committed:
        spaces.commit(version)
    found = spaces.of("").before(name, 4)
    assert (found and (found.writer, found.bundle)) == read
    assert [v.name for v in spaces.of("").all_before(4)] == ([name] if read else [])


def test_what_comes_back_replaces_what_the_caller_has_had() -> None:
    spaces = names()
    spaces.commit(Version("m", 0, "own"))
    spaces.commit(Version("m", 2, "one"))
    assert spaces.of("").before("m", 4) == Version("m", 2, "one")
    spaces.commit(Version("m", 4, "later"))
    assert spaces.of("").before("m", 5) == Version("m", 4, "later")


def test_what_is_handed_over_is_the_called_notebooks_own_until_it_is_forgotten() -> None:
    spaces = names()
    spaces.hand_over(CALL, Version("p", 1, "one"))
    spaces.hand_over(CALL, Version("q", 1, "code"))
    inner = spaces.of("t")
    assert inner.before("p", 2) == Version("p", 1, "one")
    refused = inner.before("q", 2)
    assert refused is not None
    assert "only data crosses the call `t`" in refused.obstacle
    assert spaces.of("").before("q", 4) is None
    spaces.retract(1)
    assert inner.before("p", 2) is None


def test_what_crosses_a_call_is_stored_where_only_edges_are(tmp_path: Path) -> None:
    record = run(str(project(tmp_path)), keep=Keep.EDGES)
    assert stdout(record) == "18\n"
    left_out = {v.name for step in record.steps for v in step.variables if v.obstacle}
    assert left_out == {"other", "side"}


def test_what_libraries_read_when_they_are_imported_is_that_of_the_own_folder(
    tmp_path: Path,
) -> None:
    shown = "import matplotlib\n{0} = matplotlib.rcParams['lines.linewidth']"
    main = write(
        tmp_path / "main.ipynb",
        (
            ("step:a", shown.format("own")),
            ("notebook:train notebook_path=sub/train.ipynb", ""),
            ("step:b", "print(own, theirs)"),
        ),
    )
    write(tmp_path / "sub" / "train.ipynb", (("step:c", shown.format("theirs")),))
    for settings, expected in (({}, "1.5 1.5"), ({"sub": 7}, "1.5 7.0"), ({".": 8}, "8.0 7.0")):
        for folder, width in settings.items():
            (tmp_path / folder / "matplotlibrc").write_text(f"lines.linewidth: {width}")
        assert stdout(run(str(main))) == f"{expected}\n"
