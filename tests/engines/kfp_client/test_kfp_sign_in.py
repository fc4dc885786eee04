"""Ways to sign in, and what is said where they are refused. Nothing secret is ever told."""

from __future__ import annotations

import base64
import json
import logging
from pathlib import Path
from typing import Any

import pytest
from kfp_orders import HASTY, client, order
from kfp_server import API, kfp_server

from nbflow.engines.kfp import engine
from nbflow.engines.kfp.dex import belongs
from nbflow.errors import EngineError, NbflowError, ProfileError
from nbflow.profiles import KfpProfile, Secret

HIDDEN = "s3cr3t-w0rd"


def secret(folder: Path, text: str = HIDDEN) -> Secret:
    """A secret in a file."""
    (folder / "secret").write_text(text + "\n")
    return Secret("file", str(folder / "secret"))


def ways(folder: Path) -> dict[str, tuple[tuple[str, ...], dict[str, Any]]]:
    """What a server wants, and the settings that give it."""
    where = secret(folder)
    password = {"username": "ada@x.org", "password": where}
    return {
        "bearer": (("token", HIDDEN), {"auth": "bearer", "token": where}),
        "service-account": (("token", HIDDEN), {"auth": "service-account", "token": where}),
        "cookie": (
            ("cookie", f"oauth2_proxy_kubeflow={HIDDEN}"),
            {"auth": "cookie", "cookie": secret_cookie(folder)},
        ),
        "oauth2-proxy": (
            ("oauth2-proxy", "ada@x.org", HIDDEN),
            {"auth": "dex", **password},
        ),
        "authservice": (("authservice", "ada@x.org", HIDDEN), {"auth": "dex", **password}),
    }


def secret_cookie(folder: Path) -> Secret:
    """A cookie in a file."""
    (folder / "cookie").write_text(f"oauth2_proxy_kubeflow={HIDDEN}")
    return Secret("file", str(folder / "cookie"))


