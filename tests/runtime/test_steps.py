"""What a step stores: new versions of what has changed, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from steps import Chain


@pytest.mark.parametrize(
    ("first", "second", "written", "deleted"),
    [
        ("x = 1", "x", [], []),
        ("x = 1", "y = x", ["y"], []),
        ("x = [1]", "x.append(2)", ["x"], []),
        ("x = [1]; y = x", "y.append(2)", ["x", "y"], []),
        ("x = [1]; y = [2]", "y.append(2)", ["y"], []),
        ("x = [1]", "del x", [], ["x"]),
        ("x = {'a', 'b', 'c'}", "sorted(x)", [], []),
        ("def f(): return 1", "f()", [], []),
        ("def f(): return 1", "def f(): return 2", ["f"], []),
        ("import math", "math.pi", [], []),
    ],
)
def test_what_is_written(
    chain: Chain, first: str, second: str, written: list[str], deleted: list[str]
) -> None:
    chain.run(first)
    outcome = chain.run(second).outcome
    assert (sorted(outcome["written"]), outcome["deleted"]) == (written, deleted)


def test_what_only_the_prelude_made_is_not_stored(chain: Chain) -> None:
    prelude = ("import math\nsizes = [1]\ndef area(r): return math.pi * r",)
    assert chain.run("area(1)", prelude=prelude).outcome["written"] == {}
    assert list(chain.run("sizes.append(2)", prelude=prelude).outcome["written"]) == ["sizes"]
    assert chain.run("print(sizes)", prelude=prelude).stream() == "[1, 2]\n"


def test_a_temporary_directory_outlives_its_step(chain: Chain) -> None:
    chain.run("import tempfile\nholder = tempfile.TemporaryDirectory()\nplace = holder.name")
    ended = chain.run("import os\nprint(os.path.isdir(place))")
    assert ended.stream() == "True\n"
    ended = chain.run("del holder\nprint(os.path.isdir(place))", prelude=("import os",))
    assert ended.stream() == "False\n"


def test_a_temporary_directory_of_the_prelude_goes_with_each_step(
    chain: Chain, tmp_path: Path
) -> None:
    prelude = (f"import tempfile\nholder = tempfile.TemporaryDirectory(dir={str(tmp_path)!r})",)
    name = chain.run("print(holder.name)", prelude=prelude).stream().strip()
    assert name.startswith(str(tmp_path))
    assert not Path(name).exists()


def test_a_handler_and_its_logger_are_one_after_the_trip(chain: Chain) -> None:
    chain.run(
        "import io, logging\nbuffer = io.StringIO()\nhandler = logging.StreamHandler(buffer)\n"
        "log = logging.getLogger('mine')\nlog.addHandler(handler)\nlog.warning('one')"
    )
    chain.run("log.warning('two')")
    ended = chain.run(
        "print(log.handlers == [handler], buffer.getvalue().split())\nlog.removeHandler(handler)"
    )
    assert ended.stream() == "True ['one', 'two']\n"
    assert chain.run("print(log.handlers)").stream() == "[]\n"


def test_a_log_file_is_continued(chain: Chain, tmp_path: Path) -> None:
    chain.run(
        "import logging\nhandler = logging.FileHandler('x.log', mode='w')\n"
        "log = logging.getLogger('mine')\nlog.addHandler(handler)\nlog.warning('one')"
    )
    chain.run("log.warning('two')")
    assert (tmp_path / "x.log").read_text() == "one\ntwo\n"


def test_a_handler_that_cannot_travel_is_told(chain: Chain) -> None:
    ended = chain.run(
        "import logging, threading\nhandler = logging.StreamHandler()\n"
        "handler.lock_of_mine = threading.Lock()\nlogging.root.addHandler(handler)"
    )
    assert [note["kind"] for note in ended.outcome["notes"]] == ["handler"]
    assert "StreamHandler" in ended.stream("stderr")
