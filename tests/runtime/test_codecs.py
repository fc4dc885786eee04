"""Codecs of libraries: used for their types, and told where they fail."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from steps import Chain, Helper
from trips import Notebook, digest, loaded

from nbflow.runtime import live, pickling, reducers

LIBRARY = """
class Grid:
    def __init__(self, cells, title=""):
        self.cells, self.title = cells, title

    def __getstate__(self):
        raise TypeError("a grid is written by its codec")


class SmallGrid(Grid):
    pass


class Grids:
    def encode(self, grid):
        if grid.title == "plain":
            return NotImplemented
        return (type(grid), grid.title), [grid.cells]

    def decode(self, meta, buffers):
        kind, title = meta
        return kind(buffers[0], title)


class Wrong:
    def encode(self, grid):
        return [grid.cells]


grids, wrong = Grids(), Wrong()
"""


@pytest.fixture(autouse=True)
def grids(tmp_path_factory: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A library with a codec for its type, and no notebook but the test's own."""
    live.begin({}, "test")
    folder = tmp_path_factory.mktemp("lib")
    (folder / "gridlib.py").write_text(LIBRARY)
    monkeypatch.syspath_prepend(folder)
    reducers.use_codecs({"gridlib.Grid": "gridlib:grids"})
    yield importlib.import_module("gridlib")
    del sys.modules["gridlib"]
    reducers.use_codecs({})


@pytest.mark.parametrize("kind", ["Grid", "SmallGrid"])
@pytest.mark.parametrize("cells", [bytearray(b""), bytearray(b"abc"), bytearray(b"x" * 100_000)])
def test_a_value_comes_back_through_its_codec(
    grids: Any, kind: str, cells: bytearray, tmp_path: Path
) -> None:
    value = getattr(grids, kind)(cells, "t")
    found: object = loaded(value, tmp_path)
    assert type(found) is type(value)
    assert (bytes(vars(found)["cells"]), vars(found)["title"]) == (bytes(cells), "t")
    assert digest(found) == digest(value)


def test_what_is_written_to_a_buffer_stays_in_the_process(grids: Any, tmp_path: Path) -> None:
    payload = pickling.dump(grids.Grid(bytearray(b"abc" * 1000))).payload
    assert len(payload.stream) < 300
    first, second = (loaded(grids.Grid(bytearray(b"abc")), tmp_path) for _ in range(2))
    vars(first)["cells"][0] = 0
    assert bytes(vars(second)["cells"]) == b"abc"


def test_buffers_of_one_memory_are_written_once(grids: Any, tmp_path: Path) -> None:
    cells = bytearray(1000)
    value = [grids.Grid(cells, "a"), grids.Grid(cells, "b")]
    assert len(pickling.dump(value).payload.buffers) == 1
    found: object = loaded(value, tmp_path)
    assert isinstance(found, list)
    vars(found[0])["cells"][5] = 7
    assert vars(found[1])["cells"][5] == 7


@pytest.mark.parametrize(
    ("codec", "title", "words"),
    [
        ("gridlib:wrong", "", "gridlib:wrong of gridlib.Grid gave list"),
        ("gridlib:missing", "", "gridlib:missing of gridlib.Grid is not there"),
        ("no_such_module:codec", "", "No module named 'no_such_module'"),
        ("gridlib:grids", "plain", "a grid is written by its codec"),
    ],
)
def test_what_a_codec_cannot_do_is_told(grids: Any, codec: str, title: str, words: str) -> None:
    reducers.use_codecs({"gridlib.Grid": codec})
    with pytest.raises(Exception, match=words):
        pickling.dump(grids.Grid(bytearray(1), title))


def test_a_codec_comes_before_what_nbflow_knows_itself() -> None:
    numpy = pytest.importorskip("numpy")
    reducers.use_codecs({"numpy.ndarray": "gridlib:grids"})
    with pytest.raises(AttributeError, match="title"):
        pickling.dump(numpy.zeros(3))


def test_an_array_and_a_value_that_show_one_memory_travel_together(tmp_path: Path) -> None:
    pytest.importorskip("numpy")
    notebook = Notebook(tmp_path)
    notebook.step("import numpy as np, gridlib\na = np.zeros(9, 'u1')\ng = gridlib.Grid(a[2:])")
    notebook.step("other = 1")
    assert notebook.written == {"other"}
    notebook.step("a[3] = 5")
    assert notebook.written == {"a", "g"}
    assert notebook.step("seen = g.cells[1]")["seen"] == 5


def test_a_step_is_told_of_codecs_and_imports_those_that_it_needs(
    grids: Any, tmp_path: Path, helper: Helper
) -> None:
    chain = Chain(tmp_path, helper)
    codecs = {"gridlib.Grid": "gridlib:grids", "other.Type": "not_there:codec"}
    ahead = f"import sys; sys.path.insert(0, {str(Path(grids.__file__).parent)!r})"
    chain.run(ahead, "import gridlib\ng = gridlib.Grid(bytearray(b'ab'))", codecs=codecs)
    assert chain.run("print(bytes(g.cells))", codecs=codecs).stream() == "b'ab'\n"
