"""Arrow data travels as its buffers: it comes back equal, small parts alone, and shared where it was."""

from __future__ import annotations

import datetime
import decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from steps import Chain, Helper
from trips import Notebook, digest, loaded

from nbflow.runtime import live, meaning, pickling

pyarrow = pytest.importorskip("pyarrow")
polars = pytest.importorskip("polars")
pandas = pytest.importorskip("pandas", minversion="3")

MANY = [f"word {n}" for n in range(30_000)]
HAS_VIEWS = hasattr(pyarrow, "string_view")


@pytest.fixture(autouse=True)
def fresh() -> None:
    """No notebook is alive but the test's own."""
    live.begin({}, "test")


def _frame() -> Any:
    return polars.DataFrame({"n": range(30_000), "s": MANY}).with_columns(
        kind=polars.col("s").cast(polars.Categorical),
        pair=polars.concat_list("n", "n"),
        day=polars.lit(datetime.date(2020, 1, 2)),
        half=polars.col("n").cast(polars.Float32) / 2,
    )


ARROW = {
    "numbers": lambda: pyarrow.array([1, None, 3]),
    "no elements": lambda: pyarrow.array([], pyarrow.int64()),
    "nothing but null": lambda: pyarrow.nulls(3),
    "booleans with an offset": lambda: pyarrow.array([True, None, False] * 9).slice(3, 5),
    "strings": lambda: pyarrow.array(["a", None, "ü"]),
    "large strings": lambda: pyarrow.array(MANY, pyarrow.large_string()),
    "decimals": lambda: pyarrow.array([decimal.Decimal("1.10")]),
    "dictionary": lambda: pyarrow.array(["a", "b", None] * 5).dictionary_encode(),
    "structs": lambda: pyarrow.array([{"a": 1, "b": [1, 2]}, None]),
    "map": lambda: pyarrow.array([[("a", 1)]], pyarrow.map_(pyarrow.string(), pyarrow.int8())),
    "union": lambda: pyarrow.UnionArray.from_sparse(
        pyarrow.array([0, 1], pyarrow.int8()), [pyarrow.array([1, 2]), pyarrow.array(["a", "b"])]
    ),
    "chunks": lambda: pyarrow.chunked_array([[1], [], [2, 3]]),
    "batch": lambda: pyarrow.record_batch({"a": [1, 2], "s": ["x", None]}),
    "table": lambda: pyarrow.table({"a": [1, 2], "s": ["x", None]}).replace_schema_metadata({"k": "v"}),
    "scalar": lambda: pyarrow.scalar(3),
    "schema": lambda: pyarrow.schema({"a": pyarrow.int8()}),
    "frame of pandas": lambda: pandas.DataFrame({"n": range(9), "s": list("abcdefghi")}),
    "series of pandas": lambda: pandas.Series([1, 2, None], dtype="int64[pyarrow]", name="x"),
    "strings of pandas": lambda: pandas.Series(["a", None], dtype="string[pyarrow]"),
    "chunks of pandas": lambda: pandas.concat([pandas.Series(["a"]), pandas.Series(["b"])]),
    "index of pandas": lambda: pandas.Index(["a", "b"]),
    "lists of pandas": lambda: pandas.Series(
        [[1, 2]], dtype=pandas.ArrowDtype(pyarrow.list_(pyarrow.int64()))
    ),
    "frame of polars": _frame,
    "small frame of polars": lambda: polars.DataFrame({"a": [1], "s": ["x"]}),
    "empty frame of polars": polars.DataFrame,
    "chunks of polars": lambda: polars.concat([_frame(), _frame()], rechunk=False),
    "series of polars": lambda: polars.Series("s", MANY),
    "sorted series of polars": lambda: polars.Series("n", range(50_000)).sort(descending=True),
    "type that pyarrow lacks": lambda: polars.Series("n", range(50_000), dtype=polars.Int128),
}  # fmt: skip


