"""``nbflow engine``: what it writes, lists and refuses."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from command_line import Caller

from nbflow.profiles.settings import KINDS, settings

SECRET = "hunter2"


@pytest.fixture
def call(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Caller:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NBFLOW_ENGINES", str(tmp_path / "engines.toml"))
    return Caller(capsys)


def test_every_setting_has_an_option(call: Caller) -> None:
    told = call("engine", "add", "--help").out
    for kind in KINDS:
        for setting in settings(kind):
            spelled = setting.replace("_", "-")
            assert f"--{spelled} " in told or f"--{spelled.removesuffix('s')} " in told


def test_add_and_list(call: Caller, tmp_path: Path) -> None:
    assert call("engine", "list").out.startswith("no engines are named in ")
    host = "https://h"
    assert call("engine", "add", "a", "--kind", "kfp", "--host", host, "--token", "env:T").code == 0
    words = ["--kind", "argo", "--pull-secret", "x", "--pull-secret", "y", "--no-verify-tls"]
    assert call("engine", "add", "b", *words, "--default").code == 0
    assert stat.S_IMODE((tmp_path / "engines.toml").stat().st_mode) == 0o600
    assert call("engine", "list").out == (
        "engine  kind  where                     signs in by  namespace\n"
        "a       kfp   https://h                 bearer\n"
        "b *     argo  as kubectl is configured  kubeconfig\n"
    )
    first, second = json.loads(call("engine", "list", "--json").out)
    assert (first["token"], first["auth"], first["default"]) == ("env:T", "bearer", False)
    assert (second["pull_secrets"], second["verify_tls"]) == (["x", "y"], False)
    assert second["default"]
    assert call("engine", "default", "local").code == 0
    assert call("engine", "remove", "b").code == 0
    assert [each["name"] for each in json.loads(call("engine", "list", "--json").out)] == ["a"]


@pytest.mark.parametrize(
    ("words", "auth"),
    [
        ([], "sdk"),
        (["--host", "http://h"], "none"),
        (["--host", "http://h", "--cookie", "env:C"], "cookie"),
        (["--host", "http://h", "--username", "me", "--password", "env:P"], "dex"),
        (["--host", "http://h", "--auth", "service-account"], "service-account"),
    ],
)
def test_how_to_sign_in_follows_from_the_settings(
    call: Caller, words: list[str], auth: str
) -> None:
    assert call("engine", "add", "a", "--kind", "kfp", *words).code == 0
    assert json.loads(call("engine", "list", "--json").out)[0]["auth"] == auth


def test_files_are_found_from_every_folder(call: Caller, tmp_path: Path) -> None:
    words = ["--host", "http://h", "--token", "file:token", "--ca", "ca.pem"]
    call("engine", "add", "a", "--kind", "kfp", *words)
    found = json.loads(call("engine", "list", "--json").out)[0]
    assert (found["token"], found["ca"]) == (f"file:{tmp_path / 'token'}", str(tmp_path / "ca.pem"))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--kind", "argo", "--auth", "dex"], "auth is a setting of kfp, not of argo"),
        (["--kind", "kfp", "--context", "x"], "context is a setting of argo, not of kfp"),
        (["--kind", "kfp", "--host", "http://h", "--token", SECRET], "token says where the secret"),
        (["--kind", "kfp", "--host", f"http://me:{SECRET}@h"], "host holds a user or a password"),
        (["--kind", "kfp", "--auth", "bearer"], "it has no host"),
    ],
)
def test_what_is_refused_is_not_repeated(
    call: Caller, tmp_path: Path, words: list[str], told: str
) -> None:
    answer = call("engine", "add", "a", *words)
    assert (answer.code, answer.out) == (6, "")
    assert answer.err.startswith(f"nbflow: {told}")
    assert SECRET not in answer.err
    assert not (tmp_path / "engines.toml").exists()


def test_one_that_is_wrong_is_listed_with_what_is_wrong(call: Caller, tmp_path: Path) -> None:
    (tmp_path / "engines.toml").write_text(
        '[engines.a]\nkind = "kfp"\n[engines.b]\nkind = "argo"\n'
    )
    answer = call("engine", "list")
    assert answer.code == 0
    assert "engines.toml, line 1: profile a: it has no host" in answer.out
    assert "\nb       argo " in answer.out
    assert "problem" in json.loads(call("engine", "list", "--json").out)[0]


@pytest.mark.parametrize("verb", ["test", "remove", "default"])
def test_an_engine_that_is_not_there(call: Caller, verb: str) -> None:
    answer = call("engine", verb, "nowhere")
    assert (answer.code, "there is no engine nowhere in " in answer.err) == (6, True)


def test_this_machine_needs_no_test(call: Caller) -> None:
    assert call("engine", "test", "local").code == 6
