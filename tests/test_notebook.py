"""Notebooks as they are read: every format, ids that stay, one sentence for what is no notebook."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbflow.errors import NotebookError
from nbflow.model import CellKind
from nbflow.notebook import read


def code(source: object, **rest: object) -> dict[str, object]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": source,
        **rest,
    }


def document(*cells: object, **rest: object) -> dict[str, object]:
    return {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **rest}


def write(folder: Path, content: object, name: str = "n.ipynb") -> Path:
    path = folder / name
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_a_notebook_is_read(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        document(
            {"cell_type": "markdown", "id": "m", "metadata": {}, "source": ["# A\n", "b"]},
            code("x = 1", id="c", metadata={"tags": ["step:a", "step:a", "x"], "k": 1}),
            {"cell_type": "raw", "id": "r", "metadata": {}, "source": ""},
            metadata={"kernelspec": {"name": "my", "language": "Python"}},
        ),
        "my book.ipynb",
    )
    before = path.read_bytes()
    notebook = read(path)
    assert (notebook.name, notebook.kernel, notebook.language) == ("my book", "my", "python")
    assert [(cell.id, cell.kind, cell.source, cell.number) for cell in notebook.cells] == [
        ("m", CellKind.MARKDOWN, "# A\nb", 1),
        ("c", CellKind.CODE, "x = 1", 2),
        ("r", CellKind.RAW, "", 3),
    ]
    assert notebook.cells[1].tags == ("step:a", "x")
    assert notebook.cells[1].metadata["k"] == 1
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("metadata", "kernel", "language"),
    [
        ({}, "", "python"),
        ({"kernelspec": {"name": "ir", "language": "R"}}, "ir", "r"),
        ({"kernelspec": {"name": "x"}, "language_info": {"name": "julia"}}, "x", "julia"),
        ({"language_info": {"name": "ipython"}}, "", "python"),
        ({"kernelspec": 3, "language_info": []}, "", "python"),
    ],
)
def test_kernel_and_language(tmp_path: Path, metadata: object, kernel: str, language: str) -> None:
    notebook = read(write(tmp_path, document(metadata=metadata)))
    assert (notebook.kernel, notebook.language) == (kernel, language)


def test_ids_are_made_where_they_are_missing_and_stay_the_same(tmp_path: Path) -> None:
    cells = [
        code("a"),
        code("a", id="dup"),
        code("b", id="dup"),
        code("c", id="no good"),
        code("a"),
    ]
    path = write(tmp_path, document(*cells, nbformat_minor=4))
    ids = [cell.id for cell in read(path).cells]
    assert ids[1] == "dup"
    assert len(set(ids)) == 5
    assert all(id_.startswith(f"c{number}-") for number, id_ in enumerate(ids, 1) if number != 2)
    assert [cell.id for cell in read(path).cells] == ids


def test_a_made_id_never_takes_one_that_stands_further_down(tmp_path: Path) -> None:
    first = read(write(tmp_path, document(code("a")))).cells[0].id
    notebook = read(write(tmp_path, document(code("a"), code("b", id=first))))
    assert notebook.cells[1].id == first
    assert notebook.cells[0].id != first


def test_nbformat_3_is_converted_in_memory(tmp_path: Path) -> None:
    cell = {"cell_type": "code", "input": ["x = 1\n", "x"], "language": "python", "outputs": []}
    heading = {"cell_type": "heading", "level": 2, "source": ["Load"]}
    old = {
        "metadata": {"name": "old"},
        "nbformat": 3,
        "nbformat_minor": 0,
        "worksheets": [{"cells": [heading, cell | {"metadata": {}}], "metadata": {}}],
    }
    path = write(tmp_path, old)
    before = path.read_bytes()
    notebook = read(path)
    assert [cell.source for cell in notebook.cells] == ["## Load", "x = 1\nx"]
    assert read(path) == notebook
    assert path.read_bytes() == before


BROKEN: list[tuple[bytes, str]] = [
    (b"", "is empty"),
    (b" \n", "is empty"),
    (b"\x00\x01\xff\xfe" * 50, "not UTF-8"),
    (b"\x89PNG\r\n\x1a\n", "not UTF-8"),
    ('{"nbformat": 4}'.encode("utf-16"), "not UTF-8"),
    (b"import os\n", r"not JSON \(line 1, column 1"),
    (b'{"cells": [],\n "nbformat": }', r"not JSON \(line 2, column 14"),
    (b"<!DOCTYPE html><html></html>", "web page"),
    (b'{\n<<<<<<< HEAD\n"a": 1\n=======\n>>>>>>> b\n}', "conflict markers"),
    (b"[" * 100_000, "nested too deeply"),
    (b'{"nbformat": ' + b"4" * 5000 + b"}", "cannot be read as JSON"),
    (b"{}", 'no "nbformat"'),
    (b"[]", 'no "nbformat"'),
    (b"null", 'no "nbformat"'),
    (b'{"nbformat": "4"}', "not a number"),
    (b'{"nbformat": true}', "not a number"),
    (b'{"nbformat": 2, "worksheets": []}', "nbformat 2, which is too old"),
    (b'{"nbformat": 5, "cells": []}', "nbformat 5, which is newer"),
    (b'{"nbformat": 3, "worksheets": 7}', "cannot be converted"),
    (b'{"nbformat": 4}', 'no list of "cells"'),
    (b'{"nbformat": 4, "cells": {}}', 'no list of "cells"'),
    (b'{"nbformat": 4, "cells": [], "metadata": []}', '"metadata" is not an object'),
    (b'{"nbformat": 4, "cells": [1]}', "cell 1 is not an object"),
    (b'{"nbformat": 4, "cells": [{"cell_type": "sql"}]}', "cell 1 has the \"cell_type\" 'sql'"),
    (b'{"nbformat": 4, "cells": [{"cell_type": {}}]}', 'cell 1 has the "cell_type"'),
    (b'{"nbformat": 4, "cells": [{"cell_type": "code"}]}', 'cell 1 has no "source"'),
    (b'{"nbformat": 4, "cells": [{"cell_type": "raw", "source": [1]}]}', 'has no "source"'),
    (b'{"nbformat": 4, "cells": [{"cell_type": "raw", "source": "\\ud800"}]}', "half of a"),
    (
        b'{"nbformat": 4, "cells": [{"cell_type": "raw", "source": "", "metadata": 1}]}',
        '"metadata" that is not an object',
    ),
    (
        b'{"nbformat": 4, "cells": [{"cell_type": "raw", "source": "", "metadata": {"tags": "a"}}]}',
        '"tags" that are not a list',
    ),
    (
        b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": "", "outputs": {}}]}',
        '"outputs" that are not a list',
    ),
]


@pytest.mark.parametrize(("content", "message"), BROKEN)
def test_what_is_no_notebook_is_told_in_one_sentence(
    tmp_path: Path, content: bytes, message: str
) -> None:
    path = tmp_path / "n.ipynb"
    path.write_bytes(content)
    with pytest.raises(NotebookError, match=message) as raised:
        read(path)
    assert "\n" not in str(raised.value)
    assert path.read_bytes() == content


def test_places_that_hold_no_file(tmp_path: Path) -> None:
    with pytest.raises(NotebookError, match="is a folder"):
        read(tmp_path)
    with pytest.raises(NotebookError, match="there is no file"):
        read(tmp_path / "nothing.ipynb")
    with pytest.raises(NotebookError, match="cannot be read"):
        read(tmp_path / "a\0b.ipynb")
    with pytest.raises(NotebookError, match="is not a file"):
        read(os.devnull)


def test_a_byte_order_mark_and_whole_surrogate_pairs_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "n.ipynb"
    text = json.dumps(document(code("print('\U0001f600')")))
    assert "\\ud83d\\ude00" in text
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert read(path).cells[0].source == "print('\U0001f600')"


def test_a_notebook_of_50_megabytes_is_read(tmp_path: Path) -> None:
    output = {"output_type": "stream", "name": "stdout", "text": "x" * 50_000_000}
    path = write(tmp_path, document(code("1", outputs=[output])))
    assert path.stat().st_size > 50_000_000
    assert read(path).cells[0].source == "1"


KEYS = st.sampled_from(
    [
        "cells",
        "metadata",
        "nbformat",
        "cell_type",
        "source",
        "tags",
        "kernelspec",
        "worksheets",
        "id",
    ]
)
JSON: st.SearchStrategy[object] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(JSON, st.sampled_from([3, 4]))
def test_any_json_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, value: object, version: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.ipynb"
    content = {**value, "nbformat": version} if isinstance(value, dict) else value
    path.write_text(json.dumps(content), encoding="utf-8")
    try:
        notebook = read(path)
    except NotebookError:
        return
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)
