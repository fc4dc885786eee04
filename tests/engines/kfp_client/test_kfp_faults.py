"""What breaks is told in a sentence that says what to do."""

from __future__ import annotations

import gzip
import socket
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from certificates import certificate
from kfp_orders import HASTY, QUICK, client, order
from kfp_server import API, kfp_server
from repeated_secrets import REPEATED, SECRET

from nbflow.engines.kfp import engine
from nbflow.errors import EngineError
from nbflow.profiles import KfpProfile

STATUSES = [
    (400, r"refuses what was sent \(status 400: scripted 400\)"),
    (401, r"does not accept the sign-in: the profile `lab` signs in nowhere; set its `auth`"),
    (403, r"does not allow this, with no sign-in: scripted 403. Ask for the role kubeflow-edit"),
    (409, r"has something of this name already: scripted 409"),
    (410, r"is gone from"),
    (413, r"the pipeline is too large for"),
    (429, r"is asked too often: scripted 429; try again later"),
    (500, r"has failed \(status 500: scripted 500\); its own log, of the pod `ml-pipeline`"),
    (502, r"is not up behind .* \(status 502: scripted 502\); try again later"),
    (503, r"is not up behind"),
    (504, r"is not up behind"),
]


@pytest.mark.parametrize(("status", "words"), STATUSES)
def test_each_status_has_its_sentence(status: int, words: str) -> None:
    with kfp_server() as server:
        server.fault("GET", f"{API}/runs", status=status, times=10**6)
        with pytest.raises(EngineError, match=words) as error:
            client(server, HASTY).submit(order())
        assert "\n" not in str(error.value)
        tried = client(server, HASTY).test()
        assert [each.good for each in tried] == [True, False]
        assert str(error.value) == tried[-1].detail


@pytest.mark.parametrize("text", REPEATED)
def test_a_server_that_repeats_a_secret_is_not_quoted(text: str) -> None:
    with kfp_server(native=True) as server:
        handle = client(server).submit(order())
        server.run("churn-1").to("RUNNING")
        flow = server.run("churn-1").workflow
        log = f"Traceback ...\nValueError: {text}\n"
        flow.move("left", "failed", log)
        flow.tasks["left"].message = text
        told = [client(server).poll(handle).tasks["left"].message]
        server.native = False
        told.append(client(server).poll(handle).tasks["left"].message)
        assert (
            "".join(client(server).logs(handle, "left")) == log
        )  # it is what the user's code shows
        server.fault("GET", f"{API}/runs", status=400, body={"message": text}, times=10**6)
        with pytest.raises(EngineError) as error:
            client(server, HASTY).poll(handle)
        told.append(str(error.value))
    assert all("..." in each for each in told)
    assert not any(SECRET in each for each in told)


def page(text: str) -> dict[str, Any]:
    return {"status": 200, "body": text.encode(), "type": "text/html; charset=utf-8"}


ANSWERS: list[tuple[dict[str, Any], str]] = [
    (page("<!DOCTYPE html><html>Log in to dex</html>"), "sends a page for browsers instead of"),
    ({"status": 302, "body": b"", "headers": {"Location": "/dex/auth?x=1"}}, "asks for a sign-in"),
    ({"status": 403, "body": b"<html>", "type": "text/html"}, "asks for a sign-in"),
    ({"status": 200, "body": b"{", "type": "application/json"}, "is not the API of Kubeflow"),
    ({"status": 200, "body": b"hello", "type": "text/plain"}, "it sends text/plain; check `host`"),
    (
        {"status": 500, "body": b"<html>nginx</html>", "type": "text/html"},
        r"has failed \(status 500\)",
    ),
]


@pytest.mark.parametrize(("answer", "words"), ANSWERS)
def test_what_is_no_answer_of_the_api_is_told(answer: dict[str, Any], words: str) -> None:
    with kfp_server() as server:
        server.fault("GET", f"{API}/runs", times=10**6, **answer)
        with pytest.raises(EngineError, match=words):
            client(server, HASTY).submit(order())


def test_an_address_that_wants_tls_says_so() -> None:
    with kfp_server() as server:
        there = server.url.replace("http://", "https://")
        server.fault("GET", "", status=301, body=b"", headers={"Location": f"{there}/"}, times=9)
        assert "wants TLS: set `host`" in client(server).test()[-1].detail


KINDS = [
    ("drop", "has broken the connection off before its answer was whole; try again"),
    ("half", "has broken the connection off before its answer was whole; try again"),
    ("hang", "has not answered within 0.2 s; try again later"),
]


@pytest.mark.parametrize(("kind", "words"), KINDS)
def test_connections_that_break_are_told(kind: str, words: str) -> None:
    with kfp_server() as server:
        server.fault("GET", f"{API}/runs", kind, times=10**6)
        with pytest.raises(EngineError, match=words):
            client(server, HASTY).submit(order())


