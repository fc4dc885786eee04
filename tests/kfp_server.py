"""A small HTTP server that speaks as Kubeflow Pipelines 2 does (API v2beta1), and fails as it is told to.

It keeps pipelines, experiments and runs, and counts what it is asked. A test moves the tasks of its runs
(``server.run("name").workflow.move("train", "running")``), or lets them go on by themselves, one step each
time that a run is asked for (``plays``).

Where the wire format comes from, in the repository kubeflow/pipelines: paths and fields from
backend/api/v2beta1/{run,pipeline,experiment,filter,healthz,runtime_config}.proto; uploads from
backend/src/apiserver/server/pipeline_upload_server.go; errors as grpc-gateway writes google.rpc.Status; the
other paths of the API from backend/src/apiserver/main.go; those of the UI from
frontend/server/{app,handlers/pod-logs,handlers/pod-info,handlers/healthz}.ts. Signing in: see ``kfp_gate``.
"""

from __future__ import annotations

import email.message
import email.policy
import json
import re
import secrets
import socket
import ssl
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yaml
from kfp_answers import Answer, Asked, RefusedError, failed
from kfp_gate import Gate
from kfp_workflow import Workflow, stamp

API = "/apis/v2beta1"
#: When the first run of a server is made.
BEGIN = 1_700_000_000.0


@dataclass
class Fault:
    """What happens instead of an answer to requests that fit, ``times`` times.

    ``kind`` is "answer" (with ``answer``), "drop" (the connection ends without one), "half" (in the middle
    of one), "hang" (until the server ends) or "lost" (the work is done, and then the connection ends).
    """

    method: str
    path: str
    kind: str = "answer"
    answer: Answer | None = None
    times: int = 1


@dataclass
class Run:
    """A run that the server keeps."""

    id: str
    name: str
    experiment: str
    namespace: str
    version: tuple[str, str]
    parameters: dict[str, Any]
    workflow: Workflow
    created: float
    account: str = "pipeline-runner"
    state: str = "PENDING"
    history: list[tuple[float, str]] = field(default_factory=list)
    finished: float = 0.0

    def to(self, state: str) -> None:
        """Bring the run to a state (``RuntimeState``)."""
        self.workflow.now += 1
        self.state = state
        self.history.append((self.workflow.now, state))
        ended = state in ("SUCCEEDED", "FAILED", "CANCELED")
        self.finished = self.workflow.now if ended else 0.0

    def message(self, native: bool) -> dict[str, Any]:
        """The message ``Run``."""
        told: dict[str, Any] = {
            "experiment_id": self.experiment,
            "run_id": self.id,
            "display_name": self.name,
            "storage_state": "AVAILABLE",
            "pipeline_version_reference": {
                "pipeline_id": self.version[0],
                "pipeline_version_id": self.version[1],
            },
            "runtime_config": {"parameters": self.parameters},
            "service_account": self.account,
            "created_at": stamp(self.created),
            "scheduled_at": stamp(self.created),
            "finished_at": stamp(self.finished),
            "state": self.state,
            "state_history": [
                {"update_time": stamp(when), "state": state} for when, state in self.history
            ],
        }
        if native:
            told["tasks"] = self.workflow.native()
        elif details := self.workflow.details():
            told["run_details"] = {"task_details": [{**d, "run_id": self.id} for d in details]}
        return told


