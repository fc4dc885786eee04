"""What is written: the executed copy, and tags that leave every other byte as it was."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbflow.errors import NotebookError
from nbflow.model import CellId
from nbflow.notebook import apply_tags, read, write_executed


def code(source: object, **rest: object) -> dict[str, object]:
    return {
        "cell_type": "code",
        "execution_count": 7,
        "metadata": {},
        "outputs": [],
        "source": source,
        **rest,
    }


def document(*cells: object, **rest: object) -> dict[str, object]:
    return {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **rest}


STREAM = {"output_type": "stream", "name": "stdout", "text": "a\nb\n"}
RESULT = {
    "output_type": "execute_result",
    "execution_count": 2,
    "data": {"text/plain": "1\n2", "application/json": "x\ny", "image/png": "aaaa"},
    "metadata": {},
}


def test_the_executed_copy_holds_this_run_and_all_else_of_the_notebook(tmp_path: Path) -> None:
    path, target = tmp_path / "n.ipynb", tmp_path / "out.ipynb"
    original = document(
        {"cell_type": "markdown", "id": "m", "metadata": {}, "source": ["# Ä\n", "b"]},
        code("1", id="a", metadata={"tags": ["step:a"]}),
        code("2", id="b", outputs=[STREAM]),
        metadata={"zebra": 1, "authors": [{"name": "x"}]},
    )
    path.write_text(json.dumps(original), encoding="utf-8")
    before = path.read_bytes()
    write_executed(path, {CellId("a"): [STREAM, RESULT]}, {CellId("a"): 2}, target)
    written = json.loads(target.read_text(encoding="utf-8"))
    first, second = written["cells"][1:]
    assert (first["execution_count"], second["execution_count"]) == (2, None)
    assert first["outputs"][0]["text"] == ["a\n", "b\n"]
    assert first["outputs"][1]["data"] == {
        "text/plain": ["1\n", "2"],
        "application/json": "x\ny",
        "image/png": "aaaa",
    }
    assert second["outputs"] == []
    for cell in (first, second):
        cell |= {"outputs": [], "execution_count": 7}
    original["cells"][2]["outputs"] = []  # type: ignore[index]
    assert written == original
    assert list(written["metadata"]) == ["zebra", "authors"]
    assert "Ä" in target.read_text(encoding="utf-8")
    assert path.read_bytes() == before
    nbformat.validate(nbformat.read(target, as_version=4))
    assert sorted(file.name for file in tmp_path.iterdir()) == ["n.ipynb", "out.ipynb"]


def test_the_executed_copy_of_nbformat_3_is_of_nbformat_4(tmp_path: Path) -> None:
    path, target = tmp_path / "n.ipynb", tmp_path / "out.ipynb"
    cell = {"cell_type": "code", "input": "1", "language": "python", "metadata": {}, "outputs": []}
    old = {"metadata": {}, "nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": [cell]}]}
    path.write_text(json.dumps(old), encoding="utf-8")
    id_ = read(path).cells[0].id
    write_executed(path, {id_: [STREAM]}, {id_: 1}, target)
    written = nbformat.read(target, as_version=4)
    nbformat.validate(written)
    assert written.cells[0].id == id_
    assert written.cells[0].outputs[0].text == "a\nb\n"


def test_a_broken_character_in_an_output_can_be_written(tmp_path: Path) -> None:
    path, target = tmp_path / "n.ipynb", tmp_path / "out.ipynb"
    path.write_text(json.dumps(document(code("1", id="a"))), encoding="utf-8")
    write_executed(path, {CellId("a"): [STREAM | {"text": "\ud800"}]}, {}, target)
    assert json.loads(target.read_bytes())["cells"][0]["outputs"][0]["text"] == ["\ud800"]


def test_a_target_that_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "n.ipynb"
    path.write_text(json.dumps(document(code("1", id="a"))), encoding="utf-8")
    with pytest.raises(NotebookError, match="cannot be written"):
        write_executed(path, {}, {}, tmp_path / "missing" / "out.ipynb")


def tagged(original: object, tags: dict[str, list[str]]) -> object:
    changed = json.loads(json.dumps(original))
    for cell in changed["cells"]:
        if new := tags.get(cell["id"]):
            metadata = cell.setdefault("metadata", {})
            present = metadata.get("tags", [])
            metadata["tags"] = [*present, *(tag for tag in new if tag not in present)]
            cell["metadata"] = dict(sorted(metadata.items()))
    return changed


NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
METADATA: st.SearchStrategy[dict[str, object]] = st.dictionaries(
    NAMES.filter(lambda name: name != "tags"), st.booleans() | st.just({}) | NAMES, max_size=3
)
TAGS = st.lists(NAMES, min_size=1, max_size=3, unique=True)
CELLS = st.lists(
    st.tuples(METADATA, st.none() | TAGS | st.just([]), st.lists(NAMES, max_size=2), TAGS),
    min_size=1,
    max_size=4,
)
LAYOUTS = st.fixed_dictionaries(
    {
        "indent": st.sampled_from([None, 1, 2, 4, "\t"]),
        "ensure_ascii": st.booleans(),
    }
)


@given(CELLS, LAYOUTS, st.sampled_from(["", "\n"]), st.sampled_from([b"", b"\xef\xbb\xbf"]))
def test_the_tags_are_laid_out_as_the_rest_of_the_file(
    tmp_path_factory: pytest.TempPathFactory,
    cells: list[tuple[dict[str, object], list[str] | None, list[str], list[str]]],
    layout: dict[str, object],
    end: str,
    mark: bytes,
) -> None:
    """The file is what ``json.dumps`` makes of the tagged notebook, in the file's own layout."""
    raw = [
        code(
            source,
            id=f"c{index}",
            metadata=dict(sorted((metadata | ({} if old is None else {"tags": old})).items())),
        )
        for index, (metadata, old, source, _) in enumerate(cells)
    ]
    original = document(*raw, metadata={"ö": "\u00e9"})
    new = {f"c{index}": cell[3] for index, cell in enumerate(cells)}

    def content(value: object) -> bytes:
        return mark + (json.dumps(value, **layout) + end).encode()  # type: ignore[arg-type]

    path = tmp_path_factory.getbasetemp() / "tagged.ipynb"
    path.write_bytes(content(original))
    apply_tags(path, {CellId(id_): tags for id_, tags in new.items()})
    if layout["indent"] is not None or not any(cell[1] for cell in cells):
        assert path.read_bytes() == content(tagged(original, new))
    assert json.loads(path.read_bytes().decode("utf-8-sig")) == tagged(original, new)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            '{"cells":[{"cell_type":"code","metadata":{},"source":""}],"nbformat":4}',
            '{"cells":[{"cell_type":"code","metadata":{"tags":["a","b"]},"source":""}],"nbformat":4}',
        ),
        (
            '{"cells": [{"cell_type": "code", "source": ""}], "nbformat": 4}',
            '{"cells": [{"cell_type": "code", "metadata": {"tags": ["a", "b"]}, "source": ""}], '
            '"nbformat": 4}',
        ),
        (
            '{"cells":[{"cell_type":"code","metadata":{"tags":["x"]},"source":""}],"nbformat":4}',
            '{"cells":[{"cell_type":"code","metadata":{"tags":["x","a","b"]},"source":""}],'
            '"nbformat":4}',
        ),
        (
            '{\r\n  "nbformat": 4,\r\n  "cells": [ {\r\n    "source": "",\r\n    "metadata": { },'
            '\r\n    "cell_type": "code" } ]\r\n}\r\n',
            '{\r\n  "nbformat": 4,\r\n  "cells": [ {\r\n    "source": "",\r\n    "metadata": {\r\n'
            '      "tags": [\r\n        "a",\r\n        "b"\r\n      ]\r\n    },'
            '\r\n    "cell_type": "code" } ]\r\n}\r\n',
        ),
        (
            '{\n "cells": [\n  {"cell_type": "code", "source": "", "metadata": '
            '{"zip": 1, "abc": 2.50}}\n ],\n "nbformat": 4\n}',
            '{\n "cells": [\n  {"cell_type": "code", "source": "", "metadata": '
            '{"zip": 1, "abc": 2.50, "tags": ["a", "b"]}}\n ],\n "nbformat": 4\n}',
        ),
    ],
)
def test_odd_layouts_are_kept(tmp_path: Path, before: str, after: str) -> None:
    path = tmp_path / "n.ipynb"
    path.write_bytes(before.encode())
    cell = read(path).cells[0].id
    assert apply_tags(path, {cell: ["a", "b"]}) == (cell,)
    assert path.read_bytes().decode() == after