@pytest.mark.parametrize("make", ARROW.values(), ids=ARROW)
def test_round_trip(make: Any, tmp_path: Path) -> None:
    value = make()
    found: Any = loaded(value, tmp_path)
    assert type(found) is type(value)
    assert found.equals(value)
    assert meaning.fingerprint(found) == meaning.fingerprint(value)
    assert digest(found) == digest(loaded(found, tmp_path))


@pytest.mark.parametrize(
    "make", [_frame, lambda: _frame().lazy().filter(polars.col("n") > 3)], ids=["frame", "query"]
)
def test_polars_keeps_what_it_knows_of_a_frame(make: Any, tmp_path: Path) -> None:
    value = make()
    found: Any = loaded(value, tmp_path)
    assert found.collect_schema() == value.collect_schema()
    assert found.lazy().collect().equals(value.lazy().collect())
    assert len(pickling.dump(value).payload.stream) < 10_000


def test_a_sorted_column_is_known_to_be_sorted(tmp_path: Path) -> None:
    value = polars.Series("n", range(50_000)).sort(descending=True)
    found: Any = loaded(value, tmp_path)
    assert found.flags["SORTED_DESC"]


PARTS = {
    "numbers": lambda: pyarrow.array(range(100_000)).slice(7, 5),
    "strings": lambda: pyarrow.array(MANY).slice(7, 5),
    "table": lambda: pyarrow.table({"n": range(30_000), "s": MANY}).slice(7, 5),
    "structs": lambda: pyarrow.array([{"n": n} for n in range(30_000)]).slice(7, 5),
    "frame of pandas": lambda: pandas.DataFrame({"s": MANY}).iloc[7:12],
    "frame of polars": lambda: polars.DataFrame({"s": MANY, "n": range(30_000)}).slice(7, 5),
    **(
        {"views": lambda: pyarrow.array([w * 5 for w in MANY], pyarrow.string_view()).slice(7, 5)}
        if HAS_VIEWS
        else {}
    ),
}


@pytest.mark.parametrize("make", PARTS.values(), ids=PARTS)
def test_a_small_part_does_not_take_the_whole_along(make: Any, tmp_path: Path) -> None:
    value = make()
    assert pickling.dump(value).payload.nbytes < 5_000
    found: Any = loaded(value, tmp_path)
    assert found.equals(value)
    assert digest(found) == digest(value)


@pytest.mark.parametrize("kind", ["table", "pandas", "polars"])
def test_columns_are_mapped_not_copied(kind: str, tmp_path: Path) -> None:
    table = pyarrow.table({"n": range(200_000)})
    value = {"table": table, "pandas": table.to_pandas(types_mapper=pandas.ArrowDtype)}.get(kind)
    before = pyarrow.total_allocated_bytes()
    found: Any = loaded(polars.from_arrow(table) if value is None else value, tmp_path)
    assert pyarrow.total_allocated_bytes() - before < 100_000
    assert found["n"].sum() == sum(range(200_000)) if kind != "table" else found.equals(table)


def test_frames_that_show_the_same_columns_write_them_once() -> None:
    frame = _frame()
    alone = pickling.dump(frame).payload.nbytes
    assert pickling.dump([frame, frame.select("s"), frame["s"]]).payload.nbytes < alone * 1.01


SHARED = {
    "array": ("a = np.zeros(5)\nt = pa.array(a)", "a[0] = 5", "t[0].as_py() == 5"),
    "part": ("a = np.zeros(500_000)\nt = pa.array(a[7:9])", "a[7] = 5", "t[0].as_py() == 5"),
    "table of a frame": (
        "df = pd.DataFrame({'n': [1, 2]})\nt = pa.table(df)",
        "df.loc[0, 'n'] = 5",
        "t['n'][0].as_py() == df['n'][0] == 5",
    ),
    "in one variable": (
        "xs = [np.zeros(5)]\nxs.append(pa.array(xs[0]))",
        "xs[0][1] = 5",
        "xs[1][1].as_py() == 5",
    ),
    "frames": (
        "df = pd.DataFrame({'s': ['x', 'y']})\ng = df[['s']]",
        "df.loc[0, 's'] = 'z'",
        "g['s'][0] == 'x'",
    ),
}


