"""Notebooks run from Python: states, what a run left, and its variables as objects of this process."""

from __future__ import annotations

import inspect
import json
import os
import shutil
import sys
from pathlib import Path

import pytest
from small_notebooks import code, document, write

import nbflow
from nbflow.runtime import bundle, live
from nbflow.service.gc import Policy, gc


@pytest.fixture(autouse=True)
def _no_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NBFLOW_HOME", raising=False)


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> nbflow.Run:
    """A run of a notebook with all kinds of definitions."""
    path = write(
        tmp_path_factory.mktemp("shapes"),
        code("%matplotlib inline\nimport math\nprint('prelude')", "imports"),
        code("side = 2\ntwice = 2 * side", "parameters"),
        code(
            "def area(x):\n    return x * side * UNIT\n\n"
            "class Shape:\n    def __init__(self, x):\n        self.x = x\n"
            "    def area(self):\n        return area(self.x)",
            "functions",
        ),
        code(
            "UNIT = 1\nshapes = [Shape(3)]\nfirst = shapes[0]\nrest = (s for s in shapes)",
            "step:make",
        ),
        code(
            "class Box(Shape):\n    def volume(self):\n        return self.area() * twice\n\n"
            "box = Box(5)\nUNIT = 10\nkinds = Box\nroot = lambda x: math.sqrt(x)\n"
            "import sys\nprint('made')\nprint('noise', file=sys.stderr)",
            "step:box",
        ),
        code("volume = box.volume()\nvolume", "pipeline-metrics"),
    )
    return nbflow.run(path, {"side": 3}, check=True)


def test_what_a_run_left(shapes: nbflow.Run) -> None:
    assert (shapes.state, shapes.id, shapes.notebook.name) == ("done", "1", "n.ipynb")
    assert [step.name for step in shapes.steps] == ["make", "box", "pipeline-metrics"]
    assert shapes.parameters == {"side": 3}
    assert shapes.metrics == {"UNIT": 10.0, "volume": 900.0}
    assert shapes["box"].log == "made\nnoise\n"
    assert shapes.log == "prelude\nmade\nnoise\n"
    assert shapes.outputs["f"][0]["data"] == {"text/plain": "900"}
    assert shapes["box"].outputs.keys() == {"e"}
    assert shapes.check() is shapes
    assert repr(shapes) == "<nbflow run 1: n.ipynb, done>"
    assert (shapes.seconds or 0) > 0


def test_variables_are_those_of_the_notebook_at_the_end_of_a_step(shapes: nbflow.Run) -> None:
    make, box = shapes["make"], shapes["box"]
    assert make.made == ("UNIT", "first", "rest", "shapes")
    assert set(make.variables) == {"UNIT", "first", "rest", "shapes"}
    assert (make.variables["UNIT"], box.variables["UNIT"]) == (1, 10)
    assert shapes.variables["volume"] == 900
    assert "volume" not in box.variables
    assert make.variables.about("UNIT").type == "int"
    assert shapes.variables.get("nothing", 5) == 5


def test_what_is_one_object_stays_one(shapes: nbflow.Run) -> None:
    variables = shapes["make"].variables
    assert variables["first"] is variables["shapes"][0]
    assert variables["first"] is variables["first"]


def test_functions_and_classes_see_the_variables_of_their_step(shapes: nbflow.Run) -> None:
    make, box = shapes["make"].variables, shapes["box"].variables
    assert make["first"].area() == 3 * 3 * 1
    assert box["first"].area() == 3 * 3 * 10
    assert box["box"].volume() == 5 * 3 * 10 * 6
    assert type(box["box"]) is box["kinds"]
    assert box["kinds"].__base__ is type(box["first"])
    assert box["root"](16) == 4.0


def test_names_in_classes_that_functions_make(tmp_path: Path) -> None:
    """Python looks these up in another way, and takes a builtin for a variable that is not there yet."""
    path = write(
        tmp_path,
        code("max = 3\nUNIT = 4", "step:a"),
        code(
            "def made():\n    class Inner:\n        pair = (max, UNIT)\n    return Inner.pair\n"
            "def most():\n    return max",
            "step:b",
        ),
        code("print(made(), most())", "step:c"),
    )
    variables = nbflow.run(path, check=True).variables
    assert variables["most"]() == 3
    assert variables["made"]() == (3, 4)


