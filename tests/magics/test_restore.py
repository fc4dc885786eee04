"""``%nbflow restore``: what is overwritten, what is told, and that nothing is changed where it fails."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from live_kernel import LiveKernel
from small_notebooks import code, write

import nbflow
from nbflow.errors import NbflowError
from nbflow.service.restoring import standing

pytest_plugins = ["live_fixtures"]

_DEFINED = "def double(x):\n    return 2 * x"


def _failing(folder: Path, *imports: str) -> nbflow.Run:
    """A run whose step ``train`` fails in its second cell."""
    path = write(
        folder,
        code("\n".join(["import os", *imports]), "imports"),
        code(_DEFINED, "functions"),
        code("rows = 4", "parameters"),
        code("import threading\nlock = threading.Lock()\ndata = list(range(rows))", "step:load"),
        code(
            "os.environ['NB_MODE'] = 'run'\nos.makedirs('in', exist_ok=True)\nos.chdir('in')",
            "step:set",
        ),
        code("total = sum(data)", "step:train"),
        code("best = double(total) / 0"),
        code("print(best)", "step:show"),
    )
    return nbflow.run(path, {"rows": 5})


def test_a_failed_step_is_gone_on_with(live: LiveKernel, tmp_path: Path) -> None:
    run = _failing(tmp_path)
    told = live.ok("%nbflow restore last")
    assert f"The beginning of step train of run {run.id}" in told
    assert "data" in told
    assert "list" in told
    assert "Ran first: cells 1, 2, 3." in told
    assert "Set as well: cwd, environ." in told
    assert "Not restored: `lock`: a _thread.lock cannot be stored" in told
    assert "Next to run: cells 6, 7. In the run, cell 7, line 1: ZeroDivisionError" in told
    live.ok("total = sum(data)\nbest = double(total) / 4")
    assert live.value("best, rows, os.environ['NB_MODE'], os.path.basename(os.getcwd())") == str(
        (5.0, 5, "run", "in")
    )


def test_names_that_stand_for_something_else_are_shown_first(
    live: LiveKernel, tmp_path: Path
) -> None:
    _failing(tmp_path)
    live.ok("data = 'mine'; rows = 5; other = 1; import os")
    live.ok(_DEFINED)
    told = live.ok("%nbflow restore last train")
    assert "data  str   list" in told
    assert "rows" not in told
    assert "double" not in told
    assert "with --yes they are overwritten" in told
    assert live.value("data, 'threading' in globals()") == "('mine', False)"
    asked: list[str] = []

    def no(prompt: str) -> str:
        asked.append(prompt)
        return "n"

    assert "Nothing was done." in live.run("%nbflow restore last", answer=no).text
    assert asked == ["Overwrite them? [y/N] "]
    assert live.value("data") == "mine"
    told = live.run("%nbflow restore last train", answer=lambda _: "y").text
    assert "Left as they are: other." in told
    assert live.value("data, other") == "([0, 1, 2, 3, 4], 1)"


def test_values_that_only_look_the_same_are_others(live: LiveKernel, tmp_path: Path) -> None:
    path = write(
        tmp_path,
        code("rows = 4\nparts = [1, 'a']\nbare = {'a': 1}\nkinds = {1}\ngone = 0", "parameters"),
        code("print(rows, parts, bare, kinds, gone)\n1 / 0", "step:a"),
    )
    nbflow.run(path)
    live.ok(
        "class Four:\n    def __repr__(self): return '4'\n"
        "class Silent:\n    def __repr__(self): raise RuntimeError('no repr')\n"
        "rows = Four(); parts = [1, 'a']; bare = {'a': True}; kinds = {1}; gone = [Silent()]"
    )
    told = live.ok("%nbflow restore last")
    listed = [line.split()[:2] for line in told.splitlines() if line[:1].islower()]
    assert listed[1:] == [["bare", "dict"], ["gone", "list"], ["rows", "Four"]]


def test_what_a_restore_has_put_there_is_not_asked_about(live: LiveKernel, tmp_path: Path) -> None:
    _failing(tmp_path)
    live.ok("%nbflow restore last")
    live.ok("data.append(9)")
    assert "something else" not in live.ok("%nbflow restore last")
    assert live.value("data") == "[0, 1, 2, 3, 4]"
    live.ok("data = data + [9]")
    assert "data  list  list" in live.ok("%nbflow restore last")


def test_another_restore_takes_back_what_the_last_has_set(live: LiveKernel, tmp_path: Path) -> None:
    _failing(tmp_path)
    live.ok("import os; os.environ['NB_OWN'] = '1'; os.environ['NB_MODE'] = 'mine'")
    live.ok("%nbflow restore last train")
    live.ok("os.environ['NB_LATER'] = '2'")
    live.ok("%nbflow restore last load --after")
    names = "('NB_OWN', 'NB_MODE', 'NB_LATER')"
    assert live.value(f"[os.environ.get(n) for n in {names}]") == "['1', 'mine', '2']"
    assert live.value("os.getcwd()") == str(tmp_path)


@pytest.mark.parametrize(
    ("step", "after", "why"),
    [
        ("train", True, "'train' of run 1 has failed, and so has no end: without --after"),
        (
            "show",
            False,
            "'show' of run 1 has not begun: 'train', which stands before it, has failed",
        ),
        ("nothing", False, "run 1 has no step 'nothing'; its steps are: load, set, train, show"),
    ],
)
def test_what_did_not_happen_is_refused(step: str, after: bool, why: str, tmp_path: Path) -> None:
    run = _failing(tmp_path)
    with pytest.raises(NbflowError, match=why):
        standing(run.id, tmp_path, step, after=after)


def test_the_notebook_as_it_was_run_is_what_counts(live: LiveKernel, tmp_path: Path) -> None:
    run = _failing(tmp_path)
    path = tmp_path / "n.ipynb"
    path.write_text(path.read_text().replace("return 2 * x", "return 3 * x"))
    live.ok(f"%nbflow restore {run.id}")
    assert live.value("double(1)") == "2"
    (tmp_path / ".nbflow" / "runs" / run.id / "n.ipynb").unlink()
    assert "Ran first: cells 1, 2, 3." in live.ok(f"%nbflow restore {run.id} train --yes")
    assert live.value("double(1), rows, data") == "(2, 5, [0, 1, 2, 3, 4])"
    assert "Next comes step set." in live.ok(f"%nbflow restore {run.id} load --after --yes")
    assert live.value("double(2), data") == "(4, [0, 1, 2, 3, 4])"


def _state(live: LiveKernel, names: Iterable[str]) -> str:
    listed = ", ".join(f"{name!r}: {name}" for name in names)
    return live.value(
        f"{{{listed}}}, sorted(n for n in globals() if n[0] != '_' and n not in ('In', 'Out')),"
        " os.getcwd(), sorted(os.environ.items()), sys.path, random.getstate()[1][:3], warnings.filters,"
        " pd.get_option('display.max_rows'), decimal.getcontext().prec"
    )


def test_the_kernel_is_as_it_was_where_a_module_is_missing(
    live: LiveKernel, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere.py").write_text("ROWS = 1\n")
    _failing(
        tmp_path,
        "import random, decimal, sys",
        "import pandas as pd",
        "random.seed(0); decimal.getcontext().prec = 4; sys.path.append('x')",
        "pd.set_option('display.max_rows', 7); os.environ['NB_PRELUDE'] = '1'",
        "new = 1",
        "import elsewhere",
    )
    (tmp_path / "elsewhere.py").unlink()
    live.ok("import os, sys, random, warnings, decimal\nimport pandas as pd\ndata = [0]")
    before = _state(live, ["data"])
    shown = live.run("%nbflow restore last --yes")
    told = shown.text
    assert "its cell 1 ends with ModuleNotFoundError: No module named 'elsewhere' here" in told
    assert "the kernel is as it was" in told
    assert _state(live, ["data"]) == before


def test_the_kernel_is_as_it_was_where_a_variable_cannot_be_loaded(
    live: LiveKernel, tmp_path: Path
) -> None:
    (tmp_path / "shapes.py").write_text("class Square:\n    pass\n")
    path = write(
        tmp_path,
        code("early = 1", "step:a"),
        code("from shapes import Square\nmade = Square()", "step:b"),
        code("print(made, early)", "step:c"),
    )
    nbflow.run(path, check=True)
    (tmp_path / "shapes.py").unlink()
    live.ok("import os, sys, random, warnings, decimal\nimport pandas as pd\nearly = 0")
    before = _state(live, ["early"])
    shown = live.run("%nbflow restore last c --yes")
    assert "No module named 'shapes'" in shown.text
    assert _state(live, ["early"]) == before


def test_nothing_is_held_that_the_user_lets_go(live: LiveKernel, tmp_path: Path) -> None:
    path = write(
        tmp_path,
        code("class Big:\n    pass\nbig = Big()", "step:a"),
        code("print(big)", "step:b"),
    )
    nbflow.run(path, check=True)
    live.ok("%nbflow restore last b")
    live.ok("import weakref, gc\nseen = weakref.ref(big)\ndel big")
    assert live.value("gc.collect() >= 0 and seen()") == "None"


def test_results_that_were_used_again_are_restored(live: LiveKernel, tmp_path: Path) -> None:
    path = write(tmp_path, code("a = [1]\nb = a", "step:a"), code("b.append(2)", "step:b"))
    nbflow.run(path, check=True)
    run = nbflow.run(path, check=True)
    assert [each.reused for each in run.steps] == ["1", "1"]
    live.ok(f"%nbflow restore {run.id} b")
    assert live.value("a is b, a") == "(True, [1])"
    live.ok(f"%nbflow restore {run.id} b --after")
    assert live.value("a is b, a") == "(True, [1, 2])"


def test_results_of_code_that_is_gone_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path, code("a = 1", "step:a"), code("print(a)", "step:b"))
    nbflow.run(path)
    run = nbflow.run(path, output=tmp_path / "out.ipynb")
    path.write_text(path.read_text().replace("a = 1", "a = 2"))
    (tmp_path / ".nbflow" / "runs" / run.id / "n.ipynb").unlink(missing_ok=True)
    with pytest.raises(NbflowError, match="no copy of it is left"):
        standing(run.id, tmp_path, "b")


def test_what_the_user_has_hung_into_the_shell_stays(live: LiveKernel, tmp_path: Path) -> None:
    path = write(
        tmp_path,
        code("import logging\nlogging.getLogger('own').setLevel(10)", "step:a"),
        code(
            "class Seen:\n    pass\nip = get_ipython()\n"
            "ip.display_formatter.formatters['text/plain'].for_type(Seen, lambda o, p, c: p.text('seen'))",
            "step:b",
        ),
        code("Seen()\nmissing", "step:c"),
        code(
            "import threading, time\nthreading.Thread(target=time.sleep, args=(0,)).start()",
            "step:d",
        ),
    )
    nbflow.run(path)
    live.ok("def hook(): pass\nget_ipython().events.register('pre_execute', hook)")
    live.ok("import logging; logging.getLogger('mine').setLevel(30)")
    hooks = "hook in get_ipython().events.callbacks['pre_execute']"
    levels = "logging.getLogger('own').level, logging.getLogger('mine').level"
    live.ok("%nbflow restore last a --after --yes")
    assert live.value(f"{hooks}, {levels}") == "(True, 10, 30)"
    live.ok("%nbflow restore last c")
    assert live.run("Seen()").result == "seen"
    live.ok("%nbflow restore last a --yes")
    assert live.value(f"{hooks}, {levels}") == "(True, 0, 30)"


def test_logging_of_a_step_goes_on(live: LiveKernel, tmp_path: Path) -> None:
    path = write(
        tmp_path,
        code("import logging, sys\nout = sys.stdout\nprint('unseen')", "imports"),
        code(
            "logging.basicConfig(level=20)\nown, err = logging.root.handlers, sys.stderr", "step:a"
        ),
        code("logging.info('there')\n1 / 0", "step:b"),
    )
    run = nbflow.run(path)
    live.ok("import logging; had = list(logging.root.handlers); logging.root.handlers.clear()")
    assert "unseen" not in live.ok("%nbflow restore last")
    assert "INFO:root:there" in live.ok("logging.info('there')")
    same = "own == logging.root.handlers, out is sys.stdout, err is sys.stderr"
    assert live.value(same) == "(True, True, True)"
    live.ok("%nbflow restore last a\nlogging.root.handlers[:] = had")
    assert type(run["a"].variables["own"][0]).__name__ == "StreamHandler"


def test_steps_of_a_called_notebook_are_restored(live: LiveKernel, tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    write(inner, code("made = given + 1", "step:more"), code("made += 1\nlast = made", "step:last"))
    cell = code("# calls", "step:prep", "notebook:prep")
    cell["metadata"] = {"tags": ["notebook:prep"], "notebook_path": "inner/n.ipynb"}
    path = write(tmp_path, code("given = 1", "step:a"), cell, code("print(last)", "step:b"))
    run = nbflow.run(path, check=True)
    live.ok(f"%nbflow restore {run.id} prep/last")
    assert live.value("made, __import__('os').getcwd()") == str((2, str(inner)))
    live.ok(f"%nbflow restore {run.id} b --yes")
    assert live.value("last, given") == "(3, 1)"