@pytest.mark.parametrize(("made", "changed", "true"), SHARED.values(), ids=SHARED)
def test_memory_is_shared_as_it_was(made: str, changed: str, true: str, tmp_path: Path) -> None:
    whole: dict[str, Any] = {}
    imports = "import numpy as np, pandas as pd, pyarrow as pa\n"
    exec(imports + made + "\n" + changed, whole)
    assert eval(true, whole)
    notebook = Notebook(tmp_path)
    notebook.step(imports + made)
    notebook.step(changed)
    space: dict[str, Any] = dict(notebook.step("other = 1"))
    assert eval(true, space)


def test_frames_of_one_array_travel_apart(tmp_path: Path) -> None:
    notebook = Notebook(tmp_path)
    notebook.step("import pandas as pd\ndf = pd.DataFrame({'s': ['x', 'y']})\ng = df[['s']]")
    assert notebook.versions["df"] != notebook.versions["g"]


def test_steps_read_and_change_frames(tmp_path: Path, helper: Helper) -> None:
    chain = Chain(tmp_path, helper)
    chain.run(
        "import polars as pl, pandas as pd, pyarrow as pa\n"
        "p = pl.DataFrame({'n': range(50_000)})\nd = pd.DataFrame({'s': ['a', 'b'] * 9_000})\n"
        "q = p.lazy().select(pl.col('n').sum())\nt = pa.table(d)"
    )
    read = chain.run("print(p['n'].sum(), d.s[1], q.collect().item(), t.num_rows)")
    assert read.stream() == "1249975000 b 1249975000 18000\n"
    assert read.outcome["written"] == {}
    changed = chain.run("d.loc[1, 's'] = 'z'\np[0, 'n'] = 7")
    assert set(changed.outcome["written"]) == {"d", "p"}
    assert chain.run("print(p['n'][0], d.s[1], t['s'][1])").stream() == "7 z b\n"


LEAVES = {
    pyarrow.int8(): st.integers(-128, 127),
    pyarrow.uint64(): st.integers(0, 2**64 - 1),
    pyarrow.float64(): st.floats(allow_nan=False),
    pyarrow.bool_(): st.booleans(),
    pyarrow.string(): st.text(max_size=20),
    pyarrow.large_binary(): st.binary(max_size=20),
    pyarrow.timestamp("us"): st.datetimes(
        datetime.datetime(1900, 1, 1), datetime.datetime(2100, 1, 1)
    ),
    pyarrow.date32(): st.dates(),
    pyarrow.decimal128(9, 2): st.decimals(-100, 100, places=2),
    **({pyarrow.string_view(): st.text(max_size=20)} if HAS_VIEWS else {}),
}


def _nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    lists = inner.map(lambda p: (pyarrow.list_(p[0]), st.lists(st.none() | p[1], max_size=3)))
    structs = st.tuples(inner, inner).map(
        lambda ps: (
            pyarrow.struct([("a", ps[0][0]), ("b", ps[1][0])]),
            st.fixed_dictionaries({"a": st.none() | ps[0][1], "b": st.none() | ps[1][1]}),
        )
    )
    return lists | structs


TYPES = st.recursive(st.sampled_from(list(LEAVES.items())), _nested, max_leaves=4)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_arrays_of_any_type_come_back(data: st.DataObject, tmp_path_factory: Any) -> None:
    live.begin({}, "test")
    kind, items = data.draw(TYPES)
    values = data.draw(st.lists(st.none() | items, max_size=30))
    start = data.draw(st.integers(0, len(values)))
    array = pyarrow.array(values, kind).slice(start, data.draw(st.integers(0, 30)))
    store = tmp_path_factory.mktemp("store")
    found: Any = loaded(array, store)
    found.validate(full=True)
    assert found.equals(array)
    assert found.null_count == array.null_count
    assert digest(found) == digest(array)
