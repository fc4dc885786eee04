"""Edges that the analysis draws, held against edges that were seen at run time.

    python benchmarks/edges.py FOLDER

FOLDER holds ``manifest.json`` (a list of entries with ``id`` and ``notebook``) and
``truth/ID.json`` with the ``edges`` that one run showed: ``frm`` and ``to`` (code cells, counted
from 0), ``var``, and ``kind``: ``bind``, or ``mutate`` (which may be no more than a cache that an
object fills when it is read). Each code cell is made a step, no cell is prelude. An edge is
*missed* if no way leads from writer to reader along edges that carry the variable; it is *drawn
without need* if the run showed no such flow.

A flow that a run shows need not be a use: IPython looks up the first word of each cell of one line,
to find out whether it is a macro, and drops the value. Where that is all that the reading cell does
with the variable (it is one line that begins by binding it), the missed edge counts as a *look-up*.
"""

from __future__ import annotations

import argparse
import ast
import json
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from variants import per_cell

from nbflow.analysis import analyse
from nbflow.model import Edge, Grade
from nbflow.notebook import read

#: (number of the writing cell, number of the reading cell, variable)
Flow: TypeAlias = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Score:
    """What the analysis got right about one notebook."""

    notebook: str
    seen: int
    missed: Mapping[Flow, str]
    looked_up: frozenset[Flow]
    needless: tuple[Flow, ...]
    needless_likely: int


def drawn(document: Mapping[str, Any], name: str) -> tuple[Edge, ...]:
    """The edges of the analysis, with each code cell a step."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / Path(name).name
        copy.write_text(json.dumps(per_cell(document, prelude=False)), encoding="utf-8")
        return analyse(read(copy)).pipeline.edges


def score(
    name: str, cells: Sequence[str], edges: Sequence[Edge], seen: Mapping[Flow, str]
) -> Score:
    """How the drawn edges compare with the flows that a run of the code ``cells`` showed."""
    grades = {
        (int(edge.writer[1:]), int(edge.reader[1:]), variable): edge.grade
        for edge in edges
        for variable in edge.variables
        if not variable.startswith("@")
    }
    readers: dict[tuple[int, str], list[int]] = defaultdict(list)
    for writer, reader, variable in grades:
        readers[writer, variable].append(reader)
    missed = {
        flow: seen[flow]
        for flow in sorted(seen)
        if flow[1] not in _reached(readers, flow[0], flow[2])
    }
    needless = sorted(set(grades) - set(seen))
    likely = sum(grades[flow] is Grade.LIKELY for flow in needless)
    looked_up = frozenset(flow for flow in missed if _only_looks_up(cells[flow[1]], flow[2]))
    return Score(name, len(seen), missed, looked_up, tuple(needless), likely)


def _only_looks_up(source: str, variable: str) -> bool:
    """Whether the cell is one line that binds the variable first of all, and does not use it."""
    if len(source.splitlines()) != 1:
        return False
    names = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)]
    own = [node for node in names if node.id == variable]
    return len(own) == 1 and own[0].col_offset == 0 and isinstance(own[0].ctx, ast.Store)


def _reached(readers: dict[tuple[int, str], list[int]], writer: int, variable: str) -> set[int]:
    found: set[int] = set()
    waiting = [writer]
    while waiting:
        new = set(readers.get((waiting.pop(), variable), ())) - found
        found |= new
        waiting.extend(new)
    return found


def flows(truth: Path) -> dict[Flow, str]:
    """The flows of variables that a run showed, each with its kind."""
    edges = json.loads(truth.read_text(encoding="utf-8"))["edges"]
    return {(edge["frm"], edge["to"], edge["var"]): edge["kind"] for edge in edges}


def _code(document: Mapping[str, Any]) -> list[str]:
    return ["".join(c["source"]) for c in document["cells"] if c["cell_type"] == "code"]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--verbose", action="store_true", help="list every edge")
    options = parser.parse_args()
    scores = []
    for entry in json.loads((options.folder / "manifest.json").read_text(encoding="utf-8")):
        truth = flows(options.folder / "truth" / f"{entry['id']}.json")
        name = entry["notebook"]
        document = json.loads((options.folder / name).read_text(encoding="utf-8"))
        scores.append(score(name, _code(document), drawn(document, name), truth))
        _tell(scores[-1], options.verbose)
    seen, missed = sum(s.seen for s in scores), sum(len(s.missed) for s in scores)
    needless, likely = (
        sum(len(s.needless) for s in scores),
        sum(s.needless_likely for s in scores),
    )
    print(f"{len(scores)} notebooks, {seen} edges seen at run time")
    looked_up = sum(len(s.looked_up) for s in scores)
    print(
        f"  missed              {missed - looked_up:>6}  {(missed - looked_up) / max(seen, 1):.2%}"
    )
    print(f"  only looked up      {looked_up:>6}  {looked_up / max(seen, 1):.2%}")
    print(f"  drawn without need  {needless:>6}  {needless / max(seen, 1):.2%}  ({likely} likely)")
    return int(missed > looked_up)


def _tell(found: Score, verbose: bool) -> None:
    if found.missed or verbose:
        print(f"{found.notebook}: {found.seen} seen, {len(found.missed)} missed")
    for flow, kind in found.missed.items():
        word = "looked up" if flow in found.looked_up else "missed   "
        print(f"  {word} code cell {flow[0]} -> {flow[1]}  {flow[2]} ({kind})")
    if verbose:
        for variable, number in Counter(flow[2] for flow in found.needless).most_common(8):
            print(f"  needless  {variable} × {number}")


if __name__ == "__main__":
    sys.exit(main())
