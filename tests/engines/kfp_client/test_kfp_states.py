"""What the nodes of a workflow say of a run and its tasks."""

from __future__ import annotations

import pytest
from kfp_orders import client, order, words
from kfp_server import BEGIN, kfp_server

from nbflow.engines.kfp.times import seconds
from nbflow.errors import EngineError


def test_a_task_goes_from_stage_to_stage() -> None:
    with kfp_server() as server:
        engine = client(server)
        handle = engine.submit(order())
        run, flow = server.run("churn-1"), server.run("churn-1").workflow
        assert engine.poll(handle).tasks == {}
        run.to("RUNNING")
        seen = []
        for stage in ("driving", "pending", "running", "done"):
            flow.move("prepare", stage)
            seen.append(words(engine.poll(handle))["prepare"])
        assert seen == ["running", "waiting", "running", "done"]
        task = engine.poll(handle).tasks["prepare"]
        assert (task.started, task.ended) == (BEGIN + 3, BEGIN + 6)
        assert engine.poll(handle).started == BEGIN


def test_attempts_are_counted() -> None:
    with kfp_server() as server:
        engine = client(server)
        handle = engine.submit(order())
        server.run("churn-1").to("RUNNING")
        flow = server.run("churn-1").workflow
        for task in ("left", "right"):
            flow.move(task, "running", "first\n")
        flow.again("right", "second\n")
        flow.again("right", "third\n")
        status = engine.poll(handle)
        assert {name: task.tries for name, task in status.tasks.items()} == {"left": 1, "right": 3}
        assert words(status) == {"left": "running", "right": "running"}


def test_results_used_again_are_told_from_those_made_beside_them() -> None:
    with kfp_server() as server:
        engine = client(server)
        handle = engine.submit(order())
        server.run("churn-1").to("RUNNING")
        flow = server.run("churn-1").workflow
        flow.move("prepare", "cached")
        flow.move("load", "running")
        flow.move("right", "cached")
        flow.move("load", "done")
        flow.move("left", "running")
        status = engine.poll(handle)
        assert words(status) == {
            "prepare": "done",
            "load": "done",
            "left": "running",
            "right": "done",
        }
        reused = {name: task.reused for name, task in status.tasks.items()}
        assert reused == {"prepare": True, "load": False, "left": False, "right": True}


def test_what_a_failed_task_has_kept_from_running_is_skipped() -> None:
    log = "Traceback ...\nnbflow_runtime.pod.StepError: cell 2, line 1: ValueError: no rows\nmore\n"
    with kfp_server(plays=True, outcomes={"load": ("failed", log)}) as server:
        engine = client(server)
        last = list(engine.watch(engine.submit(order())))[-1]
        assert last.state.value == "failed"
        assert words(last) == {
            "prepare": "done",
            "load": "failed",
            "left": "skipped",
            "right": "skipped",
        }
        assert last.tasks["load"].message == "cell 2, line 1: ValueError: no rows"
        assert server.count("GET", "/k8s/pod/logs") <= 2  # once, by one name or the other


def test_a_run_that_fails_before_its_tasks_says_where_to_look() -> None:
    with kfp_server() as server:
        engine = client(server)
        handle = engine.submit(order())
        server.run("churn-1").to("FAILED")
        assert (
            engine.poll(handle).message
            == f"it has failed outside of its tasks; look at {handle.url}"
        )


@pytest.mark.parametrize("reported", [True, False])
def test_a_stopped_run_is_no_failed_one(reported: bool) -> None:
    """By its history, where the server has heard of its workflow since then, or by who has stopped it."""
    with kfp_server() as server:
        engine = client(server)
        handle = engine.submit(order())
        run, flow = server.run("churn-1"), server.run("churn-1").workflow
        run.to("RUNNING")
        flow.move("prepare", "done")
        flow.move("left", "failed")
        flow.move("load", "running")
        engine.cancel(handle)
        assert engine.poll(handle).state.value == "running"  # it is about to end
        if reported:
            run.to("CANCELING")
        flow.move("load", "failed")
        run.to("FAILED")
        status = (client(server) if reported else engine).poll(handle)
        assert status.state.value == "stopped"
        assert words(status) == {"prepare": "done", "left": "failed", "load": "stopped"}
        engine.cancel(handle)  # nothing, as it has ended
        assert server.count("POST", ".*:terminate") == 1
        engine.retry(handle)
        run.to("FAILED")
        assert engine.poll(handle).state.value == "failed"


