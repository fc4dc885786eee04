"""What cells put into modules of the standard library, and what nbflow itself works with."""

from __future__ import annotations

import os
import time

import pytest

from nbflow.runtime import ground


def test_inside_the_modules_are_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, real = ground.Ground(), os.getcwd
    monkeypatch.setattr(os, "getcwd", lambda: "/nowhere")
    with begun.own():
        assert os.getcwd is real
        with begun.theirs():
            assert os.getcwd() == "/nowhere"
        assert os.getcwd is real
    assert os.getcwd() == "/nowhere"


def test_what_is_no_function_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = ground.Ground()
    monkeypatch.setattr(time, "timezone", 7)
    with begun.own():
        assert time.timezone == 7


@pytest.mark.parametrize(
    ("path", "covered"),
    [
        ("os.getcwd", True),
        ("builtins.open", True),
        ("os.path.join", True),
        ("os.environ", False),
        ("math.pi", False),
    ],
)
def test_what_it_covers(path: str, covered: bool) -> None:
    assert ground.Ground().covers(path) is covered
