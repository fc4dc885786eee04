"""The graph of a notebook's steps as a value, for every door to draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from nbflow.diagnostics import Finding
from nbflow.graph import waves
from nbflow.model import Edge, Grade, Pipeline, StepName
from nbflow.service.check import check


@dataclass(frozen=True, slots=True)
class Graph:
    """Steps in notebook order, the edges between them, and the waves in which they can run.

    The steps of one wave need nothing of each other, and of earlier waves all that they need.
    ``findings`` are those of the notebook: where one is an error, the graph is not what will run.
    """

    name: str
    steps: tuple[StepName, ...]
    edges: tuple[Edge, ...]
    waves: tuple[tuple[StepName, ...], ...]
    findings: tuple[Finding, ...] = ()


def graph(path: str | Path) -> Graph:
    """The graph of the notebook at ``path``; nothing of it is run.

    Raises:
        NotebookError: the file cannot be read as a notebook.
    """
    checked = check(path)
    found = graph_of(checked.notebook.name, checked.analysis.pipeline)
    return replace(found, findings=checked.analysis.findings)


def graph_of(name: str, pipeline: Pipeline) -> Graph:
    """The graph of ``pipeline``."""
    return Graph(
        name=name,
        steps=tuple(step.name for step in pipeline.steps),
        edges=pipeline.edges,
        waves=waves(pipeline),
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
    variables = f" ({', '.join(variables_of(edge))})" if edge.variables else ""
    return f"{edge.writer}{variables}"


def is_possible(edge: Edge) -> bool:
    """Whether nobody asked for the edge and it rests on effects that are only possible."""
    return edge.grade is Grade.POSSIBLE and not edge.asked


def variables_of(edge: Edge) -> tuple[str, ...]:
    """The names on the edge as they are shown: with a question mark where it is only possible."""
    mark = "?" if is_possible(edge) else ""
    return tuple(f"{name}{mark}" for name in edge.variables)


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def as_mermaid(found: Graph) -> str:
    """The graph in Mermaid's language (https://mermaid.js.org/syntax/flowchart.html)."""
    ids = {step: f"s{number}" for number, step in enumerate(found.steps, start=1)}
    lines = ["flowchart TD"]
    lines += [f'    {ids[step]}["{_quoted(step)}"]' for step in found.steps]
    for edge in found.edges:
        label = f'|"{_quoted(", ".join(variables_of(edge)))}"|' if edge.variables else ""
        arrow = "-.->" if is_possible(edge) or not edge.variables else "-->"
        lines.append(f"    {ids[edge.writer]} {arrow}{label} {ids[edge.reader]}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    for character, entity in (("#", "#35;"), ('"', "#quot;"), ("<", "#lt;"), (">", "#gt;")):
        text = text.replace(character, entity)
    return text.replace("`", "#96;")
