"""Large outputs are kept once, beside the database, and nobody notices."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from nbflow.model import CellId, StepName
from nbflow.service.gc import Policy, gc
from nbflow.store import CellRecord, ResultRecord, StepRecord, Store
from nbflow.store.contents import LIMIT, Contents

SMALL = {"output_type": "stream", "name": "stdout", "text": "ä"}
LARGE = {"output_type": "stream", "name": "stdout", "text": "ä" * LIMIT}
SHOWN = {"data": {"text/plain": "x" * LIMIT}, "metadata": {}}
KEPT: list[tuple[dict[str, Any], int]] = [
    ({"cells": {}, "displays": []}, 0),
    ({"cells": {"c": [SMALL]}, "displays": [["d", "c", {"data": {}}, 0]]}, 0),
    ({"cells": {"c": [LARGE], "e": [SMALL]}, "displays": []}, 1),
    ({"cells": {"c": [LARGE], "e": [LARGE]}, "displays": []}, 1),
    ({"cells": {"c": [LARGE]}, "displays": [["d", "c", SHOWN, -1]]}, 2),
]


@pytest.mark.parametrize(("kept", "files"), KEPT)
def test_outputs_come_back(kept: dict[str, Any], files: int, tmp_path: Path) -> None:
    contents = Contents(tmp_path / "outputs")
    short, digests = contents.put_outputs(kept)
    assert contents.get_outputs(short) == kept
    assert len(list(contents.folder.glob("*"))) == len(set(digests)) == files


@pytest.mark.parametrize("change", [lambda p: p.unlink(), lambda p: p.write_text("[]")])
def test_what_is_gone_or_changed_is_told(change: Any, tmp_path: Path) -> None:
    contents = Contents(tmp_path / "outputs")
    digest = contents.put("[1]")
    change(contents.path(digest))
    with pytest.raises(LookupError):
        contents.get(digest)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.delenv("NBFLOW_HOME", raising=False)
    return Store.open(tmp_path, create=True)


STEP = StepRecord(
    StepName("s"), 0, "done", cells=(CellRecord(CellId("c"), 1, "x", outputs=(SMALL, LARGE)),)
)


def record(store: Store, result: bool = True) -> str:
    """A run, not open any more, whose step has given much."""
    with Store.open(store.folder.parent) as other:
        run = other.begin(notebook="/n.ipynb", engine="local", python="p", parameters={})
        other.record_step(run, STEP)
        if result:
            made = ResultRecord(run, "/n.ipynb", STEP.name, "code", {}, {}, {}, (), (), "{}")
            other.keep_result(made, {"cells": {"c": [SMALL, LARGE]}, "displays": []})
        other.end(run, "done", 1.0, {})
    return run


def test_large_outputs_lie_beside_the_database_once(store: Store) -> None:
    with store:
        runs = [record(store), record(store)]
        assert [store.run(run).steps for run in runs] == [(STEP,), (STEP,)]
        (result, _) = store.results(STEP.name, "code")
        assert store.outputs_of(result) == {"cells": {"c": [SMALL, LARGE]}, "displays": []}
        (file,) = (store.folder / "outputs").iterdir()
        assert file.stat().st_size > LIMIT
        file.unlink()
        assert store.outputs_of(result) is None
        (lost,) = store.run(runs[0]).steps[0].cells[0].outputs
        assert "no longer stored" in str(lost["text"])


def test_a_result_in_the_first_form_is_read(store: Store) -> None:
    kept = '{"outputs": {"cells": {"c": []}, "displays": []}}'
    with store:
        record(store)
        db = sqlite3.connect(store.folder / "nbflow.db", isolation_level=None)
        db.execute("UPDATE results SET body = ?, outputs = ''", (kept,))
        db.close()
        (result,) = store.results(STEP.name, "code")
        assert store.outputs_of(result) == {"cells": {"c": []}, "displays": []}


def test_large_outputs_go_with_the_last_run_that_needs_them(store: Store, tmp_path: Path) -> None:
    with store:
        record(store)
        record(store, result=False)
        folder = store.folder / "outputs"
        for keep, left in ((1, 1), (0, 0)):
            cleared = gc(Policy(keep=keep), tmp_path)
            assert len(list(folder.iterdir())) == left
            assert (cleared.left > LIMIT, cleared.freed > LIMIT) == (left == 1, left == 0)
