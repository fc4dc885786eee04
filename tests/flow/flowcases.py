"""The cases of ``tests/flow/cases``: small notebooks written as text, with what they show in Jupyter.

A file holds several cases. Each case is a title, its cells, and its ending::

    ## A list that a later step appends to
    needs: numpy
    given: n = 3
    --- step:a
    x = [1]
    --- step:b, prev:a
    print(x)
    === shows
    [1]

``needs`` names what must be installed, with its version where that matters (``pandas < 3``,
``python >= 3.12``), ``given`` the value of a parameter as a Python literal; both may be left out or
repeated. ``---`` starts a code
cell and gives its tags; ``--- markdown`` starts a text cell. Words such as ``notebook_path=a.ipynb`` among
the tags are metadata. ``--- in PATH`` starts another notebook, which the first one calls, and
``--- file PATH`` a file that lies beside the notebook. The ending is one of

* ``=== shows``: the run succeeds and its cells show the text that follows, as they do in Jupyter;
* ``=== fails``: the same, but the text ends with the error that ends the notebook;
* ``=== refused``: the run does not begin; finding codes may follow, each of which must be told;
* ``=== told NAME``: the run does not begin or stops, and a finding or a message holds NAME.

What cells show is one text: stdout as it is, stderr with ``! `` before each line, the plain form of
results and displays on lines of their own, ``<picture>`` for an image, ``Name: text`` for an error.
Lines that ``%time`` writes are left out, and so is the carriage return that a terminal puts at the end
of a line.
"""

from __future__ import annotations

import ast
import json
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

CASES = Path(__file__).parent / "cases"
#: What the notebook is called in the folder in which a case runs.
NOTEBOOK = "flow.ipynb"
_TIMES = ("CPU times: ", "Wall time: ")


@dataclass(frozen=True, slots=True)
class FlowCell:
    """A cell with its tags."""

    source: str
    tags: tuple[str, ...] = ()
    kind: str = "code"
    metadata: tuple[tuple[str, object], ...] = ()

    @property
    def called(self) -> str:
        """The path of the notebook that the cell calls, or ""."""
        return str(dict(self.metadata).get("notebook_path", ""))


@dataclass(frozen=True, slots=True)
class FlowCase:
    """A notebook, and how it must end. ``words`` are the codes or the name behind the ending.

    ``others`` are the notebooks that it calls, and ``files`` the texts that lie beside it, by their paths.
    """

    file: str
    title: str
    cells: tuple[FlowCell, ...]
    ending: str
    text: str
    words: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    given: tuple[tuple[str, str], ...] = ()
    others: tuple[tuple[str, tuple[FlowCell, ...]], ...] = ()
    files: tuple[tuple[str, str], ...] = ()

    @property
    def id(self) -> str:
        """How pytest names the case."""
        words = re.sub(r"[^a-z0-9]+", "-", self.title.lower()).strip("-")
        return f"{self.file}:{words}"

    @property
    def parameters(self) -> dict[str, object]:
        """The given parameters as values."""
        return {name: ast.literal_eval(value) for name, value in self.given}


def cases() -> tuple[FlowCase, ...]:
    """All cases, file by file."""
    return tuple(case for path in sorted(CASES.glob("*.txt")) for case in cases_of(path.stem))


def cases_of(file: str) -> tuple[FlowCase, ...]:
    """The cases of the file of that name."""
    return parse(file, (CASES / f"{file}.txt").read_text(encoding="utf-8"))


def parse(file: str, text: str) -> tuple[FlowCase, ...]:
    """The cases of one file."""
    _, *chunks = re.split(r"^## ", text, flags=re.MULTILINE)
    return tuple(_case(file, chunk) for chunk in chunks)


def _case(file: str, chunk: str) -> FlowCase:
    body, mark, ending = chunk.partition("\n=== ")
    assert mark, f"{file}: no ending in {chunk.splitlines()[0]!r}"
    head, *parts = re.split(r"^--- ?", body + "\n", flags=re.MULTILINE)
    cells = [part for part in parts if not part.startswith("file ")]
    title, *settings = head.strip().splitlines()
    pairs = [line.partition(":")[::2] for line in settings]
    own, others = _notebooks(cells)
    word, _, shown = ending.partition("\n")
    kind, *words = word.split()
    return FlowCase(
        file=file,
        title=title.strip(),
        cells=own,
        others=others,
        files=tuple(_file(part) for part in parts if part.startswith("file ")),
        ending=kind,
        text=shown.strip("\n"),
        words=tuple(words),
        needs=tuple(value.strip() for key, value in pairs if key == "needs"),
        given=tuple(_given(value) for key, value in pairs if key == "given"),
    )


