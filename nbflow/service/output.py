"""The notebook that a run leaves where its user has asked for it, with papermill's record in its metadata."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

from nbflow.engines.events import RunState, StepState
from nbflow.errors import EngineError, ParameterError
from nbflow.model import CellId, Json, Name, defaults
from nbflow.notebook.addresses import check_reachable, is_address, put
from nbflow.notebook.papermill_form import in_papermill_form
from nbflow.notebook.replacing import replace_file
from nbflow.service.request import Request
from nbflow.store import CellRecord, RunRecord, StepRecord


def values_of(asked: Request) -> dict[Name, Json]:
    """The values that the parameters of a run have, where they are known before it."""
    return {**defaults(asked.analysis.pipeline.parameters), **asked.parameters}


def filled(template: str, values: Mapping[str, object]) -> str:
    """A path or an address in which names in braces are replaced by values, as papermill does it.

    Raises:
        ParameterError: there is no such value, or it is no such form.
    """
    try:
        return template.format(**values)
    except KeyError as error:
        known = ", ".join(f"{{{name}}}" for name in values) or "none"
        raise ParameterError(
            f"the output {template}: there is no {error}; there are: {known}"
        ) from None
    except (ValueError, IndexError, AttributeError, TypeError) as error:
        raise ParameterError(f"the output {template}: {error}") from None


def check_output(target: str) -> None:
    """Nothing, where a notebook can be written to a path or an address, as far as that is known before.

    Raises:
        NotebookError: it is reached through papermill, which is not installed.
        EngineError: its folder cannot be made.
    """
    if is_address(target):
        check_reachable(target)
    else:
        make_folder(Path(target).absolute().parent)


def make_folder(folder: Path) -> None:
    """Make a folder for what the user asked for.

    Raises:
        EngineError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EngineError(f"{folder} cannot be made: {error.strerror or error}") from error


def write_output(record: RunRecord, target: str) -> RunRecord:
    """The record of a run whose executed notebook has been written to a path or an address too.

    It has papermill's record there, so that what reads notebooks of papermill reads it.

    Raises:
        NotebookError: it cannot be written.
    """
    about, cells = _of_notebook(record, target), dict(_of_cells(record))
    content = in_papermill_form(record.executed, about, cells)
    if is_address(target):
        put(content.decode(), target)
        return replace(record, executed=target)
    place = os.path.abspath(target)
    replace_file(place, content)
    return replace(record, executed=place)


def _of_notebook(record: RunRecord, target: str) -> dict[str, object]:
    seconds = record.seconds or 0.0
    return {
        "default_parameters": {},
        "duration": seconds,
        "end_time": _stamp(record.started + seconds),
        "environment_variables": {},
        "exception": True if record.state == RunState.FAILED.value else None,
        "input_path": record.notebook,
        "output_path": target,
        "parameters": dict(record.parameters or {}),
        "start_time": _stamp(record.started),
        "version": _version(),
    }


def _of_cells(record: RunRecord) -> Iterator[tuple[CellId, dict[str, object]]]:
    last = record.started
    for step in record.steps:
        began = last if step.reused else step.started
        for cell in step.cells:
            seconds = 0.0 if step.reused else cell.seconds
            yield cell.id, _of_cell(step, cell, began, seconds)
            if began is not None and seconds is not None:
                last = began = began + seconds


def _of_cell(
    step: StepRecord, cell: CellRecord, began: float | None, seconds: float | None
) -> dict[str, object]:
    failed = step.state == StepState.FAILED.value and _has_failed(step, cell)
    ran = began is not None and (seconds is not None or failed)
    ended = began + (seconds or 0.0) if ran and began is not None else None
    word = "failed" if failed else "completed" if ran else "pending"
    return {
        "duration": (seconds or 0.0) if ran else None,
        "end_time": _stamp(ended),
        "exception": failed if ran else None,
        "start_time": _stamp(began) if ran else None,
        "status": word,
    }


def _has_failed(step: StepRecord, cell: CellRecord) -> bool:
    """Whether a cell is the one in which its step has failed: it has an error, or is the last that began."""
    raised = [each.id for each in step.cells if _raised(each)]
    begun = [each.id for each in step.cells if each.seconds is not None]
    places = raised[-1:] or begun[-1:] or [each.id for each in step.cells[:1]]
    return cell.id in places


def _raised(cell: CellRecord) -> bool:
    return any(output["output_type"] == "error" for output in cell.outputs)


def _stamp(moment: float | None) -> str | None:
    return None if moment is None else datetime.fromtimestamp(moment, timezone.utc).isoformat()


def _version() -> str:
    """papermill's own version, where it is installed."""
    # Deferred: it takes a while to import, and most runs are asked for no output.
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

    try:
        return version("papermill")
    except PackageNotFoundError:
        return ""
