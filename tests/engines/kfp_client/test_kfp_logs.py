"""Logs come from where the server has them."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from kfp_orders import client, order
from kfp_server import KfpServer, kfp_server

from nbflow.engines.remote import Engine, Handle
from nbflow.errors import EngineError


@pytest.mark.parametrize("ui", [True, False])
@pytest.mark.parametrize("multi_user", [True, False])
def test_the_logs_of_all_attempts_are_read(ui: bool, multi_user: bool) -> None:
    with kfp_server(ui=ui, multi_user=multi_user) as server:
        engine = client(server, namespace="team" if multi_user else "")
        handle = engine.submit(order())
        flow = server.run("churn-1").workflow
        server.run("churn-1").to("RUNNING")
        flow.move("left", "done", "left\n")
        flow.move("right", "running", "one\n")
        flow.again("right", "two ü\n")
        flow.move("right", "done")
        assert "".join(engine.logs(handle, "left")) == "left\n"
        assert "".join(engine.logs(handle, "right")) == "one\ntwo ü\n"
        spaces = {a.query.get("podnamespace") for a in server.asked if a.path == "/k8s/pod/logs"}
        assert spaces == {"team" if multi_user else None}


def test_a_log_is_read_on_until_its_task_has_ended() -> None:
    with kfp_server() as server:
        engine = client(server)
        handle = engine.submit(order())
        server.run("churn-1").to("RUNNING")
        flow = server.run("churn-1").workflow
        pieces = engine.logs(handle, "right", follow=True)
        heard = _Reader(pieces)
        with server.lock:
            flow.move("right", "running", "a\n")
        heard.wait("a\n")
        server.fault("GET", "/k8s/pod/logs", "drop", times=2)
        server.fault("GET", "/runs/", status=503, times=2)
        with server.lock:
            flow.tasks["right"].logs[-1] += "b\n"
        heard.wait("a\nb\n")
        with server.lock:
            flow.again("right", "a\n")
        heard.wait("a\nb\na\n")
        with server.lock:
            flow.move("right", "done", "c\n")
        heard.thread.join(30)
        assert "".join(heard.text) == "a\nb\na\nc\n"


class _Reader:
    """Reads in a thread, and tells what was read."""

    def __init__(self, pieces: Iterator[str]) -> None:
        self.text: list[str] = []
        self._more = threading.Condition()
        self.thread = threading.Thread(target=self._read, args=(pieces,), daemon=True)
        self.thread.start()

    def _read(self, pieces: Iterator[str]) -> None:
        for piece in pieces:
            with self._more:
                self.text.append(piece)
                self._more.notify_all()

    def wait(self, text: str) -> None:
        """Until that is all that was read."""
        with self._more:
            assert self._more.wait_for(lambda: "".join(self.text) == text, 30), self.text


def _gone(server: KfpServer) -> tuple[Engine, Handle]:
    engine = client(server)
    handle = engine.submit(order())
    flow = server.run("churn-1").workflow
    server.run("churn-1").to("RUNNING")
    flow.move("prepare", "cached")
    flow.move("load", "done", "text")
    flow.move("left", "failed", "text")
    server.gone |= {*flow.pods("load"), *flow.pods("left")}
    return engine, handle


def test_why_there_is_no_log_is_told() -> None:
    with kfp_server() as server:
        engine, handle = _gone(server)
        pod = server.run("churn-1").workflow.pods("load")[0]
        with pytest.raises(EngineError, match=r"its pod .* is gone") as error:
            list(engine.logs(handle, "load"))
        assert handle.url in str(error.value)
        assert pod.rpartition("-")[2] in str(error.value)
        with pytest.raises(EngineError, match="result of an earlier one was used again"):
            list(engine.logs(handle, "prepare"))
        with pytest.raises(EngineError, match="has not begun yet"):
            list(engine.logs(handle, "right"))
        assert engine.poll(handle).tasks["left"].message == ""
        server.run("churn-1").to("FAILED")
        with pytest.raises(EngineError, match="has no task other; it has left, load, prepare"):
            list(engine.logs(handle, "other"))


def test_a_driver_that_has_failed_says_why() -> None:
    """Up to its driver's end a task has no pod of its own: the log that there is is the driver's."""
    with kfp_server() as server:
        engine = client(server)
        handle = engine.submit(order())
        server.run("churn-1").to("RUNNING")
        flow = server.run("churn-1").workflow
        flow.move("load", "driving")
        details = flow.details()
        next(d for d in details if d["display_name"] == "load-driver")["state"] = "FAILED"
        flow.details = lambda: details  # type: ignore[method-assign]
        assert engine.poll(handle).tasks["load"].state.value == "failed"
        with pytest.raises(EngineError, match="-system-container-driver-"):
            list(engine.logs(handle, "load"))
