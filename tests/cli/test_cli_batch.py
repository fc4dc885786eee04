"""``nbflow batch``: its words, its lines, and the forms of its table."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from command_line import Caller, code, write

from nbflow.cli.batch_table import as_csv, as_json, as_markdown, as_text
from nbflow.store import BatchRecord, MemberRecord
from nbflow.wording.batch_page import page

BATCH = BatchRecord(
    name="s",
    notebook="/n.ipynb",
    made=0.0,
    members=(
        MemberRecord(
            1, {"depth": 2, "kind": "a|b"}, "7", "done", 1.5, 2.0, {"score": 0.5}, 3, 2, 1.25
        ),
        MemberRecord(
            2,
            {"depth": 4, "state": [1]},
            "8",
            "failed",
            2.5,
            0.1,
            {},
            1,
            0,
            0.0,
            "fit: ValueError: no",
        ),
        MemberRecord(3, {"depth": None, "kind": ""}),
    ),
)


def test_a_batch_as_text() -> None:
    assert as_text(BATCH) == (
        "member  depth  kind  state  score  state      took   steps  shared  run\n"
        "1       2      a|b          0.5    ● done     2.00s  3      2       7\n"
        "2       4            [1]           ✖ failed   0.10s  1      0       8\n"
        "3       null                       ○ waiting         0      0\n"
        "member 2, fit: ValueError: no\n"
    )


def test_a_batch_as_markdown() -> None:
    lines = as_markdown(BATCH).splitlines()
    assert lines[1] == "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    assert lines[2] == "| 1 | 2 | a\\|b |  | 0.5 | ● done | 2.00s | 3 | 2 | 7 |"


ODD = replace(
    BATCH,
    members=(
        MemberRecord(
            1,
            {"a_b": "<b>*x*</b>\r\n`y`", "c": "\x1b[31m", "d": "__e__"},
            "7",
            "done",
            metrics={"loss": float("nan"), "gain": float("-inf")},
        ),
    ),
)


def test_odd_values_do_no_harm_in_a_table() -> None:
    text = as_text(ODD).splitlines()
    assert len(text) == 2
    assert "<b>*x*</b>\\r\\n`y`  \\x1b[31m  __e__  nan   -inf" in text[1]
    assert as_markdown(ODD).splitlines()[::2] == [
        "| member | a_b | c | d | loss | gain | state | took | steps | shared | run |",
        "| 1 | \\<b>\\*x\\*\\</b> \\`y\\` | \x1b\\[31m | \\_\\_e\\_\\_ |"
        " nan | -inf | ● done |  | 0 | 0 | 7 |",
    ]


def test_what_json_does_not_know_is_null() -> None:
    def refuse(name: str) -> None:
        raise AssertionError(name)

    (member,) = json.loads(as_json(ODD), parse_constant=refuse)["members"]
    assert member["metrics"] == {"loss": None, "gain": None}


def test_a_batch_as_csv() -> None:
    assert as_csv(BATCH) == (
        "member,depth,kind,parameter state,score,run,state,started,seconds,steps,shared,saved,error\n"
        "1,2,a|b,,0.5,7,done,1.5,2.0,3,2,1.25,\n"
        "2,4,,[1],,8,failed,2.5,0.1,1,0,0.0,fit: ValueError: no\n"
        "3,null,,,,,waiting,,,0,0,0.0,\n"
    )


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("NBFLOW_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    return write(
        tmp_path,
        code("depth = 2\nlr = 0.1", "parameters"),
        code("x = 10", "step:load"),
        code("assert depth < 9\nscore = x * depth * lr", "step:fit"),
        code("score", "pipeline-metrics"),
    )


def test_a_batch_from_its_beginning_to_its_table(
    notebook: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("grid.yaml").write_text("depth: [2, 10]\nlr: 1e-1\n", encoding="utf-8")
    answer = Caller(capsys)("batch", "n.ipynb", "-f", "grid.yaml", "--name", "s")
    assert answer.code == 1
    lines = re.sub(r"\d+\.\d\ds", "TIME", answer.out).splitlines()
    assert lines == [
        "batch s: n.ipynb, 2 members, 2 to run",
        "◐ 1/2 depth=2, lr=0.1: run 1",
        "● 1/2 depth=2, lr=0.1 done TIME: 3 steps, score = 2",
        "◐ 2/2 depth=10, lr=0.1: run 2",
        "✖ 2/2 depth=10, lr=0.1 failed TIME: 1 step, 1 shared",
        "✖ batch s in TIME: 1 done, 1 failed; 1 of 4 steps shared, TIME saved",
        "  nbflow batch resume s",
    ]
    assert "AssertionError" in answer.err
    told = Caller(capsys)("batch", "show")
    assert told.code == 0
    assert "✖ batch s: 1 done, 1 failed; 1 of 4 steps shared" in told.out
    assert "member 2, fit: AssertionError: \n" in told.out
    table = json.loads(Caller(capsys)("batch", "show", "s", "--format", "json").out)
    assert [m["parameters"] for m in table["members"]] == [{"depth": d, "lr": 0.1} for d in (2, 10)]
    assert "\ns      n.ipynb" in Caller(capsys)("batch", "list").out


def test_members_are_added_from_a_table_and_told_as_json(
    notebook: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert Caller(capsys)("batch", "start", "n.ipynb", "-p", "depth=2", "--name", "s").code == 0
    Path("rows.csv").write_text("depth,lr\n3,\n4,1\n", encoding="utf-8")
    words = ("batch", "n.ipynb", "--params-file", "rows.csv", "--name", "s", "--json")
    answer = Caller(capsys)(*words)
    assert answer.code == 0
    events = [json.loads(line) for line in answer.out.splitlines()]
    assert events[0] == {
        "event": "batch-started",
        "batch": "s",
        "notebook": str(notebook),
        "members": 3,
        "to_run": 2,
        "added": 2,
        "seed": None,
        "engine": "",
    }
    ends = [event for event in events if event["event"] == "member-ended"]
    assert [end["metrics"] for end in ends] == [{"score": 3.0}, {"score": 40.0}]
    assert {event.get("member") for event in events} == {None, 2, 3}
    rows = csv.DictReader(io.StringIO(Caller(capsys)("batch", "show", "--format", "csv").out))
    assert [row["score"] for row in rows] == ["2.0", "3.0", "40.0"]
    quiet = Caller(capsys)("batch", "resume", "last", "--quiet").out
    assert re.match(r"● batch s in \d\.\d\ds: 3 done; 2 of 9 steps shared", quiet)


def test_draws_from_a_file_and_the_command_line_with_their_seed(
    notebook: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("grid.yaml").write_text("depth: !draw int(2, 5)\nlr: 1\n", encoding="utf-8")
    words = ("batch", "n.ipynb", "-f", "grid.yaml", "--draw", "lr=uniform(0,1)", "--draws", "2")
    answer = Caller(capsys)(*words, "--seed", "7", "--name", "s")
    assert answer.code == 0
    heading, first, *_ = answer.out.splitlines()
    assert heading == "batch s: n.ipynb, 2 members, 2 to run, seed 7"
    assert re.fullmatch(r"◐ 1/2 depth=\d, lr=0\.\d+: run 1", first)
    told = Caller(capsys)("batch", "show").out
    assert "\n  drawn       depth=int(2, 5)\n              lr=uniform(0,1)\n" in told
    assert "\n  seed        7, 2 sets of values\n\nmember" in told


@pytest.mark.parametrize(
    ("words", "exit_code", "told"),
    [
        ([], 2, "nothing varies: give -p, -f, --params-file or --draw"),
        (["-p", "depth"], 2, "'depth' is not of the form name=value,..."),
        (["-p", "depth=1", "--jobs", "0"], 2, "0 is not in the range"),
        (["--draw", "lr", "--draws", "2"], 2, "'lr' is not of the form name=how(...)"),
        (["-p", "lr=1", "--draw", "lr=int(1,2)"], 2, "lr has alternatives (-p) and is drawn"),
        (
            ["--draw", "lr=int(1,2)"],
            4,
            "nbflow: it is not said how many sets of values",
        ),
        (["--draws", "2"], 4, "nbflow: it is not said what is drawn"),
        (["--draw", "lr=f(1)", "--draws", "2"], 4, "nbflow: lr=f(1): it is none of uniform(LOW,"),
        (["--params-file", "a.csv", "--params-file", "a.csv"], 2, "rows may be in one file only"),
        (["--params-file", "b.csv"], 4, "nbflow: b.csv cannot be read: No such file or directory"),
        (
            ["-p", "deep=1"],
            4,
            "nbflow: the notebook has no parameter `deep`; its parameters are: depth, lr",
        ),
        (["--params-file", "a.csv"], 4, "nbflow: a.csv, line 3: the parameter depth is an int"),
    ],
)
def test_what_is_not_understood(
    notebook: Path,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    exit_code: int,
    told: str,
) -> None:
    Path("a.csv").write_text("depth\n1\nx\n", encoding="utf-8")
    answer = Caller(capsys)("batch", "n.ipynb", *words)
    assert (answer.code, answer.out) == (exit_code, "")
    assert told in answer.err


def test_a_batch_that_is_not_there(notebook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert Caller(capsys)("batch", "show").code == 7
    assert Caller(capsys)("batch", "n.ipynb", "-p", "depth=2").code == 0
    answer = Caller(capsys)("batch", "show", "x")
    assert (answer.code, answer.err) == (
        7,
        "nbflow: there is no batch x: `nbflow batch list` lists them\n",
    )


def test_a_table_in_a_file(notebook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    assert Caller(capsys)("batch", "n.ipynb", "-p", "depth=2").code == 0
    for form in ("csv", "parquet"):
        words = ("batch", "show", "--format", form, "--output", f"t.{form}")
        answer = Caller(capsys)(*words)
        assert (answer.code, answer.out) == (0, "")
    assert Path("t.csv").read_text(encoding="utf-8").startswith("member,depth,score,run,state")
    assert parquet.read_table("t.parquet")["score"].to_pylist() == [2.0]
    parquet.write_table(parquet.read_table("t.parquet").select(["depth"]), "r.parquet")
    answer = Caller(capsys)("batch", "n.ipynb", "--params-file", "r.parquet", "-p", "lr=1,2")
    assert "n-2: n.ipynb, 2 members, 2 to run" in answer.out
    answer = Caller(capsys)("batch", "show", "--output", "nowhere/t.txt")
    assert answer.code == 6
    assert answer.err == "nbflow: nowhere/t.txt cannot be written: No such file or directory\n"


def test_a_batch_as_a_page() -> None:
    made = page(BATCH)
    assert "<h1>Batch s</h1>" in made
    assert "3 members: 1 done, 1 failed, 1 waiting; 2 of 4 steps shared, 1.25s saved" in made
    assert "2 of 3 members have no number to draw: members 2, 3" in made
    assert '<td title="' not in made
    assert "<li>member 2, fit: ValueError: no</li>" in made
    hostile = replace(BATCH, name="<script>", members=(MemberRecord(1, {"<i>": "</td>&"}),))
    assert "&lt;script&gt;" in page(hostile)
    assert "<i>" not in page(hostile)
    assert "<td>&lt;/td&gt;&amp;</td>" in page(hostile)
    assert "https:" not in page(BATCH)
