"""Logs of tasks on Argo: read, followed, and read on after dropped connections."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import argo_run
import pytest
from argo_controller import Controller
from argo_engines import engine
from kubernetes_server import Close, Cluster, Drop, Refuse

from nbflow.engines.argo import ArgoEngine
from nbflow.engines.argo.position import Position
from nbflow.engines.remote import Handle
from nbflow.errors import EngineError

cluster = argo_run.cluster
run = argo_run.run
controller = argo_run.controller


@pytest.fixture
def argo(cluster: Cluster, tmp_path: Path) -> ArgoEngine:
    return engine(cluster, tmp_path, server="https://argo.example")


def meanwhile(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_what_a_task_has_written(argo: ArgoEngine, run: Handle, controller: Controller) -> None:
    controller.start("load")
    assert "".join(argo.logs(run, "load")) == ""
    controller.run("load")
    controller.write("load", "one", "", "two ü", "  2026-11-22T10:00:00Z three")
    assert "".join(argo.logs(run, "load")) == "one\n\ntwo ü\n  2026-11-22T10:00:00Z three\n"
    controller.succeed("load")
    assert "".join(argo.logs(run, "load")).count("one") == 1


def test_a_task_that_has_not_begun(argo: ArgoEngine, run: Handle, controller: Controller) -> None:
    assert list(argo.logs(run, "report")) == []


def test_a_task_that_is_none(argo: ArgoEngine, run: Handle, controller: Controller) -> None:
    with pytest.raises(EngineError, match="has no task plot: it has load, train, report"):
        list(argo.logs(run, "plot"))


@pytest.mark.parametrize(
    "faults", [(Drop(lines=1, half=True),), (Close(), Drop(lines=2), Refuse(500))]
)
def test_lines_come_once(
    argo: ArgoEngine, run: Handle, cluster: Cluster, controller: Controller, faults: Any
) -> None:
    controller.start("load")
    controller.run("load")
    controller.write("load", "same", at=1)
    controller.write("load", "same", at=1)
    controller.write("load", "late", at=4)
    controller.write("load", "early", at=3.5)
    controller.succeed("load")
    cluster.fail("GET", "/log", *faults)
    assert list(argo.logs(run, "load")) == ["same\n", "same\n", "late\n", "early\n"]


def test_followed_to_the_end(
    argo: ArgoEngine, run: Handle, cluster: Cluster, controller: Controller
) -> None:
    seen = argo.logs(run, "load", follow=True)
    controller.start("load")
    controller.run("load")
    controller.write("load", "one")
    assert next(seen) == "one\n"
    controller.write("load", "two")
    assert next(seen) == "two\n"
    controller.write("load", "three")
    controller.succeed("load")
    assert list(seen) == ["three\n"]


@pytest.mark.parametrize(
    "faults",
    [
        (Drop(lines=2),),
        (Drop(lines=2, half=True), Close(), Drop(lines=1)),
        (Refuse(503), Drop(lines=3, half=True), Refuse(429), Refuse(404, "NotFound")),
    ],
)
def test_followed_through_faults(
    argo: ArgoEngine, run: Handle, cluster: Cluster, controller: Controller, faults: Any
) -> None:
    cluster.fail("GET", "/log", *faults)
    controller.start("load")
    controller.run("load")
    for number in range(8):
        controller.write("load", f"line {number}", at=number / 2 + 1)
    lines: list[str] = []
    thread = meanwhile(lambda: lines.extend(argo.logs(run, "load", follow=True)))
    cluster.until(lambda: len(cluster.asked("GET", "/log$")) > len(faults))
    controller.write("load", "the end", at=9)
    controller.succeed("load")
    thread.join(60)
    assert lines == [*(f"line {number}\n" for number in range(8)), "the end\n"]


def test_a_pod_that_has_yet_to_begin_is_waited_for(
    argo: ArgoEngine, run: Handle, cluster: Cluster, controller: Controller
) -> None:
    controller.start("load")
    controller.wait("load", "PodInitializing", "")
    lines: list[str] = []
    thread = meanwhile(lambda: lines.extend(argo.logs(run, "load", follow=True)))
    cluster.until(lambda: any(each.path.endswith("/log") for each in cluster.requests))
    controller.run("load")
    controller.write("load", "one")
    controller.succeed("load")
    thread.join(60)
    assert lines == ["one\n"]


def test_tries(argo: ArgoEngine, run: Handle, controller: Controller) -> None:
    controller.start("load", retries=True)
    controller.run("load(0)")
    controller.write("load(0)", "first")
    seen = argo.logs(run, "load", follow=True)
    assert next(seen) == "first\n"
    controller.fail("load(0)")
    controller.again("load", 1)
    controller.run("load(1)")
    controller.write("load(1)", "second")
    assert next(seen) == "second\n"
    controller.succeed("load(1)")
    controller.change(controller.id_of("load"), phase="Succeeded")
    assert list(seen) == []
    assert list(argo.logs(run, "load")) == ["second\n"]
    assert list(argo.logs(run, "load", tries=True)) == ["first\n", "second\n"]


@pytest.mark.parametrize("follow", [True, False])
@pytest.mark.parametrize(
    ("outputs", "where"),
    [
        (
            {},
            r"Argo keeps logs where its `archiveLogs` is set \(https://argo.example/workflows/lab/churn-1\)",
        ),
        (
            {"artifacts": [{"name": "main-logs", "s3": {"key": "churn-1/pod/main.log"}}]},
            r"has kept it in its artifact repository: churn-1/pod/main.log \(https",
        ),
    ],
)
def test_pods_that_are_gone(
    argo: ArgoEngine,
    run: Handle,
    cluster: Cluster,
    controller: Controller,
    outputs: Any,
    where: str,
    follow: bool,
) -> None:
    controller.start("load")
    controller.run("load")
    controller.succeed("load")
    controller.change(controller.id_of("load"), outputs=outputs)
    cluster.remove("pods", "lab", controller.pod_of("load"))
    with pytest.raises(
        EngineError, match=f"the pod of the task load is gone, and its log with it; .*{where}"
    ):
        list(argo.logs(run, "load", follow=follow))


def test_a_log_that_may_not_be_read(
    argo: ArgoEngine, run: Handle, cluster: Cluster, controller: Controller
) -> None:
    cluster.denied.add("get pods/log")
    controller.start("load")
    controller.run("load")
    for follow in (True, False):
        with pytest.raises(EngineError, match=r"ada may not get pods/log in the namespace lab"):
            list(argo.logs(run, "load", follow=follow))


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (b"2026-11-22T10:00:00.123456789Z a b\n", "a b\n"),
        (b"2026-11-22T12:00:00.123456789+02:00 a\n", "a\n"),
        (b"2026-11-22T10:00:00Z \n", "\n"),
        (b"no time\n", "no time\n"),
        (b"2026-11-22T10:00:00Z \xff\n", "\ufffd\n"),
    ],
)
def test_times_are_taken_off(line: bytes, text: str) -> None:
    assert list(Position().new(line, last=False)) == [text]


def test_a_log_is_read_on_from_the_second_before() -> None:
    position = Position()
    assert position.since == ""
    list(position.new(b"2026-11-22T12:00:09.9+02:00 a\n", last=False))
    assert position.since == "2026-11-22T10:00:08Z"
