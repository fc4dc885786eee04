"""What ``nbflow`` offers to Python: names and signatures, and what importing it costs."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys

import pytest

import nbflow

EXPORTS = [
    "Analysis",
    "Batch",
    "BatchMember",
    "Converted",
    "EngineError",
    "Finding",
    "KernelError",
    "NbflowError",
    "NotMadeError",
    "NotRecordedError",
    "Notebook",
    "NotebookError",
    "ParameterError",
    "Refused",
    "Run",
    "RunFailedError",
    "RunStep",
    "StoreError",
    "VariableError",
    "Variables",
    "__version__",
    "analyze",
    "batch",
    "batches",
    "convert",
    "read",
    "run",
    "runs",
]

SIGNATURES = {
    "read": "(path: 'PathLike') -> 'Notebook'",
    "analyze": "(path: 'PathLike') -> 'Analysis'",
    "convert": "(path: 'PathLike', target: \"Literal['kfp', 'argo', 'python']\", *,"
    " output: 'PathLike | None' = None, image: 'str | None' = None,"
    " python: 'PathLike | None' = None) -> 'Converted'",
    "run": "(path: 'PathLike', parameters: 'Mapping[str, Json] | None' = None, *,"
    " check: 'bool' = False, steps: 'Sequence[str]' = (), jobs: 'int | None' = None,"
    " cache: 'bool' = True, force: 'Sequence[str]' = (),"
    " keep: \"Literal['all', 'edges']\" = 'all', output: 'PathLike | None' = None,"
    " report: 'PathLike | None' = None, python: 'PathLike | None' = None,"
    " engine: 'str | None' = None, image: 'str | None' = None,"
    " on_event: 'Callable[[Event], None] | None' = None) -> 'Run'",
    "batch": "(path: 'PathLike', grid: 'Mapping[str, Alternatives] | None' = None, *,"
    " rows: 'Iterable[Mapping[str, Json]] | None' = None, draw: 'Mapping[str, str] | None' = None,"
    " draws: 'int' = 0, seed: 'int | None' = None, check: 'bool' = False, name: 'str' = '',"
    " jobs: 'int | None' = None, output: 'PathLike | None' = None, python: 'PathLike | None' = None,"
    " engine: 'str | None' = None, image: 'str | None' = None,"
    " on_event: 'Callable[[BatchEvent], None] | None' = None) -> 'Batch'",
    "batches": "(notebook: 'PathLike | None' = None, *, folder: 'PathLike' = '.') -> 'list[Batch]'",
    "runs": "(notebook: 'PathLike | None' = None, *, folder: 'PathLike' = '.') -> 'list[Run]'",
}

#: The public attributes of what ``run`` and ``batch`` give.
ATTRIBUTES = {
    "Batch": {"check", "frame", "members", "name", "notebook", "record", "resume"},
    "BatchMember": {
        "error", "metrics", "number", "parameters", "record", "run", "seconds", "shared", "state",
    },
    "Run": {
        "check", "findings", "id", "log", "metrics", "notebook", "outputs", "parameters", "record",
        "seconds", "state", "steps", "variables",
    },
    "RunStep": {
        "error", "log", "made", "message", "name", "outputs", "record", "reused", "seconds",
        "state", "variables",
    },
    "Variables": {"about", "get", "items", "keys", "values"},
}  # fmt: skip


def test_exports() -> None:
    assert sorted(nbflow.__all__) == sorted(EXPORTS)
    assert [name for name in EXPORTS if not hasattr(nbflow, name)] == []
    assert set(EXPORTS) <= set(dir(nbflow))


@pytest.mark.parametrize("name", SIGNATURES)
def test_signatures(name: str) -> None:
    assert str(inspect.signature(getattr(nbflow, name))) == SIGNATURES[name]


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_attributes(name: str) -> None:
    kind = getattr(nbflow, name)
    made = (
        {"record"} if name in {"Batch", "BatchMember", "RunStep"} else set()
    )  # set when an object is made
    assert {each for each in dir(kind) if not each.startswith("_")} | made == ATTRIBUTES[name]


@pytest.mark.parametrize("name", [name for name in EXPORTS if name != "__version__"])
def test_everything_is_described(name: str) -> None:
    found = getattr(nbflow, name)
    assert found.__doc__
    public = [each for each in vars(found).items() if not each[0].startswith("_")]
    functions = [
        each for _, each in public if inspect.isfunction(each) or isinstance(each, property)
    ]
    assert [each for each in functions if not each.__doc__] == []


def test_a_name_that_is_not_there() -> None:
    with pytest.raises(AttributeError, match="module 'nbflow' has no attribute 'rum'"):
        nbflow.rum  # type: ignore[attr-defined]  # noqa: B018 - that mypy sees it is part of the test


def test_import_loads_nothing_else() -> None:
    """So it takes less than 60 ms: in the best of five starts, as other processes share the machine."""
    program = (
        "import time, sys, json; began = time.perf_counter(); import nbflow;"
        " took = time.perf_counter() - began;"
        " print(json.dumps([took, [m for m in sys.modules if m.startswith('nbflow.')]]))"
    )
    found = []
    for _ in range(5):
        said = subprocess.run(
            [sys.executable, "-c", program], check=True, capture_output=True, text=True
        )
        found.append(json.loads(said.stdout))
    assert [loaded for _, loaded in found] == [[]] * 5
    assert min(took for took, _ in found) < 0.06
