"""Notebooks that call others, and what running them one by one prints."""

from __future__ import annotations

import contextlib
import io
import json
import pickle
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from hypothesis import strategies as st
from notebook_cells import code, written

#: Cells as tags and source; a tag such as ``notebook_path=a.ipynb`` is metadata.
Cells = tuple[tuple[str, str], ...]


def write(path: Path, cells: Cells) -> Path:
    """The path of a notebook of these cells, which lies there from now on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    found = [code(n, text, **_metadata(tags.split())) for n, (tags, text) in enumerate(cells)]
    return written(path, found)


def _metadata(words: list[str]) -> dict[str, Any]:
    pairs = [word.split("=", 1) for word in words if "=" in word]
    found = {key: json.loads(text) if text[0] in "[{" else text for key, text in pairs}
    return {**found, "tags": [word for word in words if "=" not in word]}


# Generated ones

FIRST = "a, b, c = [1], [2], [3]\ndef grow(x):\n    x.append(len(c))\n"
OWN = "print(a, b, c)\np, r, s = [7], [8], [9]"
NAMES = ("a", "b", "c")
MADE = ("p", "r", "s")


def ops(names: tuple[str, ...], made: tuple[str, ...]) -> st.SearchStrategy[str]:
    """What a line of a cell may do to ``names``; ``made`` are names that it binds alone."""
    one, other = st.sampled_from(names), st.sampled_from(names)
    return st.one_of(
        st.builds("{0} = {1}".format, one, other),
        st.builds("{0} = {1} + [{2}]".format, one, other, st.integers(10, 99)),
        st.builds("{0}.append({1})".format, one, st.integers(10, 99)),
        st.builds("if len({0}) > 1:\n    {1} = {0} + {0}".format, one, other),
        st.builds("{0} = {1}".format, st.sampled_from(made), one),
        st.builds("print({0}, {1})".format, one, other),
    )


def cells(line: st.SearchStrategy[str], most: int) -> st.SearchStrategy[list[str]]:
    return st.lists(
        st.lists(line, min_size=1, max_size=3).map("\n".join), min_size=1, max_size=most
    )


BEFORE = ops(NAMES, ("d", "e")) | st.just("grow(a)")
INNER = ops((*NAMES, *MADE), MADE)
AFTER = ops((*NAMES, "r", "s"), ("d", "e")) | st.just("grow(r)")


def generated(
    folder: Path, before: list[str], inner: list[str], after: list[str]
) -> tuple[Path, list[str], str]:
    """A notebook that calls another one, the cells of both in run order, and what they print."""
    main, called = [FIRST, *before, "", *after], [OWN, *inner]
    place = len(before) + 1
    tags = [f"step:s{number}" for number in range(len(main))]
    tags[place] = "notebook:call notebook_path=in/called.ipynb"
    path = write(folder / "main.ipynb", tuple(zip(tags, main, strict=True)))
    write(folder / "in" / "called.ipynb", tuple((f"step:i{n}", c) for n, c in enumerate(called)))
    order = [f"c{number}" for number in range(len(main))]
    order[place + 1 : place + 1] = [f"call/c{number}" for number in range(len(called))]
    return path, order, one_by_one(main[:place], called, after)


def one_by_one(before: list[str], inner: list[str], after: list[str]) -> str:
    """What the cells print when they run in order, those of the called notebook on copies."""
    shown, own = io.StringIO(), sys.modules["__main__"]
    main, called = ModuleType("__main__"), ModuleType("__main__")
    try:
        with contextlib.redirect_stdout(shown):
            sys.modules["__main__"] = main
            for cell in before:
                exec(compile(cell, "cell", "exec"), vars(main))
            has = _data(main)
            sys.modules["__main__"] = called
            vars(called).update(has)
            for cell in inner:
                exec(compile(cell, "cell", "exec"), vars(called))
            sys.modules["__main__"] = main
            made = _data(called)
            vars(main).update({name: made[name] for name in made if name not in has})
            for cell in after:
                exec(compile(cell, "cell", "exec"), vars(main))
    finally:
        sys.modules["__main__"] = own
    return shown.getvalue()


def _data(module: ModuleType) -> dict[str, object]:
    found = {name: value for name, value in vars(module).items() if isinstance(value, list)}
    copied: dict[str, object] = pickle.loads(pickle.dumps(found))
    return copied
