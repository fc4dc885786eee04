"""Runs elsewhere from the command line: sent, watched, found again, stopped, retried; and all faults."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import Caller, code, write
from kfp_team import Team, team

from nbflow.errors import StoreError
from nbflow.profiles.file import ProfileFile
from nbflow.store import Store

SUBMIT = ("submit", "n.ipynb", "--engine", "team")


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Team]:
    with team(tmp_path, monkeypatch, plays=True) as found:
        yield found


@pytest.fixture
def call(there: Team, capsys: pytest.CaptureFixture[str]) -> Caller:
    return Caller(capsys)


def test_submit_tells_where_the_run_is(there: Team, call: Caller) -> None:
    answer = call(*SUBMIT, "-p", "n=5", "-p", 'name="b" {')
    assert answer.code == 0, answer.err
    run = there.server.runs[0]
    assert answer.out.splitlines() == [
        "run 1 goes on on team (kfp), 2 steps",
        f"  there    {run.name}",
        f"  id       {run.id}",
        f"  page     {there.server.url}/#/runs/details/{run.id}",
        "`nbflow show 1` tells how it goes, `nbflow logs 1 --follow` what it writes",
    ]
    assert run.parameters == {"n": 5, "name": '"b" {'}
    assert [each["display_name"] for each in there.server.pipelines] == ["n"]


def test_submit_for_programs(there: Team, call: Caller) -> None:
    answer = call(*SUBMIT, "--json")
    run = there.server.runs[0]
    found = json.loads(answer.out)
    assert answer.err == ""
    assert [each.pop("code") for each in found.pop("findings")] == ["NB410"]
    assert found == {
        "run": "1",
        "engine": "kfp",
        "profile": "team",
        "id": run.id,
        "name": run.name,
        "namespace": "",
        "url": f"{there.server.url}/#/runs/details/{run.id}",
        "steps": ["load", "train_it"],
    }


def test_run_shows_the_progress_that_a_run_here_shows(there: Team, call: Caller) -> None:
    answer = call("run", "n.ipynb", "--engine", "team")
    lines = answer.out.splitlines()
    assert answer.code == 0
    assert lines[0] == "run 1: n.ipynb, 2 steps"
    for step, task in (("load", "load"), ("train_it", "train-it")):
        own = [line for line in lines if step in line.split("]")[0]]
        assert own == [f"◐ {step}", f"[{step}] log of {task}", f"● {step} done 1.00s"]
    assert lines[-2].startswith("● run 1 done in ")
    assert lines[-2].endswith(": 2 done")
    assert lines[-1].startswith(f"  page: {there.server.url}/#/runs/")


def test_run_for_programs(there: Team, call: Caller) -> None:
    answer = call("run", "n.ipynb", "--engine", "kfp", "--json")
    events = [json.loads(line) for line in answer.out.splitlines()]
    names = [event["event"] for event in events]
    assert answer.code == 0
    assert names[:2] == ["finding", "run-started"]
    assert names[-2:] == ["run-ended", "run-recorded"]
    ended = [event for event in events if event["event"] == "step-ended"]
    assert [(each["step"], each["state"]) for each in ended] == [
        ("load", "done"),
        ("train_it", "done"),
    ]
    for step in ("load", "train_it"):
        own = [e["event"] for e in events if e.get("step") == step]
        assert own == ["step-started", "step-log", "step-ended"]


FAILED = {"train-it": ("failed", "Traceback\nZeroDivisionError: no\n")}


def test_a_failing_cell(there: Team, call: Caller) -> None:
    there.server.outcomes = FAILED
    answer = call("run", "n.ipynb", "--engine", "team")
    assert answer.code == 1
    assert "[train_it] ZeroDivisionError: no\n" in answer.out
    assert "✖ train_it failed" in answer.out
    assert "step train_it failed: ZeroDivisionError: no" in answer.err
    shown = call("show", "1").out
    assert "✖ run 1 failed" in shown
    assert "\nstep train_it: ZeroDivisionError: no\n" in shown


def test_all_is_there_when_the_engine_is_gone(there: Team, call: Caller) -> None:
    there.server.outcomes = FAILED
    call("run", "n.ipynb", "--engine", "team")
    there.server.fault("GET", ".*", "drop", times=1000)
    asked = len(there.server.asked)
    for words in (["show", "1"], ["runs"], ["logs", "1"], ["diff", "1", "1"], ["show", "last"]):
        answer = call(*words)
        assert (answer.code, answer.err) == (0, "")
    assert call("logs", "1").out == (
        "[load] log of load\n[train_it] Traceback\n[train_it] ZeroDivisionError: no\n"
    )
    assert call("logs", "1", "load").out == "log of load\n"
    assert call("logs", "1", "load", "--follow").out == "log of load\n"
    assert len(there.server.asked) == asked
    assert "stays there" in call("vars", "1", "load").out


def test_runs_and_show_look_up_what_goes_on(there: Team, call: Caller) -> None:
    there.server.plays = False
    call(*SUBMIT, "-p", "n=4")
    flow = there.server.runs[0].workflow
    there.server.runs[0].to("RUNNING")
    flow.move("load", "running", "half")
    line = call("runs").out.splitlines()[1].split()
    assert line[:5] == ["1", "◐", "running", "n.ipynb", "team"]
    assert line[-1] == "n=4"
    assert "load      ◐ running" in call("show", "1").out
    assert call("logs", "1").out == "[load] half\n"
    flow.move("load", "done", " and half\n")
    flow.move("train-it", "cached")
    there.server.runs[0].to("SUCCEEDED")
    assert call("runs").out.splitlines()[1].split()[:3] == ["1", "●", "done"]
    shown = call("show", "1").out
    assert "load      ● done" in shown
    assert "an earlier result was used again" in shown
    assert call("logs", "1").out == "[load] half and half\n"
    assert json.loads(call("runs", "--json").out)[0]["profile"] == "team"


def test_logs_are_kept_when_a_run_that_has_ended_is_looked_at(there: Team, call: Caller) -> None:
    there.server.plays = False
    call(*SUBMIT)
    run = there.server.runs[0]
    for task in ("load", "train-it"):
        run.workflow.move(task, "done", f"{task}\n")
    run.to("SUCCEEDED")
    call("runs")
    call("show", "1")
    there.server.gone = {pod for task in ("load", "train-it") for pod in run.workflow.pods(task)}
    assert call("logs", "1").out == "[load] load\n[train_it] train-it\n"


def test_logs_of_pods_that_are_gone_are_told_once(there: Team, call: Caller) -> None:
    there.server.plays = False
    call(*SUBMIT)
    run = there.server.runs[0]
    for task in ("load", "train-it"):
        run.workflow.move(task, "done", f"{task}\n")
    there.server.gone = set(run.workflow.pods("load"))
    run.to("SUCCEEDED")
    told = call("logs", "1").out
    assert told.startswith("[load] nbflow: the log of load cannot be had: its pod ")
    assert told.endswith("\n[train_it] train-it\n")
    there.server.fault("GET", ".*", "drop", times=1000)
    assert call("logs", "1").out == told


def test_a_log_that_cannot_be_read_now_is_a_note(there: Team, call: Caller) -> None:
    there.server.plays = False
    call(*SUBMIT)
    there.server.runs[0].to("RUNNING")
    there.server.runs[0].workflow.move("load", "done", "one\n")
    there.server.runs[0].workflow.move("train-it", "running", "two\n")
    pod = there.server.runs[0].workflow.pods("load")[0]
    there.server.gone = {pod}
    answer = call("logs", "1")
    assert (answer.code, answer.out) == (0, "[train_it] two\n")
    there.server.fault("GET", "/k8s/pod/logs", status=503, times=1000)
    answer = call("logs", "1")
    assert (answer.code, answer.out) == (0, "")
    assert answer.err.startswith("note: load: ")
    assert "note: train_it: " in answer.err
    assert call("logs", "1", "train_it").code == 6


def test_following_what_goes_on(there: Team, call: Caller) -> None:
    call(*SUBMIT)
    answer = call("logs", "last", "--follow")
    lines = answer.out.splitlines()  # of steps at the same time, in the order in which they come
    assert sorted(lines) == ["[load] log of load", "[train_it] log of train-it"]
    assert answer.err == "run 1 done\n"
    call(*SUBMIT)
    assert call("logs", "2", "train_it", "-f").out == "log of train-it\n"
    assert call("logs", "2", "nothing", "-f").code == 7


def test_cancel(there: Team, call: Caller) -> None:
    there.server.plays = False
    call(*SUBMIT)
    there.server.runs[0].to("RUNNING")
    there.server.runs[0].workflow.move("load", "running")
    answer = call("cancel", "1")
    assert answer.out == "run 1 is told to stop; `nbflow retry 1` goes on from there\n"
    assert there.server.runs[0].state == "CANCELING"
    there.server.plays = True
    call("logs", "1", "--follow")
    assert "run 1 stopped" in call("show", "1").out
    answer = call("cancel", "1")
    assert (answer.code, answer.err) == (6, "nbflow: run 1 does not go on: it is stopped\n")


def test_retry_keeps_what_went_well(there: Team, call: Caller) -> None:
    there.server.outcomes = FAILED
    call("run", "n.ipynb", "--engine", "team")
    there.server.outcomes = {}
    answer = call("retry", "1", "--wait")
    assert answer.code == 0, answer.err
    assert answer.out.splitlines()[-2].startswith("● run 2 done")
    assert len(there.server.runs) == 1
    rows = json.loads(call("runs", "--json").out)
    assert [(row["id"], row["state"]) for row in rows] == [("2", "done"), ("1", "failed")]
    assert "ZeroDivisionError" in call("logs", "1").out
    answer = call("retry", "2")
    assert (answer.code, answer.out) == (6, "")
    assert answer.err == "nbflow: run 2 has ended well: there is nothing to retry\n"


def test_retry_without_waiting(there: Team, call: Caller) -> None:
    there.server.outcomes = FAILED
    call("run", "n.ipynb", "--engine", "team")
    assert call("retry", "last").out.startswith("run 2 goes on on team (kfp), 2 steps\n")
    there.server.plays = False
    answer = call("retry", "2", "--json")
    assert (answer.code, answer.err) == (
        6,
        "nbflow: run 2 is still going on: there is nothing to retry\n",
    )


def test_a_retry_that_is_refused_leaves_both_runs_as_they_are(there: Team, call: Caller) -> None:
    there.server.outcomes = FAILED
    call("run", "n.ipynb", "--engine", "team")
    there.server.fault("POST", ":retry$", status=403)
    answer = call("retry", "1")
    assert (answer.code, answer.out) == (6, "")
    there.server.plays = False
    assert call("retry", "1").code == 0
    rows = json.loads(call("runs", "--json").out)
    assert [row["state"] for row in rows] == ["running", "failed", "failed"]
    for number in ("1", "2"):
        assert f"✖ run {number} failed" in call("show", number).out


def test_a_store_that_cannot_be_written_is_read(
    there: Team, call: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    call(*SUBMIT)

    def refuse(*_: object, **__: object) -> None:
        raise StoreError("the run store cannot be written: No space left on device")

    monkeypatch.setattr(Store, "note_remote", refuse)
    for words in (["runs"], ["show", "1"]):
        answer = call(*words)
        assert (answer.code, "No space left on device" in answer.err) == (0, True)


@pytest.mark.parametrize(
    ("words", "own", "image"),
    [
        ([], "", "team/base:1"),
        ([], "own/base:2", "own/base:2"),
        (["--image", "said/base:3"], "own/base:2", "said/base:3"),
    ],
)
def test_the_image(there: Team, call: Caller, words: list[str], own: str, image: str) -> None:
    table = {"kind": "kfp", "host": there.server.url, "image": "team/base:1"}
    ProfileFile().add("team", table, replace=True)
    document = json.loads((there.folder / "n.ipynb").read_text())
    document["metadata"]["kubeflow_notebook"] = {"docker_image": own}
    (there.folder / "n.ipynb").write_text(json.dumps(document))
    assert call(*SUBMIT, *words).code == 0
    executors = there.server.versions[0]["pipeline_spec"]["deploymentSpec"]["executors"]
    assert {each["container"]["image"] for each in executors.values()} == {image}


def test_resume_says_retry(there: Team, call: Caller) -> None:
    call(*SUBMIT)
    answer = call("resume", "1")
    assert (answer.code, answer.out) == (6, "")
    assert answer.err == "nbflow: run 1 is one of team; `nbflow retry 1` goes on with it\n"


def test_gc_leaves_what_goes_on(there: Team, call: Caller) -> None:
    call(*SUBMIT)
    call("run", "n.ipynb", "--engine", "team")
    there.server.plays = False
    assert call("gc", "--keep", "0").out.startswith("removed run 2: n.ipynb, ")
    assert [row["id"] for row in json.loads(call("runs", "--json").out)] == ["1"]
    assert not (there.folder / ".nbflow" / "runs" / "2").exists()


# Faults


@pytest.mark.parametrize(
    ("words", "exit_code", "told"),
    [
        (["-p", "n=x"], 4, "the parameter n is an int (3 in the notebook), 'x' does not fit"),
        (["-p", "m=1"], 4, "the notebook has no parameter `m`"),
        (["-p", "name={{x}}"], 4, "the value of name holds `{{`"),
        (["-p", f"n={2**60}"], 6, "rounds whole numbers above 2**53"),
        (["--engine", "nowhere"], 6, "there is no engine nowhere in "),
        (["--engine", "argo", "--python", "/nowhere"], 5, "/nowhere"),
    ],
)
def test_what_is_wrong_is_told_before_anything_is_sent(
    there: Team, call: Caller, words: list[str], exit_code: int, told: str
) -> None:
    answer = call(*SUBMIT, *words)
    assert (answer.code, answer.out) == (exit_code, "")
    assert told in answer.err.splitlines()[-1]
    assert answer.err.splitlines()[-1].startswith("nbflow: ")
    assert there.server.runs == []


def test_a_notebook_with_errors_is_not_submitted(there: Team, call: Caller) -> None:
    write(there.folder, code("x = 1", "step:a", "prev:nowhere"))
    answer = call(*SUBMIT)
    assert answer.code == 8
    assert "nbflow: the notebook was not submitted: NB103" in answer.err
    assert not (there.folder / ".nbflow").exists()


@pytest.mark.parametrize("option", ["--jobs", "--steps", "--output", "--report", "--force"])
def test_what_only_this_machine_can_do_is_refused(there: Team, call: Caller, option: str) -> None:
    answer = call("run", "n.ipynb", "--engine", "team", option, "1")
    assert answer.code == 2
    assert f"{option} is for runs on this machine: it goes without --engine" in answer.err


def test_without_an_engine_submit_asks_for_one(there: Team, call: Caller) -> None:
    answer = call("submit", "n.ipynb")
    assert (answer.code, "name an engine with --engine" in answer.err) == (6, True)
    call("engine", "default", "team")
    assert call("submit", "n.ipynb").code == 0


def test_the_word_kfp_means_the_only_one(there: Team, call: Caller) -> None:
    assert "on team (kfp)" in call("submit", "n.ipynb", "--engine", "kfp").out
    ProfileFile().add("other", {"kind": "kfp", "host": "http://localhost:1", "auth": "none"})
    answer = call("submit", "n.ipynb", "--engine", "kfp")
    assert (answer.code, answer.out) == (6, "")
    assert answer.err.endswith("nbflow: several engines are kfp: name one of team, other\n")


@pytest.mark.parametrize(
    ("status", "told"), [(401, "sign"), (403, "may not"), (500, ""), (503, ""), (404, "")]
)
def test_an_engine_that_refuses_is_a_sentence_and_a_run_that_failed(
    there: Team, call: Caller, status: int, told: str
) -> None:
    there.server.fault("POST", "/runs$", status=status, times=1000)
    answer = call(*SUBMIT)
    assert (answer.code, answer.out) == (6, "")
    last = answer.err.splitlines()[-1]
    assert last.startswith("nbflow: ")
    assert "Traceback" not in answer.err
    shown = call("show", "1")
    assert "✖ run 1 failed" in shown.out
    assert "  message     " in shown.out
    there.server.faults.clear()
    assert call("retry", "1").out.startswith("run 1 goes on on team")
    assert len(there.server.runs) == 1


def test_an_answer_that_is_lost_makes_no_second_run(there: Team, call: Caller) -> None:
    there.server.fault("POST", "/runs$", "lost")
    assert call(*SUBMIT).code == 0
    assert len(there.server.runs) == 1


def test_an_engine_that_does_not_answer_is_a_note(there: Team, call: Caller) -> None:
    call(*SUBMIT)
    there.server.fault("GET", ".*", status=503, times=1000)
    for words in (["runs"], ["show", "1"]):
        answer = call(*words)
        assert answer.code == 0
        assert answer.err.startswith("note: ")
        assert "running" in answer.out
    assert "it has not been looked up since it was sent" in call("show", "1").err
    assert call("cancel", "1").code == 6


def test_a_run_that_was_removed_there(there: Team, call: Caller) -> None:
    call(*SUBMIT)
    there.server.runs.clear()
    assert call("runs").out.splitlines()[1].split()[:3] == ["1", "⊘", "stopped"]
    assert "  message     " in call("show", "1").out


def test_a_connection_that_was_removed(there: Team, call: Caller) -> None:
    call(*SUBMIT)
    call("engine", "remove", "team")
    assert "note: team: there is no engine team in " in call("runs").err
    assert call("show", "1").code == 0
    answer = call("retry", "1")
    assert (answer.code, answer.out) == (6, "")


def test_a_watch_that_loses_the_engine_says_how_to_go_on(there: Team, call: Caller) -> None:
    there.server.plays = False
    there.server.fault("GET", r"/runs/[^/]+$", "drop", times=100_000)
    answer = call("run", "n.ipynb", "--engine", "team")
    assert answer.code == 6
    assert "run 1 may go on, `nbflow show 1` asks again" in answer.err.splitlines()[-1]


def test_a_dropped_connection_does_not_end_the_watch(there: Team, call: Caller) -> None:
    there.server.fault("GET", r"/runs/[^/]+$", "half", times=2)
    there.server.fault("GET", r"/runs/[^/]+$", status=503, times=2)
    assert call("run", "n.ipynb", "--engine", "team").code == 0


# Real processes


def test_an_interrupt_ends_the_watching_and_not_the_run(there: Team, call: Caller) -> None:
    there.server.plays = False
    watching = there.start("run", "n.ipynb", "--engine", "team")
    assert watching.stdout is not None
    assert watching.stdout.readline().startswith("run 1: n.ipynb")
    while not there.server.count("GET", r".*/runs/[^/]+"):
        assert watching.poll() is None
    os.kill(watching.pid, signal.SIGINT)
    _, err = watching.communicate(timeout=60)
    assert watching.returncode == 130
    assert err.splitlines()[-1] == (
        "nbflow: no longer watching, run 1 goes on: `nbflow logs 1 --follow` watches again,"
        " `nbflow cancel 1` stops it"
    )
    assert there.server.runs[0].state == "PENDING"
    there.server.plays = True
    assert call("logs", "1", "--follow").err == "run 1 done\n"


def test_a_submission_that_is_killed_leaves_a_trace(there: Team, call: Caller) -> None:
    there.server.fault("POST", "/runs$", "hang")
    sending = there.start(*SUBMIT)
    while not there.server.count("POST", ".*/runs"):
        assert sending.poll() is None
    sending.kill()
    sending.communicate(timeout=60)
    assert call("runs").out.splitlines()[1].split()[:3] == ["1", "⊘", "stopped"]
    shown = call("show", "1")
    assert shown.code == 0
    assert "nbflow ended before team answered" in shown.err
    assert "`nbflow retry 1` sends it again" in shown.err
    assert call("retry", "1", "--wait").code == 0
    assert len(there.server.runs) == 1
    assert [row["id"] for row in json.loads(call("runs", "--json").out)] == ["1"]


def test_no_secret_goes_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = "hunter2-hunter2"
    monkeypatch.setenv("TEAM_TOKEN", secret)
    with team(tmp_path, monkeypatch, plays=True, sign_in=("token", secret)) as there:
        call = Caller(capsys)
        words = ["--kind", "kfp", "--host", there.server.url, "--token", "env:TEAM_TOKEN"]
        call("engine", "add", "team", *words, "--replace")
        answers = [
            call("engine", "test", "team"),
            call("run", "n.ipynb", "--engine", "team"),
            call("show", "1", "--json"),
        ]
        assert [answer.code for answer in answers] == [0, 0, 0]
        monkeypatch.setenv("TEAM_TOKEN", "wrong-wrong")
        answers.append(call("submit", "n.ipynb", "--engine", "team"))
        assert answers[-1].code == 6
    for path in (path for path in tmp_path.rglob("*") if path.is_file()):
        text = path.read_bytes()
        assert secret.encode() not in text
        assert b"wrong-wrong" not in text
    assert not [each for each in answers if "hunter2" in each.out + each.err]


def test_a_run_here_that_outlives_its_shell(there: Team, call: Caller) -> None:
    write(
        there.folder,
        code("n = 1", "parameters"),
        code(
            "import pathlib, time\nwhile not pathlib.Path('go').exists(): time.sleep(0.01)",
            "step:a",
        ),
        code("print('n is', n)", "step:b"),
    )
    submitted = there.start("submit", "n.ipynb", "--engine", "local", "-p", "n=7")
    out, err = submitted.communicate(timeout=120)
    assert submitted.returncode == 0, err
    assert out.splitlines()[0] == "run 1 goes on in the background"
    assert call("runs").out.splitlines()[1].split()[1:5] == ["◐", "running", "n.ipynb", "local"]
    (there.folder / "go").touch()
    followed = call("logs", "1", "--follow")
    assert (followed.out, followed.err) == ("[b] n is 7\n", "run 1 done\n")


def test_a_run_in_the_background_is_cancelled(there: Team, call: Caller) -> None:
    write(there.folder, code("import time\nwhile True: time.sleep(0.01)", "step:a"))
    there.start("submit", "n.ipynb", "--engine", "local").communicate(timeout=120)
    with Store.open(there.folder) as store:
        assert store.run("1").state == "running"
    assert call("cancel", "1").code == 0
    assert call("logs", "1", "--follow").err == "run 1 stopped\n"


def test_what_stands_in_the_way_of_a_run_in_the_background_is_told(
    there: Team, call: Caller
) -> None:
    answer = call("submit", "n.ipynb", "--engine", "local", "--python", "/nowhere")
    assert (answer.code, answer.out) == (5, "")
    assert answer.err.splitlines()[-1].startswith("nbflow: ")
    assert call("submit", "n.ipynb", "--engine", "local", "-p", "n=x").code == 4
    assert call("submit", "n.ipynb", "--engine", "local", "--image", "x").code == 2
