"""The folder ``steps``: for each step its cells as they stand in the notebook, and beside them its task.

The steps of a called notebook lie in a folder of their own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from nbflow.codegen.assembly import Assembly, Component
from nbflow.runtime import task as tasks

FOLDER = "steps"


def files(assembly: Assembly) -> Iterator[tuple[str, str]]:
    """The files by their paths; what runs a step from here puts both of its parts together again."""
    for component in assembly.components:
        yield from _step(component)


def _step(component: Component) -> Iterator[tuple[str, str]]:
    about = tasks.as_json(component.task)
    lines: list[str] = []
    for kind in ("prelude", "cells"):
        about[kind] = [_without_source(cell, lines) for cell in about.get(kind, [])]
    yield f"{FOLDER}/{component.path}.py", "\n".join(lines) + "\n"
    yield f"{FOLDER}/{component.path}.json", json.dumps(about, indent=1, ensure_ascii=False) + "\n"


def _without_source(cell: dict[str, object], lines: list[str]) -> dict[str, object]:
    """The cell with the place of its source in ``lines``: the first of them, and how many."""
    source = str(cell["source"]).split("\n")
    lines.append(f"# %% cell {cell['number']}")
    place = [len(lines), len(source)]
    lines.extend(source)
    return {**{key: value for key, value in cell.items() if key != "source"}, "lines": place}