KINDS = """
import dataclasses, enum, functools
@dataclasses.dataclass
class Point:
    x: int
    y: int = 4
class Color(enum.Enum):
    RED = 1
class Missing:
    def __reduce__(self):
        return "MISSING"
MISSING = Missing()
def counted(f):
    @functools.wraps(f)
    def wrapper(*args):
        global calls
        calls += 1
        return f(*args)
    return wrapper
"""


def test_values_of_many_kinds(tmp_path: Path) -> None:
    made = """
import numpy as np
calls = 0
array = np.arange(10)
view = array[2:5]
points = [Point(1), Point(2, 3)]
names = {Color.RED: "red"}
nothing = [MISSING]
@counted
def inc(x): return x + 1
inc(1)
kinds = lambda: (Point, Color, MISSING)
"""
    path = write(
        tmp_path, code(KINDS, "functions"), code(made, "step:a"), code("print(view)", "step:b")
    )
    variables = nbflow.run(path, check=True)["a"].variables
    assert variables["nothing"] == [variables["kinds"]()[2]]
    point, color, _ = variables["kinds"]()
    assert variables["view"].base is variables["array"]
    assert variables["points"] == [point(1), point(2, 3)]
    assert variables["names"][color.RED] == "red"
    assert (variables["inc"](2), variables["calls"]) == (3, 2)
    assert nbflow.runs(path)[0]["a"].variables["calls"] == 1


def test_sources_are_found(shapes: nbflow.Run) -> None:
    box = shapes["box"].variables
    assert inspect.getsource(box["root"]).strip() == "root = lambda x: math.sqrt(x)"
    assert inspect.getsource(type(box["first"]).area).strip().endswith("return area(self.x)")


def test_loading_leaves_the_process_as_it_was(
    shapes: nbflow.Run, capsys: pytest.CaptureFixture[str]
) -> None:
    before, path = live.current, list(sys.path)
    assert nbflow.runs(shapes.notebook)[0].variables["box"].volume() == 900
    assert (live.current, sys.path) == (before, path)
    assert capsys.readouterr() == ("", "")


def test_what_is_not_there_is_a_key_error_with_a_sentence(shapes: nbflow.Run) -> None:
    with pytest.raises(KeyError, match=r"^run 1 has no step 'x'; its steps are: make, box, pipe"):
        shapes["x"]
    with pytest.raises(
        nbflow.NotMadeError, match="there is no variable 'x' at the end of step 'make'"
    ):
        shapes["make"].variables["x"]


def test_what_was_not_stored_says_why(shapes: nbflow.Run) -> None:
    with pytest.raises(nbflow.VariableError, match=r"`rest` was not stored: .*generator"):
        shapes["make"].variables["rest"]


def test_another_minor_version_of_python_is_refused(
    shapes: nbflow.Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle, "PYTHON", "3.7")
    [run] = nbflow.runs(shapes.notebook)
    with pytest.raises(nbflow.VariableError, match=r"`UNIT` cannot be loaded here: .*Python 3\.7"):
        run.variables["UNIT"]
    assert run.metrics["volume"] == 900.0


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="files have no owner here")
def test_the_values_of_others_are_not_loaded(
    shapes: nbflow.Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "getuid", lambda: -1)
    with pytest.raises(nbflow.VariableError, match="belongs to another user"):
        nbflow.runs(shapes.notebook)[0].variables["UNIT"]


def test_a_failed_run_comes_back(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        code("x = 1", "step:a"),
        code("y = x / 0", "step:b"),
        code("print(y)", "step:c"),
    )
    run = nbflow.run(path)
    assert run.state == "failed"
    assert [step.state for step in run.steps] == ["done", "failed", "skipped"]
    assert run["b"].error == "ZeroDivisionError: division by zero"
    assert run.variables["x"] == 1
    with pytest.raises(
        nbflow.RunFailedError, match=r"run 1 of n\.ipynb is failed: step b: ZeroDiv"
    ) as told:
        run.check()
    assert (told.value.run, told.value.step) == ("1", "b")
    with pytest.raises(nbflow.RunFailedError):
        nbflow.run(path, check=True)


