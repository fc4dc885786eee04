"""Runs are watched to their end, over what goes wrong on the way."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from kfp_orders import HASTY, QUICK, client, order, words
from kfp_server import API, kfp_server

from nbflow.engines.kfp import Patience
from nbflow.engines.remote import Handle, NoSuchRunError
from nbflow.errors import EngineError

RUN = f"{API}/runs/[^/]+"


def test_each_change_is_told_once() -> None:
    with kfp_server(plays=True) as server:
        engine = client(server)
        told = list(engine.watch(engine.submit(order())))
        assert all(before != after for before, after in pairwise(told))
        assert [words(status).get("load") for status in told][-1] == "done"
        assert told[-1].state.value == "done"
        assert told[-1].ended is not None


def test_another_process_finds_the_run_again() -> None:
    with kfp_server(plays=True) as server:
        handle = client(server).submit(order())
        again = Handle(handle.id, handle.name, handle.namespace, handle.url)
        assert list(client(server).watch(again))[-1].state.value == "done"


@pytest.mark.parametrize("kind", ["drop", "half", "answer", "html", "text"])
def test_watching_goes_on_after_trouble(kind: str) -> None:
    with kfp_server(plays=True) as server:
        engine = client(server)
        handle = engine.submit(order())
        watching = engine.watch(handle)
        next(watching)
        if kind == "answer":
            for status in (429, 500, 502, 503, 504):
                server.fault("GET", RUN, status=status, headers={"Retry-After": "0"}, times=2)
        elif kind in ("html", "text"):
            body = b"<html>busy</html>" if kind == "html" else b"{"
            server.fault("GET", RUN, status=502 if kind == "html" else 200, body=body)
        else:
            server.fault("GET", RUN, kind, times=3)
        assert list(watching)[-1].state.value == "done"
        assert all(fault.times == 0 for fault in server.faults)


def test_waits_grow_and_a_server_is_waited_for_as_it_asks() -> None:
    waited: list[float] = []
    patience = Patience(
        first=1, growth=2, most=5, outage=1e9, repeat=1e9, sleep=waited.append, silence=20
    )
    with kfp_server() as server:
        engine = client(server, patience)
        handle = engine.submit(order())
        run = server.run("churn-1")
        server.fault("GET", RUN, status=429, headers={"Retry-After": "7"})
        server.fault("GET", RUN, status=503, headers={"Retry-After": "9999"})
        server.fault("GET", RUN, status=503, times=6)
        run.to("SUCCEEDED")
        list(engine.watch(handle))
        assert waited == [7, 60, 4, 5, 5, 5, 5, 5]


def test_a_server_that_stays_away_is_given_up() -> None:
    with kfp_server() as server:
        engine = client(server, replace(QUICK, outage=0.1))
        handle = engine.submit(order())
        watching = engine.watch(handle)
        next(watching)
        server.fault("GET", RUN, status=503, times=10**6)
        with pytest.raises(EngineError, match=r"given up: .*not up behind.*The run itself goes on"):
            next(watching)


def test_a_server_that_does_not_answer_is_given_up() -> None:
    with kfp_server() as server:
        engine = client(server, HASTY)
        handle = engine.submit(order())
        server.fault("GET", RUN, "hang", times=10**6)
        with pytest.raises(EngineError, match=r"given up: .*has not answered within 0.2 s"):
            list(engine.watch(handle))


def test_an_address_where_nothing_answers_any_more_is_given_up() -> None:
    with kfp_server() as server:
        engine = client(server, replace(QUICK, outage=0.1))
        handle = engine.submit(order())
    with pytest.raises(EngineError, match=r"given up: nothing answers at"):
        list(engine.watch(handle))
    with pytest.raises(EngineError, match="connection is refused"):
        engine.poll(handle)


@pytest.mark.parametrize("status", [404, 410])
def test_a_run_that_is_gone_is_told_as_that(status: int) -> None:
    with kfp_server() as server:
        engine = client(server)
        gone = Handle("0", "churn-0")
        if status == 410:
            server.fault("GET", RUN, status=410, times=9)
        for ask in (engine.poll, engine.cancel, engine.retry, lambda run: list(engine.watch(run))):
            with pytest.raises(NoSuchRunError, match="knows no run churn-0: it was removed there"):
                ask(gone)
        with pytest.raises(NoSuchRunError):
            list(engine.logs(gone, "load"))
