"""Cells run as in a kernel: numbers, results, errors, the event loop, what they leave behind."""

from __future__ import annotations

from typing import Any

import pytest
from steps import Chain


def results(chain: Chain, *sources: str, **settings: Any) -> list[str]:
    """What the last cell printed, line by line, after all of them ran in one step."""
    ended = chain.run(*sources, **settings)
    assert ended.outcome["ok"], ended.outcome["error"]
    return ended.stream().splitlines()


def test_events_of_a_cell_come_in_order(chain: Chain) -> None:
    ended = chain.run("print('x')\n1 + 1")
    kinds = [kind for kind in ended.kinds() if kind != "phase"]
    assert kinds == ["cell_start", "stream", "result", "cell_end"]
    (result,) = [event for event in ended.events if event["event"] == "result"]
    assert (result["count"], result["data"]) == (1, {"text/plain": "2"})


@pytest.mark.parametrize(
    ("sources", "last"),
    [
        (("x = 1",), "['', 'x = 1', 'print(In)']"),
        (("x = 1\n",), "['', 'x = 1', 'print(In)']"),
        (("!true",), "['', \"get_ipython().system('true')\", 'print(In)']"),
    ],
)
def test_texts_of_earlier_steps(chain: Chain, sources: tuple[str, ...], last: str) -> None:
    for source in sources:
        chain.run(source, keep_out=True)
    assert results(chain, "print(In)", keep_out=True) == [last]


def test_the_latest_texts_of_an_earlier_step(chain: Chain) -> None:
    for source in ("a = 1", "b = 2", "%time c = 3"):
        chain.run(source, keep_out=True)
    shown = results(chain, "print(_i, _ii, _iii, _i1, sep=';')", keep_out=True)
    assert shown == ["%time c = 3;b = 2;a = 1;a = 1"]


def test_results_of_earlier_steps(chain: Chain) -> None:
    chain.run("[1]", "'two'", keep_out=True)
    chain.run("3", keep_out=True)
    assert results(chain, "print(_, __, ___, _1, Out)", keep_out=True) == [
        "3 two [1] [1] {1: [1], 2: 'two', 3: 3}"
    ]


@pytest.mark.parametrize("keep_out", [True, False])
def test_an_underscore_that_a_cell_binds_is_a_variable(chain: Chain, keep_out: bool) -> None:
    chain.run("7", "for _ in range(3): pass", keep_out=keep_out)
    assert results(chain, "8", "print(_)", keep_out=keep_out) == ["2"]


def test_an_underscore_that_no_cell_binds_is_not_stored(chain: Chain) -> None:
    assert chain.run("7", "[8]").outcome["written"] == {}


@pytest.mark.parametrize(
    ("source", "ename"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("x ==", "SyntaxError"),
        ("raise SystemExit(3)", "SystemExit"),
        ("input()", "StdinNotImplementedError"),
        ("import asyncio; asyncio.run(asyncio.sleep(0))", "RuntimeError"),
        ("%no_such_magic", "UsageError"),
        ("%%no_such_magic\nx", "UsageError"),
    ],
)
def test_a_failing_cell_fails_its_step(chain: Chain, source: str, ename: str) -> None:
    ended = chain.run(source, "print('never')")
    assert ended.outcome["error"]["ename"] == ename
    assert (ended.outcome["ok"], ended.stream()) == (False, "")


def test_an_unknown_magic_is_told_on_stderr_alone(chain: Chain) -> None:
    ended = chain.run("%no_such_magic")
    assert ended.stream("stderr") == "UsageError: Line magic function `%no_such_magic` not found.\n"
    assert "error" not in ended.kinds()


def test_awaiting_goes_on_between_cells(chain: Chain) -> None:
    start = "import asyncio\nasync def work():\n    await asyncio.sleep(0)\n    return 5"
    assert results(chain, start, "task = asyncio.create_task(work())", "print(await task)") == ["5"]


def test_a_thread_that_goes_on_is_told(chain: Chain) -> None:
    ended = chain.run(
        "import threading\nforever = threading.Event()",
        "threading.Thread(target=forever.wait, name='late').start()",
    )
    (note,) = ended.outcome["notes"]
    assert (note["kind"], note["name"], note["cell"]) == ("thread", "late", "cell-2")
    assert "late" in ended.stream("stderr")


@pytest.mark.parametrize(
    "source",
    [
        "import threading\nt = threading.Thread(target=print)\nt.start(); t.join(); del t",
        "from concurrent.futures import ThreadPoolExecutor\n"
        "pool = ThreadPoolExecutor(2)\nlist(pool.map(abs, [1, 2])); del pool",
    ],
)
def test_threads_that_have_done_their_work_are_not(chain: Chain, source: str) -> None:
    ended = chain.run(source)
    assert (ended.outcome["notes"], ended.stream("stderr")) == ([], "")
