"""What variables look like as texts, tables and pictures, without running code of the notebook."""

from __future__ import annotations

import base64
import datetime
import decimal
import io
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import matplotlib.figure
import numpy as np
import pandas as pd
import PIL.Image
import pytest
from matplotlib.backends import backend_agg
from matplotlib.colors import ListedColormap
from matplotlib.patches import Circle

from nbflow.runtime import portraits
from nbflow.runtime.portraits import portrait
from nbflow.runtime.preview import preview, shape


class Wild:
    """Nothing of it may be called."""

    def __init__(self) -> None:
        self.depth = 3
        self.inner = [1, 2]

    def __getattribute__(self, name: str) -> Any:
        raise AssertionError(name)

    def __repr__(self) -> str:
        raise AssertionError("repr")

    def _repr_html_(self) -> str:
        raise AssertionError("html")

    def __lt__(self, other: object) -> bool:
        raise AssertionError("lt")

    def __hash__(self) -> int:
        return 1

    def __eq__(self, other: object) -> bool:
        raise AssertionError("eq")


@pytest.mark.parametrize("value", [1, 2.5, None, "short", [1, 2], {"a": 1}, (), b"x", print, Path])
def test_what_fits_a_line_has_none(value: object) -> None:
    assert portrait(value) == {}


def test_code_of_the_notebook_never_runs() -> None:
    class Holder:
        def __init__(self) -> None:
            self.wild = Wild()

    assert portrait(Holder())["text/plain"].endswith("wild: <test_portraits.Wild>")
    frame = pd.DataFrame({"a": [Wild()]}, dtype=object)
    for value in ([Wild()] * 50, {Wild()}, {Wild(): Wild()}, frame, frame["a"]):
        portrait(value)
        preview(value)
    assert "&lt;test_portraits.Wild&gt;" in portrait(frame)["text/html"]


class Shy:
    def __repr__(self) -> str:
        raise AssertionError("repr")


class Number(float):
    def __repr__(self) -> str:
        raise AssertionError("repr")


class Bytes(bytes):
    def __repr__(self) -> str:
        raise AssertionError("repr")


class Posing:
    """Says that it is of another type, as those do that stand for something that is made later."""

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        raise AssertionError("class")


class Zone(datetime.tzinfo):
    def utcoffset(self, _: object) -> datetime.timedelta:
        raise AssertionError("zone")

    dst = tzname = utcoffset  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Number(2.5), "2.5"),
        ([Number(2.5)], "[2.5]"),
        (Bytes(b"xy"), "b'xy'"),
        (Posing(), "<test_portraits.Posing>"),
        ([Posing()], "[<test_portraits.Posing>]"),
        (pd.DataFrame({Shy(): [1], "b": [2]}), "columns: <test_portraits.Shy>, b"),
        (pd.Series([1], name=Number(1.5)), "1.5: [1]"),
        (datetime.datetime(2026, 1, 2, tzinfo=Zone()), "<datetime.datetime>"),
    ],
    ids=["number", "numbers", "bytes", "posing", "posing in a list", "frame", "series", "time"],
)
def test_a_line_runs_no_code_of_the_notebook(value: object, shown: str) -> None:
    assert preview(value) == shown
    portrait(value)


def test_a_shape_runs_no_code_of_the_notebook() -> None:
    class Shaped:
        @property
        def shape(self) -> tuple[int, ...]:
            raise AssertionError("shape")

    Shaped.__module__ = "__main__"
    assert shape(Shaped()) == ""
    assert shape(np.zeros((2, 3))) == "(2, 3)"
    assert shape([1, 2]) == "(2,)"


def inner(value: object) -> Any:
    """An array that holds one object."""
    array: Any = np.empty(1, object)
    array[0] = value
    return array


