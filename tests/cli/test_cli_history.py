"""``runs``, ``show``, ``logs`` and ``vars`` on a store that holds two runs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from command_line import Answer, Caller

from nbflow.model import CellId, StepName
from nbflow.store import CellRecord, FindingRecord, StepRecord, Store, VariableRecord

OUTPUTS = (
    {"output_type": "stream", "name": "stdout", "text": "one\ntwo"},
    {"output_type": "stream", "name": "stderr", "text": "oh\n"},
)
LOAD = StepRecord(
    name=StepName("load"),
    index=0,
    state="done",
    started=1.0,
    seconds=12.34,
    peak_bytes=52_428_800,
    cpu_seconds=6.1,
    reason="cell 1 changed",
    cells=(CellRecord(CellId("a"), 1, "x = 1", 1, 0.1, OUTPUTS),),
    variables=(
        VariableRecord("df", "pandas.DataFrame", "(3, 4)", 2048, "abcdef0123456789", "a  b\n1  2"),
        VariableRecord("lock", "lock", obstacle="it cannot be pickled"),
    ),
)
TRAIN = StepRecord(StepName("train"), 1, "failed", error="ValueError: no")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("NBFLOW_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    with Store.open(tmp_path, create=True) as store:
        for name in ("n.ipynb", "m.ipynb"):
            run = store.begin(
                notebook=str(tmp_path / name),
                engine="local",
                python="/bin/python",
                parameters={"n": 3, "q": "ä"},
                findings=[FindingRecord("NB201", "warning", "w", "h", CellId("a"), 2, 1)],
            )
            store.record_step(run, LOAD)
            store.record_step(run, TRAIN)
            store.end(run, "failed", 65.4, {"score": 0.5})
    return tmp_path


def test_runs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = Caller(capsys)("runs").out.splitlines()
    assert lines[0].split() == [
        "run",
        "state",
        "notebook",
        "engine",
        "started",
        "took",
        "parameters",
    ]
    assert lines[1].split()[:5] == ["2", "✖", "failed", "m.ipynb", "local"]
    assert lines[2].split()[:5] == ["1", "✖", "failed", "n.ipynb", "local"]
    assert lines[2].endswith('1m05s  n=3, q="ä"')
    assert len(Caller(capsys)("runs", "m.ipynb").out.splitlines()) == 2
    assert Caller(capsys)("runs", "other.ipynb").out == "no runs are recorded\n"
    rows = json.loads(Caller(capsys)("runs", "--json").out)
    assert [row["id"] for row in rows] == ["2", "1"]


def test_runs_of_another_folder(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert Caller(capsys)("runs").code == 7
    assert len(Caller(capsys)("runs", "--folder", folder).out.splitlines()) == 3
    assert len(Caller(capsys)("runs", folder / "n.ipynb").out.splitlines()) == 2


def test_show(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = Caller(capsys)("show", "1")
    assert answer.code == 0
    for part in (
        "✖ run 1 failed in 1m05s\n",
        f"  notebook    {folder / 'n.ipynb'}\n",
        "  engine      local, /bin/python\n",
        "  parameter   n = 3\n",
        "  metrics     score = 0.5\n",
        "  warning     NB201 (cell 2) w\n",
        "step   state     took   cpu    memory   variables    why\n",
        "load   ● done    12.3s  6.10s  52.4 MB  2 variables  cell 1 changed\n",
        "train  ✖ failed\n",
        "step train: ValueError: no\n",
        "step  runs  tags\n"
        "load  1     request:memory:64Mi limit:memory:128Mi request:cpu:500m limit:cpu:1\n",
    ):
        assert part in answer.out
    record = json.loads(Caller(capsys)("show", "last", "--json").out)
    assert record["id"] == "2"
    assert record["steps"][0]["cells"][0]["outputs"][0]["text"] == "one\ntwo"
    assert record["steps"][0]["cpu_seconds"] == 6.1
    assert record["proposal"]["load"]["runs"] == 1
    assert "limit:cpu:1" in record["proposal"]["load"]["tags"]


def test_show_of_a_step_that_did_not_run(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    why = "unchanged since run 1"
    reused = replace(LOAD, seconds=0.0, cpu_seconds=0.0, reused="1", reason=why, variables=())
    with Store.open(folder) as store:
        store.record_step("2", reused)
    out = Caller(capsys)("show", "2").out
    assert "load   = unchanged             52.4 MB             unchanged since run 1\n" in out
    assert "tags that fit" not in out


def test_logs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = Caller(capsys)
    assert call("logs", "1") == Answer(0, "[load] one\n[load] two\n", "[load] oh\n")
    assert call("logs", "1", "load") == Answer(0, "one\ntwo", "oh\n")
    assert call("logs", "1", "train") == Answer(0, "", "")


def test_vars(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert Caller(capsys)("vars", "1", "load").out == (
        "name  type              shape   size    version   value\n"
        "df    pandas.DataFrame  (3, 4)  2.0 kB  abcdef01  a b 1 2\n"
        "lock  lock                                        not stored: it cannot be pickled\n"
    )
    assert Caller(capsys)("vars", "1", "train").out == "the step made no variables\n"
    assert len(json.loads(Caller(capsys)("vars", "1", "load", "--json").out)) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["show", "9"], "there is no run 9"),
        (["logs", "9"], "there is no run 9"),
        (["vars", "1", "nothing"], "run 1 has no step 'nothing'; its steps are: load, train"),
        (["logs", "1", "nothing"], "run 1 has no step 'nothing'"),
    ],
)
def test_what_is_not_there(
    arguments: list[str], message: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = Caller(capsys)(*arguments)
    assert (answer.code, answer.out) == (7, "")
    assert answer.err.startswith("nbflow: ")
    assert message in answer.err


def test_no_store(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NBFLOW_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    for arguments in (["runs"], ["show", "last"], ["logs", "1"], ["vars", "1", "a"]):
        assert Caller(capsys)(*arguments).code == 7
    assert list(tmp_path.iterdir()) == []


def test_diff(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed = VariableRecord("df", "pandas.DataFrame", "(3, 5)", 3072, "fedcba9876543210", "z")
    why = "unchanged since run 1"
    reused = replace(LOAD, seconds=0.0, cpu_seconds=0.0, reused="1", reason=why, variables=())
    cells = (CellRecord(CellId("a"), 1, "x = 2", 1, 0.1),)
    with Store.open(folder) as store:
        run = store.begin(
            notebook=str(folder / "n.ipynb"), engine="local", python="/bin/python", parameters={}
        )
        store.record_step(run, reused)
        train = StepRecord(StepName("train"), 1, "done", 1.0, 2.0, reason="cell 1 changed")
        store.record_step(run, replace(train, cells=cells, variables=(changed,), cpu_seconds=1.5))
        store.end(run, "done", 2.5, {"score": 0.75})
    answer = Caller(capsys)("diff", "1", "last")
    assert answer.code == 0
    assert answer.out == DIFF
    record = json.loads(Caller(capsys)("diff", "1", "3", "--json").out)
    assert record["parameters"]["n"] == {"before": 3}
    assert record["metrics"] == {"score": {"before": 0.5, "after": 0.75}}
    assert record["steps"]["train"]["after"]["reason"] == "cell 1 changed"
    assert [each["name"] for each in record["variables"]] == ["df", "lock", "df"]
    same = Caller(capsys)("diff", "1", "1").out
    assert same.endswith("\nparameters, code, variables and metrics are the same\n")


#: The same cell stands in both steps of the second run: the last one counts.
DIFF = """\
- run 1 failed in 1m05s: 2 steps
+ run 3 done in 2.50s: 2 steps
parameter   n: 3 → not given
parameter   q: "\\u00e4" → not given
metric      score: 0.5 → 0.75

step   state                 took       cpu        memory
load   ● done → = unchanged  12.3s → –  6.10s → –  52.4 MB
train  ✖ failed → ● done     – → 2.00s  – → 1.50s

why load
  - cell 1 changed
  + unchanged since run 1

why train
  + cell 1 changed

variable df of load
  - abcdef01  pandas.DataFrame (3, 4) 2.0 kB  a b 1 2

variable lock of load
  - –         lock  not stored: it cannot be pickled

variable df of train
  + fedcba98  pandas.DataFrame (3, 5) 3.1 kB  z

code of load → train
--- run 1, cell 1
+++ run 3, cell 1
@@ -1 +1 @@
-x = 1
+x = 2
"""
