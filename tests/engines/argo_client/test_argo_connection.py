"""The way to a cluster: files, contexts, pods, hosts, certificates, plugins, tokens; and its faults."""

from __future__ import annotations

import json
import logging
import os
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import argo_run
import pytest
import yaml
from argo_engines import QUICK, engine, order
from certificates import certificate
from kubernetes_server import TOKEN, Close, Cluster, Half, Refuse, Silence
from repeated_secrets import REPEATED, SECRET

from nbflow.engines.argo import ArgoEngine
from nbflow.engines.argo.asked import Asked
from nbflow.engines.argo.connection import Connection, connect
from nbflow.engines.argo.refusals import refusal
from nbflow.engines.events import RunState
from nbflow.engines.remote import Handle
from nbflow.errors import NbflowError, ProfileError
from nbflow.profiles import ArgoProfile, Secret

cluster = argo_run.cluster
RUN = Handle("", "churn-1", "lab")


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No kubeconfig of this machine, no pod, no proxy."""
    for name in (
        "KUBECONFIG",
        "KUBERNETES_SERVICE_HOST",
        "HTTPS_PROXY",
        "HTTP_PROXY",
        "https_proxy",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


def sentence(profile: ArgoProfile, patience: Any = QUICK) -> str:
    """What is told where a run is looked at."""
    with pytest.raises(NbflowError) as caught:
        ArgoEngine(profile, patience).poll(RUN)
    assert TOKEN not in str(caught.value)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_no_kubeconfig(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sentence(ArgoProfile("lab")) == (
        "no kubeconfig is there (~/.kube/config): sign in to the cluster with its own tool, or give the "
        "profile lab a `kubeconfig`, or a `host` and a `token`"
    )
    monkeypatch.setenv("KUBECONFIG", "/no/such/file")
    assert "(/no/such/file)" in sentence(ArgoProfile("lab"))
    assert sentence(ArgoProfile("lab", kubeconfig="/no/such/other")) == (
        "the kubeconfig /no/such/other is not there: the profile's `kubeconfig` names it"
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"a: [{TOKEN}", "is not YAML"),
        ("just text", "is not a kubeconfig"),
        (
            "kind: Config",
            "has no current context: choose one with `kubectl config use-context NAME`",
        ),
        ("current-context: a", "has no context a"),
        (
            json.dumps(
                {"current-context": "a", "contexts": [{"name": "a", "context": {"cluster": "c"}}]}
            ),
            "leads to the cluster `c`, which has no address there",
        ),
        (
            json.dumps(
                {
                    "current-context": "a",
                    "contexts": [{"name": "a", "context": {"cluster": "c", "user": "u"}}],
                    "clusters": [
                        {
                            "name": "c",
                            "cluster": {"server": "https://x", "certificate-authority": "no.crt"},
                        }
                    ],
                    "users": [{"name": "u", "user": {"token": TOKEN}}],
                }
            ),
            "cannot be used: File does not exist: ",
        ),
    ],
)
def test_kubeconfigs_that_do_not_fit(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "config"
    path.write_text(text, encoding="utf-8")
    assert told in sentence(ArgoProfile("lab", kubeconfig=str(path)))


def test_an_unknown_context(cluster: Cluster, tmp_path: Path) -> None:
    path = cluster.kubeconfig(tmp_path)
    told = sentence(ArgoProfile("lab", kubeconfig=str(path), context="prod"))
    assert told == f"the kubeconfig {path} has no context prod (it has test)"


def test_the_first_file_that_names_a_thing_wins(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = yaml.safe_load(cluster.kubeconfig(tmp_path).read_text(encoding="utf-8"))
    context = {"name": "first", "context": {"cluster": "test", "user": "test", "namespace": "one"}}
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_text(
        yaml.safe_dump({"current-context": "first", "contexts": [context]}), encoding="utf-8"
    )
    second.write_text(yaml.safe_dump(whole), encoding="utf-8")
    monkeypatch.setenv("KUBECONFIG", f"{first}:/no/such/file:{second}")
    assert ArgoEngine(ArgoProfile("x"), QUICK).submit(order()).namespace == "one"
    assert ArgoEngine(ArgoProfile("x", context="test"), QUICK).submit(order()).namespace == "lab"


def test_the_file_at_home(cluster: Cluster, tmp_path: Path) -> None:
    (tmp_path / ".kube").mkdir()
    cluster.kubeconfig(tmp_path, namespace="").rename(tmp_path / ".kube" / "config")
    assert ArgoEngine(ArgoProfile("x"), QUICK).submit(order()).namespace == "default"


def test_host_and_token(cluster: Cluster, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text(f"{TOKEN}\n", encoding="utf-8")
    profile = ArgoProfile(
        "x", host=f"{cluster.url}/", token=Secret("file", str(token)), namespace="lab"
    )
    argo = ArgoEngine(profile, QUICK)
    run = argo.submit(order())
    # A token that was renewed where it stands is taken up.
    cluster.tokens = {"renewed"}
    token.write_text("renewed", encoding="utf-8")
    assert argo.poll(run).state is RunState.RUNNING
    cluster.tokens = {"else"}
    told = sentence(profile)
    assert told == (
        f"cannot look at the run churn-1: {cluster.url} does not accept the sign-in of the profile x; the "
        f"token has run out or is none: renew what stands in file:{token}"
    )


@pytest.mark.parametrize("text", ["two words\nof text", "schlüssel"])
def test_a_text_that_is_no_token(cluster: Cluster, tmp_path: Path, text: str) -> None:
    token = tmp_path / "token"
    token.write_text(text, encoding="utf-8")
    told = sentence(ArgoProfile("x", host=cluster.url, token=Secret("file", str(token))))
    assert "the token is none" in told
    assert "words" not in told
    assert "schl" not in told


def test_a_secret_that_is_not_there(cluster: Cluster) -> None:
    profile = ArgoProfile("x", host=cluster.url, token=Secret("env", "NBFLOW_NO_SUCH_TOKEN"))
    assert sentence(profile) == "the environment variable NBFLOW_NO_SUCH_TOKEN is not set"


def test_a_refused_connection() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    assert sentence(ArgoProfile("x", host=url)) == (
        f"cannot look at the run churn-1: {url} refuses the connection: no Kubernetes answers there; see "
        "that the cluster runs and the address is right, which the profile x gives"
    )


def test_an_unknown_host() -> None:
    assert "the name in https://cluster.invalid:6443 is not known here" in sentence(
        ArgoProfile("x", host="https://cluster.invalid:6443")
    )


@pytest.mark.parametrize("host", ["cluster", "cluster:6443"])
def test_hosts_that_are_no_address(host: str) -> None:
    assert sentence(ArgoProfile("x", host=host)) == (
        "the host of the profile x is no address: https://HOST:PORT"
    )


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Refuse(403, "Forbidden", 'pods is forbidden: User "system:anonymous" cannot get resource '
                '"workflows" in API group "argoproj.io" in the namespace "lab"'), "does not sign in"),
        (Refuse(404, text="404 page not found\n"), "knows no workflows (argoproj.io/v1alpha1)"),
        (Refuse(404, "NotFound", "the server could not find the requested resource"), "knows no workflows"),
        (Refuse(409, "Conflict", "modified"), "somebody else has changed it meanwhile (modified)"),
        (Refuse(410, "Expired", "too old"), "no longer kept: try again"),
        (Refuse(418, text="short and stout"), "answers 418: short and stout"),
        (Refuse(302, headers={"Location": "https://login.example/?state=secret"}, text=""),
         "leads to https://login.example/, where one signs in with a browser"),
        (Refuse(400, text="Client sent an HTTP request to an HTTPS server.\n"), "write its address with "),
        (Refuse(200, text="<html>please sign in</html>"), "answers, but not as a Kubernetes API does"),
        (Refuse(401, "Unauthorized", f"bad Bearer {TOKEN}"), "does not accept the sign-in of the context"),
    ],
)  # fmt: skip
def test_refusals(cluster: Cluster, tmp_path: Path, fault: Refuse, told: str) -> None:
    cluster.fail("GET", "/workflows", fault, times=2)
    assert told in sentence(ArgoProfile("x", kubeconfig=str(cluster.kubeconfig(tmp_path))))


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Refuse(429, "TooManyRequests", headers={"Retry-After": "0"}), "has too much to do"),
        (
            Refuse(500, "InternalError", "etcd"),
            "has trouble of its own (500: etcd): try again later",
        ),
        (
            Refuse(502, text="<html>bad gateway</html>"),
            "has trouble of its own (502): try again later",
        ),
        (Half(), "broke off before the answer was whole"),
        (Close(), "broke off before the answer was whole"),
        (Silence(), "fell silent; it is overloaded, or something on the way there swallows"),
        (Silence(headers=True), "fell silent"),
    ],
)
def test_faults_that_last(cluster: Cluster, tmp_path: Path, fault: Any, told: str) -> None:
    engine(cluster, tmp_path).submit(order())
    cluster.fail("GET", "/workflows", fault, times=100)
    patience = replace(QUICK, answer=0.2, tries=2)
    assert told in sentence(
        ArgoProfile("x", kubeconfig=str(cluster.kubeconfig(tmp_path))), patience
    )
    assert len(cluster.asked("GET", "/workflows")) == 2


def test_what_the_server_asks_to_wait(cluster: Cluster, tmp_path: Path) -> None:
    argo = engine(cluster, tmp_path, replace(QUICK, longest_pause=0.5))
    run = argo.submit(order())
    cluster.fail("GET", "/workflows", Refuse(429, headers={"Retry-After": "30"}))
    assert argo.poll(run).state is RunState.RUNNING


@pytest.mark.parametrize(
    ("asked", "detail", "wait"),
    [
        ("7", 5, 7),
        ("9999", None, 60),
        ("Fri, 31 Dec 9999 23:59:59 GMT", None, 60),
        ("Sun, 06 Nov 1994 08:49:37 GMT", None, 0),
        ("²", 5, 5),
        ("inf", None, 0),
        (None, 9999, 60),
        (None, None, 0),
    ],
)
def test_how_long_a_server_asks_to_wait(asked: str | None, detail: int | None, wait: float) -> None:
    connection = Connection("https://lab", "lab", "the profile x", "renew it", None, None)
    headers = {} if asked is None else {"Retry-After": asked}
    body = json.dumps({"kind": "Status", "details": {"retryAfterSeconds": detail}}).encode()
    assert refusal(Asked("ask", "/"), connection, 429, headers, body).wait == wait


@pytest.mark.parametrize("text", REPEATED)
def test_a_server_that_repeats_a_secret_is_not_quoted(
    cluster: Cluster, tmp_path: Path, text: str
) -> None:
    cluster.fail("GET", "/workflows", Refuse(422, "Invalid", text), times=2)
    told = sentence(ArgoProfile("x", kubeconfig=str(cluster.kubeconfig(tmp_path))))
    assert "..." in told
    assert SECRET not in told


def test_an_address_with_a_sign_in_is_not_shown() -> None:
    told = sentence(ArgoProfile("x", host=f"https://me:{SECRET}@127.0.0.1:1"))
    assert "the address that the profile x gives holds a sign-in: use a token instead" in told
    assert SECRET not in told


def test_certificates(tmp_path: Path) -> None:
    path = certificate(tmp_path)
    with Cluster(path) as cluster:
        profile = ArgoProfile("x", kubeconfig=str(cluster.kubeconfig(tmp_path)))
        told = sentence(profile)
        assert (
            f"the certificate of {cluster.url} is not of an authority that is trusted here" in told
        )
        assert "name its file as the profile's `ca`" in told
        assert ArgoEngine(replace(profile, ca=str(path)), QUICK).submit(order()).id
        assert ArgoEngine(replace(profile, verify_tls=False), QUICK).submit(order()).id
        assert "are not there" in sentence(replace(profile, ca=str(tmp_path / "no.crt")))


def test_a_certificate_for_another_name(tmp_path: Path) -> None:
    path = certificate(tmp_path, "10.1.2.3")
    with Cluster(path) as cluster:
        profile = ArgoProfile("x", kubeconfig=str(cluster.kubeconfig(tmp_path)), ca=str(path))
        assert "is for another name: use the name that it is for" in sentence(profile)


def test_a_server_without_tls(cluster: Cluster) -> None:
    told = sentence(ArgoProfile("x", host=cluster.url.replace("http:", "https:")))
    assert "does not speak TLS: the address in the profile x may begin with http://" in told


def test_in_a_pod(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = certificate(tmp_path)
    with Cluster(path) as cluster:
        monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "127.0.0.1")
        monkeypatch.setenv("KUBERNETES_SERVICE_PORT", str(cluster.port))
        account = tmp_path / "account"
        argo = ArgoEngine(ArgoProfile("x"), QUICK, account)
        with pytest.raises(NbflowError, match="this pod has no account of its own"):
            argo.poll(RUN)
        account.mkdir()
        (account / "token").write_text("stale", encoding="utf-8")
        (account / "ca.crt").write_bytes(path.read_bytes())
        (account / "namespace").write_text("mine\n", encoding="utf-8")
        with pytest.raises(
            NbflowError, match="does not accept the sign-in of the service account of this"
        ):
            argo.submit(order())
        (account / "token").write_text(TOKEN, encoding="utf-8")
        assert argo.submit(order()).namespace == "mine"


def plugin(folder: Path, program: str, command: str = sys.executable) -> dict[str, Any]:
    """The user of a kubeconfig who signs in with a Python program."""
    (folder / "plugin.py").write_text(program, encoding="utf-8")
    return {
        "exec": {
            "apiVersion": "client.authentication.k8s.io/v1",
            "command": command,
            "args": [str(folder / "plugin.py")],
            "interactiveMode": "Never",
        }
    }


GIVES = """
import json, pathlib
status = {{"token": pathlib.Path({path!r}).read_text()}}
print(json.dumps(dict(apiVersion="client.authentication.k8s.io/v1", kind="ExecCredential", status=status)))
"""


def test_a_plugin_signs_in(cluster: Cluster, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("stale", encoding="utf-8")
    user = plugin(tmp_path, GIVES.format(path=str(token)))
    argo = ArgoEngine(ArgoProfile("x", kubeconfig=str(cluster.kubeconfig(tmp_path, **user))), QUICK)
    with pytest.raises(
        NbflowError, match="sign in anew, and see that `kubectl --context test get pods`"
    ):
        argo.submit(order())
    token.write_text(TOKEN, encoding="utf-8")
    assert argo.submit(order()).id


@pytest.mark.parametrize(
    ("program", "command", "told"),
    [
        (
            "import sys; sys.exit('The SSO session has expired')",
            sys.executable,
            "has failed: exec: process returned 1. The SSO session has expired",
        ),
        ("print('no json')", sys.executable, "has failed: exec: failed to decode process output"),
        (
            "",
            "no-such-command",
            "which has failed: [Errno 2] No such file or directory: 'no-such-command'",
        ),
        ("print('{}')", sys.executable, "exec: malformed response. missing key 'apiVersion'"),
    ],
)
def test_a_plugin_that_fails(
    cluster: Cluster, tmp_path: Path, program: str, command: str, told: str
) -> None:
    path = cluster.kubeconfig(tmp_path, **plugin(tmp_path, program, command))
    found = sentence(ArgoProfile("x", kubeconfig=str(path)))
    assert f"signs in with the command {command}" in found
    assert told in found
    assert not cluster.requests


def test_tokens_are_nowhere_to_be_read(
    cluster: Cluster,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    argo = engine(cluster, tmp_path)
    run = argo.submit(order())
    argo.poll(run)
    cluster.tokens = set()
    with pytest.raises(NbflowError) as caught:
        argo.poll(run)
    connection = connect(ArgoProfile("x", kubeconfig=str(cluster.kubeconfig(tmp_path))))
    said = "".join(capfd.readouterr())
    for text in (caplog.text, repr(argo), repr(connection), repr(caught.value), repr(run), said):
        assert TOKEN not in text


def test_the_client_is_imported_when_it_is_needed() -> None:
    program = (
        "import sys, nbflow.engines.argo as argo; from nbflow.profiles import ArgoProfile; "
        "argo.ArgoEngine(ArgoProfile('x')); "
        "print({each.partition('.')[0] for each in sys.modules} & {'kubernetes', 'urllib3', 'yaml'})"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120
    )
    assert found.stdout == "set()\n"


def test_a_client_that_is_not_installed(tmp_path: Path) -> None:
    (tmp_path / "kubernetes.py").write_text(
        "raise ImportError(name='kubernetes')", encoding="utf-8"
    )
    program = (
        "import nbflow.engines.argo as argo; from nbflow.profiles import ArgoProfile; "
        "print(*argo.ArgoEngine(ArgoProfile('x', host='http://x')).test())"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    found = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert "kubernetes is not installed here: `pip install 'nbflow[argo]'`" in found.stdout


def test_profiles_are_told_apart_from_faults() -> None:
    with pytest.raises(ProfileError):
        connect(ArgoProfile("x"))
