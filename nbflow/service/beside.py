"""What lies beside a notebook and belongs to it: modules that it names, notebooks that it calls."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from nbflow import notebook as notebooks
from nbflow.analysis import Source
from nbflow.analysis.references import folder_below, path_from, paths
from nbflow.errors import NotebookError
from nbflow.model import Notebook

#: A folder with more modules than this is no notebook's folder.
_MOST_MODULES = 500


def modules_of(folder: Path, notebook: Notebook) -> dict[str, str]:
    """The texts of the modules in the folder, and one below, that the notebook or one of them names."""
    paths = [*folder.glob("*.py"), *folder.glob("*/*.py")]
    left = {path: _names(path.relative_to(folder)) for path in sorted(paths)}
    found: dict[str, str] = {}
    todo = [cell.source for cell in notebook.cells] if len(paths) < _MOST_MODULES else []
    while todo:
        texts = "\n".join(todo)
        named = {path: names for path, names in left.items() if names and names[-1] in texts}
        todo = []
        for path, names in named.items():
            del left[path]
            with suppress(OSError, UnicodeDecodeError):
                text = path.read_text(encoding="utf-8")
                todo.append(text)
                found[".".join(names)] = text
                found.setdefault(names[-1], text)  # its folder may be put on the path
    return {name: text for name, text in found.items() if text}


def _names(path: Path) -> list[str]:
    """What leads to the module: its packages' names and its own."""
    return [part for part in path.with_suffix("").parts if part != "__init__"]


def called_from(path: str | Path, notebook: Notebook) -> dict[str, Source]:
    """The notebooks that the one at ``path`` calls, and those that they call, by ``path_from``."""
    root = Path(path).absolute()
    found: dict[str, Source] = {}
    _read_called(root.parent, "", notebook, (os.path.realpath(root),), found)
    return found


def _read_called(
    root: Path, folder: str, notebook: Notebook, chain: tuple[str, ...], found: dict[str, Source]
) -> None:
    for path in (path_from(folder, each) for each in paths(notebook)):
        source = found.get(path) or _source(root / path)
        found[path] = source
        if source.notebook is not None and source.file not in chain:
            below = (*chain, source.file)
            _read_called(root, folder_below(path), source.notebook, below, found)


def _source(path: Path) -> Source:
    file = os.path.realpath(path)
    try:
        notebook = notebooks.read(path)
    except NotebookError as problem:
        return Source(file, problem=str(problem))
    return Source(file, notebook, modules=modules_of(path.parent, notebook))
