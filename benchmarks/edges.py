"""Edges that the analysis draws, held against edges that were seen at run time.

    python benchmarks/edges.py FOLDER

FOLDER holds ``manifest.json`` (a list of entries with ``id`` and ``notebook``) and
``truth/ID.json`` with the ``edges`` that one run showed: ``frm`` and ``to`` (code cells, counted
from 0), ``var``, and ``kind``: ``bind``, or ``mutate`` (which may be no more than a cache that an
object fills when it is read). Each code cell is made a step, no cell is prelude. An edge is
*missed* if no way leads from writer to reader along edges that carry the variable; it is *drawn
without need* if the run showed no such flow.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

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
    needless: tuple[Flow, ...]
    needless_likely: int


def drawn(notebook: Path) -> tuple[Edge, ...]:
    """The edges of the analysis, with each code cell a step."""
    document = per_cell(json.loads(notebook.read_text(encoding="utf-8")), prelude=False)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / notebook.name
        copy.write_text(json.dumps(document), encoding="utf-8")
        return analyse(read(copy)).pipeline.edges


def score(name: str, edges: Sequence[Edge], seen: Mapping[Flow, str]) -> Score:
    """How the drawn edges compare with the flows that a run showed."""
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
    return Score(name, len(seen), missed, tuple(needless), likely)


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


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--verbose", action="store_true", help="list every edge")
    options = parser.parse_args()
    scores = []
    for entry in json.loads((options.folder / "manifest.json").read_text(encoding="utf-8")):
        truth = flows(options.folder / "truth" / f"{entry['id']}.json")
        scores.append(score(entry["notebook"], drawn(options.folder / entry["notebook"]), truth))
        _tell(scores[-1], options.verbose)
    seen, missed = sum(s.seen for s in scores), sum(len(s.missed) for s in scores)
    needless, likely = (
        sum(len(s.needless) for s in scores),
        sum(s.needless_likely for s in scores),
    )
    print(f"{len(scores)} notebooks, {seen} edges seen at run time")
    bound = sum(kind == "bind" for s in scores for kind in s.missed.values())
    print(f"  missed              {missed:>6}  {missed / max(seen, 1):.2%}  ({bound} bindings)")
    print(f"  drawn without need  {needless:>6}  {needless / max(seen, 1):.2%}  ({likely} likely)")
    return int(bound > 0)


def _tell(found: Score, verbose: bool) -> None:
    if found.missed or verbose:
        print(f"{found.notebook}: {found.seen} seen, {len(found.missed)} missed")
    for (writer, reader, variable), kind in found.missed.items():
        print(f"  missed    code cell {writer} -> {reader}  {variable} ({kind})")
    if verbose:
        for variable, number in Counter(flow[2] for flow in found.needless).most_common(8):
            print(f"  needless  {variable} × {number}")


if __name__ == "__main__":
    sys.exit(main())
