"""The helper: ready, steps apart from each other, nothing left behind."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from steps import Chain, Helper


def test_it_says_what_it_runs_on(helper: Helper) -> None:
    assert helper.ready["op"] == "ready"
    assert helper.ready["python"].count(".") == 2


def test_a_step_leaves_nothing_to_the_next_but_what_is_stored(chain: Chain) -> None:
    chain.run("import builtins, os; builtins.mine = 1; x = 2")
    ended = chain.run("print(x, hasattr(__import__('builtins'), 'mine'))")
    assert ended.stream() == "2 False\n"


def test_it_ends_with_its_socket_and_takes_its_steps_along(tmp_path: Path) -> None:
    helper = Helper()
    chain = Chain(tmp_path, helper)
    chain.run("x = 1")
    chain._spec(("import time\ntime.sleep(1000)",), (), {})
    events, events_end = os.pipe()
    frame = {"op": "step", "id": 9, "spec": str(tmp_path / "spec1.json")}
    helper.send(frame, (events_end, events_end, events_end))
    os.close(events_end)
    assert helper.receive()["op"] == "started"
    with os.fdopen(events, "rb") as heard:
        assert b"cell_start" in _until(heard.fileno(), b"cell_start")
        assert helper.stop() == 0
        heard.read()  # ends when no process holds the other end any more


def _until(descriptor: int, word: bytes) -> bytes:
    data = b""
    while word not in data:
        part = os.read(descriptor, 4096)
        if not part:
            break
        data += part
    return data


def test_a_step_that_is_killed_is_told(tmp_path: Path, helper: Helper) -> None:
    chain = Chain(tmp_path, helper)
    ended = chain.run("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")
    assert ended.outcome == {}


@pytest.mark.parametrize("forked", [True, False])
def test_both_ways_give_the_same(tmp_path: Path, helper: Helper, forked: bool) -> None:
    chain = Chain(tmp_path, helper if forked else None)
    chain.run("xs = [1]; f = xs.append")
    ended = chain.run("f(2)\nprint(xs, __name__)\nimport os\n_ = os.system('echo deep')")
    assert ended.stream() == "[1, 2] __main__\n"
    assert "deep" in ended.text