def _notebooks(
    texts: Iterable[str],
) -> tuple[tuple[FlowCell, ...], tuple[tuple[str, tuple[FlowCell, ...]], ...]]:
    """The cells of the first notebook, and those of each other one with its path."""
    books: dict[str, list[FlowCell]] = {"": []}
    for text in texts:
        if text.startswith("in "):
            books[text.partition("\n")[0].removeprefix("in ").strip()] = []
        else:
            list(books.values())[-1].append(_cell(text))
    own, *others = ((path, tuple(cells)) for path, cells in books.items())
    return own[1], tuple(others)


def _file(text: str) -> tuple[str, str]:
    first, _, content = text.partition("\n")
    return first.removeprefix("file ").strip(), content


def _given(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip(), value.strip()


def _cell(text: str) -> FlowCell:
    first, _, source = text.partition("\n")
    words = tuple(tag.strip() for tag in first.split(", ") if tag.strip())
    tags = tuple(word for word in words if not word.startswith("notebook_"))
    pairs = (word.split("=", 1) for word in words if word.startswith("notebook_"))
    source = source.rstrip("\n")
    if tags == ("markdown",):
        return FlowCell(source, kind="markdown")
    return FlowCell(source, tags, metadata=tuple((key, _value(value)) for key, value in pairs))


def _value(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text


def document(cells: Iterable[FlowCell]) -> dict[str, object]:
    """The notebook of some cells, as JSON has it."""
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python"},
        },
        "cells": [_json_cell(number, cell) for number, cell in enumerate(cells)],
    }


def _json_cell(number: int, cell: FlowCell) -> dict[str, object]:
    found: dict[str, object] = {
        "id": f"cell-{number}",
        "cell_type": cell.kind,
        "metadata": {**({"tags": list(cell.tags)} if cell.tags else {}), **dict(cell.metadata)},
        "source": cell.source,
    }
    return {**found, "execution_count": None, "outputs": []} if cell.kind == "code" else found


def write(case: FlowCase, folder: Path) -> Path:
    """The path of the case's notebook, written into ``folder``."""
    for name, cells in ((NOTEBOOK, case.cells), *case.others):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document(cells)), encoding="utf-8")
    for name, content in case.files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return folder / NOTEBOOK


def ids(case: FlowCase, path: str = "") -> Iterator[str]:
    """The ids that the cells have in a run, those of a called notebook behind the cell that calls it."""
    cells = dict(case.others)[path] if path else case.cells
    for number, cell in enumerate(cells):
        yield f"cell-{number}"
        if cell.called:
            below = posixpath.normpath(posixpath.join(posixpath.dirname(path), cell.called))
            name = cell.tags[0].partition(":")[2]
            if below in dict(case.others):
                yield from (f"{name}/{each}" for each in ids(case, below))


def shown(outputs: Iterable[Mapping[str, object]]) -> str:
    """What the outputs of a cell show, as one text."""
    text = "".join(_shown(output) for output in outputs).replace("\r\n", "\n")
    return "".join(line for line in text.splitlines(True) if not line.startswith(_TIMES))


def _shown(output: Mapping[str, object]) -> str:
    kind = output["output_type"]
    if kind == "stream":
        text = _joined(output["text"])
        if output["name"] == "stderr":
            return "".join(f"! {line}\n" for line in text.splitlines())
        return text
    if kind == "error":
        return f"{output['ename']}: {output['evalue']}\n"
    data = output["data"]
    assert isinstance(data, Mapping)
    if any(str(key).startswith("image/") for key in data):
        return "<picture>\n"
    return _joined(data.get("text/plain", "")) + "\n"


def _joined(text: object) -> str:
    return "".join(str(part) for part in text) if isinstance(text, list) else str(text)