def test_findings_come_with_the_error(tmp_path: Path) -> None:
    path = write(tmp_path, code("x = 1", "step:a", "prev:nowhere"))
    [finding] = [each for each in nbflow.analyze(path).findings if each.severity == "error"]
    with pytest.raises(nbflow.Refused) as told:
        nbflow.run(path)
    assert finding in told.value.findings
    assert nbflow.runs(path) == []
    with pytest.raises(nbflow.Refused) as told:
        nbflow.convert(path, "python", output=tmp_path / "out")
    assert finding in told.value.findings


def test_parameters_are_checked(tmp_path: Path) -> None:
    path = write(tmp_path, code("n = 1", "parameters"), code("m = n", "step:a"))
    for wrong in ({"n": "many"}, {"k": 1}):
        with pytest.raises(nbflow.ParameterError):
            nbflow.run(path, wrong)


def test_read_analyze_convert(tmp_path: Path) -> None:
    path = write(tmp_path, code("x = 1", "step:a"), code("print(x)", "step:b"))
    assert [cell.tags for cell in nbflow.read(path).cells] == [("step:a",), ("step:b",)]
    assert [step.name for step in nbflow.analyze(str(path)).pipeline.steps] == ["a", "b"]
    made = nbflow.convert(path, "python", output=tmp_path / "out")
    assert (made.folder / "n.py").is_file()


def test_runs_of_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert nbflow.runs(folder=tmp_path) == []
    with pytest.raises(nbflow.NotebookError, match="there is no file"):
        nbflow.runs(tmp_path / "m.ipynb")


def test_what_is_not_kept_says_so(tmp_path: Path) -> None:
    path = write(tmp_path, code("x = 1\ny = 2", "step:a"), code("print(x)", "step:b"))
    run = nbflow.run(path, keep="edges", check=True)
    assert run.variables["x"] == 1
    with pytest.raises(nbflow.VariableError, match="`y` was not stored: no later step reads it"):
        run.variables["y"]


def test_steps_and_events(tmp_path: Path) -> None:
    path = write(tmp_path, code("x = 1", "step:a"), code("y = 2", "step:b"))
    heard: list[str] = []
    run = nbflow.run(
        path,
        steps=["a"],
        output=tmp_path / "o.ipynb",
        on_event=lambda e: heard.append(type(e).__name__),
    )
    assert [step.name for step in run.steps] == ["a"]
    assert (heard[0], heard[-1]) == ("RunStarted", "RunEnded")
    assert (tmp_path / "o.ipynb").is_file()


COUNTED = (
    code("class Kept:\n    n = 1\nkept = Kept()", "step:a"),
    code("print(kept.n)", "step:b"),
)


def test_results_used_again_bring_their_classes(tmp_path: Path) -> None:
    path = write(tmp_path, *COUNTED)
    nbflow.run(path, check=True)
    again = nbflow.run(path, check=True)
    assert [step.reused for step in again.steps] == ["1", "1"]
    assert again.variables["kept"].n == 1
    gc(Policy(keep=1), tmp_path)
    [left] = nbflow.runs(path)
    assert (left.id, left.variables["kept"].n) == ("2", 1)
    assert nbflow.run(path, cache=False)["a"].reused == ""
    assert [step.reused != "" for step in nbflow.run(path, force=["b"]).steps] == [True, False]


def test_classes_of_steps_that_run_behind_results_used_again(tmp_path: Path) -> None:
    first, last = code("one = 1", "step:first"), code("print(kept.n)", "step:last")
    for n in (1, 2):
        kept = code(f"class Kept:\n    n = {n}\nkept = Kept()", "step:kept")
        other = code("class Other:\n    pass\nother = Other()", "step:other")
        run = nbflow.run(write(tmp_path, first, kept, other, last), check=True)
        assert (run["kept"].variables["kept"].n, run.variables["kept"].n) == (n, n)
        assert type(run.variables["other"]).__name__ == "Other"
    assert [step.reused for step in run.steps] == ["1", "", "1", ""]


