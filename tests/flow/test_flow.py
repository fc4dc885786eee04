"""Notebooks that stress the flow of data between steps: the pipeline shows what Jupyter shows."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet
from flowcases import FlowCase, cases, ids, shown, write
from jupyter import Jupyter

from nbflow.diagnostics import Severity
from nbflow.model import Json
from nbflow.service.run import Refused, run
from nbflow.store import RunRecord

CASES = cases()
RUNNING = tuple(case for case in CASES if case.ending in {"shows", "fails"})


def every(number: int, start: int) -> tuple[FlowCase, ...]:
    """A sample of the cases that run and have no known gap: one in ``number``."""
    return tuple(case for case in RUNNING if case.id not in GAPS)[start::number]


def _needed(case: FlowCase) -> None:
    for need in case.needs:
        name, *condition = need.split()
        if name != "python" and importlib.util.find_spec(name) is None:
            pytest.skip(f"needs {name}")
        if condition and not _fits(_version(name), *condition):
            pytest.skip(f"needs {need}")


def _version(name: str) -> tuple[int, ...]:
    if name == "python":
        return sys.version_info[:2]
    return tuple(int(part) for part in importlib.metadata.version(name).split(".")[:2])


def _fits(version: tuple[int, ...], comparison: str, wanted: str) -> bool:
    bound = tuple(int(part) for part in wanted.split("."))
    return version >= bound if comparison == ">=" else version < bound


@pytest.fixture(scope="module", autouse=True)
def settings() -> Iterator[None]:
    """Figures are shown as in a notebook, whatever the machine's own setting is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MPLBACKEND", raising=False)
        patch.delenv("PYTHONHASHSEED", raising=False)
        yield


@pytest.fixture(scope="module")
def jupyter(settings: None) -> Iterator[Jupyter]:
    """Kernels for all cases, one for each."""
    with Jupyter() as found:
        yield found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder."""
    return tmp_path


def _run(case: FlowCase, folder: Path, *, jobs: int = 2, fork: bool = True) -> RunRecord:
    """The run of a case."""
    given: dict[str, Json] = case.parameters  # type: ignore[assignment]  # literals of JSON's kinds
    return run(
        str(write(case, folder)),
        parameters=given,
        python=sys.executable,
        jobs=jobs,
        fork=fork,
    )


def _text(case: FlowCase, record: RunRecord) -> str:
    outputs = {str(cell): found for cell, found in record.outputs.items()}
    return "".join(shown(outputs.get(cell, ())) for cell in ids(case)).strip("\n")


def _told(record: RunRecord) -> str:
    return "\n".join(
        [
            *(finding.message for finding in record.findings),
            *(step.message for step in record.steps),
        ]
    )


def _check_running(case: FlowCase, record: RunRecord) -> None:
    assert (_text(case, record), record.state) == (
        case.text,
        "done" if case.ending == "shows" else "failed",
    ), _told(record)


#: Cases that end with an error that the notebook does not give, and why.
GAPS: dict[str, str] = {}


def _marks(case: FlowCase, number: int) -> list[pytest.MarkDecorator]:
    """Of nine cases in ten it is enough to run them before a change lands, not every day."""
    slow = [pytest.mark.slow] if number % 10 else []
    gap = [pytest.mark.xfail(reason=GAPS[case.id])] if case.id in GAPS else []
    return slow + gap


def _all_cases() -> list[ParameterSet]:
    return [
        pytest.param(case, id=case.id, marks=_marks(case, number))
        for number, case in enumerate(CASES)
    ]


@pytest.mark.parametrize("case", _all_cases())
def test_the_pipeline_gives_what_the_notebook_gives(case: FlowCase, folder: Path) -> None:
    _needed(case)
    try:
        record = _run(case, folder)
    except Refused as refused:
        errors = [f for f in refused.findings if f.severity is Severity.ERROR]
        assert case.ending in {"refused", "told"}, "\n".join(f.message for f in errors)
        if case.ending == "refused":
            assert set(case.words) <= {f.code for f in errors}
        else:
            assert " ".join(case.words) in "\n".join(f.message for f in errors)
        return
    if case.ending == "told":
        assert record.state == "failed"
        assert " ".join(case.words) in _told(record)
        return
    assert case.ending != "refused", f"it ran, and showed\n{_text(case, record)}"
    _check_running(case, record)


@pytest.mark.parametrize("case", every(25, 3), ids=lambda case: case.id)
def test_one_step_at_a_time_gives_the_same(case: FlowCase, folder: Path) -> None:
    _needed(case)
    _check_running(case, _run(case, folder, jobs=1))


@pytest.mark.parametrize("case", every(25, 8), ids=lambda case: case.id)
def test_spawned_steps_give_the_same(case: FlowCase, folder: Path) -> None:
    _needed(case)
    _check_running(case, _run(case, folder, fork=False))


@pytest.mark.slow
@pytest.mark.parametrize("case", RUNNING, ids=lambda case: case.id)
def test_jupyter_shows_what_the_case_says(case: FlowCase, folder: Path, jupyter: Jupyter) -> None:
    _needed(case)
    text, ended = jupyter.shows(case, folder)
    assert (text.strip("\n"), ended) == (case.text, case.ending == "shows")


def test_every_case_has_a_name_of_its_own() -> None:
    names = [case.id for case in CASES]
    assert len(names) == len(set(names))
    assert all(case.text for case in RUNNING)
