"""A small Kubernetes API for tests: real HTTP on a free port, with faults where a test wants them.

It keeps Workflows, pods, their logs and config maps, gives watches, and writes down what it was asked.
Shapes are those of the real one:

- objects, lists, ``Status``, merge patches, watches with bookmarks and 410:
  https://kubernetes.io/docs/reference/using-api/api-concepts/ and ``metav1.Status`` in
  https://github.com/kubernetes/apimachinery/blob/master/pkg/apis/meta/v1/types.go, its texts in
  https://github.com/kubernetes/apimachinery/blob/master/pkg/api/errors/errors.go;
- an unknown group is answered with the text "404 page not found", as by
  https://github.com/kubernetes/apiserver/blob/master/pkg/server/handler.go;
- logs with times in front of lines, ``sinceTime`` to the second, and "is waiting to start":
  https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/kuberuntime/logs/logs.go and
  https://github.com/kubernetes/kubernetes/blob/master/pkg/registry/core/pod/strategy.go;
- ``SelfSubjectAccessReview``:
  https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/self-subject-access-review-v1/.

How Argo's controller moves a run is in ``argo_controller``.
"""

from __future__ import annotations

import contextlib
import copy
import json
import re
import ssl
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import yaml

TOKEN = "sesame-token-0123456789"
_ARGO = "/apis/argoproj.io/v1alpha1"
_PLACE = re.compile(
    rf"(?P<base>{_ARGO}|/api/v1)/namespaces/(?P<namespace>[^/]+)/(?P<kind>[^/]+)"
    r"(?:/(?P<name>[^/]+)(?:/(?P<part>[^/]+))?)?"
)
_KINDS = {"workflows": "Workflow", "pods": "Pod", "configmaps": "ConfigMap", "events": "Event"}
_VERBS = {"POST": "create", "PATCH": "patch", "DELETE": "delete"}


