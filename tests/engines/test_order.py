"""Steps at once give what steps in order give, whatever the analysis did not know.

Notebooks are generated: steps that bind, change and alias variables, also behind the analysis' back, draw
random numbers, write files and take their time. Edges are left out on purpose, and wrong facts put in.
What the notebook gives is told by running its cells one after the other in this process.
"""

from __future__ import annotations

import contextlib
import io
import os
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_local import stdout, write

from nbflow.analysis import Analysis, Options, analyse
from nbflow.analysis.learned import source_of
from nbflow.engines.events import Event, StepStarted
from nbflow.engines.local.keeping import Keep
from nbflow.errors import EngineError
from nbflow.model import Effect, Learned, Notebook
from nbflow.service import run as service

NAMES = ("a", "b", "c")
FIRST = """
import random, sys, time
random.seed(1)
a, b, c = [0], [1], [2]
main = sys.modules['__main__']

def put(values, value):
    values.append(value)

def swap():
    global a, b
    a, b = b, a

def save(value):
    with open('log.txt', 'a') as f:
        f.write(f'{value} ')

def load():
    try:
        with open('log.txt') as f:
            return f.read()
    except OSError:
        return ''
"""

ops = st.one_of(
    st.builds("{0} = [{1}]".format, st.sampled_from(NAMES), st.integers(0, 2)),
    st.builds("{0}.append({1})".format, st.sampled_from(NAMES), st.integers(10, 99)),
    st.builds("{0} = {1}".format, st.sampled_from(NAMES), st.sampled_from(NAMES)),
    st.builds("{0} = {0} + {1}".format, st.sampled_from(NAMES), st.sampled_from(NAMES)),
    # What no analysis sees: a new value, and a change of an object that the cell has only looked at.
    st.builds("main.__dict__['{0}'] = [{1}]".format, st.sampled_from(NAMES), st.integers(10, 99)),
    st.builds(
        "main.__dict__['{0}'] = {1}".format,
        st.sampled_from(NAMES),
        st.sampled_from(NAMES),
    ),
    st.builds(
        "len({0}); main.__dict__['{0}'].append({1})".format,
        st.sampled_from(NAMES),
        st.integers(10, 99),
    ),
    # What it only sees as possible: a change of one of two objects.
    st.builds(
        "m = max({0}, {1})\nm.append({2})".format,
        st.sampled_from(NAMES),
        st.sampled_from(NAMES),
        st.integers(10, 99),
    ),
    # What lies in a container, and what functions do, also where nobody sees who calls them.
    st.builds(
        "d = {{'k': {0}}}\nd['k'].append({1})".format,
        st.sampled_from(NAMES),
        st.integers(10, 99),
    ),
    st.builds("put({0}, {1})".format, st.sampled_from(NAMES), st.integers(10, 99)),
    st.builds(
        "len([put, {0}]); vars(main)['put'](vars(main)['{0}'], {1})".format,
        st.sampled_from(NAMES),
        st.integers(10, 99),
    ),
    st.sampled_from(("swap()", "len([swap, a, b]); vars(main)['swap']()")),
    st.builds("save({0})".format, st.integers(10, 99)),
    st.sampled_from(("print(load())", "len([load]); print(vars(main)['load']())")),
    st.builds("print({0}, {1})".format, st.sampled_from(NAMES), st.sampled_from(NAMES)),
    st.just("print(vars(sys.modules['random'])['random']())"),
    st.builds("with open('log.txt', 'a') as f:\n    f.write('{0} ')".format, st.integers(10, 99)),
    st.builds("time.sleep({0})".format, st.sampled_from((0.02, 0.1))),
    st.just("from pathlib import Path\np = Path('log.txt')\nprint(p.exists() and p.read_text())"),
)
notebooks = st.lists(st.lists(ops, min_size=1, max_size=4).map("\n".join), min_size=2, max_size=6)


@contextlib.contextmanager
def _without_edges(left_out: Callable[[int], bool]) -> Iterator[None]:
    """The analysis, with edges left out, and with facts that no run has shown."""

    def without(notebook: Notebook, options: Options) -> Analysis:
        wrong = (
            Learned(use.step, source_of(use), NAMES[n % 3], Effect.CHANGES)
            for n, use in enumerate(analyse(notebook, options).uses)
            if left_out(n)
        )
        found = analyse(notebook, replace(options, learned=(*options.learned, *wrong)))
        edges = tuple(e for n, e in enumerate(found.pipeline.edges) if not left_out(n))
        return replace(found, pipeline=replace(found.pipeline, edges=edges))

    with mock.patch("nbflow.service.request.analyse", without):
        yield


def in_order(cells: list[str], folder: Path) -> str:
    """What the cells print when they run one after the other, and the log that they write."""
    shown, before, state = io.StringIO(), Path.cwd(), random.getstate()
    main, own = ModuleType("__main__"), sys.modules["__main__"]
    os.chdir(folder)
    sys.modules["__main__"] = main
    try:
        with contextlib.redirect_stdout(shown):
            for cell in cells:
                exec(compile(cell, "cell", "exec"), vars(main))
    finally:
        sys.modules["__main__"] = own
        os.chdir(before)
        random.setstate(state)
    return shown.getvalue() + log(folder)


def log(folder: Path) -> str:
    path = folder / "log.txt"
    return path.read_text() if path.exists() else ""