@dataclass
class KfpServer:
    """The server. ``sign_in`` says who may ask: see ``kfp_gate.Gate``.

    ``version`` below 2 has no v2beta1; ``ui`` says whether the UI's own paths are there; ``native`` whether
    tasks are told as newer servers do; ``prefix`` is what the gateway puts before all paths. ``outcomes``
    are for runs that play by themselves: a task's last stage and what it has written. ``certificate`` is a
    file of one with its key: the server speaks TLS then.
    """

    version: str = "2.5.0"
    multi_user: bool = False
    namespaces: tuple[str, ...] = ("team",)
    sign_in: tuple[str, ...] = ()
    prefix: str = ""
    ui: bool = True
    native: bool = False
    plays: bool = False
    outcomes: dict[str, tuple[str, str]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    pipelines: list[dict[str, Any]] = field(default_factory=list)
    versions: list[dict[str, Any]] = field(default_factory=list)
    experiments: list[dict[str, Any]] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    held_up: dict[str, dict[str, Any]] = field(default_factory=dict)
    sessions: set[str] = field(default_factory=set)
    certificate: str = ""
    url: str = ""
    lock: threading.RLock = field(default_factory=threading.RLock)
    end: threading.Event = field(default_factory=threading.Event)

    # For tests

    def run(self, name: str) -> Run:
        """The run of a name."""
        return next(run for run in self.runs if run.name == name)

    def fault(self, method: str, path: str, kind: str = "answer", **more: Any) -> None:
        """Let requests whose path holds a pattern fail; ``status``, ``body``, ``headers`` of an answer."""
        times = more.pop("times", 1)
        answer = None
        if kind == "answer":
            status = more.pop("status")
            body = more.pop("body", None)
            answer = failed(status, f"scripted {status}") if body is None else Answer(status, body)
            answer.kind = more.pop("type", answer.kind)
            answer.headers = more.pop("headers", {})
        self.faults.append(Fault(method, path, kind, answer, times))

    def count(self, method: str, path: str) -> int:
        """How many requests there were whose path is all of a pattern."""
        return sum(a.method == method and bool(re.fullmatch(path, a.path)) for a in self.asked)

    # The API

    def answer(self, asked: Asked) -> Answer:
        """What a request is answered with."""
        try:
            with self.lock:
                return self._routed(asked)
        except RefusedError as refused:
            return refused.answer
        except Exception as error:  # of this server, to be seen in what a test says
            return failed(500, f"the server of the tests has failed: {error!r}")

    def _routed(self, asked: Asked) -> Answer:
        path, query = asked.path, asked.query
        if path.startswith(API) and self.version < "2":
            raise RefusedError(failed(404, "Not Found"))
        if path in ("/apis/v1beta1/healthz", f"{API}/healthz"):
            return self._healthz(path)
        for method, pattern, handler in self._routes():
            found = re.fullmatch(pattern, path)
            if found and method == asked.method:
                return Answer(200, handler(asked, *found.groups()))
        if path == "/k8s/pod/logs" and self.ui:
            return self._log(query.get("podname", ""), "Could not get main container logs: Error")
        if path == "/k8s/pod" and self.ui:
            found_pod = self.held_up.get(query.get("podname", ""))
            return Answer(200, found_pod) if found_pod else Answer(500, "Could not get pod details")
        own = re.fullmatch(r"/apis/v1alpha1/runs/([^/]+)/nodes/([^/]+)/log", path)
        if own and not self.ui:
            return self._log(own[2], "Failed to read logs for run")
        if self.ui and not path.startswith("/apis"):
            return Answer(200, "<!doctype html><html>Kubeflow Pipelines</html>", "text/html")
        raise RefusedError(Answer(404, "404 page not found\n", "text/plain"))

    def _routes(self) -> Iterator[tuple[str, str, Any]]:
        yield "GET", f"{API}/pipelines", self._list_pipelines
        yield "POST", f"{API}/pipelines", self._create_pipeline
        yield "POST", f"{API}/pipelines/upload_version", self._upload
        yield "GET", f"{API}/pipelines/([^/]+)/versions", self._list_versions
        yield "GET", f"{API}/experiments", self._list_experiments
        yield "POST", f"{API}/experiments", self._create_experiment
        yield "GET", f"{API}/runs", self._list_runs
        yield "POST", f"{API}/runs", self._create_run
        yield "GET", f"{API}/runs/([^/:]+)", self._get_run
        yield "POST", f"{API}/runs/([^/:]+):terminate", self._terminate
        yield "POST", f"{API}/runs/([^/:]+):retry", self._retry

    def _healthz(self, path: str) -> Answer:
        if not self.ui:
            if path.startswith(API):
                return Answer(200, {"multi_user": self.multi_user} if self.multi_user else {})
            return Answer(200, {"tag_name": self.version, "multi_user": self.multi_user})
        told = {
            "apiServerTagName": self.version,
            "apiServerReady": True,
            "apiServerMultiUser": self.multi_user,
            "multi_user": self.multi_user,
            "frontendTagName": self.version,
        }
        return Answer(200, told)

    def _allowed(self, namespace: str) -> None:
        if not self.multi_user:
            return
        if not namespace:
            raise RefusedError(
                failed(400, "Invalid input error: A namespace is required in multi-user mode")
            )
        if namespace not in self.namespaces:
            raise RefusedError(
                failed(403, f"User 'ada' is not authorized with reason: (namespace: {namespace})")
            )

    def _page(self, kind: str, asked: Asked, items: list[dict[str, Any]]) -> dict[str, Any]:
        """A page of what fits the filter: it does not tell capitals from small letters."""
        for one in json.loads(asked.query.get("filter") or "{}").get("predicates", ()):
            value = str(one.get("string_value", one.get("stringValue"))).lower()
            exact = {"EQUALS": True, 1: True, "IS_SUBSTRING": False, 9: False}[one["operation"]]
            texts = [(item, str(item[one["key"]]).lower()) for item in items]
            items = [i for i, text in texts if (value == text if exact else value in text)]
        size, start = int(asked.query.get("page_size", 20)), int(asked.query.get("page_token", 0))
        page = {kind: items[start : start + size], "total_size": len(items)}
        return page | ({"next_page_token": str(start + size)} if start + size < len(items) else {})

    def _here(self, items: list[dict[str, Any]], asked: Asked) -> list[dict[str, Any]]:
        self._allowed(asked.query.get("namespace", ""))
        wanted = asked.query.get("namespace", "") if self.multi_user else ""
        return [item for item in items if not wanted or item["namespace"] == wanted]

    def _list_pipelines(self, asked: Asked) -> object:
        return self._page("pipelines", asked, self._here(self.pipelines, asked))

    def _list_versions(self, asked: Asked, pipeline: str) -> object:
        found = [v for v in self.versions if v["pipeline_id"] == pipeline]
        return self._page("pipeline_versions", asked, found)

    def _list_experiments(self, asked: Asked) -> object:
        return self._page("experiments", asked, self._here(self.experiments, asked))

    def _list_runs(self, asked: Asked) -> object:
        runs = [{**run.message(False), "namespace": run.namespace} for run in self.runs]
        return self._page("runs", asked, self._here(runs, asked))

    def _named(self, asked: Asked, items: list[dict[str, Any]], key: str) -> dict[str, Any]:
        body = asked.json
        self._allowed(body.get("namespace", ""))
        name = body["display_name"]
        namespace = body.get("namespace", "") if self.multi_user else ""
        if any(i["display_name"] == name and i["namespace"] == namespace for i in items):
            raise RefusedError(failed(409, f"Already exist error: The name {name} already exist"))
        made = {
            key: str(uuid.uuid4()),
            "display_name": name,
            "namespace": namespace,
            "created_at": stamp(BEGIN),
        }
        items.append(made)
        return made

    def _create_pipeline(self, asked: Asked) -> object:
        return self._named(asked, self.pipelines, "pipeline_id")

    def _create_experiment(self, asked: Asked) -> object:
        made = self._named(asked, self.experiments, "experiment_id")
        return made | {"storage_state": "AVAILABLE"}

    def _upload(self, asked: Asked) -> object:
        query = asked.query
        text = _file(asked)
        if any(
            v["pipeline_id"] == query["pipelineid"] and v["display_name"] == query["name"]
            for v in self.versions
        ):
            raise RefusedError(
                Answer(409, {"error_message": "Failed to create a pipeline version"})
            )
        made = {
            "pipeline_id": query["pipelineid"],
            "pipeline_version_id": str(uuid.uuid4()),
            "display_name": query["name"],
            "created_at": stamp(BEGIN + len(self.versions)),
            "pipeline_spec": next(iter(yaml.safe_load_all(text))),
        }
        self.versions.append(made)
        return made

    def _create_run(self, asked: Asked) -> object:
        body = asked.json
        where = body["pipeline_version_reference"]
        version = next(
            v for v in self.versions if v["pipeline_version_id"] == where["pipeline_version_id"]
        )
        experiment = next(
            e for e in self.experiments if e["experiment_id"] == body["experiment_id"]
        )
        known = version["pipeline_spec"]["root"].get("inputDefinitions", {}).get("parameters", {})
        parameters = body["runtime_config"]["parameters"]
        if set(parameters) - set(known):
            raise RefusedError(failed(400, "Invalid input error: Unrecognized input parameter"))
        spec = version["pipeline_spec"]
        created = BEGIN + 100 * len(self.runs)
        name = f"{spec['pipelineInfo']['name']}-{secrets.token_hex(3)[:5]}"
        run = Run(
            str(uuid.uuid4()),
            body["display_name"],
            body["experiment_id"],
            experiment["namespace"],
            (where["pipeline_id"], where["pipeline_version_id"]),
            parameters,
            Workflow(name, spec, created),
            created,
            body.get("service_account") or "pipeline-runner",
        )
        run.to("PENDING")
        self.runs.append(run)
        return run.message(self.native)

    def _of(self, key: str) -> Run:
        for run in self.runs:
            if run.id == key:
                return run
        raise RefusedError(
            failed(404, f"Failed to get a run: ResourceNotFoundError: Run {key} not found")
        )

    def _get_run(self, asked: Asked, key: str) -> object:
        run = self._of(key)
        if self.plays:
            self._on(run)
        return run.message(self.native)

    def _on(self, run: Run) -> None:
        """One step on, as the manifest orders the tasks."""
        flow = run.workflow
        if run.state == "PENDING":
            run.to("RUNNING")
            return
        if run.state == "CANCELING":
            if run.history[-1][1] != "CANCELING":
                run.to("CANCELING")
                return
            for task in flow.tasks.values():
                if task.stage in ("driving", "pending", "running"):
                    flow.move(task.name, "failed")
            run.to("FAILED")
            return
        if run.state != "RUNNING":
            return
        busy = [t for t in flow.tasks.values() if t.stage in ("driving", "pending", "running")]
        for task in busy:
            stage, log = self.outcomes.get(task.name, ("done", f"log of {task.name}\n"))
            flow.move(task.name, stage, log)
        if not busy:
            self._begin(run)

    def _begin(self, run: Run) -> None:
        flow = run.workflow
        left = [task for task in flow.tasks.values() if task.stage == "waiting"]
        ready = [
            task
            for task in left
            if all(flow.tasks[before].stage in ("done", "cached") for before in task.after)
        ]
        for task in ready:
            cached = self.outcomes.get(task.name, ("",))[0] == "cached"
            flow.move(task.name, "cached" if cached else "running")
        if not ready:
            for task in left:
                flow.move(task.name, "omitted")
            lost = any(task.stage == "failed" for task in flow.tasks.values())
            run.to("FAILED" if lost else "SUCCEEDED")

    def _terminate(self, asked: Asked, key: str) -> object:
        run = self._of(key)
        if run.state not in ("PENDING", "RUNNING", "CANCELING"):
            raise RefusedError(failed(500, f"Failed to terminate run {key}: Row not found"))
        # The state alone: its history learns of it when the workflow is reported next, if it is by then
        # (``TerminateRun`` in backend/src/apiserver/storage/run_store.go has a TODO for that).
        run.state = "CANCELING"
        return {}

    def _retry(self, asked: Asked, key: str) -> object:
        run = self._of(key)
        if run.state != "FAILED":
            raise RefusedError(
                failed(400, "Failed to retry run: Workflow must be Failed/Error to retry")
            )
        for task in run.workflow.tasks.values():
            if task.stage in ("failed", "omitted"):
                fresh = type(task)(task.name, task.after, task.retries)
                run.workflow.tasks[task.name] = fresh
        run.to("RUNNING")
        return {}

    def _log(self, pod: str, trouble: str) -> Answer:
        for run in self.runs:
            for name, task in run.workflow.tasks.items():
                if pod in run.workflow.pods(name) and pod not in self.gone:
                    number = run.workflow.pods(name).index(pod)
                    return Answer(200, task.logs[number], "text/plain")
        return Answer(500, f'{trouble}: pods "{pod}" not found', "text/plain")


def _file(asked: Asked) -> str:
    """The file in a form."""
    head = f"Content-Type: {asked.headers['content-type']}\r\n\r\n".encode()
    form = email.message_from_bytes(head + asked.body, policy=email.policy.HTTP)
    for part in form.iter_parts():
        if part.get_param("name", header="content-disposition") == "uploadfile":
            assert str(part.get_filename()).endswith(".yaml")
            return bytes(part.get_payload(decode=True)).decode()
    raise RefusedError(Answer(400, {"error_message": "Failed to read pipeline from file"}))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet: else each answer waits 40 ms for an ACK
    kfp: KfpServer

    def do_GET(self) -> None:
        """As ``http.server`` calls it."""
        self._serve()

    def do_POST(self) -> None:
        """As ``http.server`` calls it."""
        self._serve()

    def log_message(self, *_: object) -> None:
        """Nothing is written."""

    def _serve(self) -> None:
        kfp = self.kfp
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        headers = {name.lower(): value for name, value in self.headers.items()}
        path = parts.path.removeprefix(kfp.prefix)
        asked = Asked(self.command, path, query, headers, body)
        with kfp.lock:
            kfp.asked.append(asked)
            fault = next(
                (
                    f
                    for f in kfp.faults
                    if f.times and f.method == asked.method and re.search(f.path, path)
                ),
                None,
            )
            if fault:
                fault.times -= 1
        if fault and fault.kind != "answer":
            self._fail(fault, asked)
            return
        gate = Gate(kfp.sign_in, kfp.sessions).answer(asked)
        self._send(fault.answer if fault and fault.answer else gate or kfp.answer(asked))

    def _fail(self, fault: Fault, asked: Asked) -> None:
        self.close_connection = True
        if fault.kind == "hang":
            self.kfp.end.wait(60)
        if fault.kind == "lost":
            self.kfp.answer(asked)
        if fault.kind == "half":
            answer = self.kfp.answer(asked)
            self._head(answer)
            self.wfile.write(answer.body[: len(answer.body) // 2])

    def _send(self, answer: Answer) -> None:
        self._head(answer)
        self.wfile.write(answer.body)

    def _head(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 32

    def __init__(self, *more: Any) -> None:
        super().__init__(*more)
        self.open: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        """As ``socketserver`` calls it; connections that are kept open end with the server."""
        self.open.add(request)
        super().process_request(request, client_address)

    def close_request(self, request: Any) -> None:
        """As ``socketserver`` calls it."""
        self.open.discard(request)
        super().close_request(request)

    def end(self) -> None:
        """End all that is open, and take nothing new."""
        self.shutdown()
        self.server_close()
        for each in list(self.open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def handle_error(self, *_: object) -> None:
        """A client that has gone away is no news."""


@contextmanager
def kfp_server(**settings: Any) -> Iterator[KfpServer]:
    """A server on a free port, while the block lasts."""
    kfp = KfpServer(**settings)
    http = _Quiet(("127.0.0.1", 0), type("Handler", (_Handler,), {"kfp": kfp}))
    if kfp.certificate:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(kfp.certificate)
        http.socket = tls.wrap_socket(http.socket, server_side=True)
    scheme = "https" if kfp.certificate else "http"
    kfp.url = f"{scheme}://127.0.0.1:{http.server_port}{kfp.prefix}"
    thread = threading.Thread(
        target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    )
    thread.start()
    try:
        yield kfp
    finally:
        kfp.end.set()
        http.end()
        thread.join()