@pytest.mark.parametrize(
    "value",
    [
        inner(Shy()),
        inner(Shy()).reshape(()),
        pd.DataFrame({"a": [Shy()]}, dtype=object),
        datetime.datetime(2026, 1, 2, tzinfo=Zone()),
    ],
    ids=["array", "array without a dimension", "frame", "time"],
)
def test_a_cell_of_a_table_runs_no_code_of_the_notebook(value: object) -> None:
    column = pd.Series([None], dtype=object)
    column.iat[0] = value
    assert "<td>" in portrait(column)["text/html"]


def test_times_and_numbers_in_tables() -> None:
    table = pd.DataFrame(
        {
            "time": [pd.Timestamp("2026-01-02", tz="Europe/Berlin")],
            "day": [datetime.date(2026, 1, 2)],
            "number": [decimal.Decimal("1.50")],
            "small": pd.Series([np.float32(0.5)], dtype=object),
        }
    )
    cells = re.findall("<td>(.*?)</td>", portrait(table)["text/html"])
    assert cells == ["2026-01-02 00:00:00+01:00", "2026-01-02", "1.50", "0.5"]


def test_tables() -> None:
    frame = pd.DataFrame({"<b>": range(1000), "x": [0.5] * 1000, "y": [None] * 1000})
    found = portrait(frame)
    assert list(found) == ["text/html", "text/plain"]
    assert found["text/html"].count("<tr") == 21
    assert "<th>&lt;b&gt;</th><th>x</th>" in found["text/html"]
    assert "<tr><th>1</th><td>1</td><td>0.5</td><td>None</td></tr>" in found["text/html"]
    assert "<p>1000 rows × 3 columns</p>" in found["text/html"]
    assert found["text/plain"].splitlines()[1].split() == ["0", "0", "0.5", "None"]
    wide = portrait(pd.DataFrame(np.zeros((2, 5000))))
    assert wide["text/html"].count("<td>") == 40
    series = portrait(pd.Series([1.0, float("nan")], name="s", index=["p", "q"]))
    assert "<tr><th>q</th><td>NaN</td></tr>" in series["text/html"]
    assert "html" not in str(portrait(pd.DataFrame()).keys() - {"text/html"})


def test_a_table_of_a_type_of_the_notebook_is_not_read() -> None:
    class Mine(pd.DataFrame):  # type: ignore[misc]  # pandas has no types here
        pass

    assert "text/html" not in portrait(Mine({"a": [1]}))


def pixels(data: str) -> Any:
    return PIL.Image.open(io.BytesIO(base64.b64decode(data)))


@pytest.mark.parametrize(
    ("value", "size", "mode"),
    [
        (np.zeros((40, 30), "uint8"), (30, 40), "L"),
        (np.zeros((40, 30, 3), "uint8"), (30, 40), "RGB"),
        (np.zeros((1000, 500, 4), "uint8"), (125, 250), "RGBA"),
        (PIL.Image.new("RGB", (30, 40), "red"), (30, 40), "RGB"),
        (PIL.Image.new("P", (30, 40)), (30, 40), "RGB"),
        (PIL.Image.new("1", (30, 40)), (30, 40), "L"),
        (PIL.Image.new("RGBA", (3000, 1500)), (320, 160), "RGBA"),
    ],
)
def test_pictures(value: Any, size: tuple[int, int], mode: str) -> None:
    found = pixels(portrait(value)["image/png"])
    assert (found.size, found.mode) == (size, mode)


@pytest.mark.parametrize("shape", [(40, 30, 2), (5, 40, 30), (2, 30), (40,)])
def test_arrays_that_are_no_pictures(shape: tuple[int, ...]) -> None:
    found = portrait(np.zeros(shape, "uint8"))
    assert list(found) == ["text/plain"]
    assert f"uint8 {shape}" in found["text/plain"]


def test_noise_is_made_smaller() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (900, 900, 3)).astype("uint8")
    assert len(portrait(noise)["image/png"]) <= 96 * 1024


def never(*given: object) -> str:
    raise AssertionError(given)