def _check(
    cells: list[str], left_out: Callable[[int], bool], jobs: int, keep: Keep, place: Path
) -> None:
    whole, split = place / "whole", place / "split"
    whole.mkdir()
    split.mkdir()
    expected = in_order([FIRST, *cells], whole)
    path = write(split, ("step:first", FIRST), *((f"step:s{n}", c) for n, c in enumerate(cells)))
    with _without_edges(left_out):
        try:
            record = service.run(str(path), python=sys.executable, jobs=jobs, keep=keep)
        except EngineError as error:  # what it did outside cannot be taken back: it is told
            assert "could not be foreseen" in str(error)  # noqa: PT017
            return
    assert (record.state, stdout(record) + log(split)) == ("done", expected)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(notebooks, st.sets(st.integers(1, 12)), st.integers(2, 6), st.sampled_from(Keep))
def test_any_notebook_gives_what_its_order_gives(
    tmp_path_factory: pytest.TempPathFactory,
    cells: list[str],
    missing: set[int],
    jobs: int,
    keep: Keep,
) -> None:
    _check(cells, missing.__contains__, jobs, keep, tmp_path_factory.mktemp("order"))


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(notebooks, st.sets(st.integers(1, 12)), st.integers(2, 6), st.sampled_from(Keep))
def test_many_notebooks_give_what_their_order_gives(
    tmp_path_factory: pytest.TempPathFactory,
    cells: list[str],
    missing: set[int],
    jobs: int,
    keep: Keep,
) -> None:
    _check(cells, missing.__contains__, jobs, keep, tmp_path_factory.mktemp("order"))


def test_a_step_that_has_read_too_early_runs_again_and_says_why(tmp_path: Path) -> None:
    hidden = "import sys, time\ntime.sleep(1)\nvars(sys.modules['__main__'])['x'] = 2"
    path = write(
        tmp_path,
        ("step:a", "x = 1"),
        ("step:b", hidden),
        ("step:c", "print(x)\ny = x"),
        ("step:d", "print(y)"),
    )
    events: list[Event] = []
    record = service.run(str(path), jobs=2, on_event=events.append)
    assert stdout(record) == "2\n2\n"
    again = {str(e.step): e.again for e in events if isinstance(e, StepStarted) and e.again}
    assert again["c"] in {"`b` changed `x`", "`b` runs again"}
    assert [step.state for step in record.steps] == ["done"] * 4


def test_a_new_alias_of_an_equal_value_is_a_change(tmp_path: Path) -> None:
    hidden = "import sys, time\ntime.sleep(1)\nvars(sys.modules['__main__'])['a'] = b"
    path = write(
        tmp_path,
        ("step:first", "a, b = [0], [0]"),
        ("step:alias", hidden),
        ("step:show", "a.append(1)\nprint(b)"),
    )
    with _without_edges(lambda number: number > 1):
        assert stdout(service.run(str(path), jobs=2)) == "[0, 1]\n"


def test_nothing_outside_happens_twice_or_out_of_order(tmp_path: Path) -> None:
    hidden = "import sys, time\ntime.sleep(1)\nvars(sys.modules['__main__'])['x'] = 2\n"
    append = "f = open('log.txt', 'a')\nf.write('{0} ' + str(x) + ';')\nf.close()"
    path = write(
        tmp_path,
        ("step:a", "x = 1"),
        ("step:b", hidden + append.format("b")),
        ("step:c", append.format("c")),
    )
    with _without_edges(lambda number: number > 2):
        assert service.run(str(path), jobs=2).state == "done"
    assert log(tmp_path) == "b 2;c 2;"


def test_an_effect_does_not_happen_twice_where_the_state_was_used_too_early(tmp_path: Path) -> None:
    draw = "print(vars(sys.modules['random'])['random']())\n"
    path = write(
        tmp_path,
        ("step:a", "import random, sys\nrandom.seed(1)"),
        ("step:b", "import sys, time\ntime.sleep(1)\n" + draw),
        ("step:c", "import sys\n" + draw + "with open('log.txt', 'a') as f:\n    f.write('c ')"),
    )
    record = service.run(str(path), jobs=2)
    assert stdout(record) == "0.13436424411240122\n0.8474337369372327\n"
    assert log(tmp_path) == "c "


def test_a_step_that_failed_for_want_of_an_earlier_one_runs_again(tmp_path: Path) -> None:
    hidden = "import sys, time\ntime.sleep(1)\nvars(sys.modules['__main__'])['x'] = 2"
    path = write(
        tmp_path,
        ("step:a", "x = 0"),
        ("step:b", hidden),
        ("step:c", "y = 1 / x"),
        ("step:d", "print(y)"),
    )
    record = service.run(str(path), jobs=2)
    assert (record.state, stdout(record)) == ("done", "0.5\n")


@pytest.mark.parametrize("take", ["del sys.modules['helper']", "sys.modules.pop('helper', None)"])
def test_a_module_is_taken_out_when_it_is_there(tmp_path: Path, take: str) -> None:
    (tmp_path / "helper.py").write_text("V = 1")
    path = write(
        tmp_path,
        ("step:a", "import time\ntime.sleep(1)\nimport helper\nprint(helper.V)"),
        ("step:b", "with open('helper.py', 'w') as f:\n    f.write('V = 22')"),
        ("step:c", f"import sys\n{take};"),
        ("step:d", "import helper\nprint(helper.V)"),
    )
    record = service.run(str(path), jobs=4)
    assert (record.state, stdout(record)) == ("done", "1\n22\n")


def test_a_variable_beside_the_one_that_is_read_is_not_taken_back(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        ("step:a", "a, s = [1], [9]\nr = s"),
        ("step:b", "import time\ntime.sleep(1)\nr = a"),
        ("step:c", "t = s"),
        ("step:d", "print(r, s is t)"),
    )
    for _ in range(2):
        record = service.run(str(path), jobs=4)
        assert (record.state, stdout(record)) == ("done", "[1] True\n")
