"""Whole notebooks: each ``cases/NAME.ipynb`` gives what ``cases/NAME.json`` beside it says.

``UPDATE_CASES=1 pytest tests/analysis/test_cases.py`` writes the files anew, for review; where CI is
set it does not.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from nbflow.analysis import Analysis, analyse
from nbflow.notebook import read

CASES = sorted((Path(__file__).parent / "cases").glob("*.ipynb"))


def summary(found: Analysis) -> dict[str, object]:
    """What a case pins down: steps, edges, parameters, leading imports and findings."""
    pipeline = found.pipeline
    return {
        "steps": {
            step.name: {"cells": list(step.cells), "prelude": list(step.prelude)}
            for step in pipeline.steps
        },
        "edges": [
            " ".join([edge.writer, "->", edge.reader, *edge.variables])
            + f" ({'asked, ' * edge.asked}{edge.grade.value})"
            for edge in pipeline.edges
        ],
        "parameters": {each.name: [each.type, each.default] for each in pipeline.parameters},
        "imports": list(pipeline.leading_imports),
        "findings": [
            f"{each.code} {each.location.number}:{each.location.line}"
            if each.location
            else each.code
            for each in found.findings
        ],
    }


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
def test_case(path: Path) -> None:
    found = summary(analyse(read(path)))
    beside = path.with_suffix(".json")
    if os.environ.get("UPDATE_CASES") and not os.environ.get("CI"):
        beside.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    assert found == json.loads(beside.read_text(encoding="utf-8"))


def test_there_are_cases() -> None:
    assert len(CASES) >= 10