@dataclass(frozen=True)
class Request:
    """A request as it came."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Any
    token: str


@dataclass(frozen=True)
class Refuse:
    """A Status object with a code, or another body with it."""

    code: int
    reason: str = ""
    message: str = "a fault of the test"
    details: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str | None = None


@dataclass(frozen=True)
class Half:
    """Half of the right answer, then the connection is closed."""


@dataclass(frozen=True)
class Close:
    """No answer: the connection is closed."""


@dataclass(frozen=True)
class Silence:
    """No answer, and the connection stays open; with ``headers`` those come, and no body."""

    headers: bool = False


@dataclass(frozen=True)
class Drop:
    """An answer that goes on is cut after ``lines``, in the middle of the next one where ``half``."""

    lines: int = 0
    half: bool = False


Fault = Refuse | Half | Close | Silence | Drop


@dataclass
class _Planned:
    method: str
    pattern: re.Pattern[str]
    fault: Fault
    times: int


class Cluster:
    """A cluster with one API server. All its state may be looked at and changed under ``lock``."""

    def __init__(self, certificate: Path | None = None) -> None:
        self.lock = threading.Condition()
        self.closing = threading.Event()
        self.requests: list[Request] = []
        self.objects: dict[tuple[str, str, str], dict[str, Any]] = {}
        self.logs: dict[tuple[str, str], list[tuple[float, str]]] = {}
        self.events: list[tuple[int, str, str, dict[str, Any]]] = []
        self.version = 1000
        #: Watches from before this version are told that it is gone.
        self.oldest = 0
        self.tokens = {TOKEN}
        #: Rights that are missing, as "verb resource".
        self.denied: set[str] = set()
        self.argo = True
        self.no_namespaces: set[str] = set()
        self._planned: list[_Planned] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._server.cluster = self  # type: ignore[attr-defined]
        self._scheme = "http"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
            self._scheme = "https"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    def __enter__(self) -> Cluster:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.closing.set()
        with self.lock:
            self.lock.notify_all()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """Its address."""
        return f"{self._scheme}://127.0.0.1:{self.port}"

    def kubeconfig(self, folder: Path, namespace: str = "lab", **user: Any) -> Path:
        """A kubeconfig with the context ``test``, whose user signs in with a token, or as ``user`` says."""
        context = {"cluster": "test", "user": "test", "namespace": namespace}
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "test",
            "clusters": [{"name": "test", "cluster": {"server": self.url}}],
            "contexts": [{"name": "test", "context": context}],
            "users": [{"name": "test", "user": user or {"token": TOKEN}}],
        }
        path = folder / "kubeconfig"
        path.write_text(yaml.safe_dump(config), encoding="utf-8")
        return path

    def fail(self, method: str, pattern: str, *faults: Fault, times: int = 1) -> None:
        """Answer the next requests with ``method`` whose path and query ``pattern`` finds by ``faults``."""
        with self.lock:
            for fault in faults:
                self._planned.append(_Planned(method, re.compile(pattern), fault, times))

    def asked(self, method: str, pattern: str) -> list[Request]:
        """The requests so far with ``method`` whose path ``pattern`` finds."""
        with self.lock:
            found = [each for each in self.requests if each.method == method]
        return [each for each in found if re.search(pattern, each.path)]

    def watches(self) -> list[Request]:
        """The watches so far."""
        return [each for each in self.asked("GET", "") if each.query.get("watch") == "true"]

    def until(self, true: Any, seconds: float = 30) -> None:
        """Wait until ``true()`` is, which is looked at each time that the cluster changes or is asked."""
        with self.lock:
            assert self.lock.wait_for(true, seconds), "it has not come about"

    def put(self, kind: str, namespace: str, about: Mapping[str, Any]) -> dict[str, Any]:
        """Make an object, or take the place of the one with its name; the object as it is kept."""
        with self.lock:
            made = copy.deepcopy(dict(about))
            metadata = made.setdefault("metadata", {})
            key = (kind, namespace, metadata["name"])
            old = self.objects.get(key)
            self.version += 1
            made.setdefault("kind", _KINDS[kind])
            made.setdefault("apiVersion", _ARGO[6:] if kind == "workflows" else "v1")
            metadata["namespace"] = namespace
            metadata["uid"] = old["metadata"]["uid"] if old else str(uuid.uuid4())
            metadata["resourceVersion"] = str(self.version)
            metadata.setdefault("creationTimestamp", "2026-11-22T10:00:00Z")
            self.objects[key] = made
            self._happen("MODIFIED" if old else "ADDED", kind, made)
            return made

    def remove(self, kind: str, namespace: str, name: str) -> dict[str, Any]:
        """Remove an object; it as it was."""
        with self.lock:
            gone = self.objects.pop((kind, namespace, name))
            self.version += 1
            gone["metadata"]["resourceVersion"] = str(self.version)
            self._happen("DELETED", kind, gone)
            return gone

    def object(self, kind: str, namespace: str, name: str) -> dict[str, Any]:
        """A copy of an object."""
        with self.lock:
            return copy.deepcopy(self.objects[kind, namespace, name])

    def bookmark(self) -> None:
        """Tell all watches of Workflows how far they have heard."""
        with self.lock:
            self.version += 1
            metadata = {"resourceVersion": str(self.version), "creationTimestamp": None}
            about = {"kind": "Workflow", "apiVersion": _ARGO[6:], "metadata": metadata}
            self._happen("BOOKMARK", "workflows", about)

    def write(self, namespace: str, pod: str, *lines: str, at: float = 0) -> None:
        """Let a pod write lines, each a microsecond after the last; ``at`` in seconds from some day."""
        with self.lock:
            log = self.logs.setdefault((namespace, pod), [])
            for line in lines:
                log.append((at or (log[-1][0] + 1e-6 if log else 0.0), line))
            self.lock.notify_all()

    def _happen(self, kind: str, of: str, about: Mapping[str, Any]) -> None:
        self.events.append((self.version, kind, of, copy.deepcopy(dict(about))))
        self.lock.notify_all()

    def planned(self, request: Request, target: str) -> Fault | None:
        """Write a request down; the fault that it is to meet."""
        with self.lock:
            self.requests.append(request)
            self.lock.notify_all()
            for each in self._planned:
                if each.times and each.method == request.method and each.pattern.search(target):
                    each.times -= 1
                    return each.fault
        return None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self.at: Cluster = self.server.cluster  # type: ignore[attr-defined]

    def handle(self) -> None:
        with contextlib.suppress(OSError):
            super().handle()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""

    def do_GET(self) -> None:
        self._meet("GET")

    def do_POST(self) -> None:
        self._meet("POST")

    def do_PATCH(self) -> None:
        self._meet("PATCH")

    def do_DELETE(self) -> None:
        self._meet("DELETE")

    def _meet(self, method: str) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        token = re.sub("(?i)^bearer ", "", self.headers.get("Authorization") or "")
        request = Request(method, unquote(parts.path), dict(parse_qsl(parts.query)), body, token)
        fault = self.at.planned(request, self.path)
        if isinstance(fault, Refuse):
            return self._refuse(fault)
        if isinstance(fault, Close):
            self.close_connection = True
            return None
        if isinstance(fault, Silence):
            return self._stay_silent(fault)
        if token not in self.at.tokens:
            return self._refuse(Refuse(401, "Unauthorized", "Unauthorized"))
        return self._answer(request, fault)

    def _answer(self, request: Request, fault: Fault | None) -> None:
        place = _PLACE.fullmatch(request.path)
        if place is None:
            return self._other(request, fault)
        kind, namespace, name = place["kind"], place["namespace"], place["name"] or ""
        if place["base"] == _ARGO and not self.at.argo:
            return self._refuse(Refuse(404, text="404 page not found\n"))
        denied = self._denied(request, kind, name, place["part"] or "")
        if denied:
            return self._refuse(_forbidden(denied, kind, name, place["part"] or "", namespace))
        if place["part"] == "log":
            return self._log(request, namespace, name, fault)
        if request.query.get("watch") == "true":
            return self._watch(request, kind, namespace, fault)
        with self.at.lock:
            code, found = self._object(request, kind, namespace, name)
        return self._send(code, found, half=isinstance(fault, Half))

    def _denied(self, request: Request, kind: str, name: str, part: str) -> str:
        verb = _VERBS.get(request.method, "get" if name else "list")
        if request.query.get("watch") == "true":
            verb = "watch"
        return verb if f"{verb} {kind}{'/' if part else ''}{part}" in self.at.denied else ""

    def _object(
        self, request: Request, kind: str, namespace: str, name: str
    ) -> tuple[int, Mapping[str, Any]]:
        cluster = self.at
        if request.method == "POST":
            return self._create(request, kind, namespace)
        if not name:
            return 200, _list(cluster, kind, namespace, request.query)
        if (kind, namespace, name) not in cluster.objects:
            return _status(_absent(kind, name))
        if request.method == "GET":
            return 200, cluster.objects[kind, namespace, name]
        if request.method == "DELETE":
            return 200, cluster.remove(kind, namespace, name)
        return self._patch(request, kind, namespace, name)

    def _patch(
        self, request: Request, kind: str, namespace: str, name: str
    ) -> tuple[int, Mapping[str, Any]]:
        old = self.at.objects[kind, namespace, name]
        meant = (request.body.get("metadata") or {}).get("resourceVersion")
        if meant not in (None, old["metadata"]["resourceVersion"]):
            return _status(
                Refuse(
                    409,
                    "Conflict",
                    f'Operation cannot be fulfilled on {kind}.argoproj.io "{name}": the object has been '
                    "modified; please apply your changes to the latest version and try again",
                    {"name": name, "group": "argoproj.io", "kind": kind},
                )
            )
        return 200, self.at.put(kind, namespace, _merged(old, request.body))

    def _create(self, request: Request, kind: str, namespace: str) -> tuple[int, Mapping[str, Any]]:
        metadata = request.body.get("metadata") or {}
        name = metadata.get("name") or f"{metadata.get('generateName')}{uuid.uuid4().hex[:5]}"
        if namespace in self.at.no_namespaces:
            return _status(_absent("namespaces", namespace))
        if metadata.get("namespace", namespace) != namespace:
            return _status(
                Refuse(
                    400,
                    "BadRequest",
                    "the namespace of the provided object does not match the namespace sent on the "
                    "request",
                )
            )
        if (kind, namespace, name) in self.at.objects:
            return _status(
                Refuse(
                    409,
                    "AlreadyExists",
                    f'{kind}.argoproj.io "{name}" already exists',
                    {"name": name, "group": "argoproj.io", "kind": kind},
                )
            )
        return 201, self.at.put(kind, namespace, request.body)

    def _other(self, request: Request, fault: Fault | None) -> None:
        if request.path == "/version":
            found: Mapping[str, Any] = {"major": "1", "minor": "34", "gitVersion": "v1.34.2"}
            return self._send(200, found, half=isinstance(fault, Half))
        if request.path == _ARGO and self.at.argo:
            return self._send(200, _resources())
        if request.path.endswith("/selfsubjectaccessreviews"):
            asked = request.body["spec"]["resourceAttributes"]
            part = f"/{asked['subresource']}" if "subresource" in asked else ""
            allowed = f"{asked['verb']} {asked['resource']}{part}" not in self.at.denied
            return self._send(201, {**request.body, "status": {"allowed": allowed}})
        return self._refuse(Refuse(404, text="404 page not found\n"))

    def _watch(self, request: Request, kind: str, namespace: str, fault: Fault | None) -> None:
        version = int(request.query["resourceVersion"])
        ends = time.monotonic() + float(request.query["timeoutSeconds"])
        name = request.query["fieldSelector"].removeprefix("metadata.name=")
        if version < self.at.oldest:
            message = f"too old resource version: {version} ({self.at.oldest})"
            gone = _status(Refuse(410, "Expired", message))[1]
            return self._stream(iter([_line({"type": "ERROR", "object": gone})]), fault)
        return self._stream(self._events(version, kind, namespace, name, ends), fault)

    def _events(
        self, version: int, kind: str, namespace: str, name: str, ends: float
    ) -> Iterator[bytes]:
        while not self.at.closing.is_set():
            with self.at.lock:
                news = [each for each in self.at.events if each[0] > version]
                if not news and not self.at.lock.wait(max(ends - time.monotonic(), 0)):
                    return
            for at, what, of, about in news:
                version = at
                metadata = about["metadata"]
                whole = (metadata.get("namespace"), metadata.get("name")) == (namespace, name)
                if of == kind and (what == "BOOKMARK" or whole):
                    yield _line({"type": what, "object": about})
            if time.monotonic() > ends:
                return

    def _log(self, request: Request, namespace: str, name: str, fault: Fault | None) -> None:
        with self.at.lock:
            pod = self.at.objects.get(("pods", namespace, name))
        if pod is None:
            return self._refuse(_absent("pods", name))
        if not _state(pod) or "waiting" in _state(pod):
            reason = _state(pod).get("waiting", {}).get("reason", "ContainerCreating")
            message = f'container "main" in pod "{name}" is waiting to start: {reason}'
            return self._refuse(Refuse(400, "BadRequest", message))
        return self._stream(self._lines(request, namespace, name), fault, plain=True)

    def _lines(self, request: Request, namespace: str, name: str) -> Iterator[bytes]:
        since = request.query.get("sinceTime", "")
        given = 0
        while not self.at.closing.is_set():
            with self.at.lock:
                lines = list(self.at.logs.get((namespace, name), ()))[given:]
                pod = self.at.objects.get(("pods", namespace, name))
                over = pod is None or "terminated" in _state(pod)
                if not lines and request.query.get("follow") == "true" and not over:
                    self.at.lock.wait(5)
                    continue
            given += len(lines)
            for at, text in lines:
                stamp = _stamp(at)
                if not since or stamp[:19] >= since[:19]:
                    yield f"{stamp} {text}\n".encode()
            if not lines:
                return

    def _stream(self, lines: Iterator[bytes], fault: Fault | None, *, plain: bool = False) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain" if plain else "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for number, line in enumerate(lines):
            if isinstance(fault, Drop) and number == fault.lines:
                self._chunk(line[: len(line) // 2] if fault.half else b"")
                self.close_connection = True
                return
            self._chunk(line)
        if isinstance(fault, Drop):
            self.close_connection = True
            return
        self.wfile.write(b"0\r\n\r\n")

    def _chunk(self, data: bytes) -> None:
        if data:
            self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))
            self.wfile.flush()

    def _stay_silent(self, fault: Silence) -> None:
        if fault.headers:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.flush()
        self.at.closing.wait(60)
        self.close_connection = True

    def _refuse(self, fault: Refuse) -> None:
        code, found = _status(fault)
        if fault.text is None:
            return self._send(code, found, headers=fault.headers)
        return self._write(code, fault.text.encode(), "text/plain; charset=utf-8", fault.headers)

    def _send(
        self,
        code: int,
        about: Mapping[str, Any],
        *,
        half: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        with self.at.lock:
            data = json.dumps(about).encode()
        self._write(code, data, "application/json", headers or {}, half=half)

    def _write(
        self,
        code: int,
        data: bytes,
        kind: str,
        headers: Mapping[str, str],
        *,
        half: bool = False,
    ) -> None:
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data[: len(data) // 2] if half else data)
        self.close_connection = self.close_connection or half


def _status(fault: Refuse) -> tuple[int, Mapping[str, Any]]:
    return fault.code, {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": fault.message,
        "reason": fault.reason,
        "details": dict(fault.details),
        "code": fault.code,
    }


def _absent(kind: str, name: str) -> Refuse:
    group = ".argoproj.io" if kind == "workflows" else ""
    return Refuse(
        404, "NotFound", f'{kind}{group} "{name}" not found', {"name": name, "kind": kind}
    )


def _forbidden(verb: str, kind: str, name: str, part: str, namespace: str) -> Refuse:
    group = "argoproj.io" if kind == "workflows" else ""
    whole = f"{kind}{f'.{group}' if group else ''}"
    about = f'{whole} "{name}"' if name else whole
    return Refuse(
        403,
        "Forbidden",
        f'{about} is forbidden: User "ada" cannot {verb} resource "{kind}{f"/{part}" if part else ""}" in '
        f'API group "{group}" in the namespace "{namespace}"',
        {"name": name, "group": group, "kind": kind},
    )


def _list(
    cluster: Cluster, kind: str, namespace: str, query: Mapping[str, str]
) -> Mapping[str, Any]:
    items = [each for key, each in cluster.objects.items() if key[:2] == (kind, namespace)]
    fields = dict(each.split("=", 1) for each in query.get("fieldSelector", "").split(",") if each)
    label, _, value = query.get("labelSelector", "").partition("=")
    found = [
        each
        for each in items
        if all(_field(each, key) == wanted for key, wanted in fields.items())
        and (not label or (each["metadata"].get("labels") or {}).get(label) == value)
    ]
    return {
        "apiVersion": _ARGO[6:] if kind == "workflows" else "v1",
        "kind": f"{_KINDS[kind]}List",
        "metadata": {"resourceVersion": str(cluster.version)},
        "items": found,
    }


def _field(about: Mapping[str, Any], path: str) -> Any:
    found: Any = about
    for key in path.split("."):
        found = found.get(key) or {}
    return found


def _resources() -> Mapping[str, Any]:
    verbs = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"]
    about = {
        "name": "workflows",
        "singularName": "workflow",
        "namespaced": True,
        "kind": "Workflow",
    }
    return {
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": "argoproj.io/v1alpha1",
        "resources": [{**about, "verbs": verbs, "shortNames": ["wf"]}],
    }


def _merged(old: Any, patch: Any) -> Any:
    """RFC 7386."""
    if not isinstance(patch, dict):
        return patch
    found = dict(old) if isinstance(old, dict) else {}
    for key, value in patch.items():
        if value is None:
            found.pop(key, None)
        else:
            found[key] = _merged(found.get(key), value)
    return found


def _line(event: Mapping[str, Any]) -> bytes:
    return json.dumps(event).encode() + b"\n"


def _state(pod: Mapping[str, Any]) -> Mapping[str, Any]:
    for each in (pod.get("status") or {}).get("containerStatuses") or ():
        if each["name"] == "main":
            return dict(each["state"])
    return {}


def _stamp(at: float) -> str:
    whole = int(at)
    micro = round((at - whole) * 1e6)
    return f"2026-11-22T10:{whole // 60:02}:{whole % 60:02}.{micro:06}000Z"
