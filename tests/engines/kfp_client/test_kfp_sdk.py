"""The SDK's own configuration, and what the SDK is loaded for."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path

import kfp
import pytest
from kfp_orders import client, order
from kfp_server import kfp_server

from nbflow.engines.kfp import engine
from nbflow.errors import ProfileError
from nbflow.profiles import KfpProfile


@pytest.fixture(autouse=True)
def _own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK of this machine's user is not looked at."""
    monkeypatch.setattr(kfp.Client, "_LOCAL_KFP_CONTEXT", str(tmp_path / "context.json"))
    where = str(tmp_path / "kubeconfig")
    kube_config = importlib.import_module("kubernetes.config.kube_config")
    monkeypatch.setattr(kube_config, "KUBE_CONFIG_DEFAULT_LOCATION", where)
    monkeypatch.delenv("KF_PIPELINES_ENDPOINT", raising=False)


def test_the_sdk_knows_the_address_and_the_cookie(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    context = {"namespace": "team", "client_authentication_cookie": "session=abc"}
    (tmp_path / "context.json").write_text(json.dumps(context))
    with kfp_server(sign_in=("cookie", "session=abc"), multi_user=True) as server:
        monkeypatch.setenv("KF_PIPELINES_ENDPOINT", server.url)
        made = engine(KfpProfile("lab", auth="sdk"))
        assert server.asked == []
        assert made.test()[-1].good
        assert made.submit(order()).namespace == "team"
        assert "abc" not in repr(vars(made)) + repr(vars(made)["_wire"].access)
    assert capsys.readouterr() == ("", "")


def test_the_sdk_knows_the_kubeconfig(tmp_path: Path) -> None:
    with kfp_server(prefix="/api/v1/namespaces/kubeflow/services/ml-pipeline:http/proxy") as server:
        where = server.url.removesuffix(server.prefix)
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "lab",
            "contexts": [{"name": "lab", "context": {"cluster": "lab", "user": "lab"}}],
            "clusters": [{"name": "lab", "cluster": {"server": where}}],
            "users": [{"name": "lab", "user": {"token": "abc"}}],
        }
        (tmp_path / "kubeconfig").write_text(json.dumps(config))
        server.sign_in = ("token", "abc")
        made = engine(KfpProfile("lab", auth="sdk"))
        assert made.test()[-1].good
        assert made.submit(order()).url == ""  # there are no pages at this address


def test_an_sdk_that_knows_nothing_is_told() -> None:
    with pytest.raises(ProfileError, match="the SDK knows no Kubeflow Pipelines for the profile"):
        engine(KfpProfile("lab", auth="sdk"))


def test_an_address_of_the_profile_comes_first() -> None:
    with kfp_server() as server:
        assert client(server, auth="sdk").test()[-1].good


def test_nothing_of_the_sdk_is_imported_before_it_is_used() -> None:
    code = (
        "import sys, nbflow.engines.kfp as kfp\n"
        "from nbflow.profiles import KfpProfile\n"
        "heavy = {'kfp', 'kfp_server_api', 'kubernetes', 'requests', 'yaml'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
        "kfp.engine(KfpProfile('lab', 'http://x'))\n"
        "assert not {'kfp', 'kfp_server_api', 'kubernetes'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True)
