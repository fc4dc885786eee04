"""The graph of a notebook's steps as a value, for every door to draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nbflow.analysis.graph import counts, waves
from nbflow.model import Edge, Pipeline, StepName
from nbflow.service.check import check


@dataclass(frozen=True, slots=True)
class Graph:
    """Steps in notebook order, the edges between them, and the waves in which they can run.

    The steps of one wave need nothing of each other, and of earlier waves all that they need.
    """

    name: str
    steps: tuple[StepName, ...]
    edges: tuple[Edge, ...]
    waves: tuple[tuple[StepName, ...], ...]


def graph(path: str | Path, *, possible: bool = False) -> Graph:
    """The graph of the notebook at ``path``; nothing of it is run.

    With ``possible``, the edges that rest on possible effects alone are in it: a local run does not
    wait for them, because it sees whether they are needed.

    Raises:
        NotebookError: the file cannot be read as a notebook.
    """
    checked = check(path)
    return graph_of(checked.notebook.name, checked.analysis.pipeline, possible=possible)


def graph_of(name: str, pipeline: Pipeline, *, possible: bool = False) -> Graph:
    """The graph of ``pipeline``."""
    return Graph(
        name=name,
        steps=tuple(step.name for step in pipeline.steps),
        edges=tuple(edge for edge in pipeline.edges if possible or counts(edge)),
        waves=waves(pipeline, possible=possible),
    )


def as_json(found: Graph) -> Mapping[str, object]:
    """The graph as JSON carries it."""
    return {
        "name": found.name,
        "steps": list(found.steps),
        "edges": [
            {
                "writer": edge.writer,
                "reader": edge.reader,
                "variables": list(edge.variables),
                "asked": edge.asked,
                "grade": edge.grade.value,
            }
            for edge in found.edges
        ],
        "waves": [list(wave) for wave in found.waves],
    }


def as_text(found: Graph) -> str:
    """The graph as lines: one for each step, its wave, and what it takes from whom."""
    width = max((len(step) for step in found.steps), default=0)
    broadest = max((len(wave) for wave in found.waves), default=0)
    lines = [
        f"{found.name}: {_counted(len(found.steps), 'step')}, "
        f"{_counted(len(found.edges), 'edge')}, at most {broadest} side by side"
    ]
    for number, wave in enumerate(found.waves, start=1):
        for place, step in enumerate(wave):
            head = f"{number:>3}" if place == 0 else "   "
            sources = [_source(edge) for edge in found.edges if edge.reader == step]
            taken = f"  ← {'; '.join(sources)}" if sources else ""
            lines.append(f"{head}  {step:<{width if sources else 0}}{taken}")
    return "\n".join(lines) + "\n"


def _source(edge: Edge) -> str:
    variables = f" ({', '.join(edge.variables)})" if edge.variables else ""
    return f"{edge.writer}{variables}"


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def as_mermaid(found: Graph) -> str:
    """The graph in Mermaid's language (https://mermaid.js.org/syntax/flowchart.html)."""
    ids = {step: f"s{number}" for number, step in enumerate(found.steps, start=1)}
    lines = ["flowchart TD"]
    lines += [f'    {ids[step]}["{_quoted(step)}"]' for step in found.steps]
    for edge in found.edges:
        label = f'|"{_quoted(", ".join(edge.variables))}"|' if edge.variables else ""
        arrow = "-->" if edge.variables else "-.->"
        lines.append(f"    {ids[edge.writer]} {arrow}{label} {ids[edge.reader]}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    for character, entity in (("#", "#35;"), ('"', "#quot;"), ("<", "#lt;"), (">", "#gt;")):
        text = text.replace(character, entity)
    return text.replace("`", "#96;")