WAYS = ["bearer", "service-account", "cookie", "oauth2-proxy", "authservice"]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("prefix", ["", "/pipeline"])
def test_each_way_leads_in(
    way: str, prefix: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    wanted, settings = ways(tmp_path)[way]
    with caplog.at_level(logging.DEBUG):
        with kfp_server(sign_in=wanted, prefix=prefix, multi_user=True) as server:
            made = client(server, namespace="team", **settings)
            tried = made.test()
            assert all(each.good for each in tried), tried
            handle = made.submit(order())
            assert made.poll(handle).state.value == "running"
        told = [repr(made), str(tried), caplog.text, repr(vars(made)), *_shown(made)]
    assert HIDDEN not in "".join(told)


def _shown(engine: object) -> list[str]:
    sign_in = vars(vars(engine)["_wire"])["access"].sign_in
    return [repr(sign_in), sign_in.used(), sign_in.words()]


@pytest.mark.parametrize("way", WAYS)
def test_a_refused_sign_in_is_told_by_its_name(way: str, tmp_path: Path) -> None:
    wanted, settings = ways(tmp_path)[way]
    other = (*wanted[:-1], "another")
    with kfp_server(sign_in=other) as server:
        last = client(server, **settings).test()[-1]
        assert (last.what, last.good) == ("sign-in", False)
        words = {
            "bearer": "bearer token",
            "service-account": "token of a service account",
            "cookie": "sign in with a browser",
        }.get(way, "Dex does not accept `ada@x.org` and the password")
        assert words in last.detail
        assert "`lab`" in last.detail
        assert HIDDEN not in last.detail


def test_no_sign_in_where_one_is_wanted() -> None:
    for wanted in (("token", "x"), ("oauth2-proxy", "a", "b"), ("authservice", "a", "b")):
        with kfp_server(sign_in=wanted) as server:
            last = client(server).test()[-1]
            assert last.what == "sign-in"
            assert "signs in nowhere; set its `auth` to" in last.detail


def test_a_token_that_is_renewed_in_its_file_is_read_again(tmp_path: Path) -> None:
    where = secret(tmp_path, "first")
    with kfp_server(sign_in=("token", "first")) as server:
        made = client(server, auth="service-account", token=where)
        handle = made.submit(order())
        secret(tmp_path, "second")
        server.sign_in = ("token", "second")
        assert made.poll(handle).state.value == "running"


def test_a_token_in_the_environment_is_read_again_when_it_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KFP_TOKEN", "first")
    with kfp_server(sign_in=("token", "first")) as server:
        made = client(server, auth="bearer", token=Secret("env", "KFP_TOKEN"))
        handle = made.submit(order())
        monkeypatch.setenv("KFP_TOKEN", "second")
        server.sign_in = ("token", "second")
        assert made.poll(handle).state.value == "running"


def test_an_expired_token_is_told_with_its_time(tmp_path: Path) -> None:
    claims = base64.urlsafe_b64encode(json.dumps({"exp": 1_700_000_000}).encode()).decode()
    where = secret(tmp_path, f"head.{claims.rstrip('=')}.sign")
    with kfp_server(sign_in=("token", "x")) as server:
        made = client(server, auth="bearer", token=where)
        with pytest.raises(EngineError, match="has expired at 2023-11-14 22:13 UTC; put a new one"):
            made.submit(order())


def test_the_token_of_a_pod_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret(tmp_path)
    monkeypatch.setenv("KF_PIPELINES_SA_TOKEN_PATH", str(tmp_path / "secret"))
    with kfp_server(sign_in=("token", HIDDEN)) as server:
        assert client(server, auth="service-account").test()[-1].good
    monkeypatch.setenv("KF_PIPELINES_SA_TOKEN_PATH", str(tmp_path / "nothing"))
    with kfp_server() as server, pytest.raises(ProfileError, match="no token of a service account"):
        client(server, auth="service-account")


@pytest.mark.parametrize("way", ["oauth2-proxy", "authservice"])
def test_a_session_of_dex_that_has_ended_is_begun_anew(way: str, tmp_path: Path) -> None:
    wanted, settings = ways(tmp_path)[way]
    with kfp_server(sign_in=wanted) as server:
        made = client(server, **settings)
        handle = made.submit(order())
        server.sessions.clear()
        assert made.poll(handle).state.value == "running"
        assert len(server.sessions) == 1


def test_dex_is_not_asked_where_nobody_asks_for_a_sign_in(tmp_path: Path) -> None:
    with kfp_server() as server:
        made = client(server, auth="dex", username="ada", password=secret(tmp_path))
        assert made.test()[-1].good


HOSTS = [
    ("kubeflow.example.com", "kubeflow.example.com", True),
    ("kubeflow.example.com", ".example.com", True),
    ("kubeflow.local", "kubeflow.local", True),
    ("localhost", "localhost.local", True),
    ("127.0.0.1", "127.0.0.1", True),
    ("kubeflow.example.com", "dex.example.com", False),
    ("kubeflow.example.com", "flow.example.com", False),
]


@pytest.mark.parametrize(("host", "domain", "own"), HOSTS)
def test_cookies_of_other_hosts_are_not_sent(host: str, domain: str, own: bool) -> None:
    assert belongs(host, domain) is own


def test_localhost_keeps_its_session(tmp_path: Path) -> None:
    with kfp_server(sign_in=("oauth2-proxy", "ada", HIDDEN)) as server:
        server.url = server.url.replace("127.0.0.1", "localhost")
        made = client(server, auth="dex", username="ada", password=secret(tmp_path))
        assert made.test()[-1].good


def test_what_is_not_dex_is_told(tmp_path: Path) -> None:
    with kfp_server(sign_in=("authservice", "ada", "x")) as server:
        server.fault("GET", "^/dex/auth$", status=200, body=b"<html>Choose</html>", times=9)
        server.fault("GET", "^/dex/auth/local$", status=404, body=b"<html>no</html>", times=9)
        made = client(server, auth="dex", username="ada", password=secret(tmp_path))
        with pytest.raises(
            EngineError, match=r"does not lead to the form of Dex: .*/dex/auth/local"
        ):
            made.submit(order())


def test_a_netrc_does_not_override_a_sign_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login other password other\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with kfp_server(sign_in=("token", HIDDEN)) as server:
        assert client(server, auth="bearer", token=secret(tmp_path)).test()[-1].good


def test_a_server_that_repeats_a_secret_is_not_quoted(tmp_path: Path) -> None:
    with kfp_server() as server:
        body = {"message": f"no user for Bearer {HIDDEN}, password={HIDDEN}"}
        server.fault("GET", API, status=401, body=body, times=9)
        made = client(server, HASTY, auth="bearer", token=secret(tmp_path))
        with pytest.raises(EngineError) as error:
            made.submit(order())
        assert HIDDEN not in str(error.value)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"auth": "magic"}, "one of none, service-account, bearer, cookie, dex, sdk"),
    ({"auth": "bearer"}, "signs in by bearer, which needs `token`"),
    ({"auth": "cookie"}, "needs `cookie`"),
    ({"auth": "dex", "username": "a"}, "needs `password`"),
    ({"auth": "dex", "password": Secret("env", "X")}, "needs `username`"),
    ({"host": ""}, "has no `host`"),
    ({"host": "ftp://x"}, "is no address"),
    ({"host": "https://me:word@x"}, "holds a sign-in"),
]


@pytest.mark.parametrize(("settings", "words"), WRONG)
def test_settings_that_do_not_fit(
    settings: dict[str, Any], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KF_PIPELINES_ENDPOINT", raising=False)
    profile = {"name": "lab", "host": "http://x", **settings}
    with pytest.raises(NbflowError, match=words) as error:
        engine(KfpProfile(**profile))
    assert "word@" not in str(error.value)