def test_nothing_new_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "n.ipynb"
    path.write_text(json.dumps(document(code("1", id="a", metadata={"tags": ["x"]}))))
    stamp = path.stat().st_mtime_ns, path.stat().st_ino
    assert apply_tags(path, {CellId("a"): ["x"]}) == ()
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == stamp


def test_mode_and_symbolic_link_are_kept(tmp_path: Path) -> None:
    path, link = tmp_path / "n.ipynb", tmp_path / "link.ipynb"
    path.write_text(json.dumps(document(code("1", id="a"))))
    path.chmod(0o640)
    link.symlink_to(path)
    apply_tags(link, {CellId("a"): ["x"]})
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640
    assert read(path).cells[0].tags == ("x",)


def test_what_cannot_be_tagged_is_refused_and_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "n.ipynb"
    plain = json.dumps(document(code("1", id="a")))
    twice = plain.replace('"metadata": {}', '"metadata": {}, "metadata": {}', 1)
    old = '{"nbformat": 3, "metadata": {}, "worksheets": []}'
    for text, cell, message in (
        (plain, "b", "no cell with the id b"),
        (twice, "a", "twice in one object"),
        (old, "a", "old format"),
    ):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(NotebookError, match=message):
            apply_tags(path, {CellId(cell): ["x"]})
        assert path.read_text(encoding="utf-8") == text

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    path.write_text(plain, encoding="utf-8")
    monkeypatch.setattr("os.replace", refuse)
    with pytest.raises(NotebookError, match="cannot be written: Permission denied"):
        apply_tags(path, {CellId("a"): ["x"]})
    assert path.read_text(encoding="utf-8") == plain
    assert [file.name for file in tmp_path.iterdir()] == ["n.ipynb"]