def test_a_run_that_is_stopped_while_it_is_watched() -> None:
    with kfp_server(plays=True) as server:
        engine = client(server)
        handle = engine.submit(order())
        watching = engine.watch(handle)
        while not next(watching).tasks:
            pass
        client(server).cancel(handle)
        last = list(watching)[-1]
        # Asking for it has let it go on by a step: its first task was done by then.
        assert (last.state.value, words(last)) == ("stopped", {"prepare": "done"})


def test_a_run_is_tried_again() -> None:
    with kfp_server(plays=True, outcomes={"load": ("failed", "")}) as server:
        engine = client(server)
        handle = engine.submit(order())
        list(engine.watch(handle))
        server.outcomes.clear()
        assert engine.retry(handle) == handle
        last = list(engine.watch(handle))[-1]
        assert (last.state.value, set(words(last).values())) == ("done", {"done"})
        assert server.run("churn-1").history.count((0, "")) == 0
        with pytest.raises(EngineError, match="has ended well"):
            engine.retry(handle)


def test_a_run_that_goes_on_is_not_tried_again() -> None:
    with kfp_server() as server:
        engine = client(server)
        handle = engine.submit(order())
        with pytest.raises(EngineError, match="goes on"):
            engine.retry(handle)
        run = server.run("churn-1")
        run.to("FAILED")
        server.fault("POST", ":retry", "lost")
        assert engine.retry(handle) == handle
        assert run.state == "RUNNING"
        assert server.count("POST", ".*:retry") == 1


def test_newer_servers_tell_messages_metrics_and_pods() -> None:
    with kfp_server(native=True) as server:
        engine = client(server)
        handle = engine.submit(order())
        server.run("churn-1").to("RUNNING")
        flow = server.run("churn-1").workflow
        flow.move("prepare", "cached")
        flow.move("load", "done", "loaded\n")
        flow.tasks["load"].metrics["rows"] = 7.0
        flow.move("left", "failed", "oh\n")
        flow.tasks["left"].message = "OOMKilled"
        tasks = engine.poll(handle).tasks
        assert (tasks["prepare"].reused, tasks["load"].reused) == (True, False)
        assert dict(tasks["load"].metrics) == {"rows": 7.0}
        assert (tasks["left"].state.value, tasks["left"].message) == ("failed", "OOMKilled")
        assert "".join(engine.logs(handle, "load")) == "loaded\n"


def test_why_a_pod_cannot_start_is_told() -> None:
    held = {
        "status": {
            "phase": "Pending",
            "containerStatuses": [
                {
                    "name": "main",
                    "image": "nowhere/python:9",
                    "state": {
                        "waiting": {
                            "reason": "ImagePullBackOff",
                            "message": 'Back-off pulling image "nowhere/python:9"',
                        }
                    },
                }
            ],
        }
    }
    unscheduled = {
        "status": {
            "conditions": [
                {
                    "type": "PodScheduled",
                    "status": "False",
                    "reason": "Unschedulable",
                    "message": "0/3 nodes are available: 3 Insufficient nvidia.com/gpu.",
                }
            ]
        }
    }
    with kfp_server() as server:
        engine = client(server)
        handle = engine.submit(order())
        server.run("churn-1").to("RUNNING")
        flow = server.run("churn-1").workflow
        for task, pod in (("left", held), ("right", unscheduled)):
            flow.move(task, "pending")
            flow.tasks[task].logs.append("")
            server.held_up[flow.pods(task)[0]] = pod
        messages: dict[str, str] = {}
        while not all(messages.values()) or not messages:
            messages = {name: task.message for name, task in engine.poll(handle).tasks.items()}
        assert messages["left"].startswith(
            'the image nowhere/python:9 cannot be pulled: Back-off pulling image "nowhere/python:9". See '
        )
        assert messages["right"].startswith("no machine of the cluster can take it: 0/3 nodes")


TIMES = [
    ("2023-11-14T22:13:20Z", 1_700_000_000.0),
    ("2023-11-14T22:13:20.5Z", 1_700_000_000.5),
    ("2023-11-14T22:13:20.123456789Z", 1_700_000_000.123456),
    ("2023-11-14T23:13:20+01:00", 1_700_000_000.0),
    ("1970-01-01T00:00:00Z", None),
    ("0001-01-01T00:00:00Z", None),
    ("soon", None),
    ("", None),
    (None, None),
]


@pytest.mark.parametrize(("told", "meant"), TIMES)
def test_times(told: object, meant: float | None) -> None:
    assert seconds(told) == meant
