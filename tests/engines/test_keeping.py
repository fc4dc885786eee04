"""``--keep edges``: what later steps may read is stored, and nothing that a step begins with is another."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_local import Cells, stdout, write

from nbflow.engines.local.keeping import NOT_KEPT
from nbflow.service.run import Keep, resume, run
from nbflow.store import RunRecord


def go(path: Path, keep: Keep = Keep.EDGES, *, fork: bool = True) -> RunRecord:
    return run(str(path), keep=keep, fork=fork)


def stored(record: RunRecord) -> dict[str, str]:
    """The stored variables of each step; those that were left out in brackets."""
    return {
        step.name: " ".join(v.name if v.version else f"({v.name})" for v in step.variables)
        for step in record.steps
    }


READ_ALL = "print(sorted(n for n in globals() if n in ('x', 'y')))"


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ((("step:a", "x = 1; y = 2"), ("step:b", "print(x)")), {"a": "x (y)", "b": ""}),
        (
            (("step:a", "x = [1]"), ("step:b", "x.append(2)\nz = 3"), ("step:c", "print(x)")),
            {"a": "x", "b": "x (z)", "c": ""},
        ),
        # What shares an object with what is read comes along.
        (
            (("step:a", "x = [1]; y = [x]; z = [2]"), ("step:b", "x.append(2)"), ("step:c", "x")),
            {"a": "x y (z)", "b": "x y", "c": ""},
        ),
        # A possible read is a read, and so is what a function needs where it is called.
        (
            (("step:a", "x = 1; y = 2"), ("step:b", "if len('a') > 1:\n    print(x)")),
            {"a": "x (y)", "b": ""},
        ),
        (
            (("step:a", "x = 1; y = 2\ndef f(): return x"), ("step:b", "print(f())")),
            {"a": "f x (y)", "b": ""},
        ),
        ((("step:a", "x = 1; y = 2"), ("step:b", "del x")), {"a": "x (y)", "b": ""}),
        # A step that may look at anything is given everything; what comes after it is not.
        (
            (("step:a", "x = 1; y = 2"), ("step:b", READ_ALL), ("step:c", "z = 1")),
            {"a": "x y", "b": "", "c": "(z)"},
        ),
        # What nobody has changed is as it was.
        (
            (("imports", "k = [1]"), ("step:a", "x = 1"), ("step:b", "print(x, k)")),
            {"a": "x", "b": ""},
        ),
    ],
    ids=range(8),
)
@pytest.mark.parametrize("fork", [True, False])
def test_what_is_stored(tmp_path: Path, cells: Cells, expected: dict[str, str], fork: bool) -> None:
    path = write(tmp_path, *cells)
    record = go(path, fork=fork)
    assert stored(record) == expected
    whole = go(path, Keep.ALL)
    assert stdout(record) == stdout(whole)
    assert "(" not in "".join(stored(whole).values())


def test_what_is_not_stored_is_described(tmp_path: Path) -> None:
    path = write(tmp_path, ("step:a", "x = 'text'"))
    (variable,) = go(path).steps[0].variables
    assert (variable.type, variable.preview, variable.version) == ("str", "'text'", "")
    assert variable.obstacle == NOT_KEPT
    assert not list((tmp_path / ".nbflow" / "bundles").glob("*.nbb"))


def test_a_later_version_that_is_left_out_is_not_taken_for_the_earlier_one(tmp_path: Path) -> None:
    path = write(tmp_path, ("step:a", "x = 1"), ("step:b", "print(x)\nx = 2"))
    assert stored(go(path)) == {"a": "x", "b": "(x)"}


def test_numbers_that_metrics_cells_make_are_metrics(tmp_path: Path) -> None:
    path = write(tmp_path, ("step:a", "x = 1"), ("pipeline-metrics", "x = x + 1\nprint(x)"))
    assert go(path).metrics == go(path, Keep.ALL).metrics == {"x": 2.0}


TWO = (("step:a", "x = 1; y = 2"), ("step:b", "print(x)"))


def reasons(record: RunRecord) -> list[str]:
    return [step.reason.partition(" since")[0] for step in record.steps]


def test_a_result_with_less_is_not_used_where_more_is_to_be_stored(tmp_path: Path) -> None:
    path = write(tmp_path, *TWO)
    go(path)
    assert reasons(go(path)) == ["unchanged", "unchanged"]
    whole = go(path, Keep.ALL)
    assert reasons(whole) == ["`y` was not stored", "unchanged"]
    again = go(path)
    assert reasons(again) == ["unchanged", "unchanged"]
    assert stored(again) == {"a": "x y", "b": ""}


def test_a_result_with_less_is_not_used_where_a_new_step_reads_it(tmp_path: Path) -> None:
    path = write(tmp_path, *TWO)
    go(path)
    write(tmp_path, *TWO, ("step:c", "print(y)"))
    record = go(path)
    assert reasons(record) == ["`y` was not stored", "unchanged", "it has no earlier result"]
    assert stdout(record) == "1\n2\n"


def test_a_run_goes_on_as_it_began(tmp_path: Path) -> None:
    fails = "if not __import__('os').path.exists('there'):\n    raise OSError(x)\nprint(x)"
    path = write(tmp_path, ("step:a", "x = 1; y = 2"), ("step:b", fails))
    assert go(path).state == "failed"
    (tmp_path / "there").touch()
    record = resume("last", tmp_path)
    assert (record.state, record.keep, stored(record)["a"]) == ("done", "edges", "x (y)")
    assert reasons(record)[0] == "unchanged"
