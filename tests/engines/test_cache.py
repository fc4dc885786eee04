"""Results of earlier runs: used again where nothing they depend on has changed, and only there."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from test_local import Cells, stdout, write

from nbflow.engines.events import Event, StepEnded, StepLog, StepStarted
from nbflow.errors import ParameterError
from nbflow.model import StepName
from nbflow.service.run import Reuse, run
from nbflow.store import RunRecord

SAME = "unchanged"
#: What happens between two runs, in the notebook's folder.
Change = Callable[[Path], None]


def reasons(record: RunRecord) -> dict[str, str]:
    return {step.name: SAME if step.reused else step.reason for step in record.steps}


def nothing(_: Path) -> None:
    """The two runs are the same."""


def replaced(old: str, new: str) -> Change:
    def change(folder: Path) -> None:
        path = folder / "nb.ipynb"
        document = json.loads(path.read_text())
        for cell in document["cells"]:
            cell["source"] = cell["source"].replace(old, new)
        path.write_text(json.dumps(document))

    return change


def file_of(name: str, text: str) -> Change:
    def change(folder: Path) -> None:
        (folder / name).write_text(text)
        past = 1_000_000_000 + len(text)
        os.utime(folder / name, (past, past))

    return change


def made_folder(name: str, *then: Change) -> Change:
    def change(folder: Path) -> None:
        (folder / name).unlink(missing_ok=True)
        (folder / name).mkdir()
        for each in then:
            each(folder)

    return change


def linked(target: str) -> Change:
    def change(folder: Path) -> None:
        (folder / "link").unlink()
        (folder / "link").symlink_to(target)

    return change


PRELUDE = ("imports", "import math\ndef half(n):\n    return n / 2\nunused = 1")
DRAW = "import numpy as np\n{0}\nx = np.random.rand()"
CASES: list[tuple[str, Cells, Change, dict[str, str]]] = [
    ("nothing", (("step:a", "x = 1"), ("step:b", "print(x)")), nothing, {"a": SAME, "b": SAME}),
    (
        "comment",
        (("step:a", "x = 1"), ("step:b", "print(x)")),
        replaced("x = 1", "# one\n\nx = (1)"),
        {"a": SAME, "b": SAME},
    ),
    (
        "code",
        (("step:a", "x = 1"), ("step:b", "print(x)"), ("step:c", "print(3)")),
        replaced("x = 1", "x = 2"),
        {"a": "cell 1 changed", "b": "`x` changed", "c": SAME},
    ),
    (
        "same value by other code",
        (("step:a", "x = 1"), ("step:b", "print(x)")),
        replaced("x = 1", "x = 3 - 2"),
        {"a": "cell 1 changed", "b": SAME},
    ),
    (
        "comment where the source is looked at",
        (
            ("step:a", "def f():\n    pass"),
            ("step:b", "import inspect\nprint(inspect.getsource(f))"),
        ),
        replaced("def f", "# f\ndef f"),
        {"a": "cell 1 changed", "b": "`f` changed"},
    ),
    (
        "prelude that one uses",
        (PRELUDE, ("step:a", "print(half(3))"), ("step:b", "print(3)")),
        replaced("/ 2", "* 0.5"),
        {"a": "cell 1 changed", "b": SAME},
    ),
    (
        "order of steps",
        (("step:a", "print(1)"), ("step:b", "print(2)")),
        replaced("print(2)", "print(3)"),
        {"a": SAME, "b": "cell 2 changed"},
    ),
    (
        "file read",
        (("step:a", "t = open('in.txt').read()"), ("step:b", "print(t)"), ("step:c", "print(3)")),
        file_of("in.txt", "new"),
        {"a": "file in.txt changed", "b": "`t` changed", "c": SAME},
    ),
    (
        "file written, and gone",
        (("step:a", "open('out.txt', 'w').write('1')"),),
        lambda folder: (folder / "out.txt").unlink(),
        {"a": "file out.txt is not what it wrote"},
    ),
    (
        "file written, and there",
        (("step:a", "n = open('out.txt', 'w').write('1')"),),
        nothing,
        {"a": SAME},
    ),
    (
        "file added to",
        (("step:a", "n = open('in.txt', 'a').write('1')"),),
        nothing,
        {"a": "it has used in.txt, which it changed"},
    ),
    (
        "module beside the notebook",
        (("step:a", "import helper\nx = helper.N"), ("step:b", "print(x)")),
        file_of("helper.py", "N = 23"),
        {"a": "file helper.py changed", "b": "`x` changed"},
    ),
    (
        "folder listed",
        (("step:a", "import os\nprint(len(os.listdir('data')))"),),
        lambda folder: (folder / "data" / "new").touch(),
        {"a": "folder data changed"},
    ),
    (
        "a file that is a folder now",
        (("step:a", "import os\nprint([len(f) for _, f, _ in os.walk('data')][:1])"),),
        made_folder("data/old"),
        {"a": "folder data changed"},
    ),
    (
        "sizes of files that a folder tells",
        (("step:a", "import os\nprint([e.stat().st_size for e in os.scandir('data')])"),),
        file_of("data/old", "more"),
        {"a": "file data/old changed"},
    ),
    (
        "where a link leads",
        (("step:a", "from pathlib import Path\nprint(Path('link').resolve().name)"),),
        linked("data/old"),
        {"a": "file link changed"},
    ),
    (
        "where a link leads, and the file",
        (("step:a", "import os\nprint(open('link').read(), os.readlink('link'))"),),
        linked("data/old"),
        {"a": "file link changed"},
    ),
    (
        "a file that an earlier step has opened",
        (("step:a", "f = open('in.txt')"), ("step:b", "print(f.readline())"), ("step:c", "f = 1")),
        file_of("in.txt", "new"),
        {"a": "file in.txt changed", "b": "file in.txt changed", "c": SAME},
    ),
    (
        "a module that is there now",
        (("step:a", "try:\n    import late\nexcept ImportError:\n    print('none')"),),
        file_of("late.py", ""),
        {"a": "file late.py changed"},
    ),
    (
        "a module that another one hides now",
        (("step:a", "import helper\nprint(helper.N)"),),
        made_folder("helper", file_of("helper/__init__.py", "N = 3")),
        {"a": "folder helper changed"},
    ),
    (
        "asked whether a file is there",
        (("step:a", "import os\nprint(os.path.exists('new'))"), ("step:b", "print(1)")),
        file_of("new", ""),
        {"a": "file new changed", "b": SAME},
    ),
    (
        "asked whether a folder is there",
        (("step:a", "from pathlib import Path\nprint(Path('data').is_dir())"),),
        lambda folder: (folder / "data" / "new").touch(),
        {"a": SAME},
    ),
    (
        "made unless it is there",
        (("step:a", "import os\nif not os.path.exists('m'):\n    n = open('m', 'w').write('1')"),),
        nothing,
        {"a": "it has used m, which it changed"},
    ),
    (
        "folder made unless it is there",
        (("step:a", "import os\nos.makedirs('out', exist_ok=True)"),),
        nothing,
        {"a": SAME},
    ),
    (
        "names where all are looked at",
        (("step:a", "x = 1"), ("step:b", "print(sorted(n for n in globals() if len(n) == 1))")),
        replaced("x = 1", "x = 1; z = 2"),
        {"a": "cell 1 changed", "b": "`z` came or went"},
    ),
    (
        "the own folder listed",
        (("step:a", "from pathlib import Path\nprint(len([*Path('.').glob('*.txt')]))"),),
        file_of("new.txt", ""),
        {"a": "the notebook's folder changed"},
    ),
    (
        "clock",
        (("step:a", "import time\nx = time.time() > 0"), ("step:b", "print(x)")),
        nothing,
        {"a": "it has used the clock", "b": SAME},
    ),
    (
        "environment variable read",
        (("step:a", "import os\nprint(os.environ.get('NBFLOW_TEST'))"), ("step:b", "print(1)")),
        lambda _: os.environ.update(NBFLOW_TEST="2"),
        {"a": "environment variable NBFLOW_TEST changed", "b": SAME},
    ),
    (
        "environment variables listed",
        (("step:a", "import os\nprint([n for n in os.environ if n.startswith('NBFLOW_TEST')])"),),
        lambda _: os.environ.update(NBFLOW_TEST_2="2"),
        {"a": "an environment variable was added or taken away"},
    ),
    (
        "environment variable read as bytes",
        (("step:a", "import os\nprint(os.getenvb(b'NBFLOW_TEST'))"),),
        lambda _: os.environ.update(NBFLOW_TEST="2"),
        {"a": "environment variable NBFLOW_TEST changed"},
    ),
    (
        "environment variable that a library reads when it is imported",
        (("imports", "import numpy"), ("step:a", "print(1)")),
        lambda _: os.environ.update(NUMPY_MADVISE_HUGEPAGE="0"),
        {"a": "environment variable NUMPY_MADVISE_HUGEPAGE changed"},
    ),
    (
        "file that a library reads when it is imported",
        (
            ("imports", "import matplotlib"),
            ("step:a", "print(matplotlib.rcParams['lines.linewidth'])"),
        ),
        file_of("matplotlibrc", "lines.linewidth: 7"),
        {"a": "file matplotlibrc changed"},
    ),
    (
        "environment variable set by a step",
        (
            ("step:a", "import os\nos.environ['A'] = '1'"),
            ("step:b", "import os\nprint(os.getenv('A'))"),
        ),
        replaced("'1'", "'2'"),
        {"a": "cell 1 changed", "b": "environ changed"},
    ),
    (
        "unseeded draw",
        (("step:a", DRAW.format("")), ("step:b", "print(x)"), ("step:c", "print(3)")),
        nothing,
        {"a": "it draws unseeded from numpy.random", "b": "`x` changed", "c": SAME},
    ),
    (
        "seeded draw",
        (("step:a", DRAW.format("np.random.seed(0)")), ("step:b", "print(x)")),
        nothing,
        {"a": SAME, "b": SAME},
    ),
    (
        "seeded in another step",
        (
            ("step:a", "import numpy as np\nnp.random.seed(0)"),
            ("step:b", "print(np.random.rand())"),
        ),
        replaced("seed(0)", "seed(1)"),
        {"a": "cell 1 changed", "b": "numpy.random changed"},
    ),
    (
        "chance",
        (("step:a", "import uuid\nx = uuid.uuid4()"),),
        nothing,
        {"a": "it has used chance that no seed repeats"},
    ),
    (
        "another program",
        (("step:a", "x = !echo 1"), ("step:b", "print(x)")),
        nothing,
        {"a": "it has used another program", "b": SAME},
    ),
    (
        "tagged",
        (("step:a cache:disabled", "x = 1"), ("step:b cache:enabled", "y = !echo 1\nprint(x)")),
        nothing,
        {"a": "tagged cache:disabled", "b": SAME},
    ),
    (
        "a class",
        (("step:a", "class A:\n    n = 1"), ("step:b", "x = A()"), ("step:c", "print(x.n)")),
        replaced("n = 1", "n = 2"),
        {"a": "cell 1 changed", "b": "class `A` changed", "c": "class `A` changed"},
    ),
    (
        "a function that uses another",
        (
            ("step:a", "def f():\n    return 1"),
            ("step:b", "def g():\n    return f()"),
            ("step:c", "print(g())"),
            ("step:d", "print(callable(g))"),
        ),
        replaced("return 1", "return 2"),
        {"a": "cell 1 changed", "b": SAME, "c": "`f` changed", "d": "`f` changed"},
    ),
]


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NBFLOW_TEST_2", "NUMPY_MADVISE_HUGEPAGE"):
        monkeypatch.setenv(name, "1")
        monkeypatch.delenv(name)
    monkeypatch.setenv("NBFLOW_TEST", "1")


def prepare(folder: Path) -> None:
    (folder / "data").mkdir()
    file_of("data/old", "old text")(folder)
    file_of("in.txt", "old text")(folder)
    (folder / "link").symlink_to("in.txt")
    file_of("helper.py", "N = 1")(folder)


@pytest.mark.parametrize(
    ("cells", "change", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_what_runs_again_and_why(
    tmp_path: Path, cells: Cells, change: Change, expected: dict[str, str]
) -> None:
    prepare(tmp_path)
    path = write(tmp_path, *cells)
    first = run(str(path))
    assert set(reasons(first).values()) == {""}
    change(tmp_path)
    second = run(str(path))
    assert reasons(second) == expected
    whole = run(str(path), reuse=Reuse(off=True))
    if not any("draws unseeded" in why for why in expected.values()):
        assert stdout(second) == stdout(whole)


PARAMETERS: Cells = (
    ("parameters", "depth = 3\nrate = 0.5"),
    ("step:a", "x = depth * 2"),
    ("step:b", "y = rate"),
    ("step:c", "print(x, y)"),
)


def test_a_temporary_folder_that_is_gone_is_made_again(tmp_path: Path) -> None:
    made = "import tempfile\nd = tempfile.mkdtemp(dir='.')\nprint(open(d + '/x', 'w').write('1'))"
    path = write(tmp_path, ("step:a", made), ("step:b", "import os\nprint(os.listdir(d))"))
    run(str(path))
    assert set(reasons(run(str(path))).values()) == {SAME}
    folder = next(tmp_path.glob("tmp*"))
    (folder / "x").unlink()
    folder.rmdir()
    again = run(str(path))
    assert reasons(again)["a"] == f"file {folder.name} is not what it wrote"
    assert stdout(again) == "1\n['x']\n"


def test_a_parameter_reaches_those_that_read_it(tmp_path: Path) -> None:
    path = write(tmp_path, *PARAMETERS)
    run(str(path))
    record = run(str(path), parameters={"depth": "4"})
    assert reasons(record) == {"a": "`depth` changed 3 -> 4", "b": SAME, "c": "`x` changed"}
    assert stdout(record) == "8 0.5\n"
    assert set(reasons(run(str(path))).values()) == {SAME}


def test_a_result_shows_what_it_has_shown(tmp_path: Path) -> None:
    cells = (
        ("step:a", "import sys\nprint('out')\nprint('err', file=sys.stderr)\n6 * 7"),
        ("step:b", "from IPython.display import display\nh = display('x', display_id='d')"),
    )
    path = write(tmp_path, *cells)
    first = run(str(path))
    events: list[Event] = []
    second = run(str(path), on_event=events.append)
    assert second.outputs == first.outputs
    assert Path(second.executed).read_text() == Path(first.executed).read_text()
    logs = [(e.stream, e.text) for e in events if isinstance(e, StepLog)]
    assert logs == [("stdout", "out\n"), ("stderr", "err\n")]
    assert not [e for e in events if isinstance(e, StepStarted)]
    assert [e.reused for e in events if isinstance(e, StepEnded)] == [first.id] * 2


def test_a_display_that_a_later_step_updates_is_updated_anew(tmp_path: Path) -> None:
    cells = (
        ("step:a", "from IPython.display import display\nh = display('old', display_id='d')"),
        (
            "step:b",
            "from IPython.display import update_display\nupdate_display('first', display_id='d')",
        ),
    )
    path = write(tmp_path, *cells)
    run(str(path))
    replaced("'first'", "'second'")(tmp_path)
    record = run(str(path))
    assert reasons(record) == {"a": SAME, "b": "cell 2 changed"}
    shown = record.steps[0].cells[0].outputs[0]["data"]
    assert "second" in str(shown)


def test_no_result_is_used_that_the_user_does_not_want(tmp_path: Path) -> None:
    path = write(tmp_path, ("step:a", "x = 1"), ("step:b", "print(x)"))
    run(str(path))
    forced = run(str(path), reuse=Reuse(forced=frozenset({StepName("b")})))
    assert reasons(forced) == {"a": SAME, "b": "asked for"}
    with pytest.raises(ParameterError, match="no step `d`; its steps are: a, b"):
        run(str(path), reuse=Reuse(forced=frozenset({StepName("d")})))
    off = run(str(path), reuse=Reuse(off=True))
    assert set(reasons(off).values()) == {"results of earlier runs are not used"}


def test_a_result_whose_bundle_is_gone_is_made_again(tmp_path: Path) -> None:
    path = write(tmp_path, ("step:a", "x = [1]"), ("step:b", "print(x)"))
    run(str(path))
    for bundle in (tmp_path / ".nbflow" / "bundles").iterdir():
        bundle.unlink()
    record = run(str(path))
    assert reasons(record) == {"a": "what it made is no longer stored", "b": SAME}


def test_a_damaged_value_is_refused_and_made_anew(tmp_path: Path) -> None:
    path = write(tmp_path, ("step:a", "x = 'a value'"), ("step:b", "print(x)"))
    version = run(str(path)).steps[0].variables[0].version
    stored = tmp_path / ".nbflow" / "bundles" / f"{version}.nbb"
    content = stored.read_bytes()
    stored.write_bytes(content.replace(b"a value", b"a valve"))
    replaced("print(x)", "print(x, 1)")(tmp_path)
    refused = run(str(path))
    assert (refused.state, stdout(refused)) == ("failed", "")
    assert "damaged" in refused.steps[1].message
    again = run(str(path))
    assert (again.state, stdout(again)) == ("done", "a value 1\n")
    assert reasons(again)["a"] == "what it made is no longer stored"


@pytest.mark.parametrize("lost", [False, True])
def test_a_result_shows_much_again(tmp_path: Path, lost: bool) -> None:
    path = write(tmp_path, ("step:a", "for n in range(20000):\n    print(n)"))
    first = run(str(path))
    (file,) = (tmp_path / ".nbflow" / "outputs").iterdir()
    if lost:
        file.unlink()
    second = run(str(path))
    assert reasons(second) == {"a": "what it has shown is no longer stored" if lost else SAME}
    assert second.outputs == first.outputs
    assert len(stdout(second).splitlines()) == 20000