def test_an_answer_that_drips_has_an_end() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        host = f"http://127.0.0.1:{listening.getsockname()[1]}"
        code = (
            "import socket, sys, time\n"
            "one, _ = socket.socket(fileno=int(sys.argv[1])).accept()\n"
            "one.recv(65536)\n"
            "one.sendall(b'HTTP/1.1 200 OK\\r\\nContent-Length: 9999\\r\\n\\r\\n')\n"
            "while True:\n    one.sendall(b' ' * 9)\n    time.sleep(0.02)\n"
        )
        command = [sys.executable, "-c", code, str(listening.fileno())]
        with subprocess.Popen(
            command, pass_fds=[listening.fileno()], stderr=subprocess.DEVNULL
        ) as dripping:
            patience = replace(HASTY, silence=20, whole=0.3, repeat=0)
            tried = engine(KfpProfile("lab", host), patience).test()
            dripping.kill()
    assert "has not answered within 0.3 s" in tried[-1].detail


def test_where_nothing_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        host = f"http://127.0.0.1:{free.getsockname()[1]}"
    tried = engine(KfpProfile("lab", host), QUICK).test()
    assert [each.what for each in tried] == ["address"]
    assert "the connection is refused; check `host` of the profile `lab`" in tried[0].detail
    with pytest.raises(EngineError, match="connection is refused"):
        engine(KfpProfile("lab", host), QUICK).submit(order())


def test_a_host_that_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
    tried = engine(KfpProfile("lab", "https://kubeflow.invalid/pipeline"), QUICK).test()
    assert "the name kubeflow.invalid is not known to the network; check `host`" in tried[0].detail


def test_a_proxy_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        proxy = f"http://127.0.0.1:{free.getsockname()[1]}"
    for name in ("NO_PROXY", "no_proxy", "http_proxy", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTP_PROXY", proxy)
    tried = engine(KfpProfile("lab", "http://kubeflow.invalid"), QUICK).test()
    assert "the proxy on the way to http://kubeflow.invalid does not answer" in tried[0].detail


def test_certificates_are_looked_at(tmp_path: Path) -> None:
    own = str(certificate(tmp_path))
    with kfp_server(certificate=own) as server:
        detail = client(server).test()[0].detail
        assert "is not trusted (it is signed by itself); name the file of its authority" in detail
        assert client(server, ca=own).test()[-1].good
        assert client(server, verify_tls=False).submit(order()).name == "churn-1"
        missing = client(server, ca=str(tmp_path / "none.pem")).test()[0].detail
        assert missing == "the file that `ca` of the profile `lab` names is not there"
    with kfp_server() as server:
        server.url = server.url.replace("http://", "https://")
        assert "there is no TLS: use http://" in client(server).test()[0].detail


def test_an_older_kubeflow_is_told_by_its_version() -> None:
    for ui in (True, False):
        with kfp_server(version="1.8.5", ui=ui) as server:
            words = "is Kubeflow Pipelines 1.8.5, which has no API v2beta1: it needs 2.0 or newer"
            assert words in client(server).test()[-1].detail
            with pytest.raises(EngineError, match="has no API v2beta1"):
                client(server).submit(order())


def test_something_else_is_told() -> None:
    with kfp_server(prefix="/pipeline") as server:
        server.url = server.url.removesuffix("/pipeline")
        server.fault("GET", "healthz", status=404, body=b"nothing here", times=9)
        detail = client(server).test()[-1].detail
        assert "is not Kubeflow Pipelines 2" in detail
        assert "the address ends in /pipeline" in detail


def test_the_version_is_told() -> None:
    for ui in (True, False):
        with kfp_server(version="2.14.3", ui=ui) as server:
            first = client(server).test()[0]
            assert first.detail == f"Kubeflow Pipelines 2.14.3 at {server.url}"


def test_a_page_copied_from_the_browser_is_an_address() -> None:
    with kfp_server(prefix="/pipeline") as server:
        server.url += "/?ns=team#/runs/details/1"
        assert client(server).test()[-1].good


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
CHUNKS = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
BODY = gzip.compress(b'{"tag_name": "2.9.0"}')
PACKED = HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY
FORMS = [
    (CHUNKS + b'4\r\n{"ta\r\n11\r\ng_name": "2.9.0"}\r\n0\r\n\r\n', "Kubeflow Pipelines 2.9.0 at"),
    (CHUNKS + b'4\r\n{"ta\r\n11\r\ng_na', "has broken the connection off"),
    (PACKED, "Kubeflow Pipelines 2.9.0 at"),
    (PACKED[:-9], "has broken the connection off"),
    (PACKED.replace(BODY, b"x" * len(BODY)), "has broken the connection off"),
    (b"SSH-2.0-OpenSSH_9.2\r\n", "has broken the connection off"),
]


@pytest.mark.parametrize(("sent", "words"), FORMS)
def test_the_forms_in_which_answers_come(sent: bytes, words: str) -> None:
    def answer(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        listening.close()  # nobody else is let in
        with connection:
            connection.recv(1 << 16)
            connection.sendall(sent)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=answer, args=(listening,))
        thread.start()
        host = f"http://127.0.0.1:{listening.getsockname()[1]}"
        tried = engine(
            KfpProfile("lab", host), replace(QUICK, whole=20, connect=1, silence=1)
        ).test()
        thread.join()
    assert words in tried[0].detail