def test_figures() -> None:
    figure = matplotlib.figure.Figure()
    backend_agg.FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.plot([1, 2, 3], label="line")
    axes.legend()
    axes.annotate("here", (0, 0), xytext=(1, 1), textcoords="offset points")
    axes.inset_axes((0.5, 0.5, 0.2, 0.2)).set_yscale("log")
    figure.colorbar(axes.imshow([[1, 2]]))
    canvas, dpi = figure.canvas, figure.dpi
    assert max(pixels(portrait(figure)["image/png"]).size) == 320
    assert (figure.canvas, figure.dpi) == (canvas, dpi)


@pytest.mark.parametrize(
    "change",
    [
        lambda axes: axes.xaxis.set_major_formatter(never),
        lambda axes: axes.set_xscale("function", functions=(lambda x: x, lambda x: x)),
        lambda axes: axes.lines[0].set_agg_filter(never),
        lambda axes: axes.figure.canvas.mpl_connect("draw_event", never),
        lambda axes: axes.add_artist(type("Mine", (Circle,), {"get_children": never})((0, 0))),
        lambda axes: axes.secondary_xaxis("top", functions=(lambda x: x, lambda x: x)),
        lambda axes: axes.callbacks.connect("xlim_changed", never),
        lambda axes: axes.annotate("here", (0, 0), xycoords=never),
        lambda axes: axes.annotate("here", (0, 0), (1, 1), textcoords=(never, "data")),
        lambda axes: axes.imshow([[1]], cmap=type("Mine", (ListedColormap,), {})(["red"])),
        lambda axes: axes.set_axes_locator(lambda axes, renderer: axes.get_position()),
        lambda axes: axes.set_title("$x$", usetex=True),
    ],
)
def test_figures_with_code_of_the_notebook_are_not_drawn(change: Any) -> None:
    figure = matplotlib.figure.Figure()
    backend_agg.FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.plot([1, 2, 3])
    assert "image/png" in portrait(figure)
    change(axes)
    assert "image/png" not in portrait(figure)


def test_a_process_that_shows_too_long_is_ended(tmp_path: Path) -> None:
    code = (
        "import sys, time; from nbflow.runtime import portraits;"
        "portraits._LONGEST = 0.2; portraits.portrait = lambda value: time.sleep(60);"
        "portraits.keep({'x': 1}, {'x': {'bundle': 'x'}}, sys.argv[1], [])"
    )
    found = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert found.returncode == -signal.SIGALRM


def test_options_of_the_notebook_are_not_used_and_stay() -> None:
    with np.printoptions(formatter={"all": never}, threshold=7):
        text = portrait(np.arange(400.0))["text/plain"]
        assert np.get_printoptions()["threshold"] == 7
    assert text.startswith("[  0.   1.   2.")


def test_long_containers_and_texts() -> None:
    lines = portrait(list(range(1000)))["text/plain"].splitlines()
    assert (lines[0], lines[99], lines[100]) == ("0", "99", "… and 900 more")
    table = portrait({f"name-{n}": n for n in range(50)})["text/plain"].splitlines()
    assert table[1] == "'name-1': 1"
    assert len(portrait("line\n" * 100_000)["text/plain"]) == 8000


def test_nothing_is_imported() -> None:
    code = (
        "import sys; from nbflow.runtime.portraits import portrait; before = set(sys.modules);"
        "[portrait(v) for v in (list(range(500)), 'x' * 500, object(), print, sys)];"
        "print(sorted(set(sys.modules) - before))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"


def test_variables_with_a_secret_have_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "a-long-token")
    (tmp_path / "one.nbb").write_bytes(b"... a-long-token ...")
    (tmp_path / "two.nbb").write_bytes(b"...")
    values = {"one": list(range(100)), "two": list(range(100))}
    written = {name: {"bundle": name} for name in values}
    portraits.keep(values, written, str(tmp_path), ["TOKEN"])
    assert sorted(os.listdir(tmp_path)) == ["one.nbb", "two.looks.json", "two.nbb"]
