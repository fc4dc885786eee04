"""Runs whose earlier runs are removed, while they go on and after they have ended."""

from __future__ import annotations

import threading
from pathlib import Path

from test_cache import SAME, reasons, replaced
from test_local import stdout, write

from nbflow.service.gc import Policy, gc
from nbflow.service.run import resume, run
from nbflow.store import RunRow

CHAIN = (
    ("step:a", "x = list(range(1000))"),
    ("step:b", "class C:\n    pass\nc = C()\nc.y = x[:3]"),
    ("step:c", "print(len(x), c.y)"),
)


def test_a_run_outlives_the_one_whose_results_it_has_used(tmp_path: Path) -> None:
    path = write(tmp_path, *CHAIN)
    run(str(path))
    replaced("len(x)", "len(x), 1")(tmp_path)
    second = run(str(path))
    assert reasons(second) == {"a": SAME, "b": SAME, "c": "cell 3 changed"}
    assert [each.id for each in gc(Policy(keep=1), tmp_path).runs] == ["1"]
    third = run(str(path))
    assert [step.reason for step in third.steps] == ["unchanged since run 2"] * 3
    gc(Policy(keep=1), tmp_path)
    replaced("len(x), 1", "len(x), 2")(tmp_path)
    fourth = run(str(path))
    assert reasons(fourth) == {"a": SAME, "b": SAME, "c": "cell 3 changed"}
    assert stdout(fourth) == "1000 2 [0, 1, 2]\n"


def test_a_run_that_went_on_twice_keeps_what_ended_well_at_first(tmp_path: Path) -> None:
    cells = (("step:a", "import uuid\nx = uuid.uuid4()"), ("step:b", "print(x); 1 / 0"))
    first = run(str(write(tmp_path, *cells)))
    second = resume(first.id, tmp_path)
    third = resume(second.id, tmp_path)
    assert [record.steps[0].reused for record in (second, third)] == ["1", "1"]
    gc(Policy(keep=1), tmp_path)
    assert resume(third.id, tmp_path).steps[0].reused == third.id


def test_runs_go_on_while_the_store_is_cleared(tmp_path: Path) -> None:
    """With every chance to remove what they have stored and what they use again."""
    ended = threading.Event()
    removed: list[RunRow] = []

    def clear() -> None:
        while not ended.is_set():
            removed.extend(gc(Policy(keep=0), tmp_path).runs)

    path = write(tmp_path, *CHAIN)
    run(str(path))
    clearing = threading.Thread(target=clear)
    clearing.start()
    try:
        records = [run(str(path)) for _ in range(3)]
        replaced("range(1000)", "range(2000)")(tmp_path)
        records += [run(str(path)) for _ in range(3)]
    finally:
        ended.set()
        clearing.join()
    assert [record.state for record in records] == ["done"] * 6
    assert [stdout(record) for record in records] == ["1000 [0, 1, 2]\n"] * 3 + [
        "2000 [0, 1, 2]\n"
    ] * 3
    assert removed
