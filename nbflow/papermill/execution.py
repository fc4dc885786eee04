"""A notebook that papermill has prepared, run as a pipeline from the current folder."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Final

import nbformat
from papermill.engines import NotebookExecutionManager
from papermill.exceptions import PapermillException

from nbflow.analysis import Analysis
from nbflow.analysis.rules import NO_CODE
from nbflow.diagnostics import Finding, Severity
from nbflow.errors import NbflowError
from nbflow.kernels import python_of, version_of
from nbflow.model import Json, execution_counts
from nbflow.papermill.log import Log
from nbflow.papermill.options import options, without_effect
from nbflow.papermill.relay import Relay
from nbflow.papermill.source import source_of
from nbflow.service.request import cells_in_order, request_of
from nbflow.service.run import Refused, Reuse, run_unsaved

#: By which the runs are known in the store.
ENGINE: Final = "papermill"


def execute(
    manager: NotebookExecutionManager, kernel_name: str, given: Mapping[str, object]
) -> None:
    """Run the notebook of ``manager`` in the current folder and fill it with what its cells gave.

    Raises:
        PapermillException: nbflow does not run this notebook, or could not.
    """
    wanted = options(given)
    log = Log(wanted)
    for sentence in without_effect(given):
        log.warn(sentence)
    try:
        path = Path.cwd() / _name(wanted.input_path)
        notebook = source_of(manager.nb, kernel_name, wanted.input_path, path)
        asked = request_of(notebook, path)
        own = cells_in_order(notebook, [s for s in asked.analysis.pipeline.steps if not s.call])
        order, counts = tuple(own), execution_counts(own, tuple(own))
        relay = Relay(manager, [cell.id for cell in notebook.cells], order, counts, log)
        kernel = python_of(notebook)
        manager.nb.metadata["language_info"] = nbformat.from_dict(_language(version_of(kernel)))
        if _is_empty(asked.analysis):
            relay.finish()
            log.note("the notebook has no code to run")
            return
        record = run_unsaved(
            asked,
            engine=ENGINE,
            values=_values(manager.nb.metadata.get("papermill", {}).get("parameters", {})),
            jobs=wanted.jobs,
            reuse=Reuse(off=not wanted.cache),
            on_findings=lambda findings: _tell(findings, log),
            on_event=relay.event,
            on_cell=relay.cell,
            on_step=relay.step,
        )
    except Refused as refused:
        raise PapermillException(_refusal(refused)) from refused
    except NbflowError as error:
        raise PapermillException(f"nbflow: {error}") from error
    elsewhere = relay.finish()
    log.note(f"run {record.id} {record.state}; `nbflow show {record.id}` tells of its steps")
    if elsewhere:
        raise PapermillException(f"nbflow: {elsewhere}")


def _is_empty(analysis: Analysis) -> bool:
    """Whether there is no code to run, and nothing else is wrong: papermill runs such a notebook too."""
    errors = [f.rule for f in analysis.findings if f.severity is Severity.ERROR]
    return errors == [NO_CODE]


def _values(parameters: Mapping[str, object]) -> dict[str, Json]:
    """The values of parameters that JSON carries."""
    found: dict[str, Json] = {}
    for name, value in parameters.items():
        with suppress(TypeError, ValueError):
            found[name] = json.loads(json.dumps(value, allow_nan=False))
    return found


def _name(input_path: object) -> str:
    """The name of the notebook's file, or one that says that it has none."""
    name = PurePosixPath(input_path).name if isinstance(input_path, str) else ""
    return name if name.endswith(".ipynb") else "papermill.ipynb"


def _tell(findings: Sequence[Finding], log: Log) -> None:
    """Warn of what may be wrong with the notebook."""
    for finding in findings:
        if finding.severity is Severity.WARNING:
            log.warn(_sentence(finding))


def _refusal(refused: Refused) -> str:
    """Why a notebook is not run, each reason on a line."""
    errors = [f for f in refused.findings if f.severity is Severity.ERROR]
    return "\n".join(["nbflow does not run this notebook:", *map(_sentence, errors)])


def _sentence(finding: Finding) -> str:
    place = finding.location
    line = f", line {place.line}" if place and place.line else ""
    where = f" cell {place.number}{line}" if place else ""
    return f"{finding.code}{where}: {finding.message} {finding.hint}".strip()


def _language(version: str) -> dict[str, object]:
    """What a kernel of Python says of its language."""
    return {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
        "version": version,
    }