def test_classes_of_steps_that_run_behind_one_that_is_tried_again(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        code(
            "from pathlib import Path\nseen = Path('seen').exists()\nPath('seen').touch()\nassert seen",
            "step:first",
            "retry:1",
        ),
        code("class Kept:\n    n = 1\nkept = Kept()", "step:kept", "prev:first"),
        code("print(kept.n)", "step:last"),
    )
    run = nbflow.run(path, check=True)
    assert run["kept"].variables["kept"].n == 1


ENUM = "import enum\nclass Color(enum.Enum):\n    RED = {}\nred = Color.RED"


def test_two_runs_in_one_process_keep_their_own_classes(tmp_path: Path) -> None:
    found = []
    for value in (1, 2):
        path = write(tmp_path, code(ENUM.format(value), "step:a"), code("print(red)", "step:b"))
        found.append(nbflow.run(path, check=True).variables["red"])
    assert [each.value for each in found] == [1, 2]


def test_a_notebook_that_has_changed_does_not_stand_in_for_what_ran(tmp_path: Path) -> None:
    prelude = "def area(x):\n    return x * {}"
    rest = (code("f = lambda x: area(x) + 1", "step:a"), code("print(f(1))", "step:b"))
    path = write(tmp_path, code(prelude.format(2), "functions"), *rest)
    with_copy = nbflow.run(path)
    without = nbflow.run(path)
    (tmp_path / ".nbflow" / "runs" / without.id / path.name).unlink()
    write(tmp_path, code(prelude.format(3), "functions"), *rest)
    assert with_copy.variables["f"](1) == 3
    with pytest.raises(nbflow.VariableError, match="the notebook has changed since run 2"):
        without.variables["f"]


def test_modules_beside_the_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "beside_the_notebook_of_a_test"
    (tmp_path / f"{name}.py").write_text("class Row:\n    n = 7\n", encoding="utf-8")
    path = write(
        tmp_path,
        code(f"from {name} import Row\nrow = Row()", "step:a"),
        code("print(row)", "step:b"),
    )
    run = nbflow.run(path, check=True)
    monkeypatch.delitem(sys.modules, name, raising=False)
    assert run.variables["row"].n == 7
    other = tmp_path / "other"
    shutil.copytree(tmp_path, other, ignore=shutil.ignore_patterns("other"))
    moved = nbflow.Run(run.record, other)
    with pytest.raises(nbflow.VariableError, match=f"own module {name} is needed, and another one"):
        moved.variables["row"]


def test_called_notebooks(tmp_path: Path) -> None:
    called = "def double(x):\n    return 2 * x\n"
    (tmp_path / "inner.ipynb").write_text(
        json.dumps(
            document(
                code("k = 1", "parameters"),
                code(called, "functions"),
                code("found = [k]\nf = lambda x: double(x) + k", "step:find"),
                code("print(f(1))", "step:show"),
            )
        ),
        encoding="utf-8",
    )
    call = code("", "notebook:inner")
    call["metadata"] = {"tags": ["notebook:inner"], "notebook_path": "inner.ipynb"}
    path = write(tmp_path, code("one = 1", "step:first"), call, code("print(found)", "step:last"))
    run = nbflow.run(path, check=True)
    assert set(run["first"].variables) == {"one"}
    assert "inner/find" in [step.name for step in run.steps]
    assert run["inner/find"].variables["found"] == [1]
    assert run["inner/find"].variables["f"](3) == 7
    assert run.variables["found"] == [1]
    assert "f" not in run.variables or not run.variables.about("f").version


def test_a_prelude_that_does_not_run_here_says_so(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        code(
            "import os, sys\nassert 'pytest' not in sys.modules\ndef f(x):\n    return x",
            "functions",
        ),
        code("g = lambda x: f(x)", "step:a"),
        code("print(g(1))", "step:b"),
    )
    run = nbflow.run(path, check=True)
    with pytest.raises(nbflow.VariableError, match="its cell 1 ends with AssertionError"):
        run.variables["g"]
    assert json.dumps(run.parameters) == "{}"
