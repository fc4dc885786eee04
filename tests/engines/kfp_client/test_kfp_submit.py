"""Pipelines are uploaded, experiments made and runs started, each once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from kfp_orders import HASTY, MANIFEST, QUICK, client, order
from kfp_server import API, kfp_server

from nbflow.engines.remote import Order
from nbflow.errors import EngineError


def test_a_run_is_made_of_an_order() -> None:
    with kfp_server(multi_user=True) as server:
        handle = client(server, namespace="team", experiment="trials").submit(order(n=3, name="b"))
        run = server.run("churn-1")
        assert (handle.id, handle.name, handle.namespace) == (run.id, "churn-1", "team")
        assert handle.url == f"{server.url}/#/runs/details/{run.id}"
        assert run.parameters == {"n": 3, "name": "b"}
        assert [p["display_name"] for p in server.pipelines] == ["churn"]
        assert [(e["display_name"], e["namespace"]) for e in server.experiments] == [
            ("trials", "team")
        ]
        assert server.versions[0]["display_name"].startswith("churn-1-")
        assert run.version[1] == server.versions[0]["pipeline_version_id"]


EXPERIMENTS = [
    # of the profile, of the order, of the run
    ("", "", "Default"),
    ("trials", "", "trials"),
    ("trials", "titanic", "titanic"),
]


@pytest.mark.parametrize(("profile", "asked", "made"), EXPERIMENTS)
def test_the_notebook_names_the_experiment_before_the_profile_does(
    profile: str, asked: str, made: str
) -> None:
    with kfp_server() as server:
        sent = replace(order(), experiment=asked)
        client(server, experiment=profile).submit(sent)
        assert [each["display_name"] for each in server.experiments] == [made]


ACCOUNTS = [("", "", "pipeline-runner"), ("own", "", "own"), ("own", "asked", "asked")]


@pytest.mark.parametrize(("profile", "asked", "made"), ACCOUNTS)
def test_the_service_account_goes_along(profile: str, asked: str, made: str) -> None:
    with kfp_server() as server:
        client(server, service_account=profile).submit(replace(order(), account=asked))
        assert server.run("churn-1").account == made


def test_an_order_that_was_submitted_makes_no_second_run() -> None:
    with kfp_server() as server:
        first = client(server).submit(order())
        assert client(server).submit(order()) == first
        assert server.count("POST", f"{API}/runs") == 1


def test_equal_text_is_one_version_and_other_text_another() -> None:
    with kfp_server() as server:
        engine = client(server)
        engine.submit(order("churn-1"))
        engine.submit(order("churn-2"))
        assert len(server.versions) == 1
        engine.submit(order("churn-3", MANIFEST + "# changed\n"))
        assert [v["display_name"].rpartition("-")[0] for v in server.versions] == [
            "churn-1",
            "churn-3",
        ]
        assert len(server.pipelines) == len(server.experiments) == 1
        assert server.run("churn-3").version[1] == server.versions[1]["pipeline_version_id"]


def test_a_filter_that_takes_capitals_for_small_letters_finds_no_other_run() -> None:
    with kfp_server() as server:
        engine = client(server)
        engine.submit(order("Churn-1"))
        assert engine.submit(order("churn-1")).id == server.run("churn-1").id
        assert len(server.runs) == 2


def test_names_are_found_on_later_pages() -> None:
    with kfp_server() as server:
        server.experiments += [
            {"experiment_id": str(n), "display_name": "DEFAULT", "namespace": ""}
            for n in range(120)
        ]
        client(server).submit(order())
        client(server).submit(order("churn-2"))
        assert len(server.experiments) == 121


@pytest.mark.parametrize("what", ["runs", "pipelines", "experiments", "pipelines/upload_version"])
@pytest.mark.parametrize("kind", ["lost", "half", "drop"])
def test_an_answer_that_got_lost_makes_nothing_twice(what: str, kind: str) -> None:
    with kfp_server() as server:
        server.fault("POST", f"{API}/{what}$", kind)
        if (what, kind) == ("runs", "drop"):  # whether it was made cannot be known
            with pytest.raises(EngineError, match="submit it again"):
                client(server).submit(order())
        client(server).submit(order())
        assert (len(server.runs), len(server.versions)) == (1, 1)
        assert (len(server.pipelines), len(server.experiments)) == (1, 1)


@pytest.mark.parametrize("status", [429, 500, 502, 503])
@pytest.mark.parametrize("what", ["runs", "pipelines", "experiments", "pipelines/upload_version"])
def test_what_fails_in_passing_is_asked_again(what: str, status: int) -> None:
    with kfp_server() as server:
        server.fault("POST", f"{API}/{what}$", status=status, headers={"Retry-After": "0"})
        server.fault("GET", f"{API}/{what}$", status=status, times=2)
        client(server).submit(order())
        assert len(server.runs) == 1


@pytest.mark.parametrize(
    ("asked", "longest"), [("9999", 60), ("Fri, 31 Dec 9999 23:59:59 GMT", 60), ("²", 1)]
)
def test_a_server_is_waited_for_with_a_bound(asked: str, longest: float) -> None:
    waited: list[float] = []
    patience = replace(QUICK, first=1, growth=1, repeat=1e9, sleep=waited.append)
    with kfp_server() as server:
        # Whether the run was made is not known: it is looked for.
        for what in ("runs", "experiments"):
            server.fault("POST", f"{API}/{what}$", status=503, headers={"Retry-After": asked})
        server.fault("GET", f"{API}/runs$", status=200, body={})
        server.fault("GET", f"{API}/runs$", status=429, headers={"Retry-After": asked})
        client(server, patience).submit(order())
    assert max(waited) == longest


def test_who_comes_second_takes_what_the_first_has_made() -> None:
    with kfp_server() as server:
        client(server).submit(order())
        # Between the look and the making somebody else has made them.
        for what in ("pipelines", "experiments"):
            server.fault("GET", f"{API}/{what}$", status=200, body={})
        client(server).submit(order("churn-2"))
        assert [len(server.runs), len(server.pipelines), len(server.experiments)] == [2, 1, 1]


REFUSED = [
    (Order("a: b", "churn", "r"), "no manifest"),
    (Order("a: [", "churn", "r"), "no manifest"),
    (order(other=1), "no parameter other; it has more, n, name"),
    (order(n="3"), "the parameter n is a whole number, which '3' is not"),
]


@pytest.mark.parametrize(("wrong", "words"), REFUSED)
def test_what_cannot_go_well_is_not_sent(wrong: Order, words: str) -> None:
    with kfp_server() as server:
        with pytest.raises(EngineError, match=words):
            client(server).submit(wrong)
        assert server.asked == []


def test_what_a_server_refuses_is_told_in_its_words() -> None:
    with kfp_server() as server:
        server.fault(
            "POST", "upload_version", status=400, body={"error_message": "unknown template format"}
        )
        with pytest.raises(EngineError, match=r"\(status 400: unknown template format\)"):
            client(server, HASTY).submit(order())
        assert server.runs == []


def test_a_namespace_is_asked_for_where_each_user_has_one() -> None:
    with kfp_server(multi_user=True) as server:
        with pytest.raises(EngineError, match="name yours with `namespace` in the profile `lab`"):
            client(server).submit(order())
        with pytest.raises(EngineError, match=r"does not allow this.*kubeflow-edit"):
            client(server, namespace="other").submit(order())


def test_a_namespace_is_not_named_where_all_share_one() -> None:
    with kfp_server() as server:
        assert client(server, namespace="kubeflow").submit(order()).namespace == ""
        assert all("namespace" not in asked.query for asked in server.asked)
