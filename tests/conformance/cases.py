"""The notebooks of ``notebooks/``, and what each shows: what Jupyter has saved in it, read step by step.

Every notebook holds its outputs, as a person who has run it whole would save it (``reference.py`` writes
them, and a test proves that they are still what a kernel gives). ``metadata.conformance.parameters`` are
the values that it was run with. Steps have the names that tags give them, in the form that Kubernetes allows.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbflow.codegen.names import kubernetes_name

NOTEBOOKS = Path(__file__).parent / "notebooks"
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_LINE = re.compile(r"Cell In\[\d+\], line (\d+)")
#: The step of the cells with this tag.
METRICS = "pipeline-metrics"
#: Cells of these tags belong to no step.
_APART = frozenset({"imports", "functions", "parameters", "pipeline-parameters"})


@dataclass(frozen=True, slots=True)
class Shown:
    """What was seen of a run: text by step, the sentence of each step that failed, metrics by name.

    Text is what cells print and what they return, not what they write to stderr; steps without any are not
    there.
    """

    steps: Mapping[str, str]
    failed: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # What a terminal puts at the end of a line is no part of the text.
        plain = {name: text.replace("\r\n", "\n") for name, text in self.steps.items() if text}
        object.__setattr__(self, "steps", plain)


@dataclass(frozen=True, slots=True)
class Case:
    """A notebook, and the values of parameters that it is to be run with."""

    name: str

    @property
    def path(self) -> Path:
        """Where it lies."""
        return NOTEBOOKS / f"{self.name}.ipynb"

    @property
    def document(self) -> dict[str, Any]:
        """The notebook as JSON has it."""
        found: dict[str, Any] = json.loads(self.path.read_text(encoding="utf-8"))
        return found

    def parameters(self, place: str) -> dict[str, Any]:
        """The values of its parameters that are given; ``place`` is a folder that outlives a try."""
        given = dict(self.document["metadata"].get("conformance", {}).get("parameters", {}))
        return {**given, "place": place} if "place" in given else given

    def expected(self) -> Shown:
        """What every engine must show."""
        steps, failed, metrics = dict[str, str](), dict[str, str](), dict[str, float]()
        for number, (step, cell) in enumerate(_cells(self.path), 1):
            if not step:
                assert not said(cell["outputs"]), f"{self.name}: cell {number} shows something"
                continue
            if cell["execution_count"] is None:
                break
            if step == METRICS:
                metrics |= _metrics(cell)
            steps[step] = steps.get(step, "") + said(cell["outputs"])
            for sentence in _sentences(number, cell["outputs"]):
                failed[step] = sentence
        return Shown(steps, failed, metrics)


def cases() -> tuple[Case, ...]:
    """All of them."""
    return tuple(Case(path.stem) for path in sorted(NOTEBOOKS.glob("*.ipynb")))


def said(outputs: Iterable[Mapping[str, Any]]) -> str:
    """What cells have printed and returned, as one text."""
    return "".join(map(_said, outputs))


def _said(output: Mapping[str, Any]) -> str:
    if output["output_type"] == "stream":
        return _joined(output["text"]) if output["name"] == "stdout" else ""
    return "" if output["output_type"] == "error" else _joined(output["data"]["text/plain"]) + "\n"


def _joined(text: object) -> str:
    return "".join(map(str, text)) if isinstance(text, list) else str(text)


def _cells(path: Path, before: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """The code cells, each with its step; those of a called notebook in the place of the call."""
    step = ""
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        tags = cell["metadata"].get("tags", [])
        kinds = {tag.partition(":")[0]: tag.partition(":")[2] for tag in tags}
        if "notebook" in kinds:
            called = path.parent / cell["metadata"]["notebook_path"]
            yield from _cells(called, f"{before}{kinds['notebook']}/")
            continue
        if "step" in kinds:
            step = kubernetes_name(before + kinds["step"])
        own = METRICS if METRICS in kinds else step
        yield "" if _APART & kinds.keys() else own, cell


def _metrics(cell: Mapping[str, Any]) -> dict[str, float]:
    """The numbers that a cell of ``print(NAME)`` lines shows, by name."""
    nodes = ast.walk(ast.parse(_joined(cell["source"])))
    found = [each.args[0] for each in nodes if isinstance(each, ast.Call)]
    shown = said(cell["outputs"]).split()
    return {ast.unparse(name): float(text) for name, text in zip(found, shown, strict=True)}


def _sentences(number: int, outputs: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """What the user is to read of a cell that fails."""
    for output in outputs:
        if output["output_type"] == "error":
            line = _LINE.search(_COLOUR.sub("", "\n".join(output["traceback"])))
            assert line is not None
            yield f"cell {number}, line {line[1]}: {output['ename']}: {output['evalue']}"
