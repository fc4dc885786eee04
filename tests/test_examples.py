"""The example notebooks are tidy, have no findings worth a warning, and give what Jupyter gives."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import nbformat
import pytest

from nbflow.analysis import analyse
from nbflow.diagnostics import Severity
from nbflow.model import StepName
from nbflow.notebook import read

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
#: The one that is also run by the fast tests.
FAST = "plain"


def document(path: Path) -> dict[str, Any]:
    """The notebook's JSON."""
    return cast("dict[str, Any]", json.loads(path.read_text(encoding="utf-8")))


def reached(path: Path, start: str) -> set[StepName]:
    """The steps that come after a step because of what they read."""
    edges = analyse(read(path)).pipeline.edges
    found = {StepName(start)}
    while more := {edge.reader for edge in edges if edge.writer in found} - found:
        found |= more
    return found


def test_there_are_six() -> None:
    names = ["churn", "dice", "digits", "plain", "text", "timeseries"]
    assert [path.stem for path in NOTEBOOKS] == names


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_is_tidy(path: Path) -> None:
    nbformat.validate(nbformat.read(path, as_version=nbformat.NO_CONVERT))
    found = document(path)
    code = [cell for cell in found["cells"] if cell["cell_type"] == "code"]
    assert (found["nbformat"], found["nbformat_minor"]) == (4, 5)
    assert found["metadata"]["kernelspec"]["name"] == "python3"
    assert len({cell["id"] for cell in found["cells"]}) == len(found["cells"])
    assert [(cell["outputs"], cell["execution_count"]) for cell in code] == [([], None)] * len(code)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_has_no_error_or_warning(path: Path) -> None:
    findings = analyse(read(path)).findings
    assert [f"{f.code} {f.message}" for f in findings if f.severity is not Severity.INFO] == []


def test_churn_trains_its_models_side_by_side_without_being_told() -> None:
    path = next(path for path in NOTEBOOKS if path.stem == "churn")
    tags = [tag for cell in document(path)["cells"] for tag in cell["metadata"].get("tags", [])]
    assert not [tag for tag in tags if tag.startswith("prev:")]
    assert "gradient-boosting" not in reached(path, "logistic-regression")
    assert "logistic-regression" not in reached(path, "gradient-boosting")
    assert {"logistic-regression", "gradient-boosting", "choose"} <= reached(path, "split")


def test_plain_has_no_tag_and_several_steps() -> None:
    path = next(path for path in NOTEBOOKS if path.stem == "plain")
    assert not [cell for cell in document(path)["cells"] if "tags" in cell["metadata"]]
    assert len(analyse(read(path)).pipeline.steps) >= 4


def test_dice_names_its_steps_by_lines() -> None:
    path = next(path for path in NOTEBOOKS if path.stem == "dice")
    tags = [tag for cell in document(path)["cells"] for tag in cell["metadata"].get("tags", [])]
    assert tags == ["parameters"]
    steps = analyse(read(path)).pipeline.steps
    assert [step.name for step in steps] == ["throw", "count", "expect", "compare"]
    assert [step.name for step in steps if step.prelude] == [step.name for step in steps]


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, marks=[] if path.stem == FAST else [pytest.mark.slow])
        for path in NOTEBOOKS
    ],
    ids=lambda path: path.stem,
)
def test_gives_what_jupyter_gives(path: Path, tmp_path: Path) -> None:
    """Text, results, pictures and last values, against the notebook run whole in one kernel."""
    report = tmp_path / "report.json"
    script = ROOT / "benchmarks" / "equivalence.py"
    command = [sys.executable, str(script), str(ROOT / "notebooks"), "--only", path.name]
    command += ["--json", str(report)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert report.exists(), done.stderr
    (found,) = json.loads(report.read_text(encoding="utf-8"))
    assert (found["word"], found["differences"]) == ("same", []), done.stdout
    assert found["compared"] > 10 * found["left_out"]
